"""From an embedded data folder into the stores of the distributed product."""

from contextlib import closing

from gateway.identity.opening import open_identity_store
from gateway.identity.store_sqlite import SqliteIdentityStore
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.postgres_import import import_log
from kernel.adapters.store_sqlite import SqliteStore
from kernel.settings import Settings
from kernel.wiring import open_blobs

MOVED = {
    "accounts": ("person_id", "login", "full_name", "password_hash", "code_hash", "code_ends_at"),
    "feeds": ("person_id", "secret", "secret_hash"),
}


def move_in(settings: Settings) -> int:
    """The log of the data folder into PostgreSQL's empty one, positions and times unchanged; the last position.

    The files of the data folder stay as they are, except that the views are to be built by each gateway.
    """
    if settings.blobs_url:
        files, blobs = FileBlobs(settings.data_dir / "documents"), open_blobs(settings)
        for path in sorted((settings.data_dir / "documents").glob("[0-9a-f][0-9a-f]/*")):
            blobs.put(files.chunks(path.name), sha256=path.name)
    with closing(SqliteStore(settings.data_dir / "events.db", read_only=True)) as log:
        last = import_log(settings.store_url, log)
    _move_accounts(settings)
    return last


def _move_accounts(settings: Settings) -> None:
    """Passwords, activation codes and calendar addresses. Sessions stay behind: everybody signs in anew."""
    with (
        closing(SqliteIdentityStore(settings.data_dir / "identity.db")) as folder,
        closing(open_identity_store(settings)) as store,
        store.writing() as transaction,
    ):
        for table, columns in MOVED.items():
            rows = folder.rows(f"SELECT {', '.join(columns)} FROM {table}")
            marks = ", ".join("?" * len(columns))
            transaction.change_each(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                [[row[column] for column in columns] for row in rows],
            )
