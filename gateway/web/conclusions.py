"""Pages of conclusions: the list of a meeting, the editor of one item, and the revisions before."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.edge import Context, Edge
from gateway.web import session_officials
from gateway.web.pages import render
from kernel.decider import Refused
from kernel.vietnam import day_of
from services.directory import views as directory
from services.meeting import conclusions_views as conclusions
from services.meeting import preparation_views as meetings
from services.meeting.preparation_views import Phase
from services.tasks import deadlines
from services.tasks import views as tasks

router = APIRouter()


@router.get("/meetings/{meeting_id}/conclusions")
def list_page(edge: Edge, meeting_id: UUID) -> Response:
    return render(edge, "conclusions/show.html", **_listed(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_conclusions")
def list_fragment(edge: Edge, meeting_id: UUID) -> Response:
    return render(edge, "conclusions/_items.html", **_listed(edge, meeting_id))


@router.get("/meetings/{meeting_id}/agenda/{item_id}/conclusion")
def edit_page(edge: Edge, meeting_id: UUID, item_id: UUID) -> Response:
    edge.require("record_conclusion", meeting_id=meeting_id)
    meeting, item = _item(edge, meeting_id, item_id)
    if meeting.phase not in (Phase.running, Phase.finished):
        raise Refused("conclusion_before_session")
    found = conclusions.conclusion(edge.views, meeting_id, item_id)
    named = [unit for each in found.obligations for unit in (each.lead_unit, *each.coordinating_units)] if found else []
    chair = directory.person(edge.views, meeting.presiding_officer_id)
    return render(
        edge,
        "conclusions/edit.html",
        meeting=meeting,
        item=item,
        found=found,
        chair=chair.full_name if chair else "",
        units=unit_options(edge, [(each.id, each.name) for each in named]),
        shortcuts=deadlines.shortcuts(edge.now),
    )


@router.get("/meetings/{meeting_id}/agenda/{item_id}/conclusion/history")
def history_page(edge: Edge, meeting_id: UUID, item_id: UUID) -> Response:
    edge.require("see_meeting", meeting_id=meeting_id)
    meeting, item = _item(edge, meeting_id, item_id)
    revisions = conclusions.conclusion_history(edge.views, meeting_id, item_id)
    return render(edge, "conclusions/history.html", meeting=meeting, item=item, revisions=revisions)


def unit_options(edge: Context, also: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """The units valid today, and those already named somewhere, as (id, name)."""
    valid = directory.units(edge.views, on=day_of(edge.now))
    return list(dict([*((each.id, each.name) for each in valid), *also]).items())


def _listed(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    edge.require("see_meeting", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None:
        raise Refused("not_found", str(meeting_id))
    items = meetings.agenda(edge.views, meeting_id)
    concluded = {each.item_id: each for each in conclusions.conclusions(edge.views, meeting_id)}
    open_now = meeting.phase in (Phase.running, Phase.finished)
    may_record = open_now and edge.allows("record_conclusion", meeting_id=meeting_id)
    assigned = tasks.tasks(edge.views, edge.now, meeting_id=meeting_id, limit=1000)
    return {
        "meeting": meeting,
        "items": items,
        "shown": [each for each in items if may_record or each.id in concluded],
        "concluded": concluded,
        "tasks": {each.id: each for each in assigned if edge.allows("see_task", task_id=each.id)},
        "open": open_now,
        "may_record": may_record,
        **session_officials.shown(edge, meeting_id),
        "assigning": any(one.task_id is None for each in concluded.values() for one in each.obligations),
    }


def _item(edge: Context, meeting_id: UUID, item_id: UUID) -> tuple[meetings.Meeting, meetings.AgendaItem]:
    meeting, item = meetings.meeting(edge.views, meeting_id), meetings.item(edge.views, meeting_id, item_id)
    if meeting is None or item is None:
        raise Refused("not_found", str(item_id))
    return meeting, item
