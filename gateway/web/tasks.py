"""Pages of tasks: lists by state, one task with its history, direct assignment, statistics."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.assigning import may_be_assigner, may_be_responsible
from gateway.edge import Context, Edge
from gateway.policy.tasks import task_viewer, works_for
from gateway.texts import _
from gateway.web import conclusions, task_statistics
from gateway.web.conclusions import unit_options
from gateway.web.pages import render
from kernel.decider import Refused
from kernel.vietnam import VIETNAM, day_of
from services.directory import views as directory
from services.documents import views as documents
from services.meeting import preparation_views as meetings
from services.tasks import deadlines
from services.tasks import views as tasks
from services.tasks.deadlines import DueState

router = APIRouter()
router.include_router(conclusions.router)
router.include_router(task_statistics.router)

PER_PAGE = 30
STATES = (
    DueState.overdue,
    DueState.due_soon,
    DueState.in_time,
    DueState.done_on_time,
    DueState.done_late,
    DueState.withdrawn,
)
SCOPES = {
    "all": _("Tất cả nhiệm vụ tôi được xem"),
    "mine": _("Tôi phụ trách"),
    "assigned": _("Tôi giao"),
    "led": _("Đơn vị chủ trì"),
    "coordinated": _("Đơn vị phối hợp"),
}

Scope = Annotated[str, Query(pattern="^(all|mine|assigned|led|coordinated)$")]
Unit = Annotated[str, Query(pattern="^([0-9a-f-]{36})?$")]
Page = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/tasks")
def list_page(
    edge: Edge, scope: Scope = "all", unit: Unit = "", state: DueState | None = None, page: Page = 1
) -> Response:
    return render(edge, "tasks/list.html", **_listed(edge, scope, unit, state, page))


@router.get("/tasks/_list")
def list_fragment(
    edge: Edge, scope: Scope = "all", unit: Unit = "", state: DueState | None = None, page: Page = 1
) -> Response:
    return render(edge, "tasks/_list.html", **_listed(edge, scope, unit, state, page))


@router.get("/tasks/new")
def new_page(edge: Edge) -> Response:
    edge.require("assign_task")
    units = unit_options(edge)
    leads = [each for each in units if edge.allows("assign_task", lead_unit_id=each[0])]
    shortcuts = deadlines.shortcuts(edge.now)
    return render(edge, "tasks/new.html", units=units, leads=leads, shortcuts=shortcuts)


@router.get("/tasks/_due")
def due_fragment(edge: Edge, at: Annotated[str, Query(max_length=40)] = "") -> Response:
    """What a date typed into a form means; times without a zone are Vietnam's."""
    due_at = _typed(at)
    if due_at is None or abs(due_at - edge.now) > timedelta(days=3660):
        return render(edge, "tasks/_due.html", days=None)
    return render(
        edge,
        "tasks/_due.html",
        days=deadlines.working_days_left(edge.now, due_at),
        moment=due_at,
        weekday=due_at.weekday(),
        past=due_at <= edge.now,
        working=deadlines.is_working_day(due_at.date()),
        provisional=deadlines.is_provisional(due_at),
    )


def _typed(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    except (ValueError, OverflowError):
        return None


@router.get("/tasks/{task_id}")
def show_page(edge: Edge, task_id: UUID) -> Response:
    return render(edge, "tasks/show.html", **_shown(edge, task_id), **_forms(edge, task_id))


@router.get("/tasks/{task_id}/_task")
def show_fragment(edge: Edge, task_id: UUID) -> Response:
    return render(edge, "tasks/_task.html", **_shown(edge, task_id))


def _listed(edge: Context, scope: str, unit: str, state: DueState | None, page: int) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "coordinating_unit_id" if scope == "coordinated" else "unit_id": unit or _own_unit(edge, scope),
        "person_id": edge.me.person_id if scope == "mine" else None,
        "assigner_id": edge.me.person_id if scope == "assigned" else None,
        "viewer": task_viewer(edge.me),
    }
    found = tasks.tasks(edge.views, edge.now, state=state, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE, **chosen)
    counts = tasks.task_counts(edge.views, edge.now, **chosen)
    filters = urlencode({"scope": scope, "unit": unit})
    return {
        "tasks": found[:PER_PAGE],
        "more": len(found) > PER_PAGE,
        "page": page,
        "counts": counts,
        "total": sum(counts.values()),
        "state": state,
        "states": STATES,
        "scope": scope,
        "scopes": SCOPES.items(),
        "unit": unit,
        "units": directory.units(edge.views, on=day_of(edge.now)),
        "filters": filters,
        "query": f"{filters}&state={state}" if state else filters,
        "may_assign": edge.allows("assign_task"),
    }


def _own_unit(edge: Context, scope: str) -> str | None:
    """Without a unit chosen, `led` and `coordinated` mean the reader's own."""
    if scope not in ("led", "coordinated"):
        return None
    units = tasks.units_worked_for(edge.views, edge.me.person_id)
    return min(units, default=edge.me.unit_id)


def _shown(edge: Context, task_id: UUID) -> dict[str, Any]:
    edge.require("see_task", task_id=task_id)
    task = tasks.task(edge.views, task_id, edge.now)
    if task is None:
        raise Refused("not_found", str(task_id))
    obligation = tasks.obligation_of(edge.views, task)
    history = tasks.task_history(edge.views, task_id)
    return {
        "task": task,
        "history": history,
        "document_titles": _titles(edge, [each for entry in history for each in entry.document_ids]),
        "obligation": obligation,
        "differs": obligation is not None and _differs(task, obligation),
        "source": _source(edge, task),
        "may_work": edge.allows("work_on_task", task_id=task_id),
        "may_contribute": edge.allows("contribute_to_task", task_id=task_id),
        "may_direct": edge.allows("direct_task", task_id=task_id),
        "may_hand_over": edge.allows("hand_over_task", task_id=task_id),
    }


def _forms(edge: Context, task_id: UUID) -> dict[str, Any]:
    task = tasks.task(edge.views, task_id, edge.now)
    assert task is not None
    assigners = may_be_assigner(edge, task.lead_unit.id) if edge.allows("hand_over_task", task_id=task_id) else []
    later = [each for each in deadlines.shortcuts(edge.now) if each.due_at > task.due_at]
    return {
        "people": [(each.id, each.full_name) for each in may_be_responsible(edge, task.lead_unit.id)],
        "assigners": [
            (each.id, ", ".join(filter(None, (each.full_name, each.position))))
            for each in assigners
            if each.id != task.assigner_id
        ],
        "own_units": [(each.id, each.name) for each in task.coordinating_units if works_for(edge.me, each.id)],
        "later": later or deadlines.shortcuts(max(edge.now, task.due_at)),
        "papers": _papers(edge, task),
    }


def _differs(task: tasks.Task, obligation: tasks.Obliged) -> bool:
    """The conclusion was revised after the task was assigned; an extension alone is no difference in what was asked."""
    stated = (obligation.text, obligation.lead_unit_id, obligation.due_at)
    return not obligation.dropped and stated != (task.title, task.lead_unit.id, task.first_due_at)


def _source(edge: Context, task: tasks.Task) -> tuple[str, str] | None:
    """Meeting and agenda item, for those who may see the meeting."""
    if task.meeting_id is None or task.item_id is None or not edge.allows("see_meeting", meeting_id=task.meeting_id):
        return None
    meeting = meetings.meeting(edge.views, task.meeting_id)
    item = meetings.item(edge.views, task.meeting_id, task.item_id)
    return (meeting.title, item.title) if meeting and item else None


def _papers(edge: Context, task: tasks.Task) -> list[tuple[str, str]]:
    """Documents of the task's meeting that the reader may attach to the report."""
    if task.meeting_id is None:
        return []
    listed = meetings.documents_of(edge.views, task.meeting_id, for_person=edge.me.person_id)
    return [
        (each.document_id, each.title)
        for each in listed
        if not each.url and edge.allows("see_document", document_id=each.document_id)
    ]


def _titles(edge: Context, document_ids: list[str]) -> dict[str, str]:
    found = {each: documents.document(edge.views, each) for each in document_ids}
    return {each: document.title for each, document in found.items() if document}
