"""Services and the relay as processes over real servers, started once for the tests of a module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from dienhong.nodes.distributed import Composition
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.rpc import RpcClients
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.progress import Progress
from kernel.settings import Settings
from kernel.wiring import OpenStore, open_progress, open_store
from tests.distributed.deployment import Deployment
from tests.distributed.load import Load
from tests.distributed.waiting import eventually
from tests.processes import addressed, environment, settle

C = TypeVar("C", bound=Command)
FIGURES = "figures"


@dataclass
class Processes:
    settings: Settings
    running: Composition
    clients: RpcClients
    store: OpenStore
    progress: Progress
    lines: list[str]

    def settle(self) -> None:
        settle(self.store, self.progress, lambda _position, _timeout: True, 120)

    def impatient(self, seconds: float) -> RpcClients:
        """A client that waits less; the caller stops it."""
        clients = RpcClients(self.settings.bus_url, seconds)
        clients.start()
        return clients


def stamped(command: type[C], **fields: object) -> C:
    return command(id=uuid7(), actor="admin", at=datetime.now(UTC), **fields)


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Settings:
    plain = Settings(data_dir=tmp_path_factory.mktemp("data"), deployment="test.dienhong")
    return addressed(plain, postgres_node, rabbit_node)


@pytest.fixture(scope="module")
def processes(settings: Settings) -> Iterator[Processes]:
    lines: list[str] = []
    running = Composition(environment(settings), (), lines.append)
    running.start()
    store, progress = open_store(settings), open_progress(settings)
    clients = RpcClients(settings.bus_url, settings.rpc_timeout_seconds)
    clients.start()
    yield Processes(settings, running, clients, store, progress, lines)
    clients.stop()
    codes = running.stop()
    progress.close()
    store.close()
    assert set(codes.values()) == {0}, (codes, lines[-30:])


@pytest.fixture(name="eventually")
def wait_eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, at most two minutes."""
    return eventually


Report = Callable[[int, Load], None]


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Compares what was told with the log and the views; what it came to stands at the end of the run."""

    def check(rounds: int, load: Load) -> None:
        load.check()
        record_property(FIGURES, f"{rounds} rounds, {len(load.told)} acknowledged, {load.retried.total()} retried")

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for each in terminalreporter.stats.get("passed", []):
        for name, value in each.user_properties:
            if name == FIGURES and each.when == "call":
                terminalreporter.write_line(f"{each.nodeid}: {value}, 0 lost, {each.duration:.0f} s")


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path_factory.mktemp("deployment"), postgres_node, rabbit_node)
    yield deployment
    deployment.stop()
