"""A hall at two gateways and two voting services, each a process of its own: everybody votes at both at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import httpx2
import pytest

from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from tests.distributed.waiting import eventually
from tests.processes import composer
from tests.scenario.test_voting import Hall
from tests.world import PASSWORD, VOTERS, World

pytestmark = pytest.mark.needs("postgres", "rabbitmq")

POLLS = 10


@pytest.fixture
def hall(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Iterator[Hall]:
    world = World(tmp_path_factory.mktemp("data"), composer(postgres_node, rabbit_node))
    yield Hall(world).opened()
    world.close()


@pytest.fixture
def tablets(hall: Hall) -> Iterator[dict[str, list[httpx2.Client]]]:
    """Each voter's two devices, one at each gateway."""
    hall.world.enable(*VOTERS)
    devices = {
        login: [httpx2.Client(base_url=address, timeout=60) for address in hall.world.addresses()] for login in VOTERS
    }
    for login, clients in devices.items():
        for client in clients:
            signed = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
            assert signed.is_success, signed.text
    yield devices
    for clients in devices.values():
        for client in clients:
            client.close()


def shows(gateway: httpx2.Client, what: str) -> bool:
    return gateway.get(f"/api/v1/polls/{what}").is_success


def test_who_says_yes_at_one_gateway_and_no_at_the_other_is_counted_once_by_the_receipt(
    hall: Hall, tablets: dict[str, list[httpx2.Client]]
) -> None:
    hall.world.embedded.second_voting_service()
    with ThreadPoolExecutor(2 * len(VOTERS)) as hands:
        for number in range(POLLS):
            poll = hall.asks(question=f"Câu hỏi {number}")
            for gateway in tablets["chair"]:  # who votes has been shown the question there
                eventually(partial(shows, gateway, poll))

            def vote(device: httpx2.Client, choice: str, poll: str = poll) -> httpx2.Response:
                """As a tablet does it: a busy hall is asked again under the same key."""
                key = {"Idempotency-Key": str(uuid4())}
                while True:
                    answer = device.post(f"/api/v1/polls/{poll}/ballots", json={"choice": choice}, headers=key)
                    if answer.status_code != 503:
                        return answer

            pairs = [
                [
                    hands.submit(vote, device, choice)
                    for device, choice in zip(tablets[login], ("for", "against"), strict=True)
                ]
                for login in VOTERS
            ]
            counted = {"for": 0, "against": 0}
            for yes, no in pairs:
                answers = {"for": yes.result(), "against": no.result()}
                (said,) = [choice for choice, answer in answers.items() if answer.is_success]
                (refused,) = [answer for answer in answers.values() if answer.is_error]
                assert refused.json()["code"] == "already_voted"
                counted[said] += 1
            hall.closes(poll)
            for gateway in tablets["chair"]:
                eventually(partial(shows, gateway, f"{poll}/result"))
                result = gateway.get(f"/api/v1/polls/{poll}/result").json()
                assert {choice: result["counts"][choice] for choice in counted} == counted
    assert min(hall.world.embedded.ballots_taken().values()) > 0
