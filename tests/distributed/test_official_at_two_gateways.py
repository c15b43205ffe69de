"""One official document, acted on through two gateways at once that each have views of their own."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from dienhong.distributed import Gateway
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from services.directory.messages import AssignRole, RoleName
from tests.processes import composer
from tests.scenario.test_at_once import at_once, happened
from tests.scenario.test_official import act, authority, drafted, equipped, sign, submitted
from tests.signing.authority import Authority
from tests.stamps import ids
from tests.world import COUNCIL, Client, World

__all__ = ["authority"]
pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory,
    authority: Authority,
    postgres_node: PostgresNode,
    rabbit_node: RabbitNode,
) -> Iterator[World]:
    world = equipped(tmp_path_factory.mktemp("office"), authority, compose=composer(postgres_node, rabbit_node))
    world.execute(AssignRole, person_id=ids("ben"), role=RoleName.records_clerk, unit_id=COUNCIL)
    world.settle()
    yield world
    world.close()


@pytest.fixture(scope="module")
def other(office: World) -> Gateway:
    gateway: Gateway = office.embedded.second_gateway()
    return gateway


def both(office: World, other: Gateway, login: str, path: str, body: Any) -> list[Callable[[], httpx2.Response]]:
    """The same act through either gateway, which both show what was done so far."""
    other.views.wait_for(office.embedded.store.wait(0, 0), 60)
    cookies = dict(office.client(login).cookies)

    def through(app: Any) -> Callable[[], httpx2.Response]:
        client = Client(app, base_url="http://127.0.0.1", cookies=cookies)
        return lambda: client.post(f"/api/v1{path}", json=body)

    return [through(office.app), through(other.app())]


def new(office: World, known: Counter[str]) -> Counter[str]:
    return happened(office) - known


def test_it_is_signed_numbered_sealed_and_issued_once(office: World, other: Gateway) -> None:
    clerk, official = office.client("clerk"), drafted(office)
    order, known = submitted(office, official), happened(office)
    signatures = f"/signing-orders/{order}/signatures"
    decline = both(office, other, "leader", f"/signing-orders/{order}/refusal", {"reason": "Thiếu căn cứ."})
    statuses = at_once(*both(office, other, "leader", signatures, act(office, "leader", order)), decline[1])
    found = new(office, known)
    assert found["SignatureMade"] + found["SigningDeclined"] == 1
    assert set(statuses) <= {200, 403, 404, 409, 429}  # 429: who tries at once more often than a PIN is guessed waits
    if found["SigningDeclined"]:
        order = submitted(office, official)
        sign(office, "leader", order)
    known = happened(office)
    signatures = f"/signing-orders/{order}/signatures"
    assert at_once(*both(office, other, "chair", signatures, act(office, "chair", order))).count(200) == 1
    assert new(office, known)["SignatureMade"] == 1
    number = f"/officials/{official}/number"
    at_once(*both(office, other, "clerk", number, {}), *both(office, other, "ben", number, {}))
    assert new(office, known)["NumberAllotted"] == 1
    seal = f"/officials/{official}/seal"
    at_once(*both(office, other, "clerk", seal, None))
    assert new(office, known)["SealAsked"] == 1
    order = clerk.ok("GET", f"/officials/{official}")["official"]["order_id"]
    signatures = f"/signing-orders/{order}/signatures"
    assert at_once(*both(office, other, "clerk", signatures, act(office, "clerk", order))).count(200) == 1
    at_once(*both(office, other, "clerk", f"/officials/{official}/issue", None))
    found = new(office, known)
    assert (found["OfficialSealed"], found["OfficialIssued"], found["IncomingReceived"]) == (1, 1, 1)
    withdraw = {"how": "recalled", "reason": "Sai số liệu."}
    at_once(*both(office, other, "clerk", f"/officials/{official}/withdrawal", withdraw))
    assert new(office, known)["OfficialWithdrawn"] == 1


def test_numbers_kept_free_through_both_follow_one_another(office: World, other: Gateway) -> None:
    book = f"/registers/{COUNCIL}/{office.today.year}/decision"
    hands = [*both(office, other, "clerk", f"{book}/reservations", {"reason": "Ký giấy trước"})]
    assert set(at_once(*hands)) == {200}
    office.settle()
    numbers = [each["number"] for each in office.client("clerk").ok("GET", book)]
    assert numbers == list(range(8, 0, -1))
    known = happened(office)
    at_once(*both(office, other, "clerk", f"{book}/3/void", {"reason": "Không dùng"}))
    assert new(office, known)["NumberVoided"] == 1
