"""The log in one SQLite file, held by one process.

Appends that queue up while a commit is under way share the next one, so that one sync to disk serves them all.
`synchronous=FULL`: at `NORMAL`, a power cut loses acknowledged commits in WAL mode.
"""

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kernel.codec import recorded_from_row
from kernel.messages import NewEvent, Recorded
from kernel.ports import (
    MAX_EVENT_BYTES,
    MAX_EVENTS_PER_APPEND,
    NO_STREAM,
    Append,
    Appended,
    AppendError,
    Conflict,
    IdConflict,
    PartialDuplicate,
    StoreBroken,
    StoreInUse,
    StoreUnavailable,
    Unacceptable,
)

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
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

INSERT = """
INSERT INTO events (position, id, stream, version, type, recorded_at, data, meta)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 FROM json_each(?)
"""


@dataclass
class Waiting:
    """One caller's appends and, once committed, their outcomes."""

    appends: Sequence[Append]
    outcomes: list[Appended | AppendError] = field(default_factory=list)
    failure: Exception | None = None
    done: bool = False


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
            self._connection.execute(SCHEMA)
        self._access = threading.Lock()
        self._queue: list[Waiting] = []
        self._queued = threading.Lock()
        self._moved = threading.Condition()
        self._head = self._read_head()
        self._broken = False
        self.writable = True

    def close(self) -> None:
        with self._access:
            self._connection.close()
            if self._lock_file is not None:
                os.close(self._lock_file)
                self._lock_file = None

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        with self._access:
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM events WHERE stream = ? AND version > ? ORDER BY version",
                (stream, after),
            ).fetchall()
        return [_recorded(row) for row in rows]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        with self._access:
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
            ).fetchall()
        return [_recorded(row) for row in rows]

    def wait(self, after: int, timeout: float) -> int:
        with self._moved:
            self._moved.wait_for(lambda: self._head > after, timeout)
            return self._head

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        outcome = self.append_each([Append(stream, events, expected)])[0]
        if isinstance(outcome, AppendError):
            raise outcome
        return outcome

    def append_each(self, appends: Sequence[Append]) -> list[Appended | AppendError]:
        mine = Waiting(appends)
        with self._queued:
            self._queue.append(mine)
        with self._access:
            if not mine.done:
                self._commit_queue()
        if mine.failure is not None:
            raise mine.failure
        return mine.outcomes

    def _commit_queue(self) -> None:
        with self._queued:
            batch, self._queue = self._queue, []
        try:
            self._commit(batch)
        except Exception as failure:  # raised again by each caller whose appends share this commit
            for waiting in batch:
                waiting.failure = failure
        finally:
            for waiting in batch:
                waiting.done = True

    def _commit(self, batch: list[Waiting]) -> None:
        if self._broken:
            raise StoreBroken("a sync to disk failed; restart to write again")
        planner = Planner(
            self._connection, self._head, self._clock(), [a for waiting in batch for a in waiting.appends]
        )
        outcomes = [[planner.place(a) for a in waiting.appends] for waiting in batch]
        if planner.rows:
            self._write(planner.rows)
            with self._moved:
                self._head = planner.head
                self._moved.notify_all()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcomes = outcome

    def _write(self, rows: list[tuple[object, ...]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(INSERT, (json.dumps(rows, ensure_ascii=False),))
            self._connection.execute("COMMIT")
            self.writable = True
        except sqlite3.OperationalError as error:
            self.writable = False
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if error.sqlite_errorname.startswith("SQLITE_IOERR"):
                # After a failed fsync the kernel may drop dirty pages: a second fsync would lie ("fsyncgate").
                self._broken = True
                raise StoreBroken(str(error)) from error
            raise StoreUnavailable(str(error)) from error

    def _read_head(self) -> int:
        row = self._connection.execute("SELECT COALESCE(MAX(position), 0) FROM events").fetchone()
        return int(row[0])


class Planner:
    """Decides where each append of one commit goes, seeing what the earlier ones of the same commit placed."""

    def __init__(self, connection: sqlite3.Connection, head: int, now: datetime, appends: Sequence[Append]) -> None:
        self.head = head
        self.rows: list[tuple[object, ...]] = []
        self._now = (now - EPOCH) // timedelta(microseconds=1)
        ids = json.dumps([str(event.id) for a in appends for event in a.events])
        self._known: dict[str, tuple[str, int, int, str, str]] = {
            row[0]: row[1:]
            for row in connection.execute(
                "SELECT id, stream, version, position, type, data FROM events"
                " WHERE id IN (SELECT value FROM json_each(?))",
                (ids,),
            )
        }
        streams = json.dumps([a.stream for a in appends if "\0" not in a.stream], ensure_ascii=False)
        self._versions: dict[str, int] = dict(
            connection.execute(
                "SELECT stream, MAX(version) FROM events"
                " WHERE stream IN (SELECT value FROM json_each(?)) GROUP BY stream",
                (streams,),
            ).fetchall()
        )

    def place(self, append: Append) -> Appended | AppendError:
        try:
            check_acceptable(append)
            return self._already(append) or self._new(append)
        except AppendError as error:
            return error

    def _already(self, append: Append) -> Appended | None:
        known = [self._known.get(str(event.id)) for event in append.events]
        if not any(known):
            return None
        for offset, (event, found) in enumerate(zip(append.events, known, strict=True), start=1):
            if found is None:
                raise PartialDuplicate(append.stream)
            stream, version, _, kind, data = found
            same_place = stream == append.stream and version == append.expected + offset
            if not same_place or kind != event.type or data.encode() != event.data:
                raise IdConflict(str(event.id))
        positions = [found[2] for found in known if found is not None]
        return Appended(positions[0], positions[-1], append.expected + len(positions), idempotent=True)

    def _new(self, append: Append) -> Appended:
        version = self._versions.get(append.stream, NO_STREAM)
        if version != append.expected:
            raise Conflict(append.stream, version)
        first = self.head + 1
        for event in append.events:
            self.head += 1
            version += 1
            data = event.data.decode()
            row = (
                self.head,
                str(event.id),
                append.stream,
                version,
                event.type,
                self._now,
                data,
                event.meta.decode(),
            )
            self.rows.append(row)
            self._known[str(event.id)] = (append.stream, version, self.head, event.type, data)
        self._versions[append.stream] = version
        return Appended(first, self.head, version)


def check_acceptable(append: Append) -> None:
    """Limits of one append, refused before any write (413/422 on the wire)."""
    if not append.events or len(append.events) > MAX_EVENTS_PER_APPEND:
        raise Unacceptable(f"an append holds 1 to {MAX_EVENTS_PER_APPEND} events")
    if len({event.id for event in append.events}) != len(append.events):
        raise Unacceptable("an append names one id twice")
    for text in (append.stream, *(event.type for event in append.events)):
        if not text or not text.isprintable() or len(text) > 255:
            raise Unacceptable("stream and type are 1 to 255 printable characters")
    for event in append.events:
        if len(event.data) > MAX_EVENT_BYTES:
            raise Unacceptable(f"an event holds at most {MAX_EVENT_BYTES} bytes")
        try:
            event.data.decode()
            event.meta.decode()
        except UnicodeDecodeError as error:
            raise Unacceptable("event data is UTF-8 text") from error


def _recorded(row: tuple[Any, ...]) -> Recorded:
    event_id, kind, stream, version, position, at, data, meta = row
    return recorded_from_row(
        event_id,
        kind,
        stream,
        version,
        position,
        EPOCH + timedelta(microseconds=at),
        data.encode(),
        meta.encode(),
    )


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
