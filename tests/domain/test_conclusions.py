"""Conclusions: revisions that nobody overwrites unseen, and obligations that become tasks once."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from kernel.ids import uuid7
from services.meeting.conclusions import decider
from services.meeting.messages import ConclusionRecorded, Obligation, RecordConclusion
from services.tasks import policy
from services.tasks.decider import decider as task_decider
from services.tasks.messages import TaskAssigned
from tests.given import given
from tests.stamps import STAMP_AT, ids, stamp
from tests.tasks_examples import recorded

MEETING, ITEM = ids("session"), ids("budget")
NEXT_WEEK = STAMP_AT + timedelta(days=7)


def obligation(name: str = "report", **fields: Any) -> Obligation:
    values: dict[str, Any] = {
        "obligation_id": ids(name),
        "text": f"Trình {name}",
        "lead_unit_id": ids("finance"),
        "coordinating_unit_ids": (ids("planning"),),
        "due_at": NEXT_WEEK,
    }
    return Obligation(**{**values, **fields})


def record(*obligations: Obligation, text: str = "Thống nhất chủ trương.", **fields: Any) -> RecordConclusion:
    return stamp(
        RecordConclusion,
        meeting_id=MEETING,
        item_id=ITEM,
        text=text,
        obligations=obligations,
        presiding_officer_id=ids("chair"),
        **fields,
    )


def concluded(
    *obligations: Obligation, revision: int = 1, new: tuple[str, ...] = (), text: str = "Thống nhất chủ trương."
) -> ConclusionRecorded:
    return ConclusionRecorded(
        meeting_id=MEETING,
        item_id=ITEM,
        text=text,
        obligations=obligations,
        new_obligations=tuple(map(ids, new)),
        presiding_officer_id=ids("chair"),
        revision=revision,
    )


def test_the_first_conclusion_is_revision_one_and_all_its_obligations_are_new():
    given(decider).when(record(obligation("a"), obligation("b"))).then(
        concluded(obligation("a"), obligation("b"), new=("a", "b"))
    )


def test_a_conclusion_may_oblige_nobody():
    given(decider).when(record()).then(concluded())


def test_the_same_conclusion_again_changes_nothing_whatever_revision_it_names():
    history = concluded(obligation("a"), new=("a",))
    given(decider, history).when(record(obligation("a"))).then_nothing()
    given(decider, history).when(record(obligation("a"), revision=1)).then_nothing()


def test_a_revision_replaces_text_and_only_unknown_obligations_are_new():
    given(decider, concluded(obligation("a"), new=("a",))).when(
        record(obligation("a"), obligation("b"), text="Sửa lại.", revision=1)
    ).then(concluded(obligation("a"), obligation("b"), new=("b",), revision=2, text="Sửa lại."))


def test_nobody_overwrites_a_revision_they_have_not_seen():
    history = (concluded(), concluded(revision=2, text="Sửa lại."))
    given(decider, *history).when(record(text="Khác", revision=1)).then_refused("stale_revision")
    given(decider, *history).when(record(text="Khác")).then_refused("stale_revision")
    given(decider).when(record(revision=1)).then_refused("stale_revision")


def test_an_obligation_that_was_dropped_and_comes_back_is_not_new():
    history = (concluded(obligation("a"), new=("a",)), concluded(revision=2, text="Bỏ."))
    given(decider, *history).when(record(obligation("a"), revision=2)).then(concluded(obligation("a"), revision=3))


def test_a_new_obligation_is_due_in_the_future():
    given(decider).when(record(obligation(due_at=STAMP_AT))).then_refused("due_in_the_past")


@pytest.mark.parametrize("edge", [datetime.max, datetime.min])
def test_no_obligation_new_or_kept_is_due_beyond_ten_years(edge: datetime):
    far = edge.replace(tzinfo=timezone(timedelta(hours=-12 if edge == datetime.max else 12)))
    given(decider).when(record(obligation("a", due_at=far))).then_refused("due_too_far")
    given(decider, concluded(obligation("a"), new=("a",))).when(
        record(obligation("a", due_at=far), revision=1)
    ).then_refused("due_too_far")


def test_an_obligation_kept_from_before_may_be_overdue_by_now():
    old = obligation("a")
    given(decider, concluded(old, new=("a",))).when(
        record(old, text="Sửa lại.", revision=1, at=STAMP_AT + timedelta(days=30))
    ).then(concluded(old, revision=2, text="Sửa lại."))


def test_a_unit_does_not_lead_and_coordinate_the_same_obligation():
    given(decider).when(record(obligation(coordinating_unit_ids=(ids("finance"),)))).then_refused(
        "lead_unit_also_coordinates"
    )


def test_a_coordinating_unit_is_named_once():
    given(decider).when(record(obligation(coordinating_unit_ids=(ids("planning"), ids("planning"))))).then_refused(
        "unit_named_twice"
    )


def test_an_obligation_stands_once_in_a_conclusion():
    given(decider).when(record(obligation("a"), obligation("a"))).then_refused("obligation_twice")


def test_each_new_obligation_becomes_a_task_in_the_presiding_officers_name():
    event = concluded(obligation("a"), obligation("b"), revision=2, new=("b",))
    fact = recorded(event, actor="clerk")
    (command,) = policy.react(fact, event)
    assert (command.title, command.assigner_id, command.actor) == ("Trình b", ids("chair"), fact.actor)
    assert command.source is not None and command.source.obligation_id == ids("b")


def test_the_same_conclusion_delivered_twice_asks_for_the_same_tasks():
    event = concluded(obligation("a"), new=("a",))
    fact = recorded(event)
    assert policy.react(fact, event) == policy.react(fact, event)
    other = recorded(event, event_id=uuid7())
    assert policy.react(fact, event)[0].task_id != policy.react(other, event)[0].task_id


def test_whatever_a_conclusion_obliges_can_be_assigned_however_late_the_tasks_service_hears_of_it():
    event = concluded(obligation("a"), new=("a",))
    (command,) = policy.react(recorded(event, at=NEXT_WEEK + timedelta(days=1)), event)
    (assigned,) = task_decider.decide(command, task_decider.initial)
    assert isinstance(assigned, TaskAssigned) and assigned.due_at == NEXT_WEEK


def test_tasks_react_to_nothing_else():
    event = TaskAssigned(task_id=ids("t"), title="x", lead_unit_id=ids("u"), due_at=NEXT_WEEK, assigner_id=ids("chair"))
    assert policy.react(recorded(event), event) == []
