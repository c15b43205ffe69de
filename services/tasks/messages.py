"""Tasks: assigned directly or from a conclusion, accepted, reported on, completed. Commands and events.

Stream: `task-<id>`. One lead unit answers for a task (chủ trì); coordinating units help (phối hợp).
"""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from kernel.messages import Command, Event, Message

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Report = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
"""What people write: never blank, without spaces around."""


class Source(Message):
    """The obligation of a conclusion that the task carries out."""

    meeting_id: UUID
    item_id: UUID
    obligation_id: UUID


class AssignTask(Command):
    task_id: UUID
    title: Title
    lead_unit_id: UUID
    coordinating_unit_ids: tuple[UUID, ...] = Field((), max_length=50)
    due_at: AwareDatetime
    assigner_id: UUID
    source: Source | None = None


class TaskAssigned(Event):
    task_id: UUID
    title: str
    lead_unit_id: UUID
    coordinating_unit_ids: tuple[UUID, ...] = ()
    due_at: AwareDatetime
    assigner_id: UUID
    source: Source | None = None


class AcceptTask(Command):
    """The lead unit takes the task on; `responsible_id` is its one responsible person."""

    task_id: UUID
    responsible_id: UUID


class TaskAccepted(Event):
    task_id: UUID
    responsible_id: UUID


class NameResponsible(Command):
    """The lead unit names another responsible person; the reason may stay empty."""

    task_id: UUID
    responsible_id: UUID
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class ResponsibleNamed(Event):
    task_id: UUID
    responsible_id: UUID
    reason: str = ""


class ReportProgress(Command):
    """The percentage may go down: an honest correction is worth more than a figure that only rises."""

    task_id: UUID
    percent: int = Field(ge=0, le=100)
    note: Note


class ProgressReported(Event):
    task_id: UUID
    percent: int
    note: str


class ReportContribution(Command):
    """A coordinating unit says what it has done; the lead unit alone answers for the percentage and the delivery."""

    task_id: UUID
    unit_id: UUID
    note: Note


class ContributionReported(Event):
    task_id: UUID
    unit_id: UUID
    note: str


class DeliverCompletion(Command):
    task_id: UUID
    report: Report
    document_ids: tuple[UUID, ...] = Field((), max_length=50)


class CompletionDelivered(Event):
    """`delivered_at` is the moment that counts against the due date, should this report be accepted."""

    task_id: UUID
    report: str
    delivered_at: AwareDatetime
    document_ids: tuple[UUID, ...] = ()


class AcceptCompletion(Command):
    """Only the assigner. On time or late is decided by when the accepted report was delivered."""

    task_id: UUID


class CompletionAccepted(Event):
    task_id: UUID
    delivered_at: AwareDatetime
    on_time: bool


class ReturnCompletion(Command):
    task_id: UUID
    reason: Note


class CompletionReturned(Event):
    task_id: UUID
    reason: str


class ExtendTask(Command):
    task_id: UUID
    due_at: AwareDatetime
    reason: Reason


class TaskExtended(Event):
    task_id: UUID
    due_at: AwareDatetime
    reason: str


class HandOverTask(Command):
    """`assigner_id`: who judges, extends and withdraws from now on, because the assigner left office or gave it up."""

    task_id: UUID
    assigner_id: UUID
    reason: Reason


class TaskHandedOver(Event):
    task_id: UUID
    assigner_id: UUID
    reason: str


class WithdrawTask(Command):
    task_id: UUID
    reason: Reason


class TaskWithdrawn(Event):
    task_id: UUID
    reason: str


EVENTS = (
    TaskAssigned,
    TaskAccepted,
    ResponsibleNamed,
    ProgressReported,
    ContributionReported,
    CompletionDelivered,
    CompletionAccepted,
    CompletionReturned,
    TaskExtended,
    TaskHandedOver,
    TaskWithdrawn,
)
