"""Conclusions per agenda item: record a revision, read the one in force and those before it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from gateway.api.commands import Body
from gateway.assigning import check_units
from gateway.edge import Done, Edge
from kernel.decider import Refused
from services.meeting import conclusions_views as conclusions
from services.meeting import preparation_views as meetings
from services.meeting.messages import Obligation, RecordConclusion
from services.meeting.preparation_views import Phase

router = APIRouter(tags=["conclusions"])
CONCLUSION = "/meetings/{meeting_id}/agenda/{item_id}/conclusion"


class ConclusionBody(Body):
    """`revision`: the number of the revision that this one replaces, 0 for the first."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
    obligations: tuple[Obligation, ...] = Field((), max_length=50)
    revision: int = Field(0, ge=0)


@router.get("/meetings/{meeting_id}/conclusions")
def list_conclusions(edge: Edge, meeting_id: UUID) -> list[conclusions.Conclusion]:
    """The conclusions in force; `task_id` follows an obligation within moments of its recording."""
    edge.require("see_meeting", meeting_id=meeting_id)
    return conclusions.conclusions(edge.views, meeting_id)


@router.get(CONCLUSION)
def read_conclusion(edge: Edge, meeting_id: UUID, item_id: UUID) -> list[conclusions.Conclusion]:
    """Every revision, the one in force first; empty when nothing was concluded."""
    edge.require("see_meeting", meeting_id=meeting_id)
    if meetings.item(edge.views, meeting_id, item_id) is None:
        raise Refused("not_found", str(item_id))
    return conclusions.conclusion_history(edge.views, meeting_id, item_id)


@router.post(CONCLUSION, response_model_exclude_none=True)
def record_conclusion(edge: Edge, meeting_id: UUID, item_id: UUID, body: ConclusionBody) -> Done:
    """Records the presiding officer's conclusion; each new obligation becomes a task of its lead unit."""
    edge.require("record_conclusion", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None or meetings.item(edge.views, meeting_id, item_id) is None:
        raise Refused("not_found", str(item_id))
    if meeting.phase not in (Phase.running, Phase.finished):
        raise Refused("conclusion_before_session", meeting.phase)
    before = conclusions.conclusion(edge.views, meeting_id, item_id)
    kept = {each.obligation_id for each in before.obligations} if before else set()
    for each in body.obligations:
        if str(each.obligation_id) not in kept:
            check_units(edge, (each.lead_unit_id, *each.coordinating_unit_ids))
    return edge.send(
        RecordConclusion,
        meeting_id=meeting_id,
        item_id=item_id,
        presiding_officer_id=UUID(meeting.presiding_officer_id),
        **dict(body),
    )
