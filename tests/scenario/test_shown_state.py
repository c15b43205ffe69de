"""What people were shown is recorded once a day, and an auditor finds the table that showed something else."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.findings import Report
from dienhong.audit_replay import Wanted, replay
from dienhong.folder import open_log
from gateway import shown_state
from gateway.shown_state import hashed, made_by
from kernel.messages import Recorded
from kernel.wiring import open_blobs
from services.directory.messages import RecordState, RegisterPerson
from tests.scenario.test_erasure import NAME, order, registered
from tests.scenario.test_ledger import signed_up_to_now
from tests.stamps import ids
from tests.world import COMMITTEE, World


@pytest.fixture
def world(tmp_path: Path, compose: Callable[..., Any]) -> Iterator[World]:
    world = World(tmp_path / "data", compose)
    world.execute(RegisterPerson, person_id=ids("forgotten"), full_name=NAME, position="", unit_id=COMMITTEE)
    world.settle()
    yield world


def record(world: World) -> Recorded:
    """The state of the next day."""
    world.now += timedelta(days=1)
    assert world.embedded.states.tick()
    world.settle()
    recorded: list[Recorded] = world.embedded.store.read(f"state-{world.today}+{world.settings.replica}")
    assert [each.type for each in recorded] == ["StateHashed"]
    return recorded[0]


def replayed(world: World, at: int | None = None) -> dict[str, Any]:
    report = Report("replay")
    with open_log(world.settings) as log:
        replay(report, world.settings, log, open_blobs(world.settings), Wanted(at), lambda _position: None)
    found = [(each.code, each.about) for each in report.findings]
    return {"exit": report.exit, "findings": found, "states": report.facts["states"]}


def test_a_state_is_recorded_once_a_day_and_not_right_after_the_start(world: World) -> None:
    states = world.embedded.states
    assert not states.tick()
    first = json.loads(record(world).data)
    assert not states.tick()
    assert json.loads(record(world).data)["day"] > first["day"]
    world.close()


@pytest.mark.embedded
def test_what_the_log_gives_is_what_was_recorded(world: World) -> None:
    recorded = record(world)
    world.execute(RegisterPerson, person_id=ids("later"), full_name="Người đến sau", position="", unit_id=COMMITTEE)
    world.close()
    said = replayed(world)
    assert (said["exit"], said["findings"]) == (0, [])
    assert said["states"] == [json.loads(recorded.data)["position"]]
    assert replayed(world, recorded.position - 1)["states"] == []


@pytest.mark.embedded
def test_a_table_that_showed_something_else_that_day_is_named_though_it_was_put_right_since(world: World) -> None:
    views = world.settings.data_dir / "views.db"

    def shows(name: str) -> None:
        with sqlite3.connect(views) as connection:
            connection.execute("UPDATE people SET full_name = ? WHERE id = ?", (name, str(ids("forgotten"))))
        connection.close()

    shows("Người Khác")
    recorded = record(world)
    shows(NAME)
    world.close()
    said = replayed(world)
    assert said["exit"] == 1
    position = json.loads(recorded.data)["position"]
    assert said["findings"] == [("state_differs", f"people at position {position}, replica 1")]


@pytest.mark.embedded
def test_a_state_of_another_version_of_the_program_is_no_false_alarm(world: World) -> None:
    state = hashed(world.settings.data_dir / "views.db")
    world.execute(
        RecordState,
        day=world.today,
        replica="1",
        position=state.position,
        made_by="0" * 64,
        tables={"people": "0" * 64},
    )
    world.settle()
    world.close()
    said = replayed(world)
    assert said["exit"] == 2
    assert [code for code, _about in said["findings"]] == ["state_not_comparable"]
    again = World(world.settings.data_dir)
    record(again)
    again.close()
    assert replayed(again)["exit"] == 0


@pytest.mark.embedded
def test_what_was_lawfully_erased_since_is_no_false_alarm(world: World) -> None:
    world.enable("admin", "auditor")
    record(world)
    signed_up_to_now(world)
    event = registered(world)
    world.close()
    order(world.settings, event.position)
    said = replayed(world)
    assert said["exit"] == 2
    assert {code for code, _about in said["findings"]} == {"state_not_comparable"}
    again = World(world.settings.data_dir)
    again.now += timedelta(days=1)
    record(again)
    again.close()
    assert replayed(again)["exit"] == 0


def test_who_stops_waits_for_no_state(world: World) -> None:
    world.now += timedelta(days=1)
    world.embedded.states.ask_to_stop()
    assert not world.embedded.states.tick()
    world.close()


def test_the_fingerprint_is_of_the_program_and_does_not_change_while_it_runs() -> None:
    assert made_by() == made_by() and len(made_by()) == 64
    assert shown_state.ROOT.joinpath("services").is_dir()
