"""Secret ballots on paper: the tellers' board, its count keyed in twice, and the minutes of the count."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from gateway import count_paper
from gateway.api.commands import Body, command_route
from gateway.edge import Done, Edge
from kernel.decider import Refused
from services.meeting import preparation_views as meetings
from services.voting import count_views as counts
from services.voting import views as voting
from services.voting.messages import AppointTellers, ConfirmCount, EnterCount, PaperCount, RestartCount

router = APIRouter(tags=["voting"])


class Board(Body):
    """The board that the meeting has chosen, from the people invited to it."""

    head_id: UUID
    member_ids: tuple[UUID, ...] = Field(min_length=2, max_length=30)


@dataclass(frozen=True)
class CountState:
    """`count` only once two tellers agree."""

    poll_id: UUID
    state: counts.State
    head_id: UUID
    member_ids: tuple[UUID, ...]
    entered_by: UUID | None
    differing: tuple[str, ...]
    count: PaperCount | None
    confirmed_at: datetime | None


@router.post("/polls/{poll_id}/tellers")
def appoint_tellers(edge: Edge, poll_id: UUID, body: Board) -> Done:
    """Records the board that the meeting has chosen to count a secret ballot."""
    edge.require("conduct_polls", poll_id=poll_id)
    poll = voting.poll(edge.views, poll_id)
    assert poll is not None
    for person_id in (body.head_id, *body.member_ids):
        if not meetings.is_invited(edge.views, poll.meeting_id, str(person_id)):
            raise Refused("unknown_teller", str(person_id))
    return edge.send(AppointTellers, poll_id=poll_id, head_id=body.head_id, member_ids=body.member_ids)


command_route(router, "/polls/{poll_id}/counts", EnterCount, action="count_papers")
command_route(router, "/polls/{poll_id}/counts/restart", RestartCount, action="count_papers")
command_route(router, "/polls/{poll_id}/counts/confirm", ConfirmCount, action="count_papers")


@router.get("/polls/{poll_id}/counts")
def count_state(edge: Edge, poll_id: UUID) -> CountState:
    """How far the board is; what one teller keyed in alone is shown to nobody."""
    edge.require("follow_count", poll_id=poll_id)
    found = counts.counting(edge.views, poll_id)
    if found is None:
        raise Refused("no_tellers", str(poll_id))
    return CountState(
        poll_id=UUID(found.poll_id),
        state=found.state,
        head_id=UUID(found.head_id),
        member_ids=tuple(map(UUID, found.member_ids)),
        entered_by=UUID(found.entered_by) if found.entered_by else None,
        differing=found.differing,
        count=found.count,
        confirmed_at=found.confirmed_at,
    )


@router.get("/polls/{poll_id}/count-minutes.pdf", response_class=Response)
def count_minutes(edge: Edge, poll_id: UUID) -> Response:
    """The minutes of the count as PDF/A, once the head of the board has confirmed it."""
    edge.require("follow_count", poll_id=poll_id)
    return count_paper.pdf(edge, poll_id)
