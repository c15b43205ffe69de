"""pymerkle's trees: the one in memory, and the one whose leaves stand in SQLite."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from pymerkle import InmemoryTree, SqliteTree


def in_memory(leaves: Sequence[bytes]) -> bytes:
    root: bytes = InmemoryTree.init_from_entries(leaves).get_root()
    return root


def written(path: Path, entries: Iterable[bytes]) -> None:
    with SqliteTree(str(path)) as tree:
        tree.append_entries(entries)


def audited(path: Path) -> bytes:
    """The root by every entry read, hashed and put into an empty tree again: its own hashes are not to be believed."""
    with closing(sqlite3.connect(path)) as kept, SqliteTree(":memory:") as tree:
        tree.append_entries(entry for (entry,) in kept.execute("SELECT entry FROM leaf ORDER BY id"))
        root: bytes = tree.get_root()
    return root
