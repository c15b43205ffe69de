"""Polls through the JSON API: open, vote, close, publish; turnout, results and who voted how."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import Field

from gateway.api.commands import Body, command_route
from gateway.edge import Context, Done, Edge
from gateway.problems import TryLater
from gateway.web.pages import VIETNAM
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.voting import views as voting
from services.voting.cards import Card, ChoiceTemplate, catalogue
from services.voting.messages import (
    CancelPoll,
    CastBallot,
    ClosePoll,
    OpenPoll,
    PollTallied,
    PublishResult,
    QuorumSnapshot,
)

router = APIRouter(tags=["voting"])
log = structlog.get_logger()


class PollBody(Body):
    """`template_id` and `card_id` name a choice template and a rule card of `/rule-cards`."""

    question: str = Field(min_length=1, max_length=1000)
    item_id: UUID | None = None
    template_id: str = Field("for_against_not_voting", max_length=60)
    card_id: str = Field(max_length=60)


class BallotBody(Body):
    choice: str = Field(pattern=r"^[a-z_]+$", max_length=60)


@dataclass(frozen=True)
class Receipt:
    """The ballot stands in the log before the poll's end: it is counted."""

    poll_id: UUID
    voter_id: UUID
    choice: str
    event_id: UUID
    position: int
    recorded_at: datetime


@dataclass(frozen=True)
class RuleCards:
    cards: tuple[Card, ...]
    templates: tuple[ChoiceTemplate, ...]


@router.post("/meetings/{meeting_id}/polls", status_code=201)
def open_poll(edge: Edge, meeting_id: UUID, body: PollBody) -> Done:
    """Opens the question. The roll is every member with a mandate today, frozen with the quorum at this moment.

    Absent members stand on the roll, because the majority is counted over all and because who arrives while the
    poll is open may still vote; presence is asked for when the ballot is cast.
    """
    edge.require("conduct_polls", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None:
        raise Refused("not_found", str(meeting_id))
    if body.item_id is not None and meetings.item(edge.views, meeting_id, body.item_id) is None:
        raise Refused("no_such_item", str(body.item_id))
    rules = directory.rules_of(edge.views, meeting.body_id)
    if rules is None:
        raise Refused("rules_missing", meeting.body_id)
    poll_id = derived(edge.command_id, "poll_id")
    done = edge.send(
        OpenPoll,
        poll_id=poll_id,
        meeting_id=meeting_id,
        item_id=body.item_id,
        question=body.question,
        roll=[each.person_id for each in directory.members_of(edge.views, meeting.body_id, on=today(edge))],
        choices=template_named(body.template_id).choice,
        rule_card=card_named(body.card_id, edge, meeting.body_id).rule,
        members=rules.seats,
        quorum=quorum_snapshot(edge, meeting_id),
        chair_id=meeting.presiding_officer_id,
    )
    return done.model_copy(update={"id": poll_id})


@router.post("/polls/{poll_id}/ballots")
def cast_ballot(edge: Edge, poll_id: UUID, body: BallotBody) -> Receipt:
    """Casts the caller's ballot. The same choice again gives the same receipt; another choice is refused.

    Only who is in the hall or online votes. Once the ballot is cast, leaving does not take it, or its receipt, away.
    """
    edge.require("cast_ballot", poll_id=poll_id)
    me = UUID(edge.me.person_id)
    attendance = sittings.attendance_of(edge.views, known(edge, poll_id).meeting_id, me)
    here = attendance is not None and attendance.here
    if not voting.on_roll(edge.views, poll_id, me):
        log.warning("vote_outside_the_roll", poll=str(poll_id), person=str(me))
        raise Refused("not_on_roll", str(me))
    if not here and voting.my_ballot(edge.views, poll_id, me) is None:
        raise Refused("not_present_to_vote", str(me))
    remote = attendance is not None and attendance.state == "online"
    edge.send(CastBallot, poll_id=poll_id, voter_id=me, choice=body.choice, remote=remote)
    cast = voting.my_ballot(edge.views, poll_id, me)
    if cast is None:  # recorded, but the views are late: the same request again finds it
        raise TryLater("unavailable", 1)
    return receipt(cast)


command_route(router, "/polls/{poll_id}/close", ClosePoll, action="conduct_polls")
command_route(router, "/polls/{poll_id}/cancel", CancelPoll, action="conduct_polls")
command_route(router, "/polls/{poll_id}/publish", PublishResult, action="conduct_polls")


@router.get("/meetings/{meeting_id}/polls")
def polls(edge: Edge, meeting_id: UUID) -> list[voting.Poll]:
    """The meeting's polls, the newest first, without any count by choice."""
    edge.require("see_polls", meeting_id=meeting_id)
    return voting.polls(edge.views, meeting_id)


@router.get("/meetings/{meeting_id}/rule-cards")
def rule_cards(edge: Edge, meeting_id: UUID) -> RuleCards:
    """The rule cards meant for the meeting's body today, and the choice templates."""
    edge.require("see_polls", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None:
        raise Refused("not_found", str(meeting_id))
    return RuleCards(cards_of(edge, meeting.body_id), catalogue().choices)


@router.get("/polls/{poll_id}")
def poll(edge: Edge, poll_id: UUID) -> voting.Poll:
    edge.require("see_polls", poll_id=poll_id)
    return known(edge, poll_id)


@router.get("/polls/{poll_id}/turnout")
def turnout(edge: Edge, poll_id: UUID) -> voting.Turnout:
    """How many have voted; how they voted is known to nobody before the close."""
    edge.require("see_polls", poll_id=poll_id)
    found = voting.turnout(edge.views, poll_id)
    if found is None:
        raise Refused("not_found", str(poll_id))
    return found


@router.get("/polls/{poll_id}/result")
def result(edge: Edge, poll_id: UUID) -> PollTallied:
    """The tally with its arithmetic: for all once published, for the presiding officer and the clerks once counted."""
    return counted(edge, poll_id)


@router.get("/polls/{poll_id}/ballots")
def ballots(edge: Edge, poll_id: UUID, order: Literal["name", "choice"] = "name") -> list[voting.VoterChoice]:
    """Who voted how, the whole roll; open to the same people as the result."""
    counted(edge, poll_id)
    return voting.ballots_by_voter(edge.views, poll_id, order)


@router.get("/polls/{poll_id}/ballots/mine")
def my_ballot(edge: Edge, poll_id: UUID) -> Receipt:
    """The caller's own receipt."""
    edge.require("see_polls", poll_id=poll_id)
    cast = voting.my_ballot(edge.views, poll_id, edge.me.person_id)
    if cast is None:
        raise Refused("no_ballot", str(poll_id))
    return receipt(cast)


def known(edge: Context, poll_id: UUID) -> voting.Poll:
    found = voting.poll(edge.views, poll_id)
    if found is None:
        raise Refused("not_found", str(poll_id))
    return found


def counted(edge: Context, poll_id: UUID) -> PollTallied:
    edge.require("see_polls", poll_id=poll_id)
    tally = voting.result(edge.views, poll_id)
    if tally is None or not edge.allows("see_tally", poll_id=poll_id):
        raise Refused("result_not_published", str(poll_id))
    return tally


def quorum_snapshot(edge: Context, meeting_id: UUID) -> QuorumSnapshot:
    """Attendance as the log tells it now: the views first catch up with all that is recorded."""
    head = edge.gate.store.wait(0, 0)
    if not edge.gate.views.wait_for(head):
        raise TryLater("unavailable", 1)
    sitting = sittings.sitting(edge.views, meeting_id)
    quorum = sittings.quorum_now(edge.views, meeting_id)
    if sitting is None or quorum is None or sitting.state != "open":
        raise Refused("session_not_open", str(meeting_id))
    return QuorumSnapshot(
        seats=quorum.seats, needed=quorum.needed, present=quorum.present, as_of=max(head, quorum.as_of)
    )


def cards_of(edge: Context, body_id: UUID | str) -> tuple[Card, ...]:
    body = directory.unit(edge.views, body_id)
    return catalogue().cards_for(body.kind if body else "", today(edge))


def card_named(card_id: str, edge: Context, body_id: UUID | str) -> Card:
    found = next((card for card in cards_of(edge, body_id) if card.card_id == card_id), None)
    if found is None:
        raise Refused("unknown_rule_card", card_id)
    return found


def template_named(template_id: str) -> ChoiceTemplate:
    found = next((each for each in catalogue().choices if each.template_id == template_id), None)
    if found is None:
        raise Refused("unknown_choice_template", template_id)
    return found


def receipt(cast: voting.CastAs) -> Receipt:
    return Receipt(
        poll_id=UUID(cast.poll_id),
        voter_id=UUID(cast.voter_id),
        choice=cast.choice,
        event_id=UUID(cast.event_id),
        position=cast.position,
        recorded_at=cast.recorded_at,
    )


def today(edge: Context) -> date:
    return edge.now.astimezone(VIETNAM).date()
