"""The page on which a clerk records who votes for whom, and with how many votes, in a meeting's polls."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.asking import cards_of, the_meeting, today
from gateway.edge import Context, Edge
from gateway.rights import allowed_by
from gateway.web.pages import render
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.voting import views as voting

router = APIRouter()


@router.get("/meetings/{meeting_id}/voting-rights")
def voting_rights_page(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_polls", meeting_id=meeting_id)
    meeting = the_meeting(edge, meeting_id)
    sitting = sittings.sitting(edge.views, meeting_id)
    members = [
        (each.person_id, each.full_name) for each in directory.members_of(edge.views, meeting.body_id, on=today(edge))
    ]
    rights = voting.voting_rights(edge.views, meeting_id)
    return render(
        edge,
        "voting/rights.html",
        meeting=meeting,
        rights=rights,
        weight_of={each.voter_id: each.weight for each in rights.weights},
        allowed=allowed_by(cards_of(edge, meeting.body_id)),
        members=members,
        others=others(edge, meeting_id, {person_id for person_id, _name in members}),
        closed=sitting is not None and sitting.state == "closed",
        records=edge.allows("record_voting_rights", meeting_id=meeting_id),
    )


def others(edge: Context, meeting_id: UUID, members: set[str]) -> list[tuple[str, str]]:
    """Who is invited or on the roll call without a mandate: only such people can be substitutes."""
    named = {each.person_id: each.full_name for each in meetings.invitees(edge.views, meeting_id)}
    named |= {each.person_id: each.full_name for each in sittings.attendance(edge.views, meeting_id)}
    return [(person_id, name) for person_id, name in named.items() if person_id not in members]
