"""What a poll asks, put together from what the chair asked for, the body's roll and rules, and attendance right now."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.commands import Body
from gateway.edge import Context
from gateway.problems import TryLater
from gateway.rights import rights_in
from kernel.decider import Refused
from kernel.vietnam import day_of
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.voting import rules
from services.voting import views as voting
from services.voting.cards import Card, ChoiceTemplate, catalogue
from services.voting.messages import (
    Choice,
    Election,
    Line,
    Method,
    PollOpened,
    QuorumSnapshot,
    Rating,
    Representation,
    SeveralDrafts,
    SingleChoice,
)
from services.voting.messages.cards import MethodKind
from services.voting.messages.poll import Weight
from services.voting.question import check_question


class CandidateBody(Body):
    """A person of the directory, or one that it does not know, by name."""

    name: str = Field("", max_length=200)
    person_id: UUID | None = None


class LineBody(Body):
    """A person to be rated, or a draft resolution. A person's name is the title where none is given."""

    title: str = Field("", max_length=500)
    person_id: UUID | None = None
    document_id: UUID | None = None


class PollBody(Body):
    """`template_id` and `card_id` name a choice template and a rule card of `/rule-cards`.

    An election has `candidates` for `posts`, each ballot from `minimum` to `maximum` of them (`posts`, unless said).
    A further round `follows` an election: for the posts still open and, unless `candidates` says otherwise, among those
    not elected. A rating or several drafts have `lines`. `weights` and `represented` need a card that allows them;
    unless said, they are as recorded for the meeting (`voting-rights`), as far as the card allows.
    """

    question: str = Field(min_length=1, max_length=1000)
    item_id: UUID | None = None
    template_id: str = Field("", max_length=60)
    card_id: str = Field(max_length=60)
    method: MethodKind = "single_choice"
    candidates: list[CandidateBody] = Field(default=[], max_length=50)
    posts: int = Field(1, ge=1, le=50)
    minimum: int = Field(1, ge=0, le=50)
    maximum: int | None = Field(None, ge=1, le=50)
    follows: UUID | None = None
    lines: list[LineBody] = Field(default=[], max_length=50)
    secret: bool = False
    weights: dict[UUID, Weight] | None = None
    represented: list[Representation] | None = None


@dataclass(frozen=True)
class Preview:
    """The card with its article, and the arithmetic as it would be now.

    `base_count` and `needed` are None where they follow from the ballots cast. `refused`: why opening would be refused.
    """

    card: Card
    base: Literal["all_members", "serving", "present", "cast"]
    base_count: int | None
    needed: int | None
    members: int
    serving: int
    roll_size: int
    roll_votes: int
    quorum: QuorumSnapshot
    quorum_met: bool
    method: Method
    choices: tuple[Choice, ...]
    lines: tuple[Line, ...]
    refused: str | None


def preview(edge: Context, meeting_id: UUID, body: PollBody) -> Preview:
    meeting = the_meeting(edge, meeting_id)
    opened = PollOpened(poll_id=edge.command_id, **asked(edge, meeting_id, body))
    try:
        check_question(opened)
        refused = None
    except Refused as refusal:
        refused = refusal.code
    card = opened.rule_card
    base = None if card.base == "cast" else rules.base_of(opened, 0)
    return Preview(
        card=card_named(body.card_id, edge, meeting.body_id),
        base=card.base,
        base_count=base,
        needed=None if base is None else rules.votes_needed(card, base),
        members=opened.members,
        serving=opened.serving or opened.members,
        roll_size=len(opened.roll),
        roll_votes=rules.roll_votes(opened),
        quorum=opened.quorum,
        quorum_met=opened.quorum.met,
        method=opened.method,
        choices=opened.choices,
        lines=opened.lines,
        refused=refused,
    )


def asked(edge: Context, meeting_id: UUID, body: PollBody) -> dict[str, Any]:
    """The fields of `OpenPoll` but for its id. The roll is every member with a mandate today, present or not."""
    meeting = the_meeting(edge, meeting_id)
    if body.item_id is not None and meetings.item(edge.views, meeting_id, body.item_id) is None:
        raise Refused("no_such_item", str(body.item_id))
    found = directory.rules_of(edge.views, meeting.body_id)
    if found is None:
        raise Refused("rules_missing", meeting.body_id)
    card = card_named(body.card_id, edge, meeting.body_id)
    if body.method not in card.methods:
        raise Refused("card_not_for_method", f"{card.card_id}, {body.method}")
    roll = [UUID(each.person_id) for each in directory.members_of(edge.views, meeting.body_id, on=today(edge))]
    if not roll:
        raise Refused("no_members_today", meeting.body_id)
    weights, represented = rights_in(edge, meeting_id, card, body.weights, body.represented, papers=body.secret)
    more = sum(weight - 1 for weight in weights.values())
    method, choices = question(edge, meeting_id, body)
    return {
        "meeting_id": meeting_id,
        "item_id": body.item_id,
        "question": body.question,
        "roll": tuple(roll),
        "choices": choices,
        "rule_card": card.rule,
        "members": max(1, found.seats + more),
        "quorum": quorum_snapshot(edge, meeting_id),
        "chair_id": meeting.presiding_officer_id,
        "method": method,
        "lines": tuple(line(edge, each, i) for i, each in enumerate(body.lines, 1)),
        "secret": body.secret,
        "serving": max(1, len(roll) + more),
        "weights": weights,
        "represented": represented,
    }


def question(edge: Context, meeting_id: UUID, body: PollBody) -> tuple[Method, tuple[Choice, ...]]:
    match body.method:
        case "election" if body.follows is not None:
            return further_round(edge, meeting_id, body, body.follows)
        case "election":
            return election(body, body.posts), candidates(edge, body)
        case "rating":
            return Rating(), template_for(body).choice
        case "several_drafts":
            return SeveralDrafts(), template_for(body).choice
        case "single_choice":
            return SingleChoice(), template_for(body).choice


def election(body: PollBody, posts: int, number: int = 1) -> Election:
    return Election(
        minimum=body.minimum,
        maximum=min(body.maximum or posts, posts),
        posts=posts,
        round=number,
        follows=body.follows,
    )


def further_round(
    edge: Context, meeting_id: UUID, body: PollBody, follows: UUID
) -> tuple[Election, tuple[Choice, ...]]:
    """For the posts that the election before left open; who was elected there stands no more."""
    before, tally = voting.poll(edge.views, follows), voting.result(edge.views, follows)
    if before is None or tally is None or before.meeting_id != str(meeting_id) or not tally.open_posts:
        raise Refused("no_open_posts", str(follows))
    assert isinstance(before.method, Election)
    for other in voting.polls(edge.views, meeting_id):
        same = isinstance(other.method, Election) and other.method.follows == follows
        if same and other.state != "cancelled":
            raise Refused("round_already_opened", other.poll_id)
    elected = [each for each in before.choices if each.key in {line.key for line in tally.lines if line.passed}]
    standing = candidates(edge, body) if body.candidates else before.choices
    if body.candidates and any(stands_again(each, elected) for each in standing):
        raise Refused("already_elected")
    remaining = tuple(each for each in standing if not stands_again(each, elected))
    return election(body, tally.open_posts, before.method.round + 1), remaining


def stands_again(candidate: Choice, elected: list[Choice]) -> bool:
    return any(
        candidate.label == each.label if candidate.person_id is None else candidate.person_id == each.person_id
        for each in elected
    )


def candidates(edge: Context, body: PollBody) -> tuple[Choice, ...]:
    return tuple(
        Choice(key=f"c{i}", label=named(edge, each.name, each.person_id), person_id=each.person_id)
        for i, each in enumerate(body.candidates, 1)
    )


def line(edge: Context, body: LineBody, number: int) -> Line:
    title = named(edge, body.title, body.person_id)
    return Line(key=f"l{number}", title=title, person_id=body.person_id, document_id=body.document_id)


def named(edge: Context, name: str, person_id: UUID | None) -> str:
    person = directory.person(edge.views, str(person_id)) if person_id else None
    if person_id and person is None:
        raise Refused("no_such_person", str(person_id))
    if not name and person is None:
        raise Refused("name_needed")
    return name or (person.full_name if person else "")


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


def the_meeting(edge: Context, meeting_id: UUID) -> meetings.Meeting:
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None:
        raise Refused("not_found", str(meeting_id))
    return meeting


def cards_of(edge: Context, body_id: UUID | str) -> tuple[Card, ...]:
    """Those of the product meant for the body, and its own that are approved, valid today."""
    body, day = directory.unit(edge.views, body_id), today(edge)
    return catalogue().cards_for(body.kind if body else "", day) + voting.cards_in_force(edge.views, body_id, day)


def card_named(card_id: str, edge: Context, body_id: UUID | str) -> Card:
    found = next((card for card in cards_of(edge, body_id) if card.card_id == card_id), None)
    if found is None:
        raise Refused("unknown_rule_card", card_id)
    return found


def template_for(body: PollBody) -> ChoiceTemplate:
    """The one that is named, or the first that suits the method."""
    suited = [each for each in catalogue().choices if body.method in each.methods]
    if not body.template_id:
        return suited[0]
    found = template_named(body.template_id)
    if found not in suited:
        raise Refused("unknown_choice_template", body.template_id)
    return found


def template_named(template_id: str) -> ChoiceTemplate:
    found = next((each for each in catalogue().choices if each.template_id == template_id), None)
    if found is None:
        raise Refused("unknown_choice_template", template_id)
    return found


def today(edge: Context) -> date:
    return day_of(edge.now)
