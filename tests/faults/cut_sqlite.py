"""What the log and the ledger ask of the `sqlite3` module, answered by APSW over a disk whose power can be cut.

The standard module takes no VFS written in Python. So only the way to SQLite differs: APSW brings an SQLite of its own,
newer than the one of `sqlite3`. One connection holds a file exclusively, as a Python VFS offers no shared memory; a WAL
of a few pages is checkpointed, so that a short work shows it.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

from tests.faults.cut_disk import CutVfs

WAL_PAGES = 24


def translated(error: apsw.Error) -> sqlite3.Error:
    kind = sqlite3.IntegrityError if isinstance(error, apsw.ConstraintError) else sqlite3.OperationalError
    same = kind(str(error))
    same.sqlite_errorname = apsw.mapping_result_codes[getattr(error, "result", apsw.SQLITE_IOERR)]
    return same


class CutConnection:
    def __init__(self, name: str, vfs: CutVfs, synchronous: str) -> None:
        self._synchronous = synchronous
        self._connection = apsw.Connection(name, vfs=vfs.name)
        self.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.wal_autocheckpoint(WAL_PAGES)

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, statement: str, values: Iterable[Any] = ()) -> apsw.Cursor:
        if statement == "PRAGMA synchronous=FULL":
            statement = f"PRAGMA synchronous={self._synchronous}"
        try:
            return self._connection.execute(statement, tuple(values))
        except apsw.Error as error:
            raise translated(error) from error

    def executemany(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        try:
            self._connection.executemany(statement, rows)
        except apsw.Error as error:
            raise translated(error) from error

    def executescript(self, script: str) -> None:
        self.execute(script).fetchall()

    def close(self) -> None:
        try:
            self._connection.close(True)
        except apsw.Error as error:
            raise translated(error) from error


class CutSqlite:
    """Stands where a module says `sqlite3`. `synchronous` is what takes the place of FULL."""

    Error = sqlite3.Error
    IntegrityError = sqlite3.IntegrityError
    OperationalError = sqlite3.OperationalError

    def __init__(self) -> None:
        self.vfs = CutVfs()
        self.synchronous = "FULL"
        self.opened: list[CutConnection] = []

    def connect(self, address: Path | str, **_options: Any) -> CutConnection:
        """`:memory:`, for which the log takes neither a lock file nor a second connection, is its file on the disk."""
        name = "events.db" if str(address) == ":memory:" else str(address)
        connection = CutConnection(name, self.vfs, self.synchronous)
        self.opened.append(connection)
        return connection

    def unsound(self) -> list[str]:
        """What `integrity_check` finds in the open files."""
        found = [row[0] for each in self.opened for row in each.execute("PRAGMA integrity_check").fetchall()]
        return [each for each in found if each != "ok"]

    def drop(self) -> None:
        """The process is gone with the power; on a disk that lives, its connections are closed."""
        for each in self.opened:
            with suppress(sqlite3.Error):
                each.close()
        self.opened.clear()
