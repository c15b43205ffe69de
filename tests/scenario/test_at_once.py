"""Two people do the same thing in the same moment: it happens once, and both are told the truth."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx2
import pytest

from tests.files import pdf
from tests.held_session import HeldSession
from tests.world import World

AT_ONCE = 8


def at_once(*acts: Callable[[], httpx2.Response]) -> list[int]:
    """The statuses of acts begun together, each done by several hands."""
    many = [acts[n % len(acts)] for n in range(AT_ONCE)]
    start = Barrier(AT_ONCE)

    def act(each: Callable[[], httpx2.Response]) -> int:
        start.wait()
        return each().status_code

    with ThreadPoolExecutor(AT_ONCE) as hands:
        return list(hands.map(act, many))


def happened(world: World) -> Counter[str]:
    world.settle()
    return Counter(each.type for each in world.embedded.store.read_all(0, 100_000))


def post(world: World, login: str, path: str, body: Any) -> Callable[[], httpx2.Response]:
    """Each call from a connection of its own with the person's session."""
    world.serve()
    cookies = dict(world.client(login).cookies)
    return lambda: httpx2.post(f"{world.url}/api/v1{path}", json=body, cookies=cookies, timeout=60)


@pytest.fixture
def session(world: World) -> HeldSession:
    return HeldSession(world).open(world)


def test_two_who_close_and_publish_a_poll_at_once_do_it_once(world: World, session: HeldSession) -> None:
    chair = world.client("chair")
    card = chair.ok("GET", f"/meetings/{session.id}/rule-cards")["cards"][0]["card_id"]
    poll = chair.ok("POST", f"/meetings/{session.id}/polls", {"question": "Thông qua?", "card_id": card})["id"]
    world.client("ana").ok("POST", f"/polls/{poll}/ballots", {"choice": "for"})
    for step, event in (("close", "PollClosed"), ("publish", "ResultPublished")):
        assert set(at_once(post(world, "chair", f"/polls/{poll}/{step}", {}))) <= {200, 409}
        assert happened(world)[event] == 1
    assert happened(world)["PollTallied"] == 1


def test_a_dossier_approved_and_returned_at_once_is_only_one_of_them(world: World) -> None:
    before = HeldSession(world)
    clerk, leader = world.client("clerk"), world.client("leader")
    plan = clerk.ok("GET", f"/meetings/{before.id}")["meeting"]
    wanted = ("title", "place", "starts_at", "ends_at", "presiding_officer_id", "minute_taker_id", "body_id", "kind")
    meeting = clerk.ok("POST", "/meetings", {each: plan[each] for each in wanted})["id"]
    clerk.ok("POST", f"/meetings/{meeting}/agenda", {"title": "Nội dung", "minutes": 5})
    clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": leader.person_id})
    known = happened(world)
    at = f"/meetings/{meeting}"
    at_once(post(world, "leader", f"{at}/approval", {}), post(world, "leader", f"{at}/return", {"reason": "Thiếu"}))
    new = happened(world) - known
    assert sum(new.values()) == 1 and set(new) <= {"DossierApproved", "DossierReturned"}


def test_a_meeting_published_and_cancelled_at_once_is_published_at_most_once(world: World) -> None:
    session = HeldSession(world)
    clerk, leader = world.client("clerk"), world.client("leader")
    plan = clerk.ok("GET", f"/meetings/{session.id}")["meeting"]
    wanted = ("title", "place", "starts_at", "ends_at", "presiding_officer_id", "minute_taker_id", "body_id", "kind")
    meeting = clerk.ok("POST", "/meetings", {each: plan[each] for each in wanted})["id"]
    clerk.ok("POST", f"/meetings/{meeting}/agenda", {"title": "Nội dung", "minutes": 5})
    clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": leader.person_id})
    leader.ok("POST", f"/meetings/{meeting}/approval", {})
    known = happened(world)
    at = f"/meetings/{meeting}"
    cancel = {"reason": "Hoãn"}
    at_once(
        post(world, "clerk", f"{at}/publication", {}),
        post(world, "chair", f"{at}/publication", {}),
        post(world, "chair", f"{at}/cancellation", cancel),
    )
    new = happened(world) - known
    assert new["MeetingPublished"] <= 1 and new["MeetingCancelled"] <= 1
    assert world.anonymous().get("/ready").is_success


def test_two_clerks_who_record_one_arrival_and_one_conclusion_at_once(world: World, session: HeldSession) -> None:
    known = happened(world)
    departure = {"person_id": world.person("ana")}
    statuses = at_once(
        post(world, "clerk", f"/meetings/{session.id}/departures", departure),
        post(world, "chair", f"/meetings/{session.id}/departures", departure),
    )
    assert set(statuses) <= {200, 409}
    texts = [{"text": text, "revision": 0} for text in ("Thống nhất.", "Chưa thống nhất.")]
    at_once(
        *(post(world, login, session.conclusion, text) for login, text in zip(("clerk", "chair"), texts, strict=True))
    )
    new = happened(world) - known
    assert sum(count for kind, count in new.items() if "Depart" in kind or kind.endswith("Left")) == 1
    assert new["ConclusionRecorded"] == 1


def test_that_a_paper_is_also_somebodys_own_is_told_only_to_them(world: World) -> None:
    session = HeldSession(world)
    clerk, at = world.client("clerk"), f"/meetings/{session.id}"
    paper = clerk.ok("PUT", f"{at}/documents", content=pdf("Tờ trình"), headers={"X-File-Name": "a.pdf"})["id"]
    other = HeldSession(world)
    own = {"kind": "personal", "title": "Riêng cho Ana", "for_person_id": world.person("ana")}
    clerk.ok("POST", f"/meetings/{other.id}/documents/{paper}", own)
    for login, places in (("clerk", 2), ("ana", 2), ("ben", 1)):
        assert len(world.client(login).ok("GET", f"/documents/{paper}")["dossiers"]) == places, login
