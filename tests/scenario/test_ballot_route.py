"""The way of ballots for a whole hall: every check of the ordinary route, and a receipt that is the answer itself."""

import asyncio
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.api.voting import BallotBody
from gateway.ballot_queue import Answer, BallotQueue, Casting, deliver
from gateway.ballots import BACK_AFTER_SECONDS, paper_in, tell_who_waits
from gateway.policy import allowed
from gateway.policy.subject import Subject
from gateway.resources import Resource
from kernel.decider import Refused
from services.directory.messages import RoleName
from tests.scenario.test_voting import Hall
from tests.stamps import ids
from tests.world import VOTERS, World

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
KEY = "0190a000-0000-7000-8000-00000000000a"


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world).opened()


def ordinary(choice: str) -> dict[str, Any]:
    """The same request in words that the quick way does not read."""
    return {"choice": choice, "marks": []}


def test_both_ways_answer_with_the_same_receipt(hall: Hall) -> None:
    poll, ana = hall.asks(), hall.world.client("ana")
    quick = ana.request("POST", f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
    again = ana.request("POST", f"/api/v1/polls/{poll}/ballots", json=ordinary("for"))
    assert (quick.status_code, quick.json()) == (again.status_code, again.json())
    assert ana.ok("GET", f"/polls/{poll}/ballots/mine") == quick.json()
    assert {name for name in again.headers if name != "content-length"} == {
        name for name in quick.headers if name != "content-length"
    }
    assert quick.headers["content-security-policy"] == again.headers["content-security-policy"]


def test_the_receipt_needs_no_view(hall: Hall) -> None:
    """Nothing shows the ballot yet, and the voter has the receipt all the same."""
    poll, ana, views = hall.asks(), hall.world.client("ana"), hall.world.embedded.views
    hall.world.settle()
    views.ask_to_stop()
    views._thread.join()
    receipt = ana.ok("POST", f"/polls/{poll}/ballots", {"choice": "for"})
    assert views.position < receipt["position"] == hall.world.embedded.store.wait(0, 0)


@pytest.mark.parametrize("way", [lambda choice: {"choice": choice}, ordinary])
def test_both_ways_refuse_the_same(hall: Hall, way: Any) -> None:
    world, poll = hall.world, hall.asks()
    path = f"/api/v1/polls/{poll}/ballots"
    world.client("clerk").ok("POST", f"/meetings/{hall.id}/departures", {"person_id": world.person("eve")})

    def refused(login: str, choice: str = "for", where: str = path) -> tuple[int, str]:
        return world.client(login).refused("POST", where, way(choice))

    assert refused("eve") == (409, "not_present_to_vote")
    assert refused("guest") == (403, "not_on_roll")
    assert refused("outsider") == (404, "not_found")
    assert refused("ana", "perhaps") == (422, "unknown_choice")
    assert refused("ana", where=f"/api/v1/polls/{uuid4()}/ballots") == (404, "not_found")
    assert world.anonymous().refused("POST", path, way("for")) == (401, "not_signed_in")
    hall.votes(poll, "ben", "for")
    assert refused("ben", "against") == (409, "already_voted")
    hall.closes(poll)
    assert refused("ana") == (409, "poll_closed")


@pytest.mark.parametrize(
    ("headers", "content", "expected"),
    [
        ({"sec-fetch-site": "cross-site"}, b'{"choice":"for"}', (403, "cross_site")),
        ({"origin": "https://elsewhere.example"}, b'{"choice":"for"}', (403, "cross_site")),
        ({"idempotency-key": "mine"}, b'{"choice":"for"}', (422, "invalid")),
        ({}, b'{"choice":"for","choice":"against"}', (400, "bad_request")),
        ({}, b'{"choice":"for"', (400, "bad_request")),
        ({}, b'{"choice":"_for"}', (422, "invalid")),
        ({}, b'{"choice":"for","weight":9}', (422, "invalid")),
        ({"cookie": "s=nobody"}, b'{"choice":"for"}', (401, "not_signed_in")),
    ],
)
def test_what_is_no_plain_ballot_is_judged_like_every_request(
    hall: Hall, headers: dict[str, str], content: bytes, expected: tuple[int, str]
) -> None:
    poll, ana = hall.asks(), hall.world.client("ana")
    sent = {"content-type": "application/json", "cookie": f"s={ana.cookies['s']}", **headers}
    answer = hall.world.anonymous().post(f"/api/v1/polls/{poll}/ballots", content=content, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert answer.headers["content-type"] == "application/problem+json"
    assert "content-security-policy" in answer.headers
    assert hall.chair.ok("GET", f"/polls/{poll}/turnout")["voted"] == 0


def test_a_problem_speaks_the_readers_language(hall: Hall) -> None:
    poll = hall.asks()
    hall.closes(poll)
    path, ana = f"/api/v1/polls/{poll}/ballots", hall.world.client("ana")
    english = ana.post(path, json={"choice": "for"}, headers={"accept-language": "en"})
    assert english.json()["detail"] == "The poll is closed. Ballots sent after the close do not count."
    assert english.headers["content-language"] == "en"


def test_whose_session_has_ended_casts_no_ballot(hall: Hall) -> None:
    poll, ana = hall.asks(), hall.world.client("ana")
    token = ana.cookies["s"]
    ana.ok("POST", "/sign-out")
    late = hall.world.anonymous().post(
        f"/api/v1/polls/{poll}/ballots", json={"choice": "for"}, headers={"cookie": f"s={token}"}
    )
    assert (late.status_code, late.json()["code"]) == (401, "not_signed_in")


def test_whose_account_is_closed_casts_no_ballot(hall: Hall) -> None:
    poll, ana, world = hall.asks(), hall.world.client("ana"), hall.world
    path = f"/people/{world.person('ana')}/account/closure"
    world.client("admin").ok("POST", path, {"reason": "Chuyển công tác"})
    assert ana.refused("POST", f"/polls/{poll}/ballots", {"choice": "for"}) == (401, "not_signed_in")


def test_a_ballot_is_a_use_of_the_session(hall: Hall) -> None:
    ana, world = hall.world.client("ana"), hall.world
    token, identity = ana.cookies["s"], world.embedded.identity
    used = identity.sessions_of(ana.person_id, token)[0].used_at
    world.now += timedelta(minutes=1)
    hall.votes(hall.asks(), "ana", "for")
    world.app.state.ballots.queue.close()  # it is noted after the answer, in the same thread
    assert identity.sessions_of(ana.person_id, token)[0].used_at == used + timedelta(minutes=1)


def test_the_same_key_again_is_the_same_ballot_and_stands_in_the_trace_of_its_request(hall: Hall) -> None:
    poll, ana = hall.asks(), hall.world.client("ana")
    headers = {"idempotency-key": KEY, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    first = ana.ok("POST", f"/polls/{poll}/ballots", {"choice": "for"}, headers=headers)
    assert ana.ok("POST", f"/polls/{poll}/ballots", {"choice": "for"}, headers=headers) == first
    stored = hall.world.embedded.store.read(f"ballot-{poll}+{ana.person_id}")
    assert len(stored) == 1
    meta = json.loads(stored[0].meta)
    assert meta["traceparent"].split("-")[1] == TRACE
    other = ana.ok(
        "POST", f"/polls/{hall.asks()}/ballots", ordinary("for"), headers={"idempotency-key": KEY[:-1] + "b"}
    )
    assert other["event_id"] != first["event_id"]


def test_a_keyed_request_means_the_same_on_both_ways(hall: Hall) -> None:
    """What a key was given for is written with the ballot, by the path, the words and the person alone."""
    ana, ben = hall.world.client("ana"), hall.world.client("ben")
    poll = hall.asks()
    store = hall.world.embedded.store
    body = {"choice": "for"}
    ana.ok("POST", f"/polls/{poll}/ballots", body, headers={"idempotency-key": KEY})
    ben.ok("POST", f"/polls/{poll}/ballots", body, headers={"idempotency-key": KEY, "origin": "http://127.0.0.1"})
    causes = [json.loads(store.read(f"ballot-{poll}+{each.person_id}")[0].meta) for each in (ana, ben)]
    assert len({each["causation_id"] for each in causes}) == 2
    assert all(each["correlation_id"] != each["causation_id"] for each in causes)


def test_everybody_at_once_from_two_devices_has_one_receipt(hall: Hall) -> None:
    poll, url = hall.asks(), hall.world.serve()
    sessions = {login: hall.world.client(login).cookies["s"] for login in VOTERS}

    def vote(login: str) -> tuple[str, str]:
        with httpx2.Client(base_url=url, headers={"Cookie": f"s={sessions[login]}"}, timeout=60) as device:
            answer = device.post(f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
            assert answer.status_code == 200
            return login, answer.json()["event_id"]

    with ThreadPoolExecutor(2 * len(VOTERS)) as pool:
        receipts = set(pool.map(vote, [*VOTERS, *VOTERS]))
    assert len(receipts) == len(VOTERS)


def test_who_comes_when_too_many_wait_is_told_at_once_to_come_back(hall: Hall) -> None:
    poll, world = hall.asks(), hall.world
    world.app.state.ballots.queue.capacity = 0
    answer = world.client("ana").post(f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_ballots")
    low, high = BACK_AFTER_SECONDS
    assert low <= int(answer.headers["retry-after"]) <= high
    assert hall.chair.ok("GET", f"/polls/{poll}/turnout")["voted"] == 0
    world.app.state.ballots.queue.capacity = 10
    hall.votes(poll, "ana", "for")


class Waiting:
    """Somebody who waits for the answer to a ballot."""

    def __init__(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[Any] = loop.create_future()
        reply = partial(tell_who_waits, self.answer)
        self.casting = Casting(f"token {number}", ids("poll"), "for", (), "", None, "", loop, reply)


def test_what_queues_up_while_a_batch_is_under_way_goes_as_the_next_one() -> None:
    served: list[int] = []
    first_is_in, go_on = threading.Event(), threading.Event()

    def serve(batch: Sequence[Casting]) -> list[Answer]:
        served.append(len(batch))
        first_is_in.set()
        assert go_on.wait(60)
        return [Refused("poll_closed") for _ in batch]

    async def hundred() -> list[Answer]:
        queue = BallotQueue(serve, lambda: None, at_once=1, capacity=100)
        waiting = [Waiting(number) for number in range(102)]
        assert queue.put(waiting[0].casting)
        await asyncio.get_running_loop().run_in_executor(None, first_is_in.wait)
        assert [queue.put(each.casting) for each in waiting[1:]] == [True] * 100 + [False]
        go_on.set()
        answers = [await each.answer for each in waiting[:-1]]
        queue.close()
        return answers

    answers = asyncio.run(hundred())
    assert served == [1, 100]
    assert len(answers) == 101


def test_a_failed_batch_is_told_to_each_of_it_and_the_next_one_goes_on() -> None:
    def serve(batch: Sequence[Casting]) -> list[Answer]:
        if batch[0].token == "token 0":
            raise OSError("the disk is gone")
        return [Refused("poll_closed") for _ in batch]

    async def two() -> list[Answer]:
        queue = BallotQueue(serve, lambda: None, at_once=1)
        answers = []
        for number in range(2):
            waiting = Waiting(number)
            queue.put(waiting.casting)
            answers.append(await waiting.answer)
        queue.close()
        return answers

    failed, refused = asyncio.run(two())
    assert isinstance(failed, OSError) and isinstance(refused, Refused)


def test_who_has_left_before_the_answer_disturbs_nobody() -> None:
    async def told() -> Answer:
        gone, there = Waiting(1), Waiting(2)
        gone.answer.cancel()
        deliver([gone.casting, there.casting], [Refused("poll_closed"), Refused("poll_cancelled")])
        answer: Answer = await there.answer
        return answer

    answer = asyncio.run(told())
    assert isinstance(answer, Refused) and answer.code == "poll_cancelled"


@given(
    st.sets(st.sampled_from(sorted(RoleName)), max_size=4),
    st.fixed_dictionaries({name: st.booleans() for name in ("published", "closed_sitting")}),
    st.booleans(),
)
def test_roles_take_no_right_to_vote_away(roles: set[RoleName], facts: dict[str, bool], invited: bool) -> None:
    """Else it would be wrong to look them up only for whoever is refused without them."""
    meeting = Resource("see_meeting", "body").with_facts(**facts, is_invited=lambda _person_id: invited)
    for action in ("see_meeting", "cast_ballot"):
        if allowed(action, Subject("ana", ""), meeting):
            assert allowed(action, Subject("ana", "", frozenset((role, "body") for role in roles)), meeting)


SPACE = st.text(" \t\r\n", max_size=2)
WORD = st.from_regex(r"[a-z][a-z0-9_]{0,59}", fullmatch=True) | st.text(max_size=5)


@given(st.lists(WORD, min_size=1, max_size=4), st.booleans(), SPACE, st.text(max_size=3))
def test_what_the_quick_way_reads_the_model_reads_alike(words: list[str], single: bool, space: str, more: str) -> None:
    paper = {"choice": words[0]} if single else {"marks": words}
    body = f"{space}{json.dumps(paper, separators=(space + ',', ':' + space))}{space}{more}".encode()
    read = paper_in(body)
    if read is not None:
        try:
            model = BallotBody.model_validate_json(body)
        except ValidationError:
            pytest.fail(f"{body!r} is read, and is not valid")
        assert read == (model.choice, tuple(model.marks))


def test_plain_ballots_are_read_the_quick_way() -> None:
    """Else a change of our pages would make every ballot take the slow one."""
    assert paper_in(b'{"choice":"for"}') == ("for", ())
    assert paper_in(b'{"marks":["le_an","tran_binh"]}') == ("", ("le_an", "tran_binh"))
    assert paper_in(b'{"marks": ["d1:for", "d2:against"]}') == ("", ("d1:for", "d2:against"))
    assert paper_in(b'{"marks":[]}') is None
