"""Following a meeting over HTTP: what happens reaches the page, once and in time, whatever becomes of the line."""

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway.live import SECONDS_BETWEEN_FRAMES, Live
from gateway.stream import STREAMS_OF_A_PERSON
from tests.scenario.test_live import Told, recorded
from tests.world import COUNCIL, PASSWORD, World

FRAMES_A_SECOND = 5
STREAMS = 20


@pytest.fixture
def meeting(world: World) -> str:
    return planned(world)


def planned(world: World) -> str:
    plan = {
        "body_id": str(COUNCIL),
        "kind": "session_regular",
        "title": "Kỳ họp thứ tư",
        "place": "Hội trường",
        "starts_at": (world.now + timedelta(days=365)).isoformat(),
        "ends_at": (world.now + timedelta(days=365, hours=1)).isoformat(),
        "presiding_officer_id": world.person("chair"),
        "minute_taker_id": world.person("clerk"),
    }
    return str(world.client("clerk").ok("POST", "/meetings", plan)["id"])


@contextmanager
def browser(world: World, login: str) -> Iterator[httpx2.Client]:
    world.enable(login)
    with httpx2.Client(base_url=world.serve(), timeout=60) as client:
        assert client.post("/api/v1/session", json={"login": login, "password": PASSWORD}).is_success
        yield client


@contextmanager
def following(client: httpx2.Client, topics: str, **since: Any) -> Iterator[Iterator[tuple[str, int]]]:
    """Kinds of change with their position, as they arrive."""
    headers = {"last-event-id": str(since["last_event_id"])} if "last_event_id" in since else {}
    params = {"topics": topics, **({"after": since["after"]} if "after" in since else {})}
    with client.stream("GET", "/stream", params=params, headers=headers) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        assert next(lines) == ": open"
        yield frames(lines)


def frames(lines: Iterator[str]) -> Iterator[tuple[str, int]]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "id":
            yield name, int(value)


def adds_item(world: World, meeting: str, title: str) -> int:
    """The log position at which the agenda item stands."""
    world.client("clerk").ok("POST", f"/meetings/{meeting}/agenda", {"title": title, "minutes": 10})
    return world.embedded.store.wait(0, 0)


def test_a_page_names_its_topics_and_what_happens_to_them_reaches_it(world: World, meeting: str) -> None:
    with browser(world, "clerk") as client:
        page = client.get(f"/meetings/{meeting}", headers={"accept": "text/html"}).text
        topics = re.search(r'data-live-topics="([^"]+)"', page)
        position = re.search(r'data-live-position="(\d+)"', page)
        assert topics is not None and position is not None
        assert topics[1] == f"meeting-{meeting}"
        with following(client, topics[1], after=int(position[1])) as changes:
            at = adds_item(world, meeting, "Dự toán")
            assert next(changes) == ("agenda", at)


def test_what_happened_while_the_line_was_down_is_told_afterwards(world: World, meeting: str) -> None:
    topic = f"meeting-{meeting}"
    with browser(world, "clerk") as client:
        with following(client, topic) as changes:
            first = adds_item(world, meeting, "Dự toán")
            assert next(changes) == ("agenda", first)
        missed = adds_item(world, meeting, "Quyết toán")
        with following(client, topic, last_event_id=first) as changes:
            assert next(changes) == ("agenda", missed)
            later = adds_item(world, meeting, "Bế mạc")
            assert next(changes) == ("agenda", later)


def test_a_restart_of_the_server_hides_nothing(tmp_path: Path) -> None:
    before = World(tmp_path)
    meeting = planned(before)
    topic = f"meeting-{meeting}"
    with browser(before, "clerk") as client, following(client, topic) as changes:
        seen = adds_item(before, meeting, "Dự toán")
        assert next(changes) == ("agenda", seen)
    missed = adds_item(before, meeting, "Quyết toán")
    before.close()
    after = World(tmp_path)
    try:
        with browser(after, "clerk") as client, following(client, topic, last_event_id=seen) as changes:
            told = next(position for name, position in changes if name == "agenda")
            assert told >= missed
    finally:
        after.close()


@pytest.mark.parametrize("topic", ["meeting-{}", "meeting-00000000-0000-0000-0000-000000000000"])
def test_a_topic_that_one_may_not_see_does_not_exist(world: World, meeting: str, topic: str) -> None:
    with browser(world, "outsider") as client:
        answer = client.get("/stream", params={"topics": topic.format(meeting)})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def changing(live: Live, stream: str, positions: Iterator[int]) -> None:
    live.applied([(recorded(stream, next(positions)), None)])  # type: ignore[list-item]
    await asyncio.sleep(0)  # lets the change reach the listeners


async def heard(listener: Told, frames: int) -> None:
    while len(listener.frames) < frames:
        await asyncio.sleep(0.005)


class Stalled(Told):
    """Its line is full after the first frame, until it is opened."""

    def __init__(self, *topics: str) -> None:
        super().__init__(*topics)
        self.room = asyncio.Event()

    def _keep(self, text: bytes) -> Awaitable[None] | None:
        super()._keep(text)
        return self._wait()

    async def _wait(self) -> None:
        await self.room.wait()


def following_live(*listeners: Told) -> Live:
    live = Live(lambda _poll_id: "1")
    live.bind(asyncio.get_running_loop(), lambda: 0, lambda _poll_id: (3, 7))
    for each in listeners:
        live.join(each, None)
    return live


def test_a_slow_reader_is_told_the_latest_once_and_holds_up_nobody() -> None:
    async def read() -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        slow, quick = Stalled("meeting-1"), Told("meeting-1")
        live = following_live(slow, quick)
        positions = iter(range(1, 1000))
        for round_ in range(1, 4):
            for _ in range(100):
                await changing(live, "meeting-1", positions)
            await heard(quick, round_)
        slow.room.set()
        await heard(slow, 2)
        return slow.frames, quick.frames

    slow, quick = asyncio.run(read())
    assert len(slow) == 2 and len(quick) == 3
    assert slow[-1] == quick[-1] == ("agenda", 300)


def test_ballots_move_a_page_at_most_five_times_a_second_and_all_hear_the_last() -> None:
    async def read() -> tuple[float, list[Told]]:
        listeners = [Told("meeting-1") for _ in range(50)]
        live = following_live(*listeners)
        positions = iter(range(1, 1000))
        begun = time.monotonic()
        for round_ in range(1, FRAMES_A_SECOND + 2):
            for _ in range(20):
                await changing(live, "ballot-9+ana", positions)
            await heard(listeners[-1], round_)
        return time.monotonic() - begun, listeners

    assert SECONDS_BETWEEN_FRAMES * FRAMES_A_SECOND >= 1
    took, listeners = asyncio.run(read())
    assert took > 0.95
    assert {each.frames[-1] for each in listeners} == {("ballots", 20 * (FRAMES_A_SECOND + 1))}
    assert all(b'data: {"turnout": {"9": [3, 7]}}' in text for each in listeners for text in each.texts)


def test_that_ones_own_ballot_was_cast_is_told_to_nobody_else() -> None:
    async def read() -> list[list[tuple[str, int]]]:
        ana, ben = Told("me-ana"), Told("me-ben")
        live = following_live(ana, ben)
        await changing(live, "ballot-9+ana", iter([5]))
        await heard(ana, 1)
        return [ana.frames, ben.frames]

    assert asyncio.run(read()) == [[("my_ballot", 5)], []]


def test_nobody_follows_what_is_only_somebody_elses(world: World) -> None:
    with browser(world, "ana") as client:
        answer = client.get("/stream", params={"topics": f"me-{world.person('ben')}"})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_topics")
        with following(client, "me"):
            pass


def test_one_person_has_at_most_so_many_streams(world: World) -> None:
    with browser(world, "ana") as client, ExitStack() as streams:
        for _ in range(STREAMS_OF_A_PERSON):
            streams.enter_context(following(client, "tasks"))
        answer = client.get("/stream", params={"topics": "tasks"})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")
        assert int(answer.headers["retry-after"]) > 0
        assert world.client("ben").get("/api/v1/session").is_success


def test_every_stream_ends_within_a_second_of_a_stop(tmp_path: Path, compose: Callable[..., Any]) -> None:
    """A busy machine is late now and then; what is slow by itself is so each time."""
    assert any(seconds_to_end(World(tmp_path / str(number), compose)) < 1 for number in range(5))


def seconds_to_end(world: World) -> float:
    """From the stop to the end of the last of many streams."""
    topics = f"meeting-{planned(world)}"
    opened = threading.Barrier(STREAMS + 1)
    ended: list[float] = []

    def follow() -> None:
        with client.stream("GET", "/stream", params={"topics": topics}) as stream:
            lines = stream.iter_lines()
            next(lines)
            opened.wait()
            list(lines)
            ended.append(time.monotonic())

    with closing(world), browser(world, "clerk") as client:
        readers = [threading.Thread(target=follow) for _ in range(STREAMS)]
        for each in readers:
            each.start()
        opened.wait(60)
        asked = time.monotonic()
        world.embedded.live.stop()
        for each in readers:
            each.join(10)
    assert len(ended) == STREAMS
    return max(ended) - asked
