"""Events of the log beside the leaves that commit to them, as they are stored: nothing repaired, nothing left out."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from kernel.messages import Recorded
from kernel.ports import EventStore
from ledger.leaf import EPOCH, MICROSECOND
from ledger.store import Entry

BATCH = 2000


class NoLedger(Exception):
    """There is no ledger at this path, or nothing in it was signed yet."""


class BadRecord(ValueError):
    """This line is no record of an export."""


@dataclass(frozen=True, slots=True)
class Record:
    """`recorded` None: the log has no event at the leaf's position. `entry` None: the tree has no leaf for the event.

    Contents of an event without a salt were lawfully erased, and are empty.
    """

    recorded: Recorded | None
    entry: Entry | None

    @property
    def position(self) -> int:
        held = self.entry or self.recorded
        assert held is not None
        return held.position

    @property
    def erased(self) -> bool:
        return self.entry is not None and self.entry.salt is None


class Leaves(Protocol):
    def checkpoints(self) -> list[str]:
        """Every signed one, word for word, the smallest first; raises `NoLedger` where there is none."""

    def entries(self, size: int, first: int = 0) -> Iterator[Entry]:
        """In the order of their indexes, from leaf `first` up to a tree's size."""


class LedgerReader:
    """Reads the ledger's file while the product may write it."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise NoLedger(path)
        self.path = path
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout=5000")

    def close(self) -> None:
        self._connection.close()

    def checkpoints(self) -> list[str]:
        rows = self._connection.execute("SELECT note FROM heads WHERE note IS NOT NULL ORDER BY size").fetchall()
        if not rows:
            raise NoLedger("nothing is signed yet")
        return [row[0] for row in rows]

    def entries(self, size: int, first: int = 0) -> Iterator[Entry]:
        after = first - 1
        while rows := self._connection.execute(
            "SELECT leaf_index, position, leaf, salt FROM entries"
            " WHERE leaf_index > ? AND leaf_index < ? ORDER BY leaf_index LIMIT ?",
            (after, size, BATCH),
        ).fetchall():
            yield from (Entry(*row) for row in rows)
            after = rows[-1][0]


def events(store: EventStore, after: int = 0) -> Iterator[Recorded]:
    while batch := store.read_all(after, BATCH):
        yield from batch
        after = batch[-1].position


def paired(store: EventStore, ledger: Leaves, size: int, first: int = 0) -> Iterator[Record]:
    """By log position, from leaf `first` on; an event that stands between leaves without one of its own comes alone."""
    entries = ledger.entries(size, max(first - 1, 0))
    recorded = events(store, next(entries).position if first else 0)
    event = next(recorded, None)
    for entry in entries:
        while event is not None and event.position < entry.position:
            yield Record(event, None)
            event = next(recorded, None)
        if event is not None and event.position == entry.position:
            yield Record(event, entry)
            event = next(recorded, None)
        else:
            yield Record(None, entry)


def moment_of(recorded: Recorded) -> int:
    """When it was recorded, in microseconds since 1970."""
    return (recorded.recorded_at - EPOCH) // MICROSECOND


def line(record: Record) -> bytes:
    """One line of an export; log positions stay out of it, since no leaf commits to them.

    Bytes that are no UTF-8 become lone surrogates, written as escapes.
    """
    recorded, entry = record.recorded, record.entry
    shown = recorded is not None and not record.erased
    fields = {
        "index": entry.index if entry else None,
        "id": str(recorded.id) if recorded else None,
        "stream": recorded.stream if recorded else None,
        "version": recorded.version if recorded else None,
        "type": recorded.type if recorded else None,
        "recorded_at": moment_of(recorded) if recorded else None,
        "leaf": entry.leaf.hex() if entry else None,
        "salt": entry.salt.hex() if entry and entry.salt is not None else None,
        "data": _text(recorded.data) if recorded and shown else None,
        "meta": _text(recorded.meta) if recorded and shown else None,
    }
    try:
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def read_line(written: bytes) -> Record:
    """The reverse of `line`, with positions from 1; raises `BadRecord`."""
    try:
        fields = json.loads(written)
        return Record(_recorded(fields), _entry(fields))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BadRecord(str(error)) from error


def _recorded(fields: dict[str, object]) -> Recorded | None:
    if fields["id"] is None:
        return None
    match fields:
        case {"id": str(event_id), "type": str(kind), "stream": str(stream), "version": int(version)}:
            pass
        case _:
            raise BadRecord("an envelope of other types")
    index, at = fields["index"], fields["recorded_at"]
    if not isinstance(at, int):
        raise BadRecord("an envelope of other types")
    position = index + 1 if isinstance(index, int) else 0
    data, meta = contents_of(fields["data"]), contents_of(fields["meta"])
    return Recorded.of_row(str(UUID(event_id)), kind, stream, version, position, EPOCH + at * MICROSECOND, data, meta)


def _entry(fields: dict[str, object]) -> Entry | None:
    match fields:
        case {"leaf": None}:
            return None
        case {"index": int(index), "leaf": str(leaf), "salt": None}:
            return Entry(index, index + 1, bytes.fromhex(leaf), None)
        case {"index": int(index), "leaf": str(leaf), "salt": str(salt)}:
            return Entry(index, index + 1, bytes.fromhex(leaf), bytes.fromhex(salt))
        case _:
            raise BadRecord("a leaf of other types")


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def contents_of(text: object) -> bytes:
    """Of a field of an export; empty where it was erased."""
    if text is None:
        return b""
    if not isinstance(text, str):
        raise BadRecord("contents that are no text")
    return text.encode("utf-8", "surrogateescape")
