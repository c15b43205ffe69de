"""A broker that dies under load: nothing acknowledged is lost, nothing is done twice."""

import threading
from collections.abc import Callable

import pytest

from dienhong.bus import setup
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.errors import TryLater
from kernel.ids import uuid7
from kernel.messages import Accepted
from kernel.ports import StoreUnavailable
from services.directory.messages import RegisterPerson
from tests.distributed.conftest import Processes, stamped

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(600)]
Eventually = Callable[[Callable[[], bool]], None]
WRITERS = 4


class Writers:
    """Register people, each by one command that is sent until it is answered, as a gateway's clients do."""

    def __init__(self, processes: Processes) -> None:
        self.acknowledged: dict[str, Accepted] = {}
        self.retried = 0
        self._clients = processes.impatient(3)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._clients.stop()

    def _write(self) -> None:
        while not self._stopping.is_set():
            command = stamped(RegisterPerson, person_id=uuid7(), full_name="Người thử")
            while True:
                try:
                    self.acknowledged[str(command.person_id)] = self._clients.execute(command)
                    break
                except (TryLater, StoreUnavailable):  # both are 503 to those who asked
                    self.retried += 1


def check(processes: Processes, writers: Writers) -> None:
    recorded = processes.store.read_all(0, 1_000_000)
    streams = [each.stream for each in recorded if each.type == "PersonRegistered"]
    assert len(streams) == len(set(streams))
    positions = {each.stream.removeprefix("person-"): each.position for each in recorded}
    assert {person: each.position for person, each in writers.acknowledged.items()}.items() <= positions.items()


def test_a_broker_that_is_killed_and_returns_costs_only_retries(
    processes: Processes, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    with Writers(processes) as writers:
        eventually(lambda: len(writers.acknowledged) > 20)
        rabbit_node.kill()
        rabbit_node.start()
        before = len(writers.acknowledged)
        eventually(lambda: len(writers.acknowledged) > before + 20)
    check(processes, writers)
    assert writers.retried > 0
    eventually(lambda: processes.progress.get("relay") == processes.store.wait(0, 0))


def test_a_broker_that_has_lost_all_its_data_is_set_up_again_and_all_goes_on(
    processes: Processes, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    rabbit_node.kill()
    rabbit_node.wipe()
    rabbit_node.start()
    setup(processes.settings)
    with Writers(processes) as writers:
        eventually(lambda: len(writers.acknowledged) > 20)
    check(processes, writers)
    eventually(lambda: processes.progress.get("relay") == processes.store.wait(0, 0))
