"""One trace from the request through its command and event to the reaction, in the log and in the log lines."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from tests.scenario.test_voting import Hall
from tests.world import World

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world).opened()


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with structlog.testing.capture_logs(processors=(structlog.contextvars.merge_contextvars,)) as captured:
        yield captured
    structlog.configure(wrapper_class=before)


def traces(world: World) -> dict[str, list[str]]:
    """The trace ids under which each type of event was recorded."""
    found: dict[str, list[str]] = {}
    for each in world.embedded.store.read_all(0, 1000):
        traceparent = json.loads(each.meta).get("traceparent", "--")
        found.setdefault(each.type, []).append(traceparent.split("-")[1])
    return found


@pytest.mark.embedded
def test_a_reaction_continues_the_trace_of_the_request_that_caused_it(world: World, hall: Hall, lines: Any) -> None:
    poll = hall.asks()
    hall.chair.ok("POST", f"/polls/{poll}/close", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
    world.settle()
    assert traces(world)["PollClosed"] == traces(world)["PollTallied"] == [TRACE]
    mine = [line for line in lines if line.get("trace") == TRACE]
    assert [line["command"] for line in mine] == ["ClosePoll", "TallyPoll"]
    assert mine[0]["parent"] == SPAN
    assert mine[1]["parent"] == mine[0]["span"] != mine[1]["span"]


def test_a_request_without_a_trace_or_with_a_wrong_one_begins_its_own(world: World, hall: Hall) -> None:
    poll = hall.asks()
    hall.chair.ok("POST", f"/polls/{poll}/close", headers={"traceparent": "00-nonsense"})
    (opened,), (closed,) = traces(world)["PollOpened"], traces(world)["PollClosed"]
    assert re.fullmatch("[0-9a-f]{32}", opened)
    assert re.fullmatch("[0-9a-f]{32}", closed)
    assert opened != closed


def test_every_ballot_stands_under_its_own_request(world: World, hall: Hall) -> None:
    poll = hall.asks()
    for number, login in enumerate(("ana", "ben"), start=1):
        header = {"traceparent": f"00-{number:032x}-{SPAN}-01"}
        world.client(login).ok("POST", f"/polls/{poll}/ballots", {"choice": "for"}, headers=header)
    assert traces(world)["BallotCast"] == [f"{1:032x}", f"{2:032x}"]


def test_a_retry_under_another_trace_is_the_same_fact(world: World, hall: Hall) -> None:
    poll = hall.asks()
    key = {"Idempotency-Key": "01a20000-0000-7000-8000-00000000000a"}
    ballot = (f"/polls/{poll}/ballots", {"choice": "for"})
    ana = world.client("ana")
    first = ana.ok("POST", *ballot, headers={**key, "traceparent": f"00-{TRACE}-{SPAN}-01"})
    again = ana.ok("POST", *ballot, headers={**key, "traceparent": f"00-{1:032x}-{SPAN}-01"})
    assert again["position"] == first["position"]
    assert traces(world)["BallotCast"] == [TRACE]


def test_every_log_line_is_json_and_names_its_process_and_trace() -> None:
    program = (
        "import logging, structlog; from kernel import logs, trace; logs.configure('voting')\n"
        f"with trace.continued('00-{TRACE}-{SPAN}-01'):\n"
        "    structlog.get_logger().info('command', outcome='accepted')\n"
        "    logging.getLogger('a.library').warning('lost %s', 'the broker')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours, theirs = (json.loads(line) for line in done.stderr.splitlines())
    assert {"process": "voting", "event": "command", "outcome": "accepted", "level": "info"}.items() <= ours.items()
    assert {"process": "voting", "event": "lost the broker", "logger": "a.library"}.items() <= theirs.items()
    assert ours["trace"] == theirs["trace"] == TRACE
