"""Another store's whole log into PostgreSQL."""

from collections.abc import Callable

from kernel.adapters.postgres_sessions import open_session
from kernel.ports import EventStore

BATCH = 1000
COLUMNS = "position, id, stream, version, type, recorded_at, data, meta"


class NotEmpty(Exception):
    """There is a log in this database already; two histories cannot become one."""


def import_log(url: str, log: EventStore, progress: Callable[[int], None] = lambda _position: None) -> int:
    """All of it or nothing; positions and times stay. Answers the last position."""
    with open_session(url) as session, session.transaction():
        session.execute("LOCK TABLE events IN EXCLUSIVE MODE")
        if session.execute("SELECT 1 FROM events LIMIT 1").fetchone():
            raise NotEmpty(url.rpartition("@")[2])
        after = 0
        while batch := log.read_all(after, BATCH):
            with session.cursor() as cursor, cursor.copy(f"COPY events ({COLUMNS}) FROM STDIN") as copy:
                for each in batch:
                    copy.write_row(
                        (
                            each.position,
                            each.id,
                            each.stream,
                            each.version,
                            each.type,
                            each.recorded_at,
                            each.data.decode(),
                            each.meta.decode(),
                        )
                    )
            after = batch[-1].position
            progress(after)
    return after
