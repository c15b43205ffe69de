"""From an embedded data folder into the stores of the distributed product."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from dienhong.folder import open_log
from gateway.identity.opening import open_identity_store
from gateway.identity.store_sqlite import SqliteIdentityStore
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.postgres_import import NotEmpty, import_log
from kernel.ports import EventStore
from kernel.settings import Settings
from kernel.wiring import OpenStore, open_blobs, open_store

BATCH = 1000
MOVED = {
    "accounts": ("person_id", "login", "full_name", "password_hash", "code_hash", "code_ends_at"),
    "feeds": ("person_id", "secret", "secret_hash"),
}


class Differs(Exception):
    """What was read back is not what was written: the first position at which it differs."""


@dataclass(frozen=True)
class Moved:
    """How much there is now; `position` is the log's last."""

    position: int
    documents: int
    accounts: int


def move_in(settings: Settings, progress: Callable[[str], None] = lambda _words: None) -> Moved:
    """Documents and accounts first, then the whole log in one transaction, positions and times unchanged.

    So an attempt that was cut short can be repeated. The log is read back and compared event by event. The data folder
    is held meanwhile and stays as it is. Raises `NotEmpty` before anything is written where a log is there already.
    """
    embedded = settings.model_copy(update={"store_url": ""})
    with open_log(embedded, read_only=False) as log, closing(open_store(settings)) as target:
        if target.read_all(0, 1):
            raise NotEmpty(settings.store_url.rpartition("@")[2])
        documents = _move_documents(settings, progress)
        accounts = _move_accounts(settings)
        position = import_log(settings.store_url, log, lambda at: progress(f"log: position {at}"))
        compare(log, target, progress)
    return Moved(position, documents, accounts)


def _move_documents(settings: Settings, progress: Callable[[str], None]) -> int:
    """Each is verified before it is sent, and by the object store before it is kept."""
    folder = settings.data_dir / "documents"
    if not settings.blobs_url or not folder.is_dir():
        return 0
    files, blobs = FileBlobs(folder), open_blobs(settings)
    names = sorted(path.name for path in folder.glob("[0-9a-f][0-9a-f]/*"))
    for number, name in enumerate(names, start=1):
        if not blobs.has(name):
            blobs.put(files.chunks(name), sha256=name)
        progress(f"documents: {number} of {len(names)}")
    return len(names)


def _move_accounts(settings: Settings) -> int:
    """Passwords, activation codes and calendar addresses. Sessions stay behind: everybody signs in anew."""
    moved = 0
    with (
        closing(SqliteIdentityStore(settings.data_dir / "identity.db")) as folder,
        closing(open_identity_store(settings)) as store,
        store.writing() as transaction,
    ):
        for table, columns in MOVED.items():
            rows = folder.rows(f"SELECT {', '.join(columns)} FROM {table}")
            marks = ", ".join("?" * len(columns))
            transaction.change_each(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING",
                [[row[column] for column in columns] for row in rows],
            )
            moved += len(rows) if table == "accounts" else 0
    return moved


def compare(log: EventStore, target: OpenStore, progress: Callable[[str], None]) -> None:
    """Raises `Differs` unless both hold the same events at the same positions."""
    after = 0
    while batch := log.read_all(after, BATCH):
        moved = target.read_all(after, len(batch))
        if moved != batch:
            same = [ours == theirs for ours, theirs in zip(batch, moved, strict=False)]
            raise Differs(batch[same.index(False) if False in same else len(same)].position)
        after = batch[-1].position
        progress(f"compared: position {after}")
    if target.read_all(after, 1):
        raise Differs(after + 1)
