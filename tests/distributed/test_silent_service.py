"""A service that is not there, and then comes: callers are told at once, and let through as soon as it answers."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from dienhong.bus import setup
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.breaker import SILENCES
from gateway.problems import TryLater
from gateway.rpc import RpcClients
from kernel.decider import Refused
from kernel.ids import uuid7
from kernel.settings import Settings
from services.directory.messages import OpenAccount, RegisterPerson
from tests.distributed.conftest import stamped
from tests.processes import environment

pytestmark = pytest.mark.needs("rabbitmq")

PATIENCE = 2.0


@pytest.fixture
def settings(tmp_path: Path, rabbit_node: RabbitNode) -> Settings:
    settings = Settings(
        data_dir=tmp_path, bus_url=rabbit_node.url(f"test-{uuid7().hex}"), bus_admin_url=rabbit_node.admin_url
    )
    setup(settings)
    return settings


@pytest.fixture
def clients(settings: Settings) -> Iterator[RpcClients]:
    clients = RpcClients(settings.bus_url, PATIENCE)
    clients.start()
    yield clients
    clients.stop()


@pytest.fixture
def directory(settings: Settings) -> Iterator[Child]:
    """Not started; over a log in its own folder."""
    child = Child("directory", ["dienhong.hosting", "directory"], environment(settings), lambda _line: None)
    yield child
    child.stop()


def register() -> RegisterPerson:
    return stamped(RegisterPerson, person_id=uuid7(), full_name="Đại biểu Ana")


def seconds_to_fail(clients: RpcClients) -> float:
    began = time.monotonic()
    with pytest.raises(TryLater):
        clients.execute(register())
    return time.monotonic() - began


def shown() -> float | None:
    return REGISTRY.get_sample_value("dienhong_circuit_open", {"service": "directory"})


def test_whoever_calls_a_silent_service_is_told_at_once_until_it_comes(
    clients: RpcClients, directory: Child, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    with ThreadPoolExecutor(2 * SILENCES) as pool:
        waits = list(pool.map(lambda _number: seconds_to_fail(clients), range(2 * SILENCES)))
    assert sum(each >= PATIENCE for each in waits) >= SILENCES  # a caller who comes late may find it open already
    assert shown() == 1
    assert min(seconds_to_fail(clients) for _ in range(5)) < PATIENCE / 4  # one of them may be the trial

    def accepted() -> bool:
        try:
            return clients.execute(register()).position > 0
        except TryLater:
            return False

    directory.start()
    eventually(accepted)
    assert shown() == 0
    assert all(accepted() for _ in range(3 * SILENCES))


def test_a_service_that_is_killed_and_comes_back_is_never_shut_out(settings: Settings, directory: Child) -> None:
    """Users wait for it for a moment, as without a breaker, and nobody is turned away; refusals are answers."""
    patient = RpcClients(settings.bus_url, 60)
    patient.start()
    directory.start()
    try:
        patient.execute(register())
        for _ in range(3 * SILENCES):
            with pytest.raises(Refused, match="unknown_person"):
                patient.execute(stamped(OpenAccount, person_id=uuid7(), login="nobody"))
        for _ in range(2):
            directory.kill()
            with ThreadPoolExecutor(4 * SILENCES) as pool:
                positions = [each.position for each in pool.map(patient.execute, [register() for _ in range(40)])]
            assert len(set(positions)) == 40
            assert shown() == 0
    finally:
        patient.stop()
