"""The poll: from its opening to the publication of its result."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting import paper_count, rules
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
from services.voting.messages.count import (
    AppointTellers,
    ConfirmCount,
    CountAgreed,
    CountEntered,
    CountRestarted,
    CountsDiffered,
    EnterCount,
    RestartCount,
    TellersAppointed,
)
from services.voting.methods import method_of
from services.voting.paper_count import CountCommand, Counting, NoBoard
from services.voting.question import check_question
from services.voting.rules import Count


@dataclass(frozen=True)
class NotOpened:
    pass


@dataclass(frozen=True)
class Open:
    """`opened` never changes afterwards; the rest is for quick look-up: the roll, marks, who may vote for whom."""

    opened: PollOpened
    voters: frozenset[UUID]
    marks: frozenset[str]
    holders: Mapping[UUID, UUID]
    counting: Counting = NoBoard()


@dataclass(frozen=True)
class Closed:
    """`counting`: how far the tellers are, where the ballots are papers."""

    opened: PollOpened
    counting: Counting = NoBoard()


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
        case AppointTellers() | EnterCount() | RestartCount() | ConfirmCount():
            return _count(command, poll)
        case _:
            raise TypeError(f"not a command of a poll: {type(command).__name__}")


def _open(command: OpenPoll, poll: Poll) -> list[Event]:
    opened = PollOpened.of(command)
    match poll:
        case NotOpened():
            check_question(opened)
            return [opened]
        case Open(opened=already) | Closed(opened=already) if already == opened:
            return []
        case _:
            raise Refused("poll_already_opened", str(command.poll_id))


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
            if opened.secret:
                raise Refused("counted_by_tellers", str(command.poll_id))
            return [
                tallied(
                    opened,
                    command.counts,
                    cast=command.cast,
                    invalid=command.invalid,
                    chair_marks=command.chair_marks,
                )
            ]
        case Tallied(tally=tally) | Published(tally=tally):
            if Counter(tally.counts) != Counter(command.counts) or tally.invalid != command.invalid:
                raise Refused("tally_differs", str(command.poll_id))
            return []
        case Cancelled():
            raise Refused("poll_cancelled", str(command.poll_id))
        case _:
            assert_never(poll)


def _count(command: CountCommand, poll: Poll) -> list[Event]:
    """A board may be named before the box is closed; it counts afterwards."""
    match poll:
        case NotOpened():
            raise Refused("no_such_poll", str(command.poll_id))
        case Open(opened=opened, counting=counting):
            if isinstance(command, AppointTellers):
                return paper_count.appoint(command, opened, counting)
            raise Refused("poll_still_open", str(command.poll_id))
        case Closed(opened=opened, counting=counting):
            if isinstance(command, ConfirmCount):
                count = paper_count.confirmed(command, counting)
                return [tallied(opened, count.counts, cast=count.returned, invalid=count.invalid)]
            return paper_count.decide(command, opened, counting)
        case Tallied() | Published():
            if isinstance(command, ConfirmCount):
                return []
            raise Refused("already_counted", str(command.poll_id))
        case Cancelled():
            raise Refused("poll_cancelled", str(command.poll_id))
        case _:
            assert_never(poll)


def tallied(
    opened: PollOpened,
    votes: Mapping[str, int],
    *,
    cast: int | None = None,
    invalid: int = 0,
    chair_marks: tuple[str, ...] = (),
) -> PollTallied:
    """`cast` None: each ballot bears one mark."""
    method = method_of(opened)
    marks = method.marks_of(opened)
    unknown = (votes.keys() | set(chair_marks)) - set(marks)
    if unknown:
        raise Refused("unknown_choice", str(sorted(unknown)))
    counts = {mark: votes.get(mark, 0) for mark in marks}
    count = Count(counts, sum(counts.values()) + invalid if cast is None else cast, invalid, chair_marks)
    not_cast = rules.roll_votes(opened) - count.cast
    if min(not_cast, count.valid, *counts.values()) < 0 or not method.is_possible(opened, count):
        raise Refused("impossible_count", f"{counts} on {count.cast} ballots of {len(opened.roll)} voters")
    found = method.outcome(opened, count)
    return PollTallied(
        poll_id=opened.poll_id,
        counts=counts,
        cast=count.cast,
        not_cast=not_cast,
        invalid=invalid,
        card_id=opened.rule_card.card_id,
        **{each.name: getattr(found, each.name) for each in fields(found)},
    )


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


def is_open(opened: PollOpened) -> Open:
    return Open(
        opened=opened,
        voters=frozenset(opened.roll),
        marks=frozenset(method_of(opened).marks_of(opened)),
        holders={each.voter_id: each.holder_id for each in opened.represented},
    )


def evolve(poll: Poll, event: Event) -> Poll:
    match (poll, event):
        case (NotOpened(), PollOpened()):
            return is_open(event)
        case (Open(opened=opened, counting=counting), PollClosed()):
            return Closed(opened, counting)
        case (Open(), PollCancelled()):
            return Cancelled()
        case (Closed(), PollTallied()):
            return Tallied(event)
        case (Tallied(tally=tally), ResultPublished()):
            return Published(tally)
        case (
            Open(counting=counting) | Closed(counting=counting),
            TellersAppointed() | CountEntered() | CountsDiffered() | CountAgreed() | CountRestarted(),
        ):
            return replace(poll, counting=paper_count.evolve(counting, event))
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(poll).__name__}")


decider: Decider[Poll] = Decider(initial=NotOpened(), decide=decide, evolve=evolve)
