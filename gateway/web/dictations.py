"""The page on which open votes of members without a device are written down and, by a second person, confirmed."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.api.voting import known
from gateway.edge import Edge
from gateway.web.pages import render
from gateway.web.poll_words import mark_words
from kernel.decider import Refused
from services.meeting import sitting_views as sittings
from services.voting import views as voting

router = APIRouter()


@router.get("/polls/{poll_id}/dictations")
def dictations_page(edge: Edge, poll_id: UUID) -> Response:
    """A second person keys in what they heard, without seeing what the first wrote down."""
    edge.require("record_dictation", poll_id=poll_id)
    poll = known(edge, poll_id)
    if poll.secret:
        raise Refused("secret_on_paper", str(poll_id))
    waiting = voting.dictations(edge.views, poll_id)
    written = {each.voter_id for each in waiting}
    here = [each for each in sittings.attendance(edge.views, poll.meeting_id) if each.here]
    silent = [
        (each.person_id, each.full_name)
        for each in here
        if each.person_id not in written
        and voting.on_roll(edge.views, poll_id, each.person_id)
        and voting.my_ballot(edge.views, poll_id, each.person_id) is None
    ]
    return render(edge, "voting/dictations.html", poll=poll, waiting=waiting, silent=silent, words=mark_words(poll))
