"""The broker loses everything that it holds while all processes run: after `bus setup` the same processes go on."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from dienhong.bus import check, setup
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.problems import TryLater
from kernel.ids import uuid7
from services.directory.messages import RegisterPerson
from tests.distributed.conftest import Processes, stamped

pytestmark = pytest.mark.needs("postgres", "rabbitmq")


def registers(processes: Processes) -> bool:
    try:
        processes.clients.execute(
            stamped(RegisterPerson, person_id=uuid7(), full_name="Đại biểu", position="", unit_id=None)
        )
    except TryLater:
        return False
    return True


def test_gateways_and_services_connect_anew(
    processes: Processes, rabbit_node: RabbitNode, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    assert registers(processes)
    rabbit_node.control("delete_vhost", urlsplit(processes.settings.bus_url).path.removeprefix("/"))
    assert not registers(processes)
    setup(processes.settings)
    eventually(lambda: registers(processes))
    eventually(lambda: check(processes.settings) == [])
    assert {child.starts for child in processes.running.children.values()} == {1}
