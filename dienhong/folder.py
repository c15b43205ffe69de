"""Opening the log alone, and how the surroundings fail: the data folder, its files, the address."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kernel.adapters.store_sqlite import SqliteStore
from kernel.settings import Settings
from kernel.wiring import OpenStore, open_store
from ledger.policy import BadPolicy, Policy, parse_policy


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


def views_file(settings: Settings) -> Path:
    """What people see: of the one process, or of this gateway replica."""
    return settings.data_dir / (f"views-{settings.replica}.db" if settings.store_url else "views.db")


def read_policy(path: str) -> Policy | None:
    """Whose logs to cosign; None when the settings name no file. Raises `Unusable`."""
    if not path:
        return None
    with using(path):
        text = Path(path).read_text()
    try:
        return parse_policy(text)
    except BadPolicy as error:
        raise Unusable(path, str(error)) from error


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
