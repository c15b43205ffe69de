"""Pages and fragments of polls: the panel of the session page, the hall's part, and the result page."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.api.voting import known
from gateway.asking import cards_of, today
from gateway.edge import Context, Edge
from gateway.rights import allowed_by, applying
from gateway.web import session_officials, voting_rights
from gateway.web.pages import render
from gateway.web.poll_shown import members_word, shown, the_meeting
from gateway.web.poll_words import METHODS, mark_words
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.voting import views as voting
from services.voting.cards import catalogue
from services.voting.messages.cards import MethodKind

router = APIRouter()
router.include_router(voting_rights.router)
UNDER_WAY = ("open", "closed", "tallied")


@router.get("/meetings/{meeting_id}/_polls")
def polls_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_polls", meeting_id=meeting_id)
    held = [shown(edge, poll) for poll in voting.polls(edge.views, meeting_id)]
    sitting = sittings.sitting(edge.views, meeting_id)
    session_open = sitting is not None and sitting.state == "open"
    cards = cards_of(edge, the_meeting(edge, meeting_id).body_id)
    recorded = voting.voting_rights(edge.views, meeting_id)
    return render(
        edge,
        "voting/_polls.html",
        meeting_id=str(meeting_id),
        under_way=[each for each in held if each.poll.state in UNDER_WAY],
        past=[each for each in held if each.poll.state not in UNDER_WAY],
        session_open=session_open,
        rights_named=bool(allowed_by(cards).cards)
        and (edge.allows("record_voting_rights", meeting_id=meeting_id) or recorded.recorded_by is not None),
        # One question at a time: the next is asked once the one before has been counted.
        may_open=session_open
        and all(each.poll.state not in ("open", "closed") for each in held)
        and edge.allows("conduct_polls", meeting_id=meeting_id),
    )


@router.get("/meetings/{meeting_id}/_new_poll")
def new_poll_fragment(edge: Edge, meeting_id: UUID, method: MethodKind = "single_choice") -> Response:
    edge.require("conduct_polls", meeting_id=meeting_id)
    meeting = the_meeting(edge, meeting_id)
    sitting = sittings.sitting(edge.views, meeting_id)
    rules = directory.rules_of(edge.views, meeting.body_id)
    agenda = meetings.agenda(edge.views, meeting_id)
    current = next((item for item in agenda if sitting and item.id == sitting.item_id), None)
    recorded = voting.voting_rights(edge.views, meeting_id)
    cards = [card for card in cards_of(edge, meeting.body_id) if method in card.methods]
    return render(
        edge,
        "voting/_new_poll.html",
        meeting_id=str(meeting_id),
        method=method,
        methods=METHODS,
        agenda=agenda,
        current=current,
        seats=rules.seats if rules else 0,
        members_word=members_word(edge, meeting.body_id),
        people=[
            (each.person_id, each.full_name) for each in directory.members_of(edge.views, meeting.body_id, today(edge))
        ],
        cards=[(card, applying(recorded, card)) for card in cards],
        templates=[each for each in catalogue().choices if method in each.methods],
        quorum=sittings.quorum_now(edge.views, meeting_id),
    )


@router.get("/meetings/{meeting_id}/_hall_poll")
def hall_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_polls", meeting_id=meeting_id)
    poll = voting.on_the_wall(edge.views, meeting_id)
    return render(
        edge,
        "voting/_hall_poll.html",
        meeting_id=str(meeting_id),
        shown=shown(edge, poll, hall=True) if poll else None,
    )


@router.get("/polls/{poll_id}/_turnout")
def turnout_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "voting/_turnout.html", poll=known(edge, poll_id))


@router.get("/polls/{poll_id}/_hall_turnout")
def hall_turnout_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "voting/_hall_turnout.html", poll=known(edge, poll_id))


@router.get("/polls/{poll_id}/_ballot")
def ballot_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "voting/_ballot.html", shown=shown(edge, known(edge, poll_id)))


@router.get("/polls/{poll_id}/_body")
def body_fragment(edge: Edge, poll_id: UUID, order: Literal["name", "choice"] = "name") -> Response:
    return result(edge, poll_id, order, "voting/_poll_page.html")


@router.get("/polls/{poll_id}")
def poll_page(edge: Edge, poll_id: UUID, order: Literal["name", "choice"] = "name") -> Response:
    return result(edge, poll_id, order, "voting/poll.html")


def result(edge: Context, poll_id: UUID, order: Literal["name", "choice"], template: str) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    seen = shown(edge, known(edge, poll_id))
    return render(
        edge,
        template,
        shown=seen,
        order=order,
        ballots=voting.ballots_by_voter(edge.views, poll_id, order) if seen.tally and not seen.poll.secret else [],
        labels=mark_words(seen.poll),
        **session_officials.of_vote(edge, seen.poll),
    )
