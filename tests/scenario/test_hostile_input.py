"""What people write or send stays words: on pages, in files, in the log; and no answer forgets its headers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from gateway.app import create_app
from kernel.ports import Unacceptable
from tests.held_session import HeldSession
from tests.world import World

HEADERS = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "cache-control")


class Broken:
    """A store that fails as no store should."""

    def wait(self, after: int, timeout: float) -> int:
        raise RuntimeError("a secret of the inside")


def test_every_answer_says_how_it_may_be_used(world: World) -> None:
    client = TestClient(world.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    answers = [client.get(each) for each in ("/sign-in", "/api/v1/nothing", "/api/v1/meetings", "/static/css/app.css")]
    answers += [
        client.get("/static/nothing"),
        client.post("/api/v1/session", json={}, headers={"origin": "https://a.b"}),
    ]
    answers.append(client.post("/api/v1/session", content=b"[", headers={"content-type": "application/json"}))

    broken = create_app(replace(world.embedded.gate, store=Broken()))
    answers.append(TestClient(broken, base_url="http://127.0.0.1", raise_server_exceptions=False).get("/ready"))
    assert [each.status_code for each in answers] == [200, 404, 401, 200, 404, 403, 400, 500]
    for answer in answers:
        assert [each for each in HEADERS if each not in answer.headers] == [], answer.url
        assert "secret" not in answer.text


@pytest.mark.embedded
def test_what_is_too_much_for_one_commit_is_told_so(world: World) -> None:
    session = HeldSession(world).open(world)
    too_many = Unacceptable("an append holds 1 to 500 events")

    def refuses(*_: object) -> None:
        raise too_many

    world.embedded.store.append = refuses
    answer = world.client("clerk").refused("POST", f"/meetings/{session.id}/notes", {"text": "Ghi"})
    assert answer == (413, "too_large")


@pytest.mark.parametrize("moment", [datetime.min, datetime.max - timedelta(hours=2)])
def test_a_slip_in_a_year_breaks_nothing_for_the_others(world: World, moment: datetime) -> None:
    clerk = world.client("clerk")
    plan = {
        "body_id": world.person("council"),
        "kind": "briefing",
        "title": "Giao ban",
        "place": "Phòng họp",
        "starts_at": f"{moment.isoformat()}+14:00",
        "ends_at": f"{(moment + timedelta(hours=1)).isoformat()}+14:00",
        "presiding_officer_id": world.person("chair"),
        "minute_taker_id": world.person("clerk"),
    }
    assert clerk.refused("POST", "/meetings", plan) == (422, "meeting_too_far")
    session = HeldSession(world)
    assert world.anonymous().get("/ready").is_success
    assert (
        clerk.refused("PUT", f"/meetings/{session.id}", {k: plan[k] for k in plan if k not in ("body_id", "kind")})[0]
        == 422
    )
    bounds = {"since": plan["starts_at"], "until": plan["ends_at"]}
    assert clerk.get("/api/v1/tasks/statistics", params=bounds).is_success
