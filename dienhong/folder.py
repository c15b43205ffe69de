"""How the surroundings of the product fail: its data folder, its files, its address."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoLog(Exception):
    """There is no log at this path."""


class Unusable(Exception):
    """A file, folder or address cannot be used: which one, and why."""


@contextmanager
def using(what: Path | str) -> Iterator[None]:
    """Names what could not be used when the file system or SQLite refuses it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise Unusable(what, str(error)) from error
    except OSError as error:
        raise Unusable(what, error.strerror or str(error)) from error
