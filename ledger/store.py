"""The ledger's own file: leaves with their salts in log order, tiles of the tree, and what was signed."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from kernel.ports import StoreUnavailable
from ledger.note import Checkpoint
from ledger.tiles import HASH_BYTES, WIDTH, BadAddress, Tiles, grown
from ledger.tree import Hash, consistency_proof, inclusion_proof, leaf_hash, root

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    leaf_index INTEGER PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    leaf BLOB NOT NULL,
    salt BLOB
) STRICT;
CREATE TABLE IF NOT EXISTS tiles (
    level INTEGER NOT NULL,
    n INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    note TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS cosignatures (
    witness TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    lines TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cosigned (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;
"""


ROW = "(?, ?, ?, ?)"
INSERTED_AT_ONCE = 256
"""SQLite lets other threads in once for each statement: with one for each row, writers of the log would wait longer."""


class LedgerInconsistent(Exception):
    """The tree is not the one that was signed before: the ledger signs nothing more until a person has looked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`salt` is None once it was erased by a lawful order. `position`: of the event in the log."""

    index: int
    position: int
    leaf: bytes
    salt: bytes | None


class LedgerFile:
    """`synchronous=FULL`: a salt that a signed tree commits to must never be lost."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.executescript(SCHEMA)
        self._access = threading.RLock()
        row = self._one("SELECT COUNT(*), COALESCE(MAX(position), 0) FROM entries")
        self.size, self.position = int(row[0]), int(row[1])
        """Leaves in the tree, and the log position of the last one."""

    def close(self) -> None:
        with self._access:
            self._connection.close()

    def add(self, entries: Sequence[tuple[int, bytes, bytes]]) -> None:
        """(log position, leaf, salt) of the events that follow the last one, in log order."""
        with self._writing():
            positions, leaves, salts = zip(*entries, strict=True)
            rows = list(zip(range(self.size, self.size + len(entries)), positions, leaves, salts, strict=True))
            for done in range(0, len(rows), INSERTED_AT_ONCE):
                together = rows[done : done + INSERTED_AT_ONCE]
                insert = f"INSERT INTO entries VALUES {', '.join([ROW] * len(together))}"
                self._connection.execute(insert, list(chain.from_iterable(together)))
            tiles = grown(self.tile, self.size, map(leaf_hash, leaves))
            self._connection.executemany("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?)", tiles)
        self.size, self.position = self.size + len(entries), entries[-1][0]

    def tile(self, level: int, n: int) -> bytes:
        with self._access:
            row = self._one("SELECT hashes FROM tiles WHERE level = ? AND n = ?", level, n)
        hashes: bytes = row[0] if row else b""
        return hashes

    def tile_of_width(self, level: int, n: int, width: int = WIDTH) -> bytes:
        """Raises `BadAddress` when there are not so many hashes."""
        hashes = self.tile(level, n)[: width * HASH_BYTES]
        if not 1 <= width <= WIDTH or len(hashes) < width * HASH_BYTES:
            raise BadAddress(f"{level}/{n}")
        return hashes

    def leaves(self, n: int, width: int = WIDTH) -> list[bytes]:
        """The leaves under tile (0, n); raises `BadAddress` when there are not so many."""
        with self._access:
            rows = self._connection.execute(
                "SELECT leaf FROM entries WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?", (n * WIDTH, width)
            ).fetchall()
        if not 1 <= width <= WIDTH or len(rows) < width:
            raise BadAddress(str(n))
        return [row[0] for row in rows]

    def entry_at(self, position: int) -> Entry | None:
        """Of the event at a log position."""
        with self._access:
            row = self._one("SELECT leaf_index, position, leaf, salt FROM entries WHERE position = ?", position)
        return Entry(*row) if row else None

    def entries(self, after: int, limit: int) -> list[Entry]:
        """From leaf index `after` on."""
        with self._access:
            rows = self._connection.execute(
                "SELECT leaf_index, position, leaf, salt FROM entries"
                " WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?",
                (after, limit),
            ).fetchall()
        return [Entry(*row) for row in rows]

    def erase(self, position: int) -> None:
        """Forgets the salt: nobody can find out any more what the leaf commits to.

        Raises `StoreUnavailable` while somebody who reads the file keeps it there; the same again then ends it.
        """
        with self._writing():
            self._connection.execute("UPDATE entries SET salt = NULL WHERE position = ?", (position,))
        with self._access:
            (busy, *_) = self._one("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise StoreUnavailable("another process is reading the ledger, so the salt is still in its file")

    def root(self, size: int) -> Hash:
        return root(size, Tiles(self.tile).subtree)

    def inclusion(self, index: int, size: int) -> list[Hash]:
        return inclusion_proof(index, size, Tiles(self.tile).subtree)

    def consistency(self, old: int, new: int) -> list[Hash]:
        return consistency_proof(old, new, Tiles(self.tile).subtree)

    def promise(self, checkpoint: Checkpoint) -> None:
        """Before it is signed: from now on no smaller and no other tree will be. Raises `LedgerInconsistent`."""
        with self._writing():
            row = self._one("SELECT size, root FROM heads ORDER BY size DESC LIMIT 1")
            if row and (row[0] > checkpoint.size or self.root(row[0]) != row[1]):
                raise LedgerInconsistent(f"signed {row[0]} leaves before, now {checkpoint.size}")
            self._connection.execute(
                "INSERT OR IGNORE INTO heads (size, root) VALUES (?, ?)", (checkpoint.size, checkpoint.root)
            )

    def signed(self, checkpoint: Checkpoint, note: str) -> None:
        with self._writing():
            self._connection.execute("UPDATE heads SET note = ? WHERE size = ?", (note, checkpoint.size))

    def latest(self) -> str | None:
        """The newest signed checkpoint, word for word."""
        with self._access:
            row = self._one("SELECT note FROM heads WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1")
        return str(row[0]) if row else None

    def checkpoints(self) -> list[str]:
        """Every signed checkpoint, word for word, the smallest first."""
        with self._access:
            rows = self._connection.execute("SELECT note FROM heads WHERE note IS NOT NULL ORDER BY size").fetchall()
        return [row[0] for row in rows]

    def signed_size(self) -> int:
        """Leaves under the newest signed checkpoint."""
        with self._access:
            row = self._one("SELECT COALESCE(MAX(size), 0) FROM heads WHERE note IS NOT NULL")
        return int(row[0])

    def signed_position(self) -> int:
        """The log position up to which everything is signed."""
        with self._access:
            row = self._one("SELECT position FROM entries WHERE leaf_index = ?", self.signed_size() - 1)
        return int(row[0]) if row else 0

    def cosign(self, size: int, witness: str, lines: str, at: int) -> None:
        """What a witness answered for the tree of `size`, in seconds since 1970."""
        with self._writing():
            self._connection.execute(
                "INSERT OR REPLACE INTO cosignatures VALUES (?, ?, ?, ?)", (witness, size, lines, at)
            )

    def cosigned_by(self, witness: str) -> tuple[int, int]:
        """The size that it cosigned last, and when; zeros for never."""
        with self._access:
            row = self._one("SELECT size, at FROM cosignatures WHERE witness = ?", witness)
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def cosignatures(self, size: int) -> str:
        with self._access:
            rows = self._connection.execute(
                "SELECT lines FROM cosignatures WHERE size = ? ORDER BY witness", (size,)
            ).fetchall()
        return "".join(row[0] for row in rows)

    def keep_cosigned(self, size: int, note: str) -> None:
        """A checkpoint that the policy's quorum stands behind."""
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO cosigned VALUES (?, ?)", (size, note))

    def cosigned(self) -> str | None:
        """The newest of them, with its signatures."""
        with self._access:
            row = self._one("SELECT note FROM cosigned ORDER BY size DESC LIMIT 1")
        return str(row[0]) if row else None

    def _one(self, query: str, *values: object) -> Any:
        return self._connection.execute(query, values).fetchone()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._access:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
