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
from pathlib import Path
from uuid import UUID

from kernel.adapters.appending import Outcome, Placed, Planner, SharedCommits
from kernel.adapters.tail import Tail
from kernel.ids import written
from kernel.many_rows import ManyRows, Value
from kernel.messages import EPOCH, NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, Conflict, StoreBroken, StoreInUse, StoreUnavailable

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
COLUMNS = "id, type, stream, version, position, recorded_at, CAST(data AS BLOB), CAST(meta AS BLOB)"

EVENTS = ManyRows("INSERT INTO events (position, id, stream, version, type, recorded_at, data, meta)", width=8)


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
        self._all_new = True
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
        return [Recorded.of_row(*row) for row in rows]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        newest = self._tail.after(after, limit)
        if newest is not None:
            return newest
        with self._reading:
            rows = self._reader.execute(
                f"SELECT {COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
            ).fetchall()
        return [Recorded.of_row(*row) for row in rows]

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
        """After a commit whose appends were all new, the next ones are taken for new too, without looking them up.

        The unique indexes confirm it as they are written.
        """
        with self._access:
            if self._broken:
                raise StoreBroken("a sync to disk failed; restart to write again")
            if self._all_new:
                planner = Planner(self._head, None, self._versions([a for a in appends if a.expected != NO_STREAM]))
                outcomes = [planner.place(each) for each in appends]
                if not any(isinstance(each, Conflict) for each in outcomes) and self._write(planner.placed):
                    return outcomes
            planner = Planner(self._head, self._known(appends), self._versions(appends))
            outcomes = [planner.place(each) for each in appends]
            self._all_new = all(isinstance(each, Appended) and not each.idempotent for each in outcomes)
            if not self._write(planner.placed):
                raise self._break("the log holds rows of another writer")
            return outcomes

    def _known(self, appends: Sequence[Append]) -> dict[UUID, Placed]:
        ids = json.dumps([str(event.id) for a in appends for event in a.events])
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM events WHERE id IN (SELECT value FROM json_each(?))", (ids,)
        )
        known = [Recorded.of_row(*row) for row in rows]
        return {
            each.id: Placed(
                each.position, each.stream, each.version, NewEvent(each.id, each.type, each.data, each.meta)
            )
            for each in known
        }

    def _versions(self, appends: Sequence[Append]) -> dict[str, int]:
        streams = [each.stream for each in appends if each.stream.isprintable()]
        if not streams:
            return {}
        versions = self._connection.execute(
            "SELECT stream, MAX(version) FROM events WHERE stream IN (SELECT value FROM json_each(?)) GROUP BY stream",
            (json.dumps(streams, ensure_ascii=False),),
        )
        return dict(versions.fetchall())

    def _write(self, placed: Sequence[Placed]) -> bool:
        """All of it, durably; or nothing where the log holds one of these ids or places already."""
        now = (self._clock() - EPOCH) // timedelta(microseconds=1)
        values: list[Value] = []
        recorded = []
        for position, stream, version, (event_id, kind, data, meta) in placed:
            written_id = written(event_id)
            values += (position, written_id, stream, version, kind, now, data.decode(), meta.decode())
            recorded.append(Recorded.of_row(written_id, kind, stream, version, position, now, data, meta))
        try:
            self._insert(values)
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # SQLite undoes some failed transactions by itself
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.IntegrityError):
                return False
            self.writable = False
            if self._may_try_again(error):
                raise StoreUnavailable(str(error)) from error
            raise self._break(str(error)) from error
        if placed:
            self.writable = True
            self._tail.add(recorded)
            with self._moved:
                self._head = placed[-1].position
                self._moved.notify_all()
        return True

    def _insert(self, values: Sequence[Value]) -> None:
        """One statement is a transaction of its own."""
        statements = list(EVENTS.statements(values))
        if len(statements) > 1:
            self._connection.execute("BEGIN IMMEDIATE")
        for statement, its_values in statements:
            self._connection.execute(statement, its_values)
        if len(statements) > 1:
            self._connection.execute("COMMIT")

    def _break(self, reason: str) -> StoreBroken:
        self.writable, self._broken = False, True
        self._tail = Tail(sys.maxsize)  # the file is the truth, whoever wrote it
        return StoreBroken(reason)

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
