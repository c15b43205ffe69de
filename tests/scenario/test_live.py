"""Live streams: nothing is missed between page and stream, and nobody follows longer than they may."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from gateway.listener import Listener
from gateway.live import KEEP_ALIVE_SECONDS, NAMES, REMEMBERED, Live
from kernel.messages import Recorded
from services.directory.messages import RoleName, WithdrawRole
from tests.held_session import HeldSession
from tests.stamps import STAMP_AT, ids
from tests.world import PASSWORD, World

PATIENCE = 60


def recorded(stream: str, position: int) -> Recorded:
    none = UUID(int=0)
    return Recorded(none, "Tested", stream, 0, position, STAMP_AT, "ana", "test", none, none, b"{}", b"{}")


class Told(Listener):
    """Keeps the frames it is given: the latest position of each kind."""

    def __init__(self, *topics: str) -> None:
        super().__init__(frozenset(topics), self._keep)
        self.texts: list[bytes] = []

    def _keep(self, text: bytes) -> Awaitable[None] | None:
        self.texts.append(text)
        return None

    @property
    def frames(self) -> list[tuple[str, int]]:
        found = re.findall(rb"event: (\w+)\nid: (\d+)\n", b"".join(self.texts))
        return [(name.decode(), int(position)) for name, position in found]


def missed(applied: list[list[Recorded]], topics: set[str], after: int, bound_at: int = 0) -> dict[str, int]:
    """What a stream that begins after `after` is told first."""

    async def told() -> dict[str, int]:
        live = Live(lambda _poll_id: None, {"follows": "1"}.get)
        live.bind(asyncio.get_running_loop(), lambda: bound_at)
        for batch in applied:
            live.applied([(each, Any) for each in batch])  # type: ignore[misc]
        await asyncio.sleep(0)
        listener = Told(*topics)
        live.join(listener, after)
        live.leave(listener)
        return dict(listener.frames)

    return asyncio.run(told())


def test_a_change_that_shares_its_batch_with_an_earlier_one_of_another_kind_is_not_missed() -> None:
    meeting = [recorded("meeting-1", 5), recorded("task-1", 6), recorded("meeting-1", 7)]
    assert missed([meeting], {"meeting-1"}, after=6) == {"agenda": 7}


def test_an_official_document_is_told_of_where_it_follows_from_and_among_all_of_them() -> None:
    change = [recorded("official-follows", 5)]
    assert missed([change], {"meeting-1"}, after=4) == missed([change], {"officials"}, after=4) == {"official": 5}
    assert missed([[recorded("official-alone", 5)]], {"meeting-1"}, after=4) == {}


def test_who_has_seen_everything_is_told_nothing() -> None:
    assert missed([[recorded("meeting-1", 5)]], {"meeting-1"}, after=5) == {}


def test_after_a_restart_whoever_was_away_longer_asks_for_everything_again() -> None:
    assert missed([], {"meeting-1"}, after=8, bound_at=9) == dict.fromkeys(NAMES, 9)
    assert missed([], {"meeting-1"}, after=9, bound_at=9) == {}


def test_who_was_away_longer_than_is_remembered_asks_for_everything_again() -> None:
    many = [[recorded(f"meeting-x{position}", position)] for position in range(1, REMEMBERED + 3)]
    newest = REMEMBERED + 2
    assert missed(many, {"meeting-1"}, after=1) == dict.fromkeys(NAMES, newest)
    assert missed(many, {"meeting-1"}, after=2) == {}


@pytest.fixture
def served(world: World) -> World:
    world.serve()
    return world


def ends(world: World, login: str, topics: str, act: Callable[[httpx2.Client], object]) -> bool:
    """Whether the person's open stream ends soon after `act`: when it is next looked at."""
    assert max(KEEP_ALIVE_SECONDS) < 10
    ended = threading.Event()
    opened = threading.Event()
    world.enable(login)
    with httpx2.Client(base_url=world.url, timeout=PATIENCE) as client:
        assert client.post("/api/v1/session", json={"login": login, "password": PASSWORD}).is_success

        def read() -> None:
            with client.stream("GET", "/stream", params={"topics": topics}) as stream:
                assert stream.status_code == 200
                for _line in stream.iter_lines():
                    opened.set()
            ended.set()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        assert opened.wait(PATIENCE)
        act(client)
        return ended.wait(PATIENCE)


@pytest.mark.slow
def test_a_stream_ends_soon_after_signing_out(served: World) -> None:
    assert ends(served, "ana", "tasks", lambda client: client.post("/api/v1/sign-out"))


@pytest.mark.slow
def test_a_stream_ends_soon_after_the_account_is_closed(served: World) -> None:
    path = f"/people/{served.person('ana')}/account/closure"
    assert ends(
        served, "ana", "tasks", lambda _: served.client("admin").ok("POST", path, {"reason": "Chuyển công tác"})
    )


@pytest.mark.slow
def test_a_stream_does_not_keep_a_session_alive(served: World) -> None:
    def an_idle_time_passes(_client: httpx2.Client) -> None:
        served.now += timedelta(minutes=served.settings.session_idle_minutes)

    assert ends(served, "ana", "tasks", an_idle_time_passes)


@pytest.mark.slow
def test_a_stream_of_a_meeting_ends_with_the_right_to_see_it(served: World) -> None:
    meeting = HeldSession(served)

    def withdraw(_client: httpx2.Client) -> None:
        served.execute(WithdrawRole, person_id=ids("auditor"), role=RoleName.auditor, unit_id=None)

    assert ends(served, "auditor", f"meeting-{meeting.id}", withdraw)
