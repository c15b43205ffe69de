"""Sessions with a PostgreSQL server that may go away and come back at any time."""

import threading
from collections import deque
from contextlib import suppress
from typing import Any

from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import IdleInTransactionSessionTimeout, OperationalError, ReadOnlySqlTransaction

from kernel.offload import blocking
from kernel.ports import StoreUnavailable

Session = Connection[tuple[Any, ...]]

LOST = (OperationalError, ReadOnlySqlTransaction, IdleInTransactionSessionTimeout)
"""What a server raises that is stopping, starting, full or no longer the primary: it may work with a new session."""

CLOSED = "it is closed"

READERS = 4

# How soon a dead network is noticed (seconds; tcp_user_timeout in ms). An address that names them itself wins.
CONNECTION = {
    "application_name": "dienhong",
    "client_encoding": "utf8",
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}

# Every query has its index, so a plan made while the table was small must not scan it when it has grown. A process
# that freezes with the writers' lock in its hands loses it after ten seconds.
SETTINGS = """
SET timezone = 'UTC';
SET enable_seqscan = off;
SET jit = off;
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '10s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""

# No statistics of contents: the planner needs none, and they are copies of words that may have to be forgotten.
# Collation "C": an index of an operating system's collation is damaged when that system is upgraded.
SCHEMA = """
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('dienhong.schema'));
CREATE TABLE IF NOT EXISTS events (
    position BIGINT PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    stream TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    data TEXT NOT NULL,
    meta TEXT NOT NULL,
    UNIQUE (stream, version)
);
ALTER TABLE events ALTER COLUMN data SET STATISTICS 0, ALTER COLUMN meta SET STATISTICS 0;
COMMIT
"""


def open_session(url: str, table: str = "events", schema: str = SCHEMA) -> Session:
    """Ready for use, what `schema` makes made when `table` is missing.

    Raises `StoreUnavailable` where what is written would not be safe.
    """
    address = make_conninfo("", **{**CONNECTION, **conninfo_to_dict(url)})
    session: Session = Connection.connect(address, autocommit=True)
    try:
        session.execute(SETTINGS)
        fsync, encoding, found = session.execute(
            "SELECT current_setting('fsync'), current_setting('server_encoding'), to_regclass(%s)::oid", [table]
        ).fetchall()[0]
        if fsync != "on" or encoding != "UTF8":
            raise StoreUnavailable(f"the server has fsync={fsync} and encoding {encoding}; needed: on and UTF8")
        if found is None:
            session.execute(schema.encode())
    except BaseException:
        session.close()
        raise
    return session


class ReadingSessions:
    """At most `READERS` at a time. One that the server has cut off is replaced, and the query asked again.

    Closed for good: a scrape that still asks, or a query under way, leaves no session behind.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: deque[Session] = deque()
        self._free = threading.Semaphore(READERS)
        self._closed = False

    def fetch(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._free:
            return blocking(self._fetch, query, values)

    def close(self) -> None:
        self._closed = True
        self._drop_idle()

    def _fetch(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._once(query, values)
        except LOST:
            self._drop_idle()  # a restart has cut off all of them
        try:
            return self._once(query, values)
        except LOST as error:
            raise StoreUnavailable(str(error)) from error

    def _once(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._closed:
            raise StoreUnavailable(CLOSED)
        session = self._idle.pop() if self._idle else open_session(self._url)
        try:
            rows = session.execute(query, values).fetchall()
        except BaseException:
            session.close()
            raise
        self._idle.append(session)
        if self._closed:
            self._drop_idle()
        return rows

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()
