"""Who votes for whom, and with how many votes, in a meeting's polls, through the JSON API."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from gateway.api.commands import Body
from gateway.asking import the_meeting, today
from gateway.edge import Done, Edge
from kernel.decider import Refused
from services.directory import views as directory
from services.meeting import sitting_views as sittings
from services.voting import views as voting
from services.voting.messages import RecordVotingRights, Representation
from services.voting.messages.poll import Weight

router = APIRouter(tags=["voting"])


class RightsBody(Body):
    """The whole list. Whoever is in neither votes in person and weighs 1."""

    weights: dict[UUID, Weight] = {}
    represented: list[Representation] = Field(default=[], max_length=20000)


@router.get("/meetings/{meeting_id}/voting-rights")
def voting_rights(edge: Edge, meeting_id: UUID) -> voting.VotingRights:
    """As they hold for polls that are opened from now on, as far as the card of each allows."""
    edge.require("see_polls", meeting_id=meeting_id)
    return voting.voting_rights(edge.views, meeting_id)


@router.put("/meetings/{meeting_id}/voting-rights")
def record_voting_rights(edge: Edge, meeting_id: UUID, body: RightsBody) -> Done:
    """Takes the place of what was recorded before; polls that are open or decided stay as they are."""
    edge.require("record_voting_rights", meeting_id=meeting_id)
    meeting = the_meeting(edge, meeting_id)
    sitting = sittings.sitting(edge.views, meeting_id)
    if sitting is not None and sitting.state == "closed":
        raise Refused("session_closed", str(meeting_id))
    members = directory.members_of(edge.views, meeting.body_id, on=today(edge))
    return edge.send(
        RecordVotingRights,
        meeting_id=meeting_id,
        roll=tuple(UUID(each.person_id) for each in members),
        weights=body.weights,
        represented=tuple(body.represented),
    )
