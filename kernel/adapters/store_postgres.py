"""The log in one PostgreSQL table, written and read by any number of processes.

Writers take turns by an advisory lock, which a transaction gives back only after it has become visible: positions have
no gap, and whoever has read up to a position has missed nothing before it. Appends of one process that queue up while
a commit is under way share the next one: one statement, one sync to disk.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from typing import Any

from kernel.adapters.appending import Outcome, Placed, Planner, SharedCommits
from kernel.adapters.postgres_erasing import erase
from kernel.adapters.postgres_head import CHANNEL, Head
from kernel.adapters.postgres_sessions import CLOSED, LOST, ReadingSessions, Session, open_session
from kernel.messages import NewEvent, Recorded
from kernel.offload import blocking
from kernel.ports import NO_STREAM, Append, Appended, StoreUnavailable

COLUMNS = "id::text, type, stream, version, position, recorded_at, data, meta"
HEAD = "SELECT COALESCE(MAX(position), 0) FROM events"

# What follows the lock sees what was committed before it was given: each statement has a snapshot of its own.
TAKE_TURN = """
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT pg_advisory_xact_lock('events'::regclass::oid::bigint)
"""
KNOWN = "SELECT id, stream, version, position, type, data FROM events WHERE id = ANY(%s)"
VERSIONS = """
SELECT stream, (SELECT MAX(version) FROM events WHERE events.stream = asked.stream)
FROM unnest(%s::text[]) AS asked (stream)
"""
# Values are always bound, never written into the statement: the server's log quotes statements that fail.
WRITE = """
INSERT INTO events (position, id, stream, version, type, recorded_at, data, meta)
SELECT position, id, stream, version, type, statement_timestamp(), data, meta
FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::text[])
AS placed (position, id, stream, version, type, data, meta)
"""
COMMIT = f"NOTIFY {CHANNEL}; COMMIT"

READ_BACK_PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)
"""Seconds before each attempt to learn what became of a commit whose answer was lost."""


class CutOff(StoreUnavailable):
    """The session was lost before anything was written."""


class Unanswered(StoreUnavailable):
    """The session was lost while a commit was under way: all of it is stored or nothing."""


class PostgresStore:
    """Connects when first used. A server that went away is met again by itself; meanwhile `StoreUnavailable`.

    An append that ended so may be stored after all: the same append again answers with the truth.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._readers = ReadingSessions(url)
        self._head = Head(url, self._read_head)
        self._writer: Session | None = None
        self._closed = False
        self._access = threading.Lock()
        self._commits = SharedCommits(self._commit)

    def close(self) -> None:
        self._head.close()
        self._readers.close()
        with self._access:
            self._closed = True
            if self._writer is not None:
                self._drop(self._writer)

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        query = f"SELECT {COLUMNS} FROM events WHERE stream = %s AND version > %s ORDER BY version"
        return [_recorded(row) for row in self._readers.fetch(query, stream, after)]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        query = f"SELECT {COLUMNS} FROM events WHERE position > %s ORDER BY position LIMIT %s"
        return [_recorded(row) for row in self._readers.fetch(query, after, limit)]

    def wait(self, after: int, timeout: float) -> int:
        return self._head.wait(after, timeout)

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        return self._commits.append(Append(stream, events, expected))

    def append_each(self, appends: Sequence[Append]) -> list[Outcome]:
        return self._commits.append_each(appends)

    def erase(self, position: int, data: bytes) -> None:
        blocking(erase, self._url, position, data)

    def _read_head(self) -> int:
        return int(self._readers.fetch(HEAD)[0][0])

    def _commit(self, appends: Sequence[Append]) -> list[Outcome]:
        with self._access:
            try:
                try:
                    return self._attempt(appends)
                except CutOff:  # by a restart, say, which a session shows only when it is used
                    return self._attempt(appends)
            except Unanswered:
                return self._read_back(appends)

    def _read_back(self, appends: Sequence[Append]) -> list[Outcome]:
        """A new attempt waits for the lock of the lost one, then finds everything that it stored, or may store it."""
        for pause in READ_BACK_PAUSES:
            time.sleep(pause)
            with suppress(StoreUnavailable):
                return self._attempt(appends)
        raise Unanswered("a commit was not answered; the same append again tells whether it is stored")

    def _attempt(self, appends: Sequence[Append]) -> list[Outcome]:
        try:
            head, outcomes = blocking(self._take_turn, appends)
        except StoreUnavailable:
            raise
        except BaseException:  # a greenlet ended while its native thread still writes: that session is its own now
            self._writer = None
            raise
        self._head.moved_to(head)
        return outcomes

    def _take_turn(self, appends: Sequence[Append]) -> tuple[int, list[Outcome]]:
        writer = self._opened_writer()
        committing = False
        try:
            planner = _planner(writer, appends)
            outcomes = [planner.place(each) for each in appends]
            if planner.placed:
                _write(writer, planner.placed)
                committing = True
                writer.execute(COMMIT)
            else:
                writer.execute("ROLLBACK")
        except LOST as error:
            lost = writer.closed
            self._drop(writer)
            if not lost:  # the server itself said no, so nothing is stored
                raise StoreUnavailable(str(error)) from error
            raise (Unanswered if committing else CutOff)(str(error)) from error
        except BaseException:
            self._drop(writer)
            raise
        return planner.head, outcomes

    def _opened_writer(self) -> Session:
        if self._closed:
            raise StoreUnavailable(CLOSED)
        if self._writer is None:
            try:
                self._writer = open_session(self._url)
            except LOST as error:
                raise StoreUnavailable(str(error)) from error
        return self._writer

    def _drop(self, writer: Session) -> None:
        writer.close()
        if self._writer is writer:
            self._writer = None


def _planner(writer: Session, appends: Sequence[Append]) -> Planner:
    ids = [event.id for each in appends for event in each.events]
    streams = list({each.stream for each in appends if each.stream.isprintable()})
    writer.execute(TAKE_TURN)
    head = writer.execute(HEAD).fetchall()[0][0]
    known = writer.execute(KNOWN, [ids]).fetchall()
    versions = writer.execute(VERSIONS, [streams]).fetchall()
    return Planner(
        head,
        {row[0]: Placed(row[3], row[1], row[2], NewEvent(row[0], row[4], row[5].encode(), b"")) for row in known},
        {stream: version for stream, version in versions if version is not None},
    )


def _write(writer: Session, placed: Sequence[Placed]) -> None:
    rows = [
        (p.position, p.event.id, p.stream, p.version, p.event.type, p.event.data.decode(), p.event.meta.decode())
        for p in placed
    ]
    writer.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])


def _recorded(row: tuple[Any, ...]) -> Recorded:
    event_id, kind, stream, version, position, at, data, meta = row
    return Recorded.of_row(event_id, kind, stream, version, position, at.astimezone(UTC), data.encode(), meta.encode())
