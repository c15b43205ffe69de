"""The disk under the SQLite log full, again and again: refusal, reading goes on, recovery without a restart."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from secrets import token_hex

import pytest

from dienhong.embedded import open_views
from gateway.views import contents
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from kernel.ports import NO_STREAM, StoreUnavailable
from tests.contract.event_store import event
from tests.distributed.rounds import ROUNDS
from tests.nodes import small_disk
from tests.world import World

pytestmark = [pytest.mark.needs("small disks (mount as root)")]

TIMES = 20


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(16) as folder:
        yield folder


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 16, 1 << 9, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


def free(disk: Path) -> None:
    (disk / "filler").unlink()


def test_a_log_on_a_full_disk_refuses_is_read_and_recovers_each_time(disk: Path) -> None:
    store, acknowledged = SqliteStore(disk / "events.db"), []
    for n in range(TIMES):
        fill(disk)
        with pytest.raises(StoreUnavailable):
            for m in count():
                stream = f"thing-{n}+{m}"
                refused = event(data=b'"' + token_hex(5_000).encode() + b'"')
                store.append(stream, [refused], NO_STREAM)
                acknowledged.append(stream)
        assert (store.writable, store.recovers()) == (False, False)
        assert [each.stream for each in store.read_all(0, 10_000)] == acknowledged
        free(disk)
        assert store.recovers()
        store.append(stream, [refused], NO_STREAM)
        acknowledged.append(stream)
    assert [each.position for each in store.read_all(0, 10_000)] == list(range(1, len(acknowledged) + 1))
    store.close()
    again = SqliteStore(disk / "events.db")
    assert [each.stream for each in again.read_all(0, 10_000)] == acknowledged
    again.close()


@pytest.mark.slow
def test_the_product_on_a_full_disk_is_read_only_says_so_and_goes_on_by_itself(disk: Path) -> None:
    world = World(disk / "data")
    admin, told = world.client("admin"), set()
    for _ in range(ROUNDS):
        fill(disk)
        key = {"Idempotency-Key": str(uuid7())}
        answers = [admin.request("POST", "/api/v1/people", json={"full_name": "Người thử"}, headers=key)]
        while answers[-1].is_success:
            told.add(answers[-1].json()["id"])
            key = {"Idempotency-Key": str(uuid7())}
            answers.append(admin.request("POST", "/api/v1/people", json={"full_name": "Người thử"}, headers=key))
        assert (answers[-1].status_code, answers[-1].json()["code"]) == (503, "unavailable")
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert admin.get("/ready").status_code == 503
        assert admin.ok("GET", "/people")
        free(disk)
        told.add(admin.ok("POST", "/people", {"full_name": "Người thử"}, headers=key)["id"])
        world.settle()
        assert admin.get("/ready").status_code == 200
    recorded = [each.stream for each in world.embedded.store.read_all(0, 100_000) if each.type == "PersonRegistered"]
    assert len(recorded) == len(set(recorded))
    assert {f"person-{each}" for each in told} <= set(recorded)
    fresh = open_views(world.settings, world.embedded.store, "fresh.db")
    fresh.catch_up()
    fresh.stop()
    assert contents(disk / "data" / "fresh.db") == contents(disk / "data" / "views.db")
    world.close()
