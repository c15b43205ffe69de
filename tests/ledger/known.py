"""The three events of the specification's known answers."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from kernel.messages import Recorded
from ledger.leaf import leaf_of
from ledger.tiles import Tiles, grown
from ledger.tree import Hash, leaf_hash, root


def known_event(n: int) -> tuple[Recorded, bytes]:
    """The event and its salt."""
    recorded = Recorded(
        id=UUID(int=n + 1),
        type="AgendaItemAdded",
        stream="meeting-1",
        version=n,
        position=n + 1,
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n),
        actor="",
        deployment="",
        correlation_id=UUID(int=0),
        causation_id=UUID(int=0),
        data=b'{"n":%d}' % n,
        meta=b"{}",
    )
    return recorded, bytes([n]) * 32


def known_tree() -> Hash:
    leaves = [leaf_hash(leaf_of(*known_event(n))) for n in range(3)]
    tiles = {(level, n): tile for level, n, tile in grown(lambda *_: b"", 0, leaves)}
    return root(3, Tiles(lambda level, n: tiles.get((level, n), b"")).subtree)
