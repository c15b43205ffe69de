"""The same hall through two gateways and two voting services: a ballot counts once or is refused, in either of them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from dienhong.distributed import Gateway
from dienhong.embedded import Server, listen
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.identity.opening import open_identity_store
from tests.big_hall import BigHall
from tests.casting import Race
from tests.distributed.rounds import ROUNDS
from tests.distributed.waiting import eventually
from tests.processes import composer, environment
from tests.stamps import ids
from tests.world import COUNCIL, World

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(3600)]

VOTERS = 10_000 if ROUNDS >= 20 else 1_000


@contextmanager
def serving(gateway: Gateway) -> Iterator[str]:
    server = Server(gateway, gateway.app())
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=20)) as client:
        assert client.get(f"{url}/live").is_success
    yield url
    gateway.live.stop()
    server.should_exit = True
    thread.join()


@contextmanager
def second_gateway(world: World) -> Iterator[Gateway]:
    gateway = Gateway(world.embedded.settings.model_copy(update={"replica": "2"}), lambda: world.now)
    gateway.start()
    yield gateway
    gateway.stop()


@contextmanager
def second_voting_service(world: World) -> Iterator[list[str]]:
    lines: list[str] = []
    second = Child("voting-2", ["dienhong.hosting", "voting"], environment(world.embedded.settings), lines.append)
    second.start()
    eventually(lambda: any("service_ready" in line for line in lines))
    yield lines
    assert (second.stop(), second.starts) == (0, 1), lines[-20:]


Hall = tuple[Race, list[str], Callable[[], None], list[str]]


@pytest.fixture(scope="module")
def hall(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Iterator[Hall]:
    world = World(tmp_path_factory.mktemp("data"), composer(postgres_node, rabbit_node))
    with ExitStack() as parts:
        parts.callback(world.close)
        settings = world.embedded.settings
        identity = open_identity_store(settings)
        parts.callback(identity.close)
        race = Race(
            world.embedded.store, identity, settings, BigHall(world.embedded.store, VOTERS, COUNCIL, ids("chair"))
        )
        lines = parts.enter_context(second_voting_service(world))
        other = parts.enter_context(second_gateway(world))
        urls = [world.serve(), parts.enter_context(serving(other))]

        def settle() -> None:
            world.settle()
            assert other.views.wait_for(world.embedded.store.wait(0, 0), 60)

        yield race, urls, settle, lines


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_receipt_is_honoured_and_every_refusal_told(hall: Hall, seed: int) -> None:
    race, urls, settle, lines = hall
    race.run(urls, seed, settle)
    assert any('"ballots"' in line for line in lines)
