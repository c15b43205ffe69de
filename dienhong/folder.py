"""Opening the log alone, and how the surroundings fail: the data folder, its files, the address."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kernel.adapters.store_sqlite import SqliteStore
from kernel.settings import Settings
from kernel.wiring import OpenStore, open_store


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


@contextmanager
def open_log(settings: Settings, read_only: bool = True) -> Iterator[OpenStore]:
    """The log alone; to read it, it does not matter whether the product is running."""
    if settings.store_url:
        with closing(open_store(settings)) as shared:
            yield shared
        return
    path = settings.data_dir / "events.db"
    if not path.exists():
        raise NoLog(path)
    with using(path):
        store = SqliteStore(path, read_only)
    try:
        yield store
    except sqlite3.DatabaseError as error:
        raise Unusable(path, str(error)) from error
    finally:
        store.close()
