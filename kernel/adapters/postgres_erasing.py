"""Contents taken out of PostgreSQL's log by a lawful order.

An update leaves the old row version in the table until it is vacuumed, and a plain vacuum only frees its space. So the
table is written anew, and the old file given back to the file system. What else the server may have made of contents
is statistics for its planner, which hold values of a column as they are.
"""

import re
from time import monotonic, sleep

from psycopg.errors import Diagnostic, Error

from kernel.adapters.postgres_sessions import LOST, open_session
from kernel.ports import StoreUnavailable

ENDING_SECONDS = 3

STILL_THERE = "the old words may still be in the table's file:"

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
AND application_name = current_setting('application_name')
"""
REPLACE = "UPDATE events SET data = %s WHERE position = %s"
# Naming a column's type again, though it is the same, drops what the planner knows of the column.
FORGET_STATISTICS = "ALTER TABLE events ALTER COLUMN data TYPE TEXT, ALTER COLUMN data SET STATISTICS 0"
WRITE_ANEW = "VACUUM (FULL, VERBOSE) events"
"""It keeps row versions that a transaction which began before may still see, and tells how many."""

FORGET_OLD_STATISTICS = "VACUUM (FULL) pg_statistic"
"""By the database's owner only; to others the server says that it skips it."""


def others_connected(url: str) -> int:
    """Sessions of the product besides ours; raises `StoreUnavailable`.

    The server lists a session for a moment after its client has gone, so who is still there is asked for a while.
    """
    try:
        with open_session(url) as session:
            until = monotonic() + ENDING_SECONDS
            while (others := int(session.execute(OTHERS).fetchall()[0][0])) and monotonic() < until:
                sleep(0.1)
            return others
    except LOST as error:
        raise StoreUnavailable(str(error)) from error


def erase(url: str, position: int, data: bytes) -> None:
    """Repeated after an interruption, it ends what was begun. Raises `StoreUnavailable` where the server will not."""
    try:
        with open_session(url) as session:
            session.execute("SET lock_timeout = '60s'; SET synchronous_commit = on")
            session.execute(REPLACE, [data.decode(), position])
            session.execute(FORGET_STATISTICS)
            kept = list[int]()
            session.add_notice_handler(lambda notice: kept.extend(_numbers(notice)))
            session.execute(WRITE_ANEW)
            if any(kept):
                raise StoreUnavailable(
                    f"{STILL_THERE} an older transaction may see them: end it (or a prepared one, a replica, a slot)"
                )
            session.execute(FORGET_OLD_STATISTICS)
    except Error as error:
        raise StoreUnavailable(f"{STILL_THERE} {error}".strip()) from error


def _numbers(notice: Diagnostic) -> list[int]:
    """How many dead row versions were kept: in the server's language, the detail begins with the number."""
    return [int(each) for each in re.findall(r"^\d+", notice.message_detail or "")]
