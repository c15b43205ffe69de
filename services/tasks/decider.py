"""One task: assigned, accepted by its lead unit, reported on, delivered, and accepted or returned by the assigner."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.tasks.messages import (
    AcceptCompletion,
    AcceptTask,
    AssignTask,
    CompletionAccepted,
    CompletionDelivered,
    CompletionReturned,
    ContributionReported,
    DeliverCompletion,
    ExtendTask,
    HandOverTask,
    NameResponsible,
    ProgressReported,
    ReportContribution,
    ReportProgress,
    ResponsibleNamed,
    ReturnCompletion,
    TaskAccepted,
    TaskAssigned,
    TaskExtended,
    TaskHandedOver,
    TaskWithdrawn,
    WithdrawTask,
)
from services.tasks.state import (
    Assigned,
    Completed,
    Delivered,
    InProgress,
    NotAssigned,
    Open,
    State,
    Terms,
    Withdrawn,
    evolve,
)

FORESEEABLE = timedelta(days=3660)
"""Due dates lie within ten years; anything later is a slip of the keyboard."""


def stream(task_id: UUID) -> str:
    return f"task-{task_id}"


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case AssignTask(), NotAssigned():
            return _assign(command)
        case AssignTask(), _:
            raise Refused("task_exists")
        case _, NotAssigned():
            raise Refused("no_such_task")
        case WithdrawTask(), Withdrawn():
            return []
        case _, Withdrawn():
            raise Refused("task_withdrawn")
        case AcceptCompletion(), Completed():
            return []
        case DeliverCompletion(), Completed(delivery=delivery) if _same_delivery(command, delivery):
            return []
        case _, Completed():
            raise Refused("task_completed")
        case _, (Assigned() | InProgress() | Delivered()):
            return _while_open(command, state)
        case _:
            assert_never(state)


def _while_open(command: Command, state: Open) -> Sequence[Event]:
    match command:
        case AcceptTask():
            return _accept(command, state)
        case NameResponsible():
            return _name_responsible(command, state)
        case ReportProgress() | ReportContribution() | DeliverCompletion():
            return _report(command, state)
        case AcceptCompletion() | ReturnCompletion():
            _only_the_assigner(command, state.terms)
            return _judge(command, state)
        case ExtendTask():
            _only_the_assigner(command, state.terms)
            return _extend(command, state)
        case HandOverTask():
            return _hand_over(command, state)
        case WithdrawTask():
            _only_the_assigner(command, state.terms)
            return [TaskWithdrawn(task_id=command.task_id, reason=command.reason)]
        case _:
            raise TypeError(f"not a command of tasks: {type(command).__name__}")


def _assign(command: AssignTask) -> Sequence[Event]:
    """A task from a conclusion is always assigned: its due date was checked when the conclusion was recorded."""
    if command.lead_unit_id in command.coordinating_unit_ids:
        raise Refused("lead_unit_also_coordinates")
    if len(set(command.coordinating_unit_ids)) < len(command.coordinating_unit_ids):
        raise Refused("unit_named_twice")
    if command.source is None:
        _check_due(command)
    return [
        TaskAssigned(
            task_id=command.task_id,
            title=command.title,
            lead_unit_id=command.lead_unit_id,
            coordinating_unit_ids=command.coordinating_unit_ids,
            due_at=command.due_at,
            assigner_id=command.assigner_id,
            source=command.source,
        )
    ]


def _accept(command: AcceptTask, state: Open) -> Sequence[Event]:
    match state:
        case Assigned():
            return [TaskAccepted(task_id=command.task_id, responsible_id=command.responsible_id)]
        case InProgress() | Delivered():
            if state.responsible_id == command.responsible_id:
                return []
            raise Refused("already_accepted")
        case _:
            assert_never(state)


def _name_responsible(command: NameResponsible, state: Open) -> Sequence[Event]:
    match state:
        case Assigned():
            raise Refused("not_accepted_yet")
        case InProgress() | Delivered():
            if state.responsible_id == command.responsible_id:
                return []
            return [ResponsibleNamed.of(command)]
        case _:
            assert_never(state)


def _hand_over(command: HandOverTask, state: Open) -> Sequence[Event]:
    """Also of a task whose assigner can no longer act: who else may do it follows from roles, not from this stream."""
    if state.terms.assigner_id == command.assigner_id:
        return []
    return [TaskHandedOver.of(command)]


def _report(command: ReportProgress | ReportContribution | DeliverCompletion, state: Open) -> Sequence[Event]:
    match state:
        case Assigned():
            raise Refused("not_accepted_yet")
        case Delivered(delivery=delivery):
            if isinstance(command, DeliverCompletion) and _same_delivery(command, delivery):
                return []
            raise Refused("already_delivered")
        case InProgress(terms=terms, last=last):
            reported = _as_reported(command, terms)
            return [] if reported == last else [reported]
        case _:
            assert_never(state)


def _as_reported(
    command: ReportProgress | ReportContribution | DeliverCompletion, terms: Terms
) -> ProgressReported | ContributionReported | CompletionDelivered:
    match command:
        case ReportProgress():
            return ProgressReported(task_id=command.task_id, percent=command.percent, note=command.note)
        case ReportContribution():
            if command.unit_id not in terms.assigned.coordinating_unit_ids:
                raise Refused("not_coordinating")
            return ContributionReported(task_id=command.task_id, unit_id=command.unit_id, note=command.note)
        case DeliverCompletion():
            return CompletionDelivered(
                task_id=command.task_id,
                report=command.report,
                delivered_at=command.at,
                document_ids=command.document_ids,
            )
        case _:
            assert_never(command)


def _judge(command: AcceptCompletion | ReturnCompletion, state: Open) -> Sequence[Event]:
    match state:
        case Delivered(terms=terms, delivery=delivery) if isinstance(command, AcceptCompletion):
            return [
                CompletionAccepted(
                    task_id=command.task_id,
                    delivered_at=delivery.delivered_at,
                    on_time=delivery.delivered_at <= terms.due_at,
                )
            ]
        case Delivered() if isinstance(command, ReturnCompletion):
            return [CompletionReturned(task_id=command.task_id, reason=command.reason)]
        case InProgress(last=CompletionReturned(reason=reason)) if isinstance(command, ReturnCompletion):
            if reason == command.reason:
                return []
    raise Refused("nothing_delivered")


def _extend(command: ExtendTask, state: Open) -> Sequence[Event]:
    """Never while a report waits for its judgement: that would turn a late delivery into one on time."""
    if state.terms.due_at == command.due_at:
        return []
    if isinstance(state, Delivered):
        raise Refused("already_delivered")
    if command.due_at < state.terms.due_at:
        raise Refused("not_later")
    _check_due(command)
    return [TaskExtended(task_id=command.task_id, due_at=command.due_at, reason=command.reason)]


def _check_due(command: AssignTask | ExtendTask) -> None:
    if command.due_at <= command.at:
        raise Refused("due_in_the_past")
    if command.due_at - command.at > FORESEEABLE:
        raise Refused("due_too_far")


def _only_the_assigner(command: Command, terms: Terms) -> None:
    if command.actor != str(terms.assigner_id):
        raise Refused("not_the_assigner")


def _same_delivery(command: DeliverCompletion, delivery: CompletionDelivered) -> bool:
    return (command.report, command.document_ids) == (delivery.report, delivery.document_ids)


decider: Decider[State] = Decider(NotAssigned(), decide, evolve)
