"""The file of what people see: opened, told apart from those that must be begun anew, compared, removed."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import structlog

from kernel.messages import Recorded
from kernel.ports import EventStore

FORGETTING = frozenset({"EventErased", "DocumentErased"})
"""Orders by which something that was recorded before is gone; a file that shows it must go too."""

BEFORE_AN_ERASURE = "before an erasure"
"""In the place of the version: at the next start the file is begun anew, as one of another version is."""

PROGRESS = """
CREATE TABLE IF NOT EXISTS progress (position INTEGER NOT NULL, made_by TEXT NOT NULL, begun_at INTEGER NOT NULL)
"""
"""`begun_at`: how long the log was when the file was begun; what was erased by then never came into it."""

log = structlog.get_logger()


class Connection(sqlite3.Connection):
    """Can be held weakly."""


class OtherVersion(Exception):
    """The tables in the file are those of another version of the program."""


def opened(path: Path, schemas: Sequence[str], store: EventStore) -> tuple[sqlite3.Connection, int]:
    """The file and the position it shows; one that another version made, or that is damaged, is begun anew."""
    made_by = sha256("\0".join((PROGRESS, *schemas)).encode()).hexdigest()
    try:
        return _resumed(path, made_by, schemas, store)
    except (sqlite3.DatabaseError, OtherVersion) as reason:
        log.warning("views_begun_anew", reason=str(reason))
        remove(path)
        return _resumed(path, made_by, schemas, store)


def _resumed(path: Path, made_by: str, schemas: Sequence[str], store: EventStore) -> tuple[sqlite3.Connection, int]:
    connection = connect(path)
    try:
        connection.execute(PROGRESS)
        row = connection.execute("SELECT * FROM progress").fetchone()
        if row is None:
            for schema in schemas:
                connection.executescript(schema)
            connection.execute("INSERT INTO progress VALUES (0, ?, ?)", (made_by, store.wait(0, 0)))
        elif tuple(row)[1:2] != (made_by,):
            raise OtherVersion(path.name)
    except BaseException:
        connection.close()
        raise
    return connection, int(row["position"]) if row else 0


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, factory=Connection)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    # Views can be rebuilt, so a power cut may cost them their last commits but never the log its own.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=5000")
    return connection


def note_erasures(connection: sqlite3.Connection, applied: Sequence[Recorded]) -> None:
    """In the transaction that applies them: at the next start a file that was begun before them is begun anew."""
    if orders := [each.position for each in applied if each.type in FORGETTING]:
        connection.execute("UPDATE progress SET made_by = ? WHERE begun_at < ?", (BEFORE_AN_ERASURE, orders[-1]))


def holds_what_was_erased(connection: sqlite3.Connection) -> bool:
    made_by: str = connection.execute("SELECT made_by FROM progress").fetchone()["made_by"]
    return made_by == BEFORE_AN_ERASURE


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a query can see, sorted: two views files give the same answers exactly when these are equal.

    How far the file has come, and since when, is no answer. The search index is compared as a table; how it is laid
    out in its shadow tables depends on the commits it grew by.
    """
    with closing(connect(path)) as connection:
        listed = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'progress' ORDER BY name"
        ).fetchall()
        return {
            table: sorted((tuple(row) for row in connection.execute(f'SELECT * FROM "{table}"')), key=repr)
            for (table,) in listed
        }


def remove(path: Path) -> None:
    """The file with what SQLite keeps beside it."""
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)
