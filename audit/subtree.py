"""One piece of a log checked on its own: that each event is what its leaf commits to, and the subtree's hashes."""

import json
import struct
from binascii import a2b_hex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from audit.findings import Finding
from audit.pieces import Entry, Event, Piece
from audit.records import BadRecord
from ledger import rotation
from ledger.leaf import SALT_BYTES, BadLeaf, Leaf, commit, decode
from ledger.tree import Hash, leaf_hash
from services.directory.erasure import PERSONAL

ERASURE_ORDER = b"EventErased"
ROTATION = rotation.EVENT.encode()
TELLING = frozenset({ERASURE_ORDER, ROTATION})
"""Events that what is found elsewhere depends on."""

_BEGINNING = struct.Struct(">BQ").pack
_VERSION_AND_LENGTH = struct.Struct(">QB").pack
_LENGTH = [bytes([each]) for each in range(256)]
_MALFORMED = (ValueError, TypeError, IndexError, AttributeError, struct.error)


@dataclass
class Checked:
    """Of one piece. `peaks`: the roots of the complete subtrees at each size that was asked for, and at the end.

    Streams in the order of their first event here, with its version and the last one's. `ids`: 16 bytes each.
    """

    first: int
    count: int = 0
    peaks: dict[int, list[Hash]] = field(default_factory=dict)
    ids: bytes = b""
    streams: list[bytes] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    erased: dict[UUID, int] = field(default_factory=dict)
    ordered: set[UUID] = field(default_factory=set)
    handed_on: list[tuple[int, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, about: str, index: int) -> None:
        self.findings.append(Finding(code, about, index))


def check_tree(piece: Piece, cuts: Sequence[int]) -> Checked:
    """The leaves alone. `cuts`: sizes of the whole tree, within this piece."""
    return _grown(Checked(piece.first), [sha256(b"\x00" + leaf).digest() for leaf in piece.leaves()], cuts)


def check_piece(piece: Piece, cuts: Sequence[int]) -> Checked:
    """Every event beside its leaf. Written for speed: this is done for each event of a log of millions."""
    checked, hashes, ids = Checked(piece.first), list[Hash](), list[bytes]()
    begun, ended = dict[bytes, int](), dict[bytes, int]()
    try:
        for entry, event in piece.pairs():
            index = piece.first + len(hashes)
            if is_usual(entry, event, index):
                assert entry is not None and event is not None
                leaf, stream, version = entry[2], event[2], event[3]
            elif entry is None:
                checked.add("event_unlogged", _named(event), index)
                continue
            else:
                leaf = entry[2] if isinstance(entry[2], bytes) else b""
                said = _unusual(checked, entry, event, index)
                if said is None:
                    hashes.append(leaf_hash(leaf))
                    continue
                stream, version = said.stream.encode(), said.version
            hashes.append(sha256(b"\x00" + leaf).digest())
            ids.append(leaf[9:25])
            if version != ended.get(stream, begun.setdefault(stream, version) - 1) + 1:
                checked.add("stream_gap", f"{_text(stream)} {version}", index)
            ended[stream] = version
    except BadRecord as error:
        checked.add("not_a_record", str(error)[:80], piece.first + len(hashes))
    checked.ids = b"".join(ids)
    checked.streams, checked.begun, checked.ended = list(begun), list(begun.values()), list(ended.values())
    return _grown(checked, hashes, cuts)


def is_usual(entry: Entry | None, event: Event | None, index: int) -> bool:
    """A leaf in its place, of an event that is what it commits to, and that no other event's fate depends on."""
    if entry is None or event is None or entry[0] != index or entry[3] is None or event[4] in TELLING:
        return False
    return entry[2] == rebuilt(event, entry[3])


def rebuilt(event: Event, salt: bytes) -> bytes | None:
    """The leaf of an event; None where it can have none."""
    _, event_id, stream, version, kind, at, data, meta = event
    salted = b"\x02" + salt
    try:
        raw_id = a2b_hex(event_id.replace(b"-", b""))
        if len(raw_id) != 16 or len(salted) != 33:
            return None
        return b"".join(
            (
                _BEGINNING(1, at),
                raw_id,
                _LENGTH[len(stream)],
                stream,
                _VERSION_AND_LENGTH(version, len(kind)),
                kind,
                sha256(salted + data).digest(),
                sha256(salted + meta).digest(),
            )
        )
    except _MALFORMED:
        return None


def _unusual(checked: Checked, entry: Entry, event: Event | None, index: int) -> Leaf | None:
    """What the leaf says; None when it is none."""
    stored_index, _, leaf, salt = entry
    if stored_index != index:
        checked.add("wrong_index", str(stored_index), index)
    try:
        said = decode(leaf)
    except (BadLeaf, TypeError) as error:
        checked.add("not_a_record", str(error), index)
        return None
    if salt is None:
        _erased(checked, said, event, index)
    elif event is None:
        checked.add("event_missing", f"{said.type} {said.event_id}", index)
    elif rebuilt(event, salt) != leaf:
        checked.add("altered", difference(event, said, salt), index)
    elif event[4] == ERASURE_ORDER:
        with suppress(*_MALFORMED, KeyError, RecursionError):
            checked.ordered.add(UUID(json.loads(event[6])["event_id"]))
    elif event[4] == ROTATION:
        checked.handed_on.append((index, rotation.statement_in(event[6])))
    return said


def _erased(checked: Checked, said: Leaf, event: Event | None, index: int) -> None:
    checked.erased[said.event_id] = index
    if said.type not in PERSONAL:
        checked.add("unlawful_erasure", said.type, index)
    if event is not None and (changed := difference(event, said, None)):
        checked.add("altered", changed, index)


def difference(event: Event, said: Leaf, salt: bytes | None) -> str:
    """Which parts are not those that the leaf commits to."""
    _, event_id, stream, version, kind, at, data, meta = event
    same = {
        "id": event_id.lower() == str(said.event_id).encode(),
        "stream": stream == said.stream.encode(),
        "version": version == said.version,
        "type": kind == said.type.encode(),
        "recorded_at": at == said.recorded_at,
    }
    if salt is not None:
        same |= {
            "salt": len(salt) == SALT_BYTES,
            "data": commit(salt, data) == said.data_commit,
            "meta": commit(salt, meta) == said.meta_commit,
        }
    return ", ".join(name for name, unchanged in same.items() if not unchanged)


def _grown(checked: Checked, hashes: list[Hash], cuts: Sequence[int]) -> Checked:
    levels = levels_over(hashes)
    checked.count = len(hashes)
    for size in {len(hashes), *(cut - checked.first for cut in cuts)}:
        if size <= len(hashes):
            checked.peaks[size] = _peaks(levels, size)
    return checked


def levels_over(hashes: list[Hash]) -> list[list[Hash]]:
    """The leaves' hashes, then the roots of the complete subtrees of 2, 4, 8… leaves."""
    levels = [hashes]
    while len(row := levels[-1]) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)  # one that is left over belongs to no complete subtree
        levels.append([sha256(b"\x01" + left + right).digest() for left, right in pairs])
    return levels


def _peaks(levels: list[list[Hash]], size: int) -> list[Hash]:
    """Roots of the complete subtrees of the first leaves, the largest first."""
    found, at = list[Hash](), 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            found.append(levels[height][at >> height])
            at += 1 << height
    return found


def _named(event: Event | None) -> str:
    return f"{_text(event[2])} {event[3]}" if event else ""


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")
