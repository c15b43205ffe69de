"""More of each: two voting services and two gateways, one poll."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dienhong.distributed import Gateway
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.views import contents
from tests.processes import composer, environment
from tests.scenario.test_voting import Hall
from tests.world import PASSWORD, VOTERS, Client, World

pytestmark = pytest.mark.needs("postgres", "rabbitmq")


@pytest.fixture
def hall(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Iterator[Hall]:
    world = World(tmp_path_factory.mktemp("data"), composer(postgres_node, rabbit_node))
    yield Hall(world).opened()
    world.close()


@pytest.fixture
def lines_of_second_voting_service(hall: Hall, eventually: Callable[[Callable[[], bool]], None]) -> Iterator[list[str]]:
    lines: list[str] = []
    second = Child("voting-2", ["dienhong.hosting", "voting"], environment(hall.world.embedded.settings), lines.append)
    second.start()
    eventually(lambda: any("service_ready" in line for line in lines))
    yield lines
    assert (second.stop(), second.starts) == (0, 1), lines[-20:]


@pytest.fixture
def other_gateway(hall: Hall) -> Iterator[Gateway]:
    gateway = Gateway(hall.world.embedded.settings.model_copy(update={"replica": "2"}), lambda: hall.world.now)
    gateway.start()
    yield gateway
    gateway.stop()


def test_ballots_through_both_gateways_at_once_count_each_voter_once(
    hall: Hall, other_gateway: Gateway, lines_of_second_voting_service: list[str]
) -> None:
    app = other_gateway.app()
    elsewhere = {login: Client(app, base_url="http://127.0.0.1") for login in VOTERS}
    for login, client in elsewhere.items():
        hall.world.enable(login)
        client.ok("POST", "/session", {"login": login, "password": PASSWORD})
        hall.world.client(login)  # the other way round, sessions of one gateway hold in both
    for round_ in range(5):
        poll = hall.asks(question=f"Câu hỏi {round_}")
        other_gateway.views.wait_for(hall.world.embedded.store.wait(0, 0))

        def vote(login: str, poll: str = poll) -> list[str]:
            here = hall.world.client(login).request("POST", f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
            there = elsewhere[login].request("POST", f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
            return [each.json()["event_id"] for each in (here, there)]

        with ThreadPoolExecutor(len(VOTERS)) as pool:
            receipts = list(pool.map(vote, VOTERS))
        assert all(first == again for first, again in receipts)
        hall.closes(poll)
        assert hall.chair.ok("GET", f"/polls/{poll}/result")["counts"]["for"] == len(VOTERS)
    assert any('"ballots"' in line for line in lines_of_second_voting_service)


def test_the_views_of_two_gateways_become_equal(hall: Hall, other_gateway: Gateway) -> None:
    hall.closes(hall.asks())
    head = hall.world.embedded.store.wait(0, 0)
    assert other_gateway.views.wait_for(head, 10) and hall.world.embedded.views.wait_for(head, 10)
    folder = hall.world.settings.data_dir
    assert contents(folder / "views-1.db") == contents(folder / "views-2.db")
