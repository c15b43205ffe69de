"""A task from assignment to completion: every command, every refusal, and when it counts as on time."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kernel import search
from kernel.decider import Refused
from kernel.messages import Command, Event
from services.directory import views as directory
from services.meeting import views as meeting
from services.tasks import views
from services.tasks.deadlines import DueState, open_state
from services.tasks.decider import decider
from services.tasks.messages import (
    AcceptCompletion,
    AcceptTask,
    AssignTask,
    DeliverCompletion,
    ExtendTask,
    HandOverTask,
    NameResponsible,
    ReportContribution,
    ReportProgress,
    ReturnCompletion,
    Source,
    WithdrawTask,
)
from services.tasks.state import Assigned, Completed, Delivered, InProgress
from tests.given import given
from tests.stamps import STAMP_AT, ids, stamp
from tests.tasks_examples import (
    DUE,
    TASK,
    accepted,
    assigned,
    completed,
    contributed,
    delivered,
    extended,
    handed_over,
    progressed,
    recorded,
    renamed,
    returned,
    withdrawn,
)

LATE = DUE + timedelta(hours=1)


def assign(**fields: Any) -> AssignTask:
    return stamp(AssignTask, **{**dict(assigned()), **fields})


def accept(responsible: str = "binh") -> AcceptTask:
    return stamp(AcceptTask, task_id=TASK, responsible_id=ids(responsible))


def progress(percent: int = 40, note: str = "Đã tổng hợp số liệu.") -> ReportProgress:
    return stamp(ReportProgress, task_id=TASK, percent=percent, note=note)


def contribute(unit: str = "planning", note: str = "Đã gửi danh mục.") -> ReportContribution:
    return stamp(ReportContribution, task_id=TASK, unit_id=ids(unit), note=note)


def deliver(at: datetime = STAMP_AT, report: str = "Đã trình phương án.") -> DeliverCompletion:
    return stamp(DeliverCompletion, at=at, task_id=TASK, report=report)


def judge(actor: str = "chair") -> AcceptCompletion:
    return stamp(AcceptCompletion, actor=actor, task_id=TASK)


def send_back(reason: str = "Thiếu nguồn vốn.", actor: str = "chair") -> ReturnCompletion:
    return stamp(ReturnCompletion, actor=actor, task_id=TASK, reason=reason)


def extend(due_at: datetime, actor: str = "chair", at: datetime = STAMP_AT) -> ExtendTask:
    return stamp(ExtendTask, actor=actor, at=at, task_id=TASK, due_at=due_at, reason="Chờ ý kiến Sở.")


def withdraw(actor: str = "chair") -> WithdrawTask:
    return stamp(WithdrawTask, actor=actor, task_id=TASK, reason="Đã giao nơi khác.")


def rename(responsible: str = "cuong", reason: str = "") -> NameResponsible:
    return stamp(NameResponsible, task_id=TASK, responsible_id=ids(responsible), reason=reason)


def hand_over(assigner: str = "successor", actor: str = "chair") -> HandOverTask:
    return stamp(HandOverTask, actor=actor, task_id=TASK, assigner_id=ids(assigner), reason="Thôi giữ chức vụ.")


def test_a_task_is_assigned_to_one_lead_unit():
    given(decider).when(assign()).then(assigned())


def test_the_lead_unit_does_not_also_coordinate():
    given(decider).when(assign(coordinating_unit_ids=(ids("finance"),))).then_refused("lead_unit_also_coordinates")


def test_a_coordinating_unit_is_named_once():
    twice = (ids("planning"), ids("planning"))
    given(decider).when(assign(coordinating_unit_ids=twice)).then_refused("unit_named_twice")


def test_a_task_is_due_in_the_future():
    given(decider).when(assign(due_at=STAMP_AT)).then_refused("due_in_the_past")


def test_a_due_date_beyond_ten_years_is_a_slip_of_the_keyboard():
    far = datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))
    given(decider).when(assign(due_at=far)).then_refused("due_too_far")
    given(decider, assigned()).when(extend(far)).then_refused("due_too_far")


def test_what_a_conclusion_obliges_is_assigned_even_when_its_due_date_has_passed_meanwhile():
    source = Source(meeting_id=ids("session"), item_id=ids("budget"), obligation_id=ids("a"))
    given(decider).when(assign(due_at=STAMP_AT, source=source)).then(assigned(due_at=STAMP_AT, source=source))


def test_a_task_is_assigned_once():
    given(decider, assigned()).when(assign()).then_refused("task_exists")


def test_the_lead_unit_accepts_and_names_one_responsible_person():
    given(decider, assigned()).when(accept()).then(accepted())


def test_accepting_again_changes_nothing_but_another_person_is_refused():
    given(decider, assigned(), accepted()).when(accept()).then_nothing()
    given(decider, assigned(), accepted()).when(accept("cuong")).then_refused("already_accepted")
    given(decider, assigned(), accepted(), delivered()).when(accept("cuong")).then_refused("already_accepted")


@pytest.mark.parametrize("command", [progress(), contribute(), deliver()])
def test_nothing_is_reported_before_the_task_is_accepted(command: Command):
    given(decider, assigned()).when(command).then_refused("not_accepted_yet")


def test_progress_may_go_down_with_a_note_and_a_hundred_is_not_completion():
    given(decider, assigned(), accepted(), progressed(80)).when(progress(30)).then(progressed(30))
    given(decider, assigned(), accepted(), progressed(100)).when(judge()).then_refused("nothing_delivered")


def test_the_same_report_twice_is_one_report():
    given(decider, assigned(), accepted(), progressed()).when(progress()).then_nothing()
    given(decider, assigned(), accepted(), contributed()).when(contribute()).then_nothing()


def test_a_coordinating_unit_reports_its_contribution():
    given(decider, assigned(), accepted()).when(contribute()).then(contributed())


def test_a_unit_that_does_not_coordinate_contributes_nothing():
    given(decider, assigned(), accepted()).when(contribute("culture")).then_refused("not_coordinating")


def test_the_unit_delivers_a_completion_report():
    given(decider, assigned(), accepted()).when(deliver()).then(delivered())


def test_while_a_report_waits_for_its_judgement_nothing_else_is_reported():
    history = (assigned(), accepted(), delivered())
    given(decider, *history).when(deliver()).then_nothing()
    given(decider, *history).when(deliver(report="Khác")).then_refused("already_delivered")
    given(decider, *history).when(progress()).then_refused("already_delivered")
    given(decider, *history).when(contribute()).then_refused("already_delivered")


def test_on_time_is_decided_by_the_delivery_not_by_the_judgement():
    given(decider, assigned(), accepted(), delivered(DUE)).when(judge()).then(completed(DUE))
    given(decider, assigned(), accepted(), delivered(LATE)).when(judge()).then(completed(LATE, on_time=False))


def test_an_extension_counts_for_the_report_delivered_after_it():
    later = DUE + timedelta(days=5)
    given(decider, assigned(), accepted(), extended(later), delivered(LATE)).when(judge()).then(completed(LATE))


def test_only_the_assigner_judges_extends_and_withdraws():
    history = (assigned(), accepted(), delivered())
    given(decider, *history).when(judge("binh")).then_refused("not_the_assigner")
    given(decider, *history).when(send_back(actor="binh")).then_refused("not_the_assigner")
    given(decider, assigned()).when(extend(LATE, actor="binh")).then_refused("not_the_assigner")
    given(decider, assigned()).when(withdraw("binh")).then_refused("not_the_assigner")


@pytest.mark.parametrize("history", [(), (accepted(),), (accepted(), delivered())])
def test_an_open_task_is_handed_over_by_the_assigner_or_over_their_head(history: tuple[Event, ...]):
    given(decider, assigned(), *history).when(hand_over()).then(handed_over())
    given(decider, assigned(), *history).when(hand_over(actor="admin")).then(handed_over())
    given(decider, assigned(), *history, handed_over()).when(hand_over()).then_nothing()
    given(decider, assigned(), *history).when(hand_over("chair")).then_nothing()


def test_after_a_hand_over_only_the_new_assigner_judges_extends_and_withdraws():
    history = (assigned(), accepted(), handed_over(), delivered())
    given(decider, *history).when(judge()).then_refused("not_the_assigner")
    given(decider, *history).when(judge("successor")).then(completed(STAMP_AT))
    given(decider, *history).when(send_back(actor="successor")).then(returned())
    given(decider, assigned(), handed_over()).when(extend(LATE)).then_refused("not_the_assigner")
    given(decider, assigned(), handed_over()).when(extend(LATE, actor="successor")).then(extended(LATE))
    given(decider, assigned(), handed_over()).when(withdraw("successor")).then(withdrawn())


@pytest.mark.parametrize("history", [(), (progressed(),), (delivered(),)])
def test_the_lead_unit_names_another_responsible_person(history: tuple[Event, ...]):
    before = (assigned(), accepted(), *history)
    given(decider, *before).when(rename(reason="Chuyển công tác.")).then(renamed(reason="Chuyển công tác."))
    given(decider, *before).when(rename("binh")).then_nothing()
    given(decider, *before, renamed()).when(rename()).then_nothing()


def test_the_first_responsible_person_is_named_by_accepting():
    given(decider, assigned()).when(rename()).then_refused("not_accepted_yet")


def test_a_new_responsible_person_changes_nothing_of_what_was_reported():
    given(decider, assigned(), accepted(), progressed(), renamed()).when(progress()).then_nothing()
    given(decider, assigned(), accepted(), delivered(), renamed()).when(deliver()).then_nothing()
    given(decider, assigned(), accepted(), delivered(), renamed()).when(judge()).then(completed(STAMP_AT))


def test_a_returned_report_is_in_progress_again_and_can_be_delivered_again():
    history = (assigned(), accepted(), delivered())
    given(decider, *history).when(send_back()).then(returned())
    given(decider, *history, returned()).when(deliver(LATE)).then(delivered(LATE))
    given(decider, *history, returned()).when(send_back()).then_nothing()
    given(decider, *history, returned()).when(send_back("Khác")).then_refused("nothing_delivered")


def test_there_is_nothing_to_judge_before_a_delivery():
    given(decider, assigned(), accepted()).when(judge()).then_refused("nothing_delivered")
    given(decider, assigned()).when(send_back()).then_refused("nothing_delivered")


def test_the_assigner_extends_to_a_later_future_date():
    given(decider, assigned()).when(extend(LATE)).then(extended(LATE))
    given(decider, assigned(), extended(LATE)).when(extend(LATE)).then_nothing()
    given(decider, assigned()).when(extend(DUE - timedelta(days=1))).then_refused("not_later")
    given(decider, assigned()).when(extend(LATE, at=LATE + timedelta(days=1))).then_refused("due_in_the_past")


def test_no_extension_turns_a_late_delivery_into_one_on_time():
    given(decider, assigned(), accepted(), delivered(LATE)).when(extend(LATE)).then_refused("already_delivered")


@pytest.mark.parametrize("history", [(), (accepted(),), (accepted(), delivered())])
def test_the_assigner_withdraws_an_open_task(history: tuple[Event, ...]):
    given(decider, assigned(), *history).when(withdraw()).then(withdrawn())


OF_AN_OPEN_TASK = [
    accept(),
    progress(),
    contribute(),
    deliver(report="x"),
    send_back(),
    extend(LATE),
    hand_over(),
    rename(),
]


@pytest.mark.parametrize("command", [*OF_AN_OPEN_TASK, judge()])
def test_a_withdrawn_task_is_over(command: Command):
    given(decider, assigned(), withdrawn()).when(command).then_refused("task_withdrawn")
    given(decider, assigned(), withdrawn()).when(withdraw()).then_nothing()


@pytest.mark.parametrize("command", [*OF_AN_OPEN_TASK, withdraw()])
def test_a_completed_task_is_over(command: Command):
    history = (assigned(), accepted(), delivered(), completed())
    given(decider, *history).when(command).then_refused("task_completed")
    given(decider, *history).when(judge()).then_nothing()
    given(decider, *history).when(deliver()).then_nothing()


@pytest.mark.parametrize("command", [*OF_AN_OPEN_TASK, judge(), withdraw()])
def test_there_is_no_work_on_a_task_that_was_never_assigned(command: Command):
    given(decider).when(command).then_refused("no_such_task")


COMMANDS = st.sampled_from(
    [
        assign(),
        accept(),
        progress(50, "a"),
        progress(100, "b"),
        contribute(),
        deliver(),
        deliver(LATE, "muộn"),
        judge(),
        send_back(),
        send_back(actor="binh"),
        extend(LATE),
        hand_over(),
        judge("successor"),
        rename(),
        withdraw(),
    ]
)


def run(commands: Iterable[Command]) -> list[Event]:
    history: list[Event] = []
    for command in commands:
        try:
            history += decider.decide(command, decider.fold(history))
        except Refused:
            continue
    return history


@for_all(st.lists(COMMANDS, max_size=25))
def test_completed_means_delivered_and_the_class_follows_from_the_last_delivery(commands: list[Command]):
    history = run(commands)
    state = decider.fold(history)
    if isinstance(state, Completed):
        last = [each for each in history if type(each).__name__ == "CompletionDelivered"][-1]
        verdict = history[-1]
        assert verdict == completed(last.delivered_at, last.delivered_at <= state.terms.due_at)
    if isinstance(state, InProgress | Delivered):
        assert sum(type(each).__name__ == "TaskAccepted" for each in history) == 1


@for_all(st.lists(COMMANDS, max_size=25))
def test_no_command_acts_twice_in_a_row(commands: list[Command]):
    history = run(commands)
    for command in commands:
        once = run_one(command, history)
        twice = run_one(command, [*history, *once])
        assert twice == []


def run_one(command: Command, history: list[Event]) -> list[Event]:
    try:
        return list(decider.decide(command, decider.fold(history)))
    except Refused:
        return []


@for_all(st.lists(COMMANDS, max_size=25), st.integers(min_value=-400, max_value=400))
def test_the_list_says_of_a_task_what_its_stream_says(commands: list[Command], hours: int):
    connection = projected(run([assign(), *commands]))
    now = DUE + timedelta(hours=hours)
    shown = views.task(connection, TASK, now)
    assert shown is not None
    state = decider.fold(run([assign(), *commands]))
    if isinstance(state, Assigned | InProgress | Delivered):
        assert shown.assigner_id == str(state.terms.assigner_id)
    if isinstance(state, InProgress | Delivered):
        assert shown.responsible_id == str(state.responsible_id)
    if shown.stage not in ("completed", "withdrawn"):
        assert shown.state == open_state(shown.due_at, now, shown.delivered_at)
    counts = views.task_counts(connection, now)
    assert counts[shown.state] == sum(counts.values()) == 1
    assert views.tasks(connection, now, state=shown.state) == [shown]


def projected(events: Iterable[Event]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    for schema in (search.SCHEMA, directory.SCHEMA, meeting.SCHEMA, views.SCHEMA):
        connection.executescript(schema)
    for position, event in enumerate(events, start=1):
        views.project(connection, recorded(event, position=position), event)
    return connection


def test_a_viewer_sees_the_tasks_of_the_own_units_and_person_only():
    connection = projected([assigned(), accepted()])

    def seen(viewer: views.Viewer) -> int:
        return len(views.tasks(connection, STAMP_AT, viewer=viewer))

    assert seen(views.Viewer("x", frozenset({str(ids("finance"))}))) == 1
    assert seen(views.Viewer("x", frozenset({str(ids("planning"))}))) == 1
    assert seen(views.Viewer(str(ids("chair")))) == 1
    assert seen(views.Viewer(str(ids("binh")))) == 1
    assert seen(views.Viewer("x", frozenset({str(ids("culture"))}))) == 0
    assert seen(views.Viewer("x", everything=True)) == 1


def test_the_history_keeps_both_due_dates_of_an_extension():
    connection = projected([assigned(), accepted(), extended(LATE)])
    entry = views.task_history(connection, TASK)[-1]
    assert (entry.type, entry.due_before, entry.due_at) == ("TaskExtended", DUE, LATE)


def test_the_history_keeps_who_it_was_before():
    connection = projected([assigned(), accepted(), renamed(), handed_over()])
    for name in ("chair", "successor", "binh", "cuong"):
        connection.execute(
            "INSERT INTO people (id, full_name, position, email, phone) VALUES (?, ?, '', '', '')",
            (str(ids(name)), name),
        )
    changes = views.task_history(connection, TASK)[-2:]
    assert [(each.person_before, each.person) for each in changes] == [("binh", "cuong"), ("chair", "successor")]
    assert changes[-1].text == "Thôi giữ chức vụ."


def test_the_four_classes_per_unit():
    other = assigned(task_id=ids("other"), due_at=STAMP_AT + timedelta(days=90))
    connection = projected([assigned(), other, accepted(), delivered(LATE), completed(LATE, on_time=False)])
    (unit,) = views.counts_by_unit(connection, LATE)
    assert (unit.counts[DueState.done_late], unit.counts[DueState.in_time], unit.total) == (1, 1, 2)
    assert views.counts_by_unit(connection, LATE, since=STAMP_AT + timedelta(days=1)) == []
