"""Services react in their own processes, woken by messages, once for each fact however often it is delivered."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import amqp
import pytest

from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.adapters.bus_rabbit import connected
from kernel.progress import Parked
from kernel.relay import envelope
from tests.processes import composer, environment
from tests.scenario.test_voting import Hall
from tests.world import World

pytestmark = pytest.mark.needs("postgres", "rabbitmq")


@pytest.fixture(scope="module")
def hall(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Iterator[Hall]:
    world = World(tmp_path_factory.mktemp("data"), composer(postgres_node, rabbit_node))
    yield Hall(world).opened()
    world.close()


def test_a_closed_poll_is_counted_once_however_often_its_closing_is_delivered(hall: Hall) -> None:
    poll = hall.asks(item_id=hall.item)
    for login, choice in (("chair", "for"), ("ana", "for"), ("ben", "against")):
        hall.votes(poll, login, choice)
    hall.closes(poll)
    store = hall.world.embedded.store
    closed = next(each for each in store.read(f"poll-{poll}") if each.type == "PollClosed")
    body = json.dumps(envelope(closed, "voting")).encode()
    with connected(hall.world.embedded.settings.bus_url) as connection:
        channel = connection.channel()
        for _ in range(5):
            message = amqp.Message(body, content_type="application/json", content_encoding="utf-8", delivery_mode=2)
            channel.basic_publish_confirm(message, "voting.events", "PollClosed", mandatory=True)
    hall.world.settle()
    assert [each.type for each in store.read(f"poll-{poll}")] == ["PollOpened", "PollClosed", "PollTallied"]
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["counts"] == {"for": 2, "against": 1, "not_voting": 0}


def test_what_is_parked_is_listed_shown_and_replayed_from_the_command_line(hall: Hall) -> None:
    poll = hall.asks()
    hall.closes(poll)
    parts = hall.world.embedded
    closed = next(each for each in parts.store.read(f"poll-{poll}") if each.type == "PollClosed")
    parts.progress.park(
        Parked("voting.tally", closed.position, closed.stream, closed.type, "ValueError: hỏng", closed.recorded_at)
    )

    def parked(*verb: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dienhong", "parked", *verb]
        return subprocess.run(command, env=environment(parts.settings), capture_output=True, text=True, check=False)

    listed = json.loads(parked("list", "--json").stdout)
    assert (listed["position"], listed["stream"], listed["error"]) == (
        closed.position,
        closed.stream,
        "ValueError: hỏng",
    )
    assert json.loads(parked("show", str(closed.position)).stdout)["type"] == "PollClosed"
    again = parked("replay")
    assert (again.returncode, "1 events handled" in again.stderr) == (0, True), again.stderr
    assert (parked("list").stdout, parked("show", str(closed.position)).returncode) == ("", 1)


def test_every_voter_is_counted_once_when_all_vote_at_the_same_moment_twice(hall: Hall) -> None:
    poll = hall.asks()
    voters = ("chair", "leader", "ana", "ben", "cat", "dan", "eve")
    for login in voters:
        hall.world.client(login)
    with ThreadPoolExecutor(14) as pool:
        list(pool.map(lambda login: hall.votes(poll, login, "for"), voters * 2))
    hall.closes(poll)
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["counts"] == {"for": 7, "against": 0, "not_voting": 0}


def test_the_trace_of_a_request_goes_through_the_service_into_its_reaction(hall: Hall) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    poll = hall.asks()
    closing: dict[str, Any] = {"headers": {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}}
    hall.chair.ok("POST", f"/polls/{poll}/close", **closing)
    hall.world.settle()
    recorded = hall.world.embedded.store.read(f"poll-{poll}")
    traces = {each.type: json.loads(each.meta)["traceparent"].split("-")[1] for each in recorded}
    assert traces["PollClosed"] == traces["PollTallied"] == trace
    assert traces["PollOpened"] != trace
