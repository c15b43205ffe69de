"""The same hall through two gateways and two voting services: a ballot counts once or is refused, in either of them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from dienhong.distributed import Gateway
from dienhong.embedded import Server, listen
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.identity.opening import open_identity_store
from tests.big_hall import BigHall
from tests.casting import Race
from tests.distributed.rounds import ROUNDS
from tests.processes import composer
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
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=20), timeout=60) as client:
        assert client.get(f"{url}/live").is_success
    yield url
    gateway.live.stop()
    server.should_exit = True
    thread.join()


Hall = tuple[Race, list[str], Callable[[], None], World]


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
        world.embedded.second_voting_service()
        other = world.embedded.second_gateway()
        urls = [world.serve(), parts.enter_context(serving(other))]

        def settle() -> None:
            world.settle()
            assert other.views.wait_for(world.embedded.store.wait(0, 0), 60)

        yield race, urls, settle, world


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_receipt_is_honoured_and_every_refusal_told(hall: Hall, seed: int) -> None:
    race, urls, settle, world = hall
    race.run(urls, seed, settle)
    assert min(world.embedded.ballots_taken().values()) > 0
