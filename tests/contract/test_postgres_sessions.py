"""Who has closed what it opened at PostgreSQL stays away, whatever still asks: erasure waits until nobody is there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from psycopg import connect

from gateway.identity.store_postgres import PostgresIdentityStore
from kernel.adapters.progress_postgres import PostgresProgress
from kernel.adapters.store_postgres import PostgresStore
from kernel.ports import NO_STREAM, StoreUnavailable
from kernel.progress import Parked
from tests.contract.event_store import event
from tests.distributed.waiting import eventually

pytestmark = pytest.mark.needs("postgres")

COUNT = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
ACCOUNTS = "SELECT * FROM accounts"


def writes(store: PostgresStore) -> object:
    return store.append(f"s-{uuid4()}", [event()], NO_STREAM)


def reads(store: PostgresStore) -> object:
    return store.read_all(0, 10)


def parks(progress: PostgresProgress) -> None:
    progress.park(Parked("one", 7, "s-1", "Heard", "no", datetime.now(UTC)))


def lists_accounts(store: PostgresIdentityStore) -> object:
    return store.rows(ACCOUNTS)


@pytest.mark.parametrize(
    ("opened", "asks"),
    [
        (PostgresStore, reads),
        (PostgresStore, writes),
        (PostgresProgress, parks),
        (PostgresIdentityStore, lists_accounts),
    ],
)
@pytest.mark.parametrize("asked_before", [True, False])
def test_what_was_closed_opens_nothing_again(
    opened: type[Any], asks: Callable[[Any], object], asked_before: bool, postgres_url: str
) -> None:
    name = uuid4().hex
    at = opened(f"{postgres_url}&application_name={name}")
    with connect(postgres_url, autocommit=True) as administrator:

        def sessions() -> int:
            return int(administrator.execute(COUNT, [name]).fetchall()[0][0])

        if asked_before:
            asks(at)
            assert sessions() == 1
        at.close()
        with pytest.raises(StoreUnavailable, match="it is closed"):
            asks(at)
        eventually(lambda: sessions() == 0)
