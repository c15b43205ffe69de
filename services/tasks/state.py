"""What the stream `task-<id>` adds up to: the states of a task, and how each event moves them."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.messages import Event
from services.tasks.messages import (
    CompletionAccepted,
    CompletionDelivered,
    CompletionReturned,
    ContributionReported,
    ProgressReported,
    ResponsibleNamed,
    TaskAccepted,
    TaskAssigned,
    TaskExtended,
    TaskHandedOver,
    TaskWithdrawn,
)


@dataclass(frozen=True)
class NotAssigned:
    pass


@dataclass(frozen=True)
class Terms:
    """What was agreed: `assigned` as it was given out, `due_at` and `assigner_id` as they stand after changes."""

    assigned: TaskAssigned
    due_at: datetime
    assigner_id: UUID


@dataclass(frozen=True)
class Assigned:
    terms: Terms


@dataclass(frozen=True)
class InProgress:
    """`last`: the newest report, contribution or return, so that the same one sent again changes nothing."""

    terms: Terms
    responsible_id: UUID
    last: ProgressReported | ContributionReported | CompletionReturned | None = None


@dataclass(frozen=True)
class Delivered:
    terms: Terms
    responsible_id: UUID
    delivery: CompletionDelivered


@dataclass(frozen=True)
class Completed:
    terms: Terms
    delivery: CompletionDelivered


@dataclass(frozen=True)
class Withdrawn:
    pass


State = NotAssigned | Assigned | InProgress | Delivered | Completed | Withdrawn
Open = Assigned | InProgress | Delivered


def evolve(state: State, event: Event) -> State:
    match event, state:
        case TaskAssigned(), _:
            return Assigned(Terms(event, event.due_at, event.assigner_id))
        case TaskAccepted(), Assigned(terms):
            return InProgress(terms, event.responsible_id)
        case ProgressReported() | ContributionReported(), InProgress():
            return replace(state, last=event)
        case CompletionDelivered(), InProgress(terms, responsible_id):
            return Delivered(terms, responsible_id, event)
        case CompletionReturned(), Delivered(terms, responsible_id):
            return InProgress(terms, responsible_id, event)
        case CompletionAccepted(), Delivered(terms=terms, delivery=delivery):
            return Completed(terms, delivery)
        case TaskExtended(), Assigned() | InProgress() | Delivered():
            return replace(state, terms=replace(state.terms, due_at=event.due_at))
        case TaskHandedOver(), Assigned() | InProgress() | Delivered():
            return replace(state, terms=replace(state.terms, assigner_id=event.assigner_id))
        case ResponsibleNamed(), InProgress() | Delivered():
            return replace(state, responsible_id=event.responsible_id)
        case TaskWithdrawn(), _:
            return Withdrawn()
        case _:
            return state
