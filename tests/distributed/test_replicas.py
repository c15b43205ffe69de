"""More of each: two voting services and two gateways, one poll."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dienhong.distributed import Gateway
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from gateway.views import contents
from tests.processes import composer
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
def other_gateway(hall: Hall) -> Gateway:
    return hall.world.embedded.second_gateway()


def test_ballots_through_both_gateways_at_once_count_each_voter_once(hall: Hall, other_gateway: Gateway) -> None:
    hall.world.embedded.second_voting_service()
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
    assert min(hall.world.embedded.ballots_taken().values()) > 0


@pytest.fixture
def late_gateway(hall: Hall) -> Iterator[Gateway]:
    """Its views do not follow the log yet."""
    gateway = Gateway(hall.world.embedded.settings.model_copy(update={"replica": "3"}), lambda: hall.world.now)
    gateway.views.catch_up()
    yield gateway
    gateway.stop()


def test_what_was_done_through_one_gateway_is_seen_by_whoever_did_it_at_another_that_is_behind(
    hall: Hall, late_gateway: Gateway
) -> None:
    elsewhere = Client(late_gateway.app(), base_url="http://127.0.0.1", cookies=dict(hall.chair.cookies))
    poll = hall.asks()
    assert elsewhere.refused("GET", f"/polls/{poll}") == (404, "not_found")
    elsewhere.cookies.set("seen", hall.chair.cookies["seen"])
    with ThreadPoolExecutor(1) as hand:
        shown = hand.submit(elsewhere.ok, "GET", f"/polls/{poll}")
        late_gateway.views.start()
        assert shown.result()["state"] == "open"
    elsewhere.cookies.set("seen", "9" * 18)
    assert elsewhere.ok("GET", f"/polls/{poll}")["turnout"] == 0


def test_the_views_of_two_gateways_become_equal(hall: Hall, other_gateway: Gateway) -> None:
    hall.closes(hall.asks())
    head = hall.world.embedded.store.wait(0, 0)
    assert other_gateway.views.wait_for(head, 10) and hall.world.embedded.views.wait_for(head, 10)
    folder = hall.world.settings.data_dir
    assert contents(folder / "views-1.db") == contents(folder / "views-2.db")
