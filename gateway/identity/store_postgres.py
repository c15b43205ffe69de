"""Identity in PostgreSQL, shared by gateways on several machines. A request costs one question, at most two."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import UndefinedTable
from psycopg.rows import dict_row

from gateway.identity.store import IdentityUnavailable, Row, storable
from kernel.adapters.postgres_sessions import CLOSED, LOST, Session, open_session

OWN_SCHEMA = "identity"
NEWEST_TABLE = "signing_addresses"
"""Where it is missing the tables are made, so that a store of an older version gets those that came later."""

SESSIONS = 4
TURN_SECONDS = 5
REMEMBERED_SECONDS = 1.0
"""After a failed attempt to connect nobody else tries for so long: whoever asks is told at once."""

SCHEMA = """
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('dienhong.identity.schema'));
{make_schema}
CREATE TABLE IF NOT EXISTS accounts (
    person_id TEXT COLLATE "C" PRIMARY KEY,
    login TEXT COLLATE "C" NOT NULL UNIQUE,
    full_name TEXT NOT NULL DEFAULT '',
    password_hash TEXT,
    code_hash TEXT,
    code_ends_at BIGINT
);
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT COLLATE "C" PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id TEXT COLLATE "C" NOT NULL,
    begun_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_person ON sessions (person_id);
CREATE TABLE IF NOT EXISTS attempts (
    id TEXT COLLATE "C" PRIMARY KEY,
    login TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_of_login ON attempts (login, at);
CREATE INDEX IF NOT EXISTS attempts_of_address ON attempts (address, at);
CREATE TABLE IF NOT EXISTS previews (
    token TEXT COLLATE "C" PRIMARY KEY,
    session TEXT COLLATE "C" NOT NULL,
    file BYTEA NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS feeds (
    person_id TEXT COLLATE "C" PRIMARY KEY,
    secret TEXT NOT NULL,
    secret_hash TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS signing_addresses (
    token TEXT COLLATE "C" PRIMARY KEY,
    direction TEXT NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    offer TEXT NOT NULL,
    ends_at BIGINT NOT NULL
);
COMMIT
"""

BEGIN = "BEGIN; SELECT pg_advisory_xact_lock(hashtext('dienhong.identity'))"
"""Writers take turns, as SQLite's do: then guesses at several gateways count one after the other."""


class PostgresIdentityStore:
    """Connects when first used, and again when the server has come back.

    The tables stand in the schema `identity`, or where the address' own `search_path` says; they are made when missing.
    """

    def __init__(self, url: str) -> None:
        parts: dict[str, Any] = conninfo_to_dict(url)
        options = str(parts.get("options") or "")
        own = "search_path" not in options
        search_path = f" -c search_path={OWN_SCHEMA}" if own else ""
        self._address = make_conninfo("", **{**parts, "options": options + search_path})
        self._schema = SCHEMA.format(make_schema=f"CREATE SCHEMA IF NOT EXISTS {OWN_SCHEMA};" if own else "")
        self._idle: deque[Session] = deque()
        self._free = threading.Semaphore(SESSIONS)
        self._away_until = 0.0
        self._closed = False

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        with self._asked(query, values) as (_, found):
            return found.fetchall()

    def pairs(self, query: str, *values: object) -> Mapping[str, str]:
        return {row["name"]: row["value"] for row in self.rows(query, *values)}

    def change(self, statement: str, *values: object) -> int:
        """Repeated when its session was cut off, so every statement here must bear that."""
        with self._asked(statement, values) as (_, found):
            return found.rowcount

    @contextmanager
    def writing(self) -> Iterator["PostgresTransaction"]:
        with self._asked(BEGIN, ()) as (session, _):
            try:
                yield PostgresTransaction(session)
            except LOST:
                raise
            except BaseException:
                with suppress(*LOST):
                    session.execute("ROLLBACK")
                raise
            session.execute("COMMIT")

    def overwrite_accounts(self) -> None:
        self.change("VACUUM (FULL) accounts")

    def close(self) -> None:
        self._closed = True
        self._drop_idle()

    @contextmanager
    def _asked(self, statement: str, values: Sequence[object]) -> Iterator[tuple[Session, Cursor[Any]]]:
        """A session that has just answered this; it goes back unless the server was lost meanwhile."""
        if not self._free.acquire(timeout=TURN_SECONDS):
            raise IdentityUnavailable("no session became free")
        try:
            session, found = self._answered(statement, values)
            try:
                yield session, found
            except LOST:
                session.close()
                raise
            finally:
                if not session.closed:
                    self._idle.append(session)
                if self._closed:
                    self._drop_idle()
        except LOST as error:
            raise IdentityUnavailable(str(error)) from error
        finally:
            self._free.release()

    def _answered(self, statement: str, values: Sequence[object]) -> tuple[Session, Cursor[Any]]:
        if self._idle:
            with suppress(IndexError, UndefinedTable, *LOST):
                return self._ask(self._idle.pop(), statement, values)
            self._drop_idle()  # a restart has cut off all of them, or the tables were lost
        return self._ask(self._connected(), statement, values)

    def _ask(self, session: Session, statement: str, values: Sequence[object]) -> tuple[Session, Cursor[Any]]:
        try:
            return session, _executed(session, statement, values)
        except BaseException:
            session.close()
            raise

    def _connected(self) -> Session:
        if self._closed:
            raise IdentityUnavailable(CLOSED)
        if time.monotonic() < self._away_until:
            raise IdentityUnavailable("it did not answer a moment ago")
        try:
            return open_session(self._address, NEWEST_TABLE, self._schema)
        except LOST:
            self._away_until = time.monotonic() + REMEMBERED_SECONDS
            raise

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


class PostgresTransaction:
    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        return _executed(self._session, query, values).fetchall()

    def change(self, statement: str, *values: object) -> int:
        return _executed(self._session, statement, values).rowcount

    def change_each(self, statement: str, each: Sequence[Sequence[object]]) -> None:
        with self._session.cursor() as cursor:
            cursor.executemany(_marked(statement), [storable(values) for values in each])


def _executed(session: Session, statement: str, values: Sequence[object]) -> Cursor[Any]:
    cursor = session.cursor(row_factory=dict_row)
    # Several statements at once, as BEGIN with its lock, go only without a list of values.
    return cursor.execute(_marked(statement), storable(values) or None)


@cache
def _marked(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()
