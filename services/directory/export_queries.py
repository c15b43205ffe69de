"""Who took the log away."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LogExport:
    """`size` and `root` (hex) of the tree that it holds; `documents`: with the bytes of all documents."""

    id: str
    person_id: str
    at: datetime
    size: int
    root: str
    documents: bool


def log_export(connection: sqlite3.Connection, export_id: object) -> LogExport | None:
    row = connection.execute("SELECT * FROM log_exports WHERE id = ?", (str(export_id),)).fetchone()
    return _export(row) if row else None


def log_exports(connection: sqlite3.Connection, limit: int) -> list[LogExport]:
    """The newest first."""
    rows = connection.execute("SELECT * FROM log_exports ORDER BY at DESC, id DESC LIMIT ?", (limit,))
    return [_export(row) for row in rows]


def _export(row: sqlite3.Row) -> LogExport:
    at = datetime.fromisoformat(row["at"])
    return LogExport(row["id"], row["person_id"], at, row["size"], row["root"], bool(row["documents"]))
