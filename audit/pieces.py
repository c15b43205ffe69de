"""A log in pieces of 2^14 leaves: aligned subtrees, each of which can be read and checked by a process of its own."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audit.records import BadRecord, Record, contents_of, moment_of

SEGMENT = 1 << 14
"""Leaves of one piece."""

READ_AT_ONCE = 1024

Entry = tuple[int, int, bytes, bytes | None]
"""Leaf index, log position, leaf, salt."""

Event = tuple[int, bytes, bytes, int, bytes, int, bytes, bytes]
"""Log position, id as text, stream, version, type, recorded_at in microseconds since 1970, data, meta."""

Pair = tuple[Entry | None, Event | None]


class Piece(Protocol):
    """`first`: the index of its first leaf. It can be sent to another process."""

    @property
    def first(self) -> int: ...

    def pairs(self) -> Iterable[Pair]:
        """Leaves in their order, each beside the event at its position; None where there is none."""

    def leaves(self) -> Iterable[bytes]:
        """The leaves alone."""


@dataclass(frozen=True)
class Stored:
    """Of the files of a data folder, from leaf `first` up to `end`; rows as SQLite has them, not decoded."""

    events: Path
    ledger: Path
    first: int
    end: int

    def pairs(self) -> Iterator[Pair]:
        with closing(_opened(self.events)) as log, closing(_opened(self.ledger)) as ledger:
            after = _position_before(ledger, self.first)
            for begin in range(self.first, self.end, READ_AT_ONCE):
                entries = ledger.execute(
                    "SELECT leaf_index, position, leaf, salt FROM entries"
                    " WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index",
                    (begin, min(begin + READ_AT_ONCE, self.end)),
                ).fetchall()
                last = max((each[1] for each in entries), default=after)
                recorded = log.execute(
                    "SELECT position, id, stream, version, type, recorded_at, data, meta FROM events"
                    " WHERE position > ? AND position <= ? ORDER BY position",
                    (after, last),
                ).fetchall()
                yield from paired(entries, recorded)
                after = last

    def leaves(self) -> Iterator[bytes]:
        with closing(_opened(self.ledger)) as ledger:
            rows = ledger.execute(
                "SELECT leaf FROM entries WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index",
                (self.first, self.end),
            )
            for (leaf,) in rows:
                yield leaf


def paired(entries: list[Entry], events: list[Event]) -> Iterable[Pair]:
    """By log position. An event between leaves comes alone, as a leaf does whose event is not there."""
    if [each[1] for each in entries] == [each[0] for each in events]:
        return zip(entries, events, strict=True)
    return _merged(entries, events)


def _merged(entries: list[Entry], events: list[Event]) -> Iterator[Pair]:
    waiting = iter(events)
    event = next(waiting, None)
    for entry in entries:
        while event is not None and event[0] < entry[1]:
            yield None, event
            event = next(waiting, None)
        if event is not None and event[0] == entry[1]:
            yield entry, event
            event = next(waiting, None)
        else:
            yield entry, None
    if event is not None:
        yield None, event
    for each in waiting:
        yield None, each


@dataclass(frozen=True)
class Lines:
    """Of one file of an export: where it begins in a file of this machine, and its length in bytes."""

    path: Path
    offset: int
    length: int
    first: int

    def pairs(self) -> Iterator[Pair]:
        """Raises `BadRecord` for a line that is none."""
        return map(read_pair, self._lines())

    def leaves(self) -> Iterator[bytes]:
        return (entry[2] for entry, _ in self.pairs() if entry)

    def _lines(self) -> Iterator[bytes]:
        left = self.length
        with self.path.open("rb") as file:
            file.seek(self.offset)
            while left > 0 and (line := file.readline(left)):
                left -= len(line)
                yield line


@dataclass(frozen=True)
class Held:
    """Read already: of stores that another process cannot open by a path."""

    first: int
    rows: list[Pair]

    def pairs(self) -> Iterable[Pair]:
        return self.rows

    def leaves(self) -> Iterator[bytes]:
        return (entry[2] for entry, _ in self.rows if entry)


def pair_of(record: Record) -> Pair:
    entry, recorded = record.entry, record.recorded
    return (
        (entry.index, entry.position, entry.leaf, entry.salt) if entry else None,
        (
            recorded.position,
            str(recorded.id).encode(),
            _encoded(recorded.stream),
            recorded.version,
            _encoded(recorded.type),
            moment_of(recorded),
            recorded.data,
            recorded.meta,
        )
        if recorded
        else None,
    )


def read_pair(line: bytes) -> Pair:
    """Of a line of an export; raises `BadRecord`."""
    try:
        fields = json.loads(line)
        index, leaf, salt = fields["index"], fields["leaf"], fields["salt"]
        position = index + 1 if isinstance(index, int) else 0
        entry = None if leaf is None else (index, position, bytes.fromhex(leaf), bytes.fromhex(salt) if salt else None)
        if fields["id"] is None:
            return entry, None
        event_id, stream, kind = (_encoded(fields[name]) for name in ("id", "stream", "type"))
        data, meta = (contents_of(fields[name]) for name in ("data", "meta"))
        return entry, (position, event_id, stream, fields["version"], kind, fields["recorded_at"], data, meta)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadRecord(str(error)) from error


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _opened(path: Path) -> sqlite3.Connection:
    """Beside a product that may be writing; texts come as the bytes that are stored."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA busy_timeout=5000")
    connection.text_factory = bytes
    return connection


def _position_before(ledger: sqlite3.Connection, first: int) -> int:
    row = ledger.execute(
        "SELECT position FROM entries WHERE leaf_index < ? ORDER BY leaf_index DESC LIMIT 1", (first,)
    ).fetchone()
    return int(row[0]) if row else 0
