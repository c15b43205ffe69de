"""Progress in a file of this machine: a replica on another one starts from its own."""

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

from kernel.progress import Parked

SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoints (follower TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS parked (
    follower TEXT NOT NULL,
    position INTEGER NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    error TEXT NOT NULL,
    parked_at TEXT NOT NULL,
    PRIMARY KEY (follower, position)
) STRICT;
"""


class SqliteProgress:
    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        self._access = threading.Lock()

    def get(self, follower: str) -> int:
        rows = self._run("SELECT position FROM checkpoints WHERE follower = ?", (follower,))
        return int(rows[0][0]) if rows else 0

    def put(self, follower: str, position: int) -> None:
        self._run(
            "INSERT INTO checkpoints VALUES (?, ?)"
            " ON CONFLICT (follower) DO UPDATE SET position = max(position, excluded.position)",
            (follower, position),
        )

    def park(self, parked: Parked) -> None:
        at = parked.parked_at.isoformat()
        self._run(
            "INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?, ?)",
            (parked.follower, parked.position, parked.stream, parked.type, parked.error, at),
        )

    def parked(self, follower: str = "") -> list[Parked]:
        rows = self._run(
            "SELECT follower, position, stream, type, error, parked_at FROM parked"
            " WHERE ?1 IN ('', follower) ORDER BY position, follower",
            (follower,),
        )
        return [Parked(*row[:5], datetime.fromisoformat(row[5])) for row in rows]

    def unpark(self, follower: str, position: int) -> None:
        self._run("DELETE FROM parked WHERE follower = ? AND position = ?", (follower, position))

    def close(self) -> None:
        with self._access:
            self._connection.close()

    def _run(self, statement: str, values: tuple[object, ...]) -> list[tuple[str, int, str, str, str, str]]:
        with self._access:
            return self._connection.execute(statement, values).fetchall()
