"""Chooses where identity is kept; a driver is imported only when it is chosen."""

from gateway.identity.store import IdentityStore
from gateway.identity.store_sqlite import SqliteIdentityStore
from kernel.settings import Settings


def open_identity_store(settings: Settings) -> IdentityStore:
    """At `identity_url`; without one beside the log where that is PostgreSQL, otherwise in the data folder."""
    url = settings.identity_url or (settings.store_url if settings.store_url.startswith("postgres") else "")
    scheme = url.partition(":")[0]
    match scheme:
        case "":
            return SqliteIdentityStore(settings.data_dir / "identity.db")
        case "postgresql" | "postgres":
            from gateway.identity.store_postgres import PostgresIdentityStore

            return PostgresIdentityStore(url)
        case _:
            raise ValueError(f"DIENHONG_IDENTITY_URL has an unknown scheme: {scheme}")
