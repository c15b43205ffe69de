"""Identity in a file of this machine."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gateway.identity.store import IdentityUnavailable, Row, storable

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    person_id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL DEFAULT '',
    password_hash TEXT,
    code_hash TEXT,
    code_ends_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of_person ON sessions (person_id);
CREATE TABLE IF NOT EXISTS attempts (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    address TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempts_of_login ON attempts (login, at);
CREATE INDEX IF NOT EXISTS attempts_of_address ON attempts (address, at);
CREATE TABLE IF NOT EXISTS previews (
    token TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    file BLOB NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS feeds (
    person_id TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS signing_addresses (
    token TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    person_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    offer TEXT NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
"""


class SqliteIdentityStore:
    """One connection that threads take in turns; a command-line process may write beside a running server."""

    def __init__(self, path: Path | str) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).touch(mode=0o600)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A power cut must not bring back an ended session or an old password.
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.executescript(SCHEMA)
        self._access = threading.Lock()

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        with self._alone() as connection:
            return connection.execute(query, storable(values)).fetchall()

    def pairs(self, query: str, *values: object) -> Mapping[str, str]:
        """In one row, as SQLite hands over to other threads at every row that it gives."""
        found = self.rows(f"SELECT json_group_object(name, value) AS pairs FROM ({query})", *values)
        pairs: dict[str, str] = json.loads(found[0]["pairs"])
        return pairs

    def change(self, statement: str, *values: object) -> int:
        with self._alone() as connection:
            return connection.execute(statement, storable(values)).rowcount

    @contextmanager
    def writing(self) -> Iterator["SqliteTransaction"]:
        with self._alone() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def overwrite_accounts(self) -> None:
        with self._alone() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._access:
            self._connection.close()

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        with self._access:
            try:
                yield self._connection
            except sqlite3.OperationalError as error:  # no room, or another process has written for too long
                raise IdentityUnavailable(str(error)) from error


class SqliteTransaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        return self._connection.execute(query, storable(values)).fetchall()

    def change(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, storable(values)).rowcount

    def change_each(self, statement: str, each: Sequence[Sequence[object]]) -> None:
        self._connection.executemany(statement, [storable(values) for values in each])
