"""The log in one SQLite file, held by one process.

Appends that queue up while a commit is under way share the next one, so that one sync to disk serves them all.
`synchronous=FULL`: at `NORMAL`, a power cut loses acknowledged commits in WAL mode.
"""

import fcntl
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from kernel.adapters.appending import Known, Outcome, Placed, Planner, SharedCommits
from kernel.adapters.tail import Tail
from kernel.messages import EPOCH, NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, StoreBroken, StoreInUse, StoreUnavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    meta TEXT NOT NULL,
    UNIQUE (stream, version)
) STRICT
"""
COLUMNS = "id, type, stream, version, position, recorded_at, data, meta"

Row = tuple[int, str, str, int, str, int, str, str]

ROW = f"({', '.join('?' * 8)})"
LARGEST_INSERT = 256
INSERT = {
    size: "INSERT INTO events (position, id, stream, version, type, recorded_at, data, meta) VALUES "
    + ", ".join([ROW] * size)
    for size in (2**power for power in range(LARGEST_INSERT.bit_length()))
}
"""By how many rows: SQLite lets other threads in once for each statement, and prepares one of each size only once."""


class SqliteStore:
    """`read_only` looks at a log that another process may hold; it writes nothing and takes no lock."""

    def __init__(
        self, path: Path | str, read_only: bool = False, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._clock = clock
        in_memory = str(path) == ":memory:"
        self._lock_file = None if in_memory or read_only else _hold(Path(path))
        self._connection = _connect(f"{Path(path).absolute().as_uri()}?mode=ro") if read_only else _connect(path)
        if not read_only:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA secure_delete=ON")  # or words that move leave copies that are never found
            self._connection.execute(SCHEMA)
        # Who reads waits for no sync to disk: in WAL mode a connection of its own sees the last commit meanwhile.
        separate = not in_memory and not read_only
        self._reader = _connect(f"{Path(path).absolute().as_uri()}?mode=ro") if separate else self._connection
        self._access = threading.RLock()
        self._reading = threading.Lock() if separate else self._access
        self._commits = SharedCommits(self._commit)
        self._moved = threading.Condition()
        self._head = self._read_head()
        self._tail = Tail(self._head)
        self._broken = False
        self.writable = True

    def close(self) -> None:
        with self._access:
            self._reader.close()
            self._connection.close()
            if self._lock_file is not None:
                os.close(self._lock_file)
                self._lock_file = None

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        with self._reading:
            rows = self._reader.execute(
                f"SELECT {COLUMNS} FROM events WHERE stream = ? AND version > ? ORDER BY version",
                (stream, after),
            ).fetchall()
        return [_recorded(row) for row in rows]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        newest = self._tail.after(after, limit)
        if newest is not None:
            return newest
        with self._reading:
            rows = self._reader.execute(
                f"SELECT {COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
            ).fetchall()
        return [_recorded(row) for row in rows]

    def wait(self, after: int, timeout: float) -> int:
        with self._moved:
            self._moved.wait_for(lambda: self._head > after, timeout)
            return self._head

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        return self._commits.append(Append(stream, events, expected))

    def append_each(self, appends: Sequence[Append]) -> list[Outcome]:
        return self._commits.append_each(appends)

    def erase(self, position: int, data: bytes) -> None:
        """What SQLite freed is overwritten; repeated after an interruption, it ends what was begun."""
        with self._access, self._reading:
            try:
                self._connection.execute("UPDATE events SET data = ? WHERE position = ?", (data.decode(), position))
                (busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as error:
                raise StoreUnavailable(str(error)) from error
            self._tail = Tail(self._head)
        if busy:
            raise StoreUnavailable("another process is reading the log, so the old words are still in its file")

    def _commit(self, appends: Sequence[Append]) -> list[Outcome]:
        with self._access:
            if self._broken:
                raise StoreBroken("a sync to disk failed; restart to write again")
            planner = self._planner(appends)
            outcomes = [planner.place(each) for each in appends]
            if planner.placed:
                now = (self._clock() - EPOCH) // timedelta(microseconds=1)
                rows = [_row(each, now) for each in planner.placed]
                self._write(rows)
                self._tail.add([_placed(row, each) for row, each in zip(rows, planner.placed, strict=True)])
                with self._moved:
                    self._head = planner.head
                    self._moved.notify_all()
            return outcomes

    def _planner(self, appends: Sequence[Append]) -> Planner:
        ids = json.dumps([str(event.id) for a in appends for event in a.events])
        known = {
            UUID(row[0]): Known(row[1], row[2], row[3], row[4], row[5].encode())
            for row in self._connection.execute(
                "SELECT id, stream, version, position, type, data FROM events"
                " WHERE id IN (SELECT value FROM json_each(?))",
                (ids,),
            )
        }
        streams = json.dumps([a.stream for a in appends if a.stream.isprintable()], ensure_ascii=False)
        versions = self._connection.execute(
            "SELECT stream, MAX(version) FROM events WHERE stream IN (SELECT value FROM json_each(?)) GROUP BY stream",
            (streams,),
        )
        return Planner(self._head, known, dict(versions.fetchall()))

    def _write(self, rows: list[Row]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._insert(rows)
            self._connection.execute("COMMIT")
            self.writable = True
        except sqlite3.Error as error:
            self.writable = False
            with suppress(sqlite3.Error):  # SQLite undoes some failed transactions by itself
                self._connection.execute("ROLLBACK")
            if self._may_try_again(error):
                raise StoreUnavailable(str(error)) from error
            self._broken = True
            self._tail = Tail(sys.maxsize)  # the file is the truth, whoever wrote it
            raise StoreBroken(str(error)) from error

    def _insert(self, rows: list[Row]) -> None:
        done = 0
        while left := len(rows) - done:
            size = min(LARGEST_INSERT, 1 << left.bit_length() - 1)
            self._connection.execute(INSERT[size], list(chain.from_iterable(rows[done : done + size])))
            done += size

    def _may_try_again(self, error: sqlite3.Error) -> bool:
        """A full disk or a lock passes. A damaged file, or rows that another writer left, needs a person.

        After a failed fsync the kernel may drop dirty pages: a second fsync would lie ("fsyncgate").
        """
        passing = isinstance(error, sqlite3.OperationalError) and not error.sqlite_errorname.startswith("SQLITE_IOERR")
        return passing and not self._connection.in_transaction

    def recovers(self) -> bool:
        """Whether the store can write; after a failure, found out by a commit that changes nothing.

        Where readers of the health page send no writes to an unwell process, nothing else would find it out.
        """
        with self._access:
            if not self.writable and not self._broken:
                with suppress(sqlite3.Error):
                    self._connection.execute("PRAGMA user_version = 0")
                    self.writable = True
            return self.writable

    def _read_head(self) -> int:
        row = self._connection.execute("SELECT COALESCE(MAX(position), 0) FROM events").fetchone()
        return int(row[0])


def _row(placed: Placed, now: int) -> Row:
    event = placed.event
    data, meta = event.data.decode(), event.meta.decode()
    return placed.position, str(event.id), placed.stream, placed.version, event.type, now, data, meta


def _placed(row: Row, placed: Placed) -> Recorded:
    position, event_id, stream, version, kind, now, _data, _meta = row
    return Recorded.of_row(event_id, kind, stream, version, position, now, placed.event.data, placed.event.meta)


def _recorded(row: tuple[Any, ...]) -> Recorded:
    event_id, kind, stream, version, position, at, data, meta = row
    return Recorded.of_row(event_id, kind, stream, version, position, at, data.encode(), meta.encode())


def _connect(address: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address, uri=str(address).startswith("file:"), check_same_thread=False, isolation_level=None
    )
    connection.execute("PRAGMA busy_timeout=5000")
    return connection


def _hold(path: Path) -> int:
    """An advisory lock that the kernel frees with the process, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_suffix(path.suffix + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise StoreInUse(str(path)) from error
    return handle
