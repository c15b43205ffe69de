"""What Prometheus sees of followers is true also when they fail, and never breaks a scrape."""

import math
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from kernel import metrics
from kernel.adapters.progress_sqlite import SqliteProgress
from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import Codec
from kernel.follow import Follower
from kernel.messages import Event, Recorded
from kernel.parking import Parking
from kernel.ports import NO_STREAM
from kernel.progress import Parked
from tests.contract.event_store import event


class Heard(Event):
    pass


def sample(name: str, follower: str) -> float:
    value = REGISTRY.get_sample_value(name, {"follower": follower})
    assert value is not None
    return value


def test_a_follower_that_fails_is_seen_to_fall_behind(tmp_path: Path) -> None:
    store, progress = SqliteStore(tmp_path / "events.db"), SqliteProgress(tmp_path / "followers.db")
    tried = threading.Event()

    def fails(_recorded: Recorded, _event: Event) -> None:
        tried.set()
        raise ValueError("no")

    follower = Follower("test.failing", store, Codec([Heard]), progress, frozenset({"Heard"}), fails)
    for number in range(3):
        store.append(f"s-{number}", [event(kind="Heard", data=b"{}")], NO_STREAM)
    follower.start()
    assert tried.wait(30)
    assert sample("dienhong_follower_lag_events", "test.failing") == 3
    assert 0 < sample("dienhong_follower_lag_seconds", "test.failing") < 60
    follower.stop()
    store.close()
    progress.close()


def test_parked_events_are_counted_until_they_are_let_go(tmp_path: Path) -> None:
    progress = SqliteProgress(tmp_path / "followers.db")
    Parking("test.parking", progress, lambda _recorded, _event: None)
    progress.park(Parked("test.parking", 7, "s-1", "Heard", "no", datetime.now(UTC)))
    assert sample("dienhong_parked_events", "test.parking") == 1
    progress.unpark("test.parking", 7)
    assert sample("dienhong_parked_events", "test.parking") == 0
    progress.close()


@pytest.mark.parametrize("gauge", [metrics.PARKED, metrics.FOLLOWER_LAG, metrics.FOLLOWER_WAIT])
def test_what_cannot_be_read_is_no_number_and_no_failure(gauge: metrics.Gauge) -> None:
    metrics.watch(gauge, "test.unreadable", lambda: 1 / 0)
    name = next(iter(gauge.collect())).name
    assert math.isnan(sample(name, "test.unreadable"))
