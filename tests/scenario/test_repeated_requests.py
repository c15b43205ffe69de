"""One Idempotency-Key names one request of one person; any other use of it is refused and writes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.ids import uuid7
from tests.files import pdf
from tests.held_session import HeldSession
from tests.world import World


@pytest.fixture(scope="module")
def held(shared_world: World) -> HeldSession:
    return HeldSession(shared_world).open(shared_world)


@pytest.fixture
def key(shared_world: World) -> Iterator[dict[str, str]]:
    yield {"Idempotency-Key": str(uuid7())}


def head(world: World) -> int:
    world.settle()
    return world.embedded.store.wait(0, 0)


def test_the_same_key_with_other_words_is_refused(shared_world: World, held: HeldSession, key: dict[str, str]) -> None:
    clerk, path = shared_world.client("clerk"), f"/meetings/{held.id}/notes"
    first = clerk.ok("POST", path, {"text": "Ý kiến thứ nhất"}, headers=key)
    before = head(shared_world)
    assert clerk.refused("POST", path, {"text": "Ý kiến thứ hai"}, headers=key) == (409, "id_conflict")
    assert clerk.ok("POST", path, {"text": "Ý kiến thứ nhất"}, headers=key) == first
    assert head(shared_world) == before


def test_the_same_key_on_another_route_of_the_same_meeting_is_refused(
    shared_world: World, held: HeldSession, key: dict[str, str]
) -> None:
    chair = shared_world.client("chair")
    chair.ok("POST", f"/meetings/{held.id}/session/suspend", {"reason": "Giải lao"}, headers=key)
    before = head(shared_world)
    assert chair.refused("POST", f"/meetings/{held.id}/session/resume", headers=key) == (409, "id_conflict")
    assert head(shared_world) == before
    chair.ok("POST", f"/meetings/{held.id}/session/resume")


def test_the_same_key_for_another_meeting_is_refused(shared_world: World, key: dict[str, str]) -> None:
    clerk = shared_world.client("clerk")
    one, other = HeldSession(shared_world).id, HeldSession(shared_world).id
    item = {"title": "Nội dung thêm", "minutes": 5}
    clerk.ok("POST", f"/meetings/{one}/agenda", item, headers=key)
    before = head(shared_world)
    assert clerk.refused("POST", f"/meetings/{other}/agenda", item, headers=key) == (409, "id_conflict")
    assert head(shared_world) == before


def test_another_person_with_the_same_key_asks_for_themself(
    shared_world: World, held: HeldSession, key: dict[str, str]
) -> None:
    path = f"/meetings/{held.id}/floor-requests"
    requests = [shared_world.client(login).ok("POST", path, {}, headers=key)["id"] for login in ("ana", "ben")]
    assert len(set(requests)) == 2
    waiting = {each["person_id"] for each in shared_world.client("chair").ok("GET", path)}
    assert {shared_world.person("ana"), shared_world.person("ben")} <= waiting


def test_the_same_key_with_another_answer_to_a_poll_is_refused(
    shared_world: World, held: HeldSession, key: dict[str, str]
) -> None:
    question: dict[str, Any] = {"question": "Thông qua?", "card_id": "council_majority_of_all"}
    chair = shared_world.client("chair")
    question["card_id"] = chair.ok("GET", f"/meetings/{held.id}/rule-cards")["cards"][0]["card_id"]
    poll = chair.ok("POST", f"/meetings/{held.id}/polls", question)["id"]
    ana = shared_world.client("ana")
    receipt = ana.ok("POST", f"/polls/{poll}/ballots", {"choice": "for"}, headers=key)
    assert ana.refused("POST", f"/polls/{poll}/ballots", {"choice": "against"}, headers=key)[0] == 409
    assert ana.ok("POST", f"/polls/{poll}/ballots", {"choice": "for"}, headers=key) == receipt
    chair.ok("POST", f"/polls/{poll}/cancel", {"reason": "Thử"})


def test_the_same_key_with_other_bytes_is_refused(shared_world: World, held: HeldSession, key: dict[str, str]) -> None:
    clerk, path = shared_world.client("clerk"), f"/meetings/{held.id}/documents?title=To+trinh"
    headers, file = {**key, "X-File-Name": "a.pdf"}, pdf("một")
    first = clerk.ok("PUT", path, content=file, headers=headers)
    before = head(shared_world)
    assert clerk.refused("PUT", path, content=pdf("hai"), headers=headers) == (409, "id_conflict")
    assert clerk.ok("PUT", path, content=file, headers=headers)["id"] == first["id"]
    assert head(shared_world) == before


def test_an_account_opened_twice_with_one_key_is_opened_once(shared_world: World, key: dict[str, str]) -> None:
    admin = shared_world.client("admin")
    person = admin.ok("POST", "/people", {"full_name": "Người Mới"})["id"]
    first = admin.ok("POST", f"/people/{person}/account", {"login": "nguoi.moi"}, headers=key)
    again = admin.ok("POST", f"/people/{person}/account", {"login": "nguoi.moi"}, headers=key)
    assert again["position"] == first["position"]
