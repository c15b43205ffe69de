"""Tasks: assign, accept, report, deliver, judge, extend, hand over, withdraw; lists by state and statistics by unit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from gateway.api import conclusions, task_documents
from gateway.api.commands import Body, command_route
from gateway.api.task_documents import check_attachable
from gateway.assigning import check_assigner, check_responsible, check_units
from gateway.edge import Done, Edge
from gateway.policy.tasks import task_viewer
from kernel.decider import Refused
from kernel.ids import derived
from services.tasks import views as tasks
from services.tasks.deadlines import DueState
from services.tasks.messages import (
    AcceptCompletion,
    AcceptTask,
    AssignTask,
    DeliverCompletion,
    ExtendTask,
    HandOverTask,
    NameResponsible,
    Note,
    Reason,
    Report,
    ReportContribution,
    ReportProgress,
    ReturnCompletion,
    Title,
    WithdrawTask,
)

router = APIRouter(tags=["tasks"])
router.include_router(conclusions.router)
router.include_router(task_documents.router)
TASK = "/tasks/{task_id}"


class AssignmentBody(Body):
    title: Title
    lead_unit_id: UUID
    coordinating_unit_ids: tuple[UUID, ...] = Field((), max_length=50)
    due_at: AwareDatetime


class AcceptanceBody(Body):
    """`responsible_id`: the one person of the lead unit who answers for the task."""

    responsible_id: UUID


class ResponsibleBody(AcceptanceBody):
    reason: str = Field("", max_length=1000)


class HandOverBody(Body):
    """`assigner_id`: one who may assign tasks to the lead unit."""

    assigner_id: UUID
    reason: Reason


class ContributionBody(Body):
    """`unit_id`: the coordinating unit that the caller works for."""

    unit_id: UUID
    note: Note


class CompletionBody(Body):
    report: Report
    document_ids: tuple[UUID, ...] = Field((), max_length=50)


@dataclass(frozen=True)
class TaskList:
    """One page of tasks, and how many there are in each state under the same filters."""

    tasks: list[tasks.Task]
    counts: dict[DueState, int]


@dataclass(frozen=True)
class TaskDetail:
    """`obligation`: what the conclusion in force says of it now, when the task comes from one."""

    task: tasks.Task
    history: list[tasks.Entry]
    obligation: tasks.Obliged | None


@router.get("/tasks")
def list_tasks(
    edge: Edge,
    state: DueState | None = None,
    unit_id: UUID | None = None,
    coordinating_unit_id: UUID | None = None,
    person_id: UUID | None = None,
    assigner_id: UUID | None = None,
    meeting_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> TaskList:
    """The tasks that the reader may see, overdue ones first."""
    viewer = task_viewer(edge.me)
    listed = tasks.tasks(
        edge.views,
        edge.now,
        unit_id=unit_id,
        coordinating_unit_id=coordinating_unit_id,
        person_id=person_id,
        assigner_id=assigner_id,
        meeting_id=meeting_id,
        state=state,
        viewer=viewer,
        limit=limit,
        offset=offset,
    )
    counts = tasks.task_counts(
        edge.views,
        edge.now,
        unit_id,
        coordinating_unit_id=coordinating_unit_id,
        person_id=person_id,
        assigner_id=assigner_id,
        meeting_id=meeting_id,
        viewer=viewer,
    )
    return TaskList(listed, counts)


@router.get("/tasks/statistics")
def read_statistics(
    edge: Edge, since: AwareDatetime | None = None, until: AwareDatetime | None = None
) -> list[tasks.UnitCounts]:
    """Per lead unit, of the tasks that the reader may see; `since` and `until` bound the assignment."""
    return tasks.counts_by_unit(edge.views, edge.now, since=since, until=until, viewer=task_viewer(edge.me))


@router.get(TASK)
def read_task(edge: Edge, task_id: UUID) -> TaskDetail:
    edge.require("see_task", task_id=task_id)
    task = _task(edge, task_id, edge.now)
    return TaskDetail(task, tasks.task_history(edge.views, task_id), tasks.obligation_of(edge.views, task))


@router.post("/tasks", status_code=201, response_model_exclude_none=True)
def assign_task(edge: Edge, body: AssignmentBody) -> Done:
    """Assigns a task directly, in the caller's own name."""
    check_units(edge, (body.lead_unit_id, *body.coordinating_unit_ids))
    edge.require("assign_task", lead_unit_id=body.lead_unit_id)
    task_id = derived(edge.command_id, "task_id")
    done = edge.send(AssignTask, task_id=task_id, assigner_id=edge.me.person_id, **dict(body))
    return done.model_copy(update={"id": task_id})


@router.post(f"{TASK}/acceptance", response_model_exclude_none=True)
def accept_task(edge: Edge, task_id: UUID, body: AcceptanceBody) -> Done:
    """The lead unit takes the task on and names one responsible person."""
    edge.require("work_on_task", task_id=task_id)
    check_responsible(edge, _task(edge, task_id, edge.now), body.responsible_id)
    return edge.send(AcceptTask, task_id=task_id, responsible_id=body.responsible_id)


@router.post(f"{TASK}/responsible", response_model_exclude_none=True)
def name_responsible(edge: Edge, task_id: UUID, body: ResponsibleBody) -> Done:
    """The lead unit names another responsible person."""
    edge.require("work_on_task", task_id=task_id)
    check_responsible(edge, _task(edge, task_id, edge.now), body.responsible_id)
    return edge.send(NameResponsible, task_id=task_id, **dict(body))


@router.post(f"{TASK}/hand-over", response_model_exclude_none=True)
def hand_over_task(edge: Edge, task_id: UUID, body: HandOverBody) -> Done:
    """Somebody else judges, extends and withdraws from now on."""
    edge.require("hand_over_task", task_id=task_id)
    check_assigner(edge, _task(edge, task_id, edge.now), body.assigner_id)
    return edge.send(HandOverTask, task_id=task_id, **dict(body))


@router.post(f"{TASK}/contributions", response_model_exclude_none=True)
def report_contribution(edge: Edge, task_id: UUID, body: ContributionBody) -> Done:
    """A coordinating unit reports what it has done."""
    edge.require("contribute_to_task", task_id=task_id, coordinating_unit_id=body.unit_id)
    return edge.send(ReportContribution, task_id=task_id, unit_id=body.unit_id, note=body.note)


@router.post(f"{TASK}/completion", response_model_exclude_none=True)
def deliver_completion(edge: Edge, task_id: UUID, body: CompletionBody) -> Done:
    """The lead unit delivers its completion report, with documents that are already uploaded."""
    edge.require("work_on_task", task_id=task_id)
    for document_id in body.document_ids:
        check_attachable(edge, document_id)
    return edge.send(DeliverCompletion, task_id=task_id, report=body.report, document_ids=body.document_ids)


command_route(router, f"{TASK}/progress", ReportProgress, action="work_on_task")
command_route(router, f"{TASK}/completion/acceptance", AcceptCompletion, action="direct_task")
command_route(router, f"{TASK}/completion/return", ReturnCompletion, action="direct_task")
command_route(router, f"{TASK}/extension", ExtendTask, action="direct_task")
command_route(router, f"{TASK}/withdrawal", WithdrawTask, action="direct_task")


def _task(edge: Edge, task_id: UUID, now: datetime) -> tasks.Task:
    found = tasks.task(edge.views, task_id, now)
    if found is None:
        raise Refused("not_found", str(task_id))
    return found
