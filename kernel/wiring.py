"""Chooses adapters by their addresses; a driver is imported only when it is chosen."""

from typing import Protocol

from kernel.adapters.blobs_files import FileBlobs
from kernel.ports import CannotErase, ErasableBlobs, ErasableStore, EventStore, StoreInUse
from kernel.progress import Progress
from kernel.settings import Settings


class OpenStore(EventStore, Protocol):
    def close(self) -> None: ...


def open_store(settings: Settings) -> OpenStore:
    """The log at `store_url`; without one, SQLite in the data folder, which one process holds."""
    scheme = settings.store_url.partition(":")[0]
    match scheme:
        case "":
            from kernel.adapters.store_sqlite import SqliteStore

            return SqliteStore(settings.data_dir / "events.db")
        case "postgresql" | "postgres":
            from kernel.adapters.store_postgres import PostgresStore

            return PostgresStore(settings.store_url)
        case "kurrentdb" | "kurrentdb+discover" | "esdb" | "esdb+discover":
            from kernel.adapters.store_kurrent import KurrentStore

            return KurrentStore(settings.store_url)
        case _:
            raise ValueError(f"DIENHONG_STORE_URL has an unknown scheme: {scheme}")


def open_alone(settings: Settings) -> OpenStore:
    """The log, when nobody else has it in use: raises `StoreInUse`. KurrentDB does not tell who has."""
    _refuse_in_use(settings)
    return open_store(settings)


def open_erasable_store(settings: Settings) -> ErasableStore:
    """The log, for erasing in it, when nobody else has it in use: raises `StoreInUse`, or `CannotErase`."""
    if settings.store_url.startswith("postgres"):
        from kernel.adapters.store_postgres import PostgresStore

        _refuse_in_use(settings)
        return PostgresStore(settings.store_url)
    if settings.store_url:
        raise CannotErase("KurrentDB never changes an event: it can only delete or truncate whole streams")
    from kernel.adapters.store_sqlite import SqliteStore

    return SqliteStore(settings.data_dir / "events.db")


def _refuse_in_use(settings: Settings) -> None:
    """Another process holds a file of SQLite, and that is seen when it is opened; PostgreSQL is asked."""
    if settings.store_url.startswith("postgres"):
        from kernel.adapters.postgres_erasing import others_connected

        if others_connected(settings.store_url):
            raise StoreInUse("this PostgreSQL database")


def open_blobs(settings: Settings) -> ErasableBlobs:
    scheme = settings.blobs_url.partition(":")[0]
    match scheme:
        case "":
            return FileBlobs(settings.data_dir / "documents")
        case "s3+http" | "s3+https":
            from kernel.adapters.blobs_s3 import S3Blobs

            return S3Blobs(settings.blobs_url)
        case _:
            raise ValueError(f"DIENHONG_BLOBS_URL has an unknown scheme: {scheme}")


def open_progress(settings: Settings) -> Progress:
    """Beside the log where that is PostgreSQL, so that replicas share it; otherwise a file of this machine."""
    if settings.store_url.startswith("postgres"):
        from kernel.adapters.progress_postgres import PostgresProgress

        return PostgresProgress(settings.store_url)
    from kernel.adapters.progress_sqlite import SqliteProgress

    return SqliteProgress(settings.data_dir / "followers.db")
