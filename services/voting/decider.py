"""The poll: from its opening to the publication of its result."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting import rules
from services.voting.messages import (
    CancelPoll,
    ClosePoll,
    OpenPoll,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollTallied,
    PublishResult,
    ResultPublished,
    TallyPoll,
)


@dataclass(frozen=True)
class NotOpened:
    pass


@dataclass(frozen=True)
class Open:
    """`opened` never changes afterwards; `voters` and `keys` are its roll and choices for quick look-up."""

    opened: PollOpened
    voters: frozenset[UUID]
    keys: frozenset[str]


@dataclass(frozen=True)
class Closed:
    opened: PollOpened


@dataclass(frozen=True)
class Tallied:
    tally: PollTallied


@dataclass(frozen=True)
class Published:
    tally: PollTallied


@dataclass(frozen=True)
class Cancelled:
    pass


Poll = NotOpened | Open | Closed | Tallied | Published | Cancelled


def decide(command: Command, poll: Poll) -> list[Event]:
    match command:
        case OpenPoll():
            return _open(command, poll)
        case ClosePoll():
            return _close(command, poll)
        case CancelPoll():
            return _cancel(command, poll)
        case TallyPoll():
            return _tally(command, poll)
        case PublishResult():
            return _publish(command, poll)
        case _:
            raise TypeError(f"not a command of a poll: {type(command).__name__}")


def _open(command: OpenPoll, poll: Poll) -> list[Event]:
    opened = PollOpened(**{name: getattr(command, name) for name in PollOpened.model_fields})
    match poll:
        case NotOpened():
            check_question(opened)
            return [opened]
        case Open(opened=already) | Closed(opened=already) if already == opened:
            return []
        case _:
            raise Refused("poll_already_opened", str(command.poll_id))


def check_question(opened: PollOpened) -> None:
    """What would make the question undecidable, or its result untrue, is refused before anybody votes."""
    card = opened.rule_card
    twice = [voter for voter, times in Counter(opened.roll).items() if times > 1]
    if twice:
        raise Refused("duplicate_voter", str(twice[0]))
    if len({choice.key for choice in opened.choices}) < len(opened.choices):
        raise Refused("duplicate_choice")
    if sum(choice.counts_for for choice in opened.choices) != 1:
        raise Refused("one_choice_for", "exactly one choice counts toward the threshold")
    if any(choice.counts_for and choice.counts_against for choice in opened.choices):
        raise Refused("one_choice_for", "a choice cannot count for and against")
    if len(opened.roll) > opened.members:
        raise Refused("roll_exceeds_members", f"{len(opened.roll)} voters of {opened.members} members")
    if card.share > 1 or (card.share == 1 and card.threshold == "more_than"):
        raise Refused("impossible_threshold", str(card.share))
    if card.tie_to_chair and opened.chair_id not in opened.roll:
        raise Refused("chair_not_on_roll", str(opened.chair_id))
    if card.tie_to_chair and not any(choice.counts_against for choice in opened.choices):
        raise Refused("no_choice_against", "a tie needs a choice against")
    if card.needs_quorum and not opened.quorum.met:
        raise Refused("no_quorum", f"{opened.quorum.present} present, {opened.quorum.needed} needed")


def _close(command: ClosePoll, poll: Poll) -> list[Event]:
    match poll:
        case NotOpened():
            raise Refused("no_such_poll", str(command.poll_id))
        case Open():
            return [PollClosed(poll_id=command.poll_id)]
        case Closed() | Tallied() | Published():
            return []
        case Cancelled():
            raise Refused("poll_cancelled", str(command.poll_id))
        case _:
            assert_never(poll)


def _cancel(command: CancelPoll, poll: Poll) -> list[Event]:
    match poll:
        case NotOpened():
            raise Refused("no_such_poll", str(command.poll_id))
        case Open():
            return [PollCancelled(poll_id=command.poll_id, reason=command.reason)]
        case Closed() | Tallied() | Published():
            raise Refused("poll_closed", str(command.poll_id))
        case Cancelled():
            return []
        case _:
            assert_never(poll)


def _tally(command: TallyPoll, poll: Poll) -> list[Event]:
    match poll:
        case NotOpened():
            raise Refused("no_such_poll", str(command.poll_id))
        case Open():
            raise Refused("poll_still_open", str(command.poll_id))
        case Closed(opened=opened):
            return [tallied(command, opened)]
        case Tallied(tally=tally) | Published(tally=tally):
            if tally.counts != command.counts:
                raise Refused("tally_differs", str(command.poll_id))
            return []
        case Cancelled():
            raise Refused("poll_cancelled", str(command.poll_id))
        case _:
            assert_never(poll)


def tallied(command: TallyPoll, opened: PollOpened) -> PollTallied:
    keys = {choice.key for choice in opened.choices}
    unknown = (set(command.counts) | {command.chair_choice} - {None}) - keys
    if unknown:
        raise Refused("unknown_choice", str(sorted(map(str, unknown))))
    if min(command.counts.values(), default=0) < 0 or sum(command.counts.values()) > len(opened.roll):
        raise Refused("impossible_count", f"{command.counts} of {len(opened.roll)} voters")
    counts = {choice.key: command.counts.get(choice.key, 0) for choice in opened.choices}
    found = rules.outcome(
        opened.rule_card,
        opened.choices,
        counts,
        members=opened.members,
        serving=opened.serving or opened.members,
        present=opened.quorum.present,
        roll=len(opened.roll),
        chair_choice=command.chair_choice,
    )
    return PollTallied(poll_id=command.poll_id, counts=counts, card_id=opened.rule_card.card_id, **asdict(found))


def _publish(command: PublishResult, poll: Poll) -> list[Event]:
    match poll:
        case NotOpened():
            raise Refused("no_such_poll", str(command.poll_id))
        case Open():
            raise Refused("poll_still_open", str(command.poll_id))
        case Closed():
            raise Refused("not_tallied", str(command.poll_id))
        case Tallied():
            return [ResultPublished(poll_id=command.poll_id)]
        case Published():
            return []
        case Cancelled():
            raise Refused("poll_cancelled", str(command.poll_id))
        case _:
            assert_never(poll)


def evolve(poll: Poll, event: Event) -> Poll:
    match (poll, event):
        case (NotOpened(), PollOpened()):
            return Open(event, frozenset(event.roll), frozenset(choice.key for choice in event.choices))
        case (Open(opened=opened), PollClosed()):
            return Closed(opened)
        case (Open(), PollCancelled()):
            return Cancelled()
        case (Closed(), PollTallied()):
            return Tallied(event)
        case (Tallied(tally=tally), ResultPublished()):
            return Published(tally)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(poll).__name__}")


decider: Decider[Poll] = Decider(initial=NotOpened(), decide=decide, evolve=evolve)
