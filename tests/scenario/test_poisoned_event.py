"""An event in the log that cannot be read stops only who must read it; the product starts and says so."""

from pathlib import Path

import pytest

from kernel.ids import uuid7
from kernel.messages import NewEvent
from kernel.ports import NO_STREAM
from tests.world import World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deployment with a small council, whose log ends with what nobody can read."""
    world = World(tmp_path)
    world.client("clerk")
    envelope = world.embedded.store.read_all(0, 1)[0].meta
    damaged = NewEvent(id=uuid7(), type="PollClosed", data=b'{"poll_id": 7}', meta=envelope)
    world.embedded.store.append("poll-damaged", [damaged], NO_STREAM)
    world.close()
    return tmp_path


@pytest.mark.embedded
def test_the_product_starts_and_names_what_cannot_follow(folder: Path) -> None:
    world = World(folder)
    try:
        head = world.embedded.store.wait(0, 0)
        assert world.embedded.views.wait_for(head - 1)
        answer = world.anonymous().get("/ready")
        state = answer.json()
        assert (answer.status_code, state["status"]) == (503, "degraded")
        assert state["views_failing"].endswith(f"after position {head - 1}")
        stopped = next(each for each in world.embedded.followers if each.name == "voting.tally")
        assert not stopped.wait_for(head, 0.1)
        for other in world.embedded.followers:
            assert other is stopped or other.wait_for(head, 5)
        assert set(world.anonymous().get("/ready").json()["followers_failing"]) == {"voting.tally"}
    finally:
        world.close()


@pytest.mark.embedded
def test_people_sign_in_and_their_commands_are_recorded(folder: Path) -> None:
    world = World(folder)
    try:
        admin = world.client("admin")
        assert admin.get("/").status_code == 200
        head = world.embedded.store.wait(0, 0)
        registered = admin.ok("POST", "/people", {"full_name": "Đại biểu mới", "position": "", "unit_id": None})
        assert registered["position"] > head
        assert world.embedded.store.read(f"person-{registered['id']}")[0].position == registered["position"]
    finally:
        world.close()
