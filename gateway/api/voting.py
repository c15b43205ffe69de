"""Polls through the JSON API: open, vote, close, publish; turnout, results and who voted how."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import Field

from gateway.api import rule_cards as own_cards
from gateway.api import voting_rights
from gateway.api.commands import Body, command_route
from gateway.asking import (
    PollBody,
    Preview,
    asked,
    cards_of,
    preview,
    the_meeting,
)
from gateway.edge import Context, Done, Edge
from gateway.problems import TryLater
from kernel.decider import Refused
from kernel.ids import derived
from services.meeting import sitting_views as sittings
from services.voting import disclosure
from services.voting import views as voting
from services.voting.cards import Card, ChoiceTemplate, catalogue
from services.voting.messages import (
    CancelPoll,
    CastBallot,
    ClosePoll,
    ConfirmDictation,
    DictateBallot,
    OpenPoll,
    PollTallied,
    PublishResult,
    WithdrawDictation,
)

router = APIRouter(tags=["voting"])
router.include_router(own_cards.router)
router.include_router(voting_rights.router)
log = structlog.get_logger()


class BallotBody(Body):
    """`choice` for a single question, else `marks`. `voter_id`: whom the caller votes for, if not for oneself."""

    choice: str = Field("", pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60)
    marks: list[str] = Field(default=[], max_length=200)
    voter_id: UUID | None = None


class MarksBody(Body):
    marks: list[str] = Field(min_length=1, max_length=200)


class DictationBody(MarksBody):
    voter_id: UUID


@dataclass(frozen=True)
class Receipt:
    """The ballot stands in the log before the poll's end: it is counted. `choice`: the only mark, if it is one."""

    poll_id: UUID
    voter_id: UUID
    choice: str
    marks: tuple[str, ...]
    event_id: UUID
    position: int
    recorded_at: datetime


@dataclass(frozen=True)
class Outcome:
    """`carried`: candidates elected, drafts passed, or people who keep the confidence. `withheld`: why no figures."""

    poll_id: UUID
    passed: bool
    carried: tuple[str, ...]
    open_posts: int
    base_count: int
    needed: int
    withheld: disclosure.Reason | None


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
    poll_id = derived(edge.command_id, "poll_id")
    done = edge.send(OpenPoll, poll_id=poll_id, **asked(edge, meeting_id, body))
    return done.model_copy(update={"id": poll_id})


@router.post("/meetings/{meeting_id}/polls/preview")
def preview_poll(edge: Edge, meeting_id: UUID, body: PollBody) -> Preview:
    """The card's article and the arithmetic, as they would be if the poll were opened now; opens nothing."""
    edge.require("conduct_polls", meeting_id=meeting_id)
    return preview(edge, meeting_id, body)


@router.post("/polls/{poll_id}/ballots")
def cast_ballot(edge: Edge, poll_id: UUID, body: BallotBody) -> Receipt:
    """Casts the caller's ballot. The same choice again gives the same receipt; another one where the card allows it.

    Only who is in the hall or online votes. Once the ballot is cast, leaving does not take it, or its receipt, away.
    """
    edge.require("cast_ballot", poll_id=poll_id)
    me = UUID(edge.me.person_id)
    voter = body.voter_id or me
    check_present(edge, poll_id, voter, me)
    attendance = sittings.attendance_of(edge.views, known(edge, poll_id).meeting_id, me)
    edge.send(
        CastBallot,
        poll_id=poll_id,
        voter_id=voter,
        holder_id=None if voter == me else me,
        choice=body.choice,
        marks=tuple(body.marks),
        remote=attendance is not None and attendance.state == "online",
    )
    cast = voting.my_ballot(edge.views, poll_id, voter)
    if cast is None:  # recorded, but the views are late: the same request again finds it
        raise TryLater("unavailable", 1)
    return receipt(cast)


def check_present(edge: Context, poll_id: UUID, voter: UUID, by: UUID) -> None:
    """Of the voter `by` is the one whose presence counts: oneself, or who votes in the voter's place."""
    if not voting.on_roll(edge.views, poll_id, voter):
        log.warning("vote_outside_the_roll", poll=str(poll_id), person=str(voter))
        raise Refused("not_on_roll", str(voter))
    attendance = sittings.attendance_of(edge.views, known(edge, poll_id).meeting_id, by)
    here = attendance is not None and attendance.here
    if not here and (voter != by or voting.my_ballot(edge.views, poll_id, voter) is None):
        raise Refused("not_present_to_vote", str(by))


@router.post("/polls/{poll_id}/dictations")
def dictate_ballot(edge: Edge, poll_id: UUID, body: DictationBody) -> Done:
    """Writes down the open vote of a member who is there without a device; a second person must confirm it."""
    edge.require("record_dictation", poll_id=poll_id)
    check_present(edge, poll_id, body.voter_id, body.voter_id)
    return edge.send(DictateBallot, poll_id=poll_id, voter_id=body.voter_id, marks=tuple(body.marks))


@router.post("/polls/{poll_id}/dictations/{voter_id}/confirm")
def confirm_dictation(edge: Edge, poll_id: UUID, voter_id: UUID, body: MarksBody) -> Receipt:
    """By another person who heard the same marks; casts the ballot, and answers with its receipt."""
    edge.require("record_dictation", poll_id=poll_id)
    edge.send(ConfirmDictation, poll_id=poll_id, voter_id=voter_id, marks=tuple(body.marks))
    cast = voting.my_ballot(edge.views, poll_id, voter_id)
    if cast is None:
        raise TryLater("unavailable", 1)
    return receipt(cast)


@router.get("/polls/{poll_id}/dictations")
def dictations(edge: Edge, poll_id: UUID) -> list[voting.Dictated]:
    """What waits to be confirmed; for those who record votes."""
    edge.require("record_dictation", poll_id=poll_id)
    return voting.dictations(edge.views, poll_id)


@router.get("/polls/{poll_id}/represented")
def represented(edge: Edge, poll_id: UUID) -> list[voting.Represented]:
    """Whom the caller may vote for in this poll."""
    edge.require("see_polls", poll_id=poll_id)
    return voting.represented(edge.views, poll_id, edge.me.person_id)


command_route(router, "/polls/{poll_id}/dictations/{voter_id}/withdraw", WithdrawDictation, action="record_dictation")
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
    return RuleCards(cards_of(edge, the_meeting(edge, meeting_id).body_id), catalogue().choices)


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


@router.get("/polls/{poll_id}/lines")
def lines(edge: Edge, poll_id: UUID) -> list[voting.LineOutcome]:
    """The result by candidate, person or draft; open to the same people as the result."""
    tally = counted(edge, poll_id)
    return voting.lines(known(edge, poll_id), tally)


@router.get("/polls/{poll_id}/ballots")
def ballots(edge: Edge, poll_id: UUID, order: Literal["name", "choice"] = "name") -> list[voting.VoterChoice]:
    """Who voted how, the whole roll; open to the same people as the result. Nobody in a secret poll."""
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


@router.get("/polls/{poll_id}/outcome")
def outcome(edge: Edge, poll_id: UUID) -> Outcome:
    """What was decided, without any figure that could tell how somebody voted in secret."""
    poll, tally = known(edge, poll_id), seen_tally(edge, poll_id)
    return Outcome(
        poll_id=poll_id,
        passed=tally.passed,
        carried=tuple(each.key for each in tally.lines if each.passed),
        open_posts=tally.open_posts,
        base_count=tally.base_count,
        needed=tally.needed,
        withheld=disclosure.withheld(poll, tally),
    )


def counted(edge: Context, poll_id: UUID) -> PollTallied:
    """Every figure; those of a secret ballot that would tell who voted how only for those who follow the count."""
    tally = seen_tally(edge, poll_id)
    if disclosure.withheld(known(edge, poll_id), tally) and not edge.allows("follow_count", poll_id=poll_id):
        raise Refused("breakdown_withheld", str(poll_id))
    return tally


def seen_tally(edge: Context, poll_id: UUID) -> PollTallied:
    edge.require("see_polls", poll_id=poll_id)
    tally = voting.result(edge.views, poll_id)
    if tally is None or not edge.allows("see_tally", poll_id=poll_id):
        raise Refused("result_not_published", str(poll_id))
    return tally


def receipt(cast: voting.CastAs) -> Receipt:
    return Receipt(
        poll_id=UUID(cast.poll_id),
        voter_id=UUID(cast.voter_id),
        choice=only(cast.marks),
        marks=cast.marks,
        event_id=UUID(cast.event_id),
        position=cast.position,
        recorded_at=cast.recorded_at,
    )


def only(marks: tuple[str, ...]) -> str:
    return marks[0] if len(marks) == 1 else ""
