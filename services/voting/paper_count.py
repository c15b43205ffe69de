"""How a tellers' board counts a secret ballot on paper: papers must reconcile, and two people must agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from kernel.decider import Refused
from kernel.messages import Event
from services.voting.messages.count import (
    AppointTellers,
    ConfirmCount,
    CountAgreed,
    CountEntered,
    CountRestarted,
    CountsDiffered,
    EnterCount,
    PaperCount,
    RestartCount,
    TellersAppointed,
)
from services.voting.messages.poll import PollOpened
from services.voting.methods import method_of
from services.voting.rules import Count

CountCommand = AppointTellers | EnterCount | RestartCount | ConfirmCount
CountEvent = TellersAppointed | CountEntered | CountsDiffered | CountAgreed | CountRestarted


@dataclass(frozen=True)
class NoBoard:
    pass


@dataclass(frozen=True)
class Waiting:
    """The board has not keyed in anything that still holds."""

    board: TellersAppointed


@dataclass(frozen=True)
class EnteredOnce:
    board: TellersAppointed
    first: CountEntered


@dataclass(frozen=True)
class Agreed:
    board: TellersAppointed
    count: PaperCount


Counting = NoBoard | Waiting | EnteredOnce | Agreed


def decide(command: AppointTellers | EnterCount | RestartCount, opened: PollOpened, counting: Counting) -> list[Event]:
    match command:
        case AppointTellers():
            return appoint(command, opened, counting)
        case EnterCount():
            return enter(command, opened, counting)
        case RestartCount():
            return restart(command, counting)


def appoint(command: AppointTellers, opened: PollOpened, counting: Counting) -> list[Event]:
    if not opened.secret:
        raise Refused("not_on_paper", str(opened.poll_id))
    people = (command.head_id, *command.member_ids)
    if len(set(people)) < len(people):
        raise Refused("duplicate_teller")
    candidates = {each.person_id for each in opened.choices} | {each.person_id for each in opened.lines}
    standing = candidates & set(people)
    if standing:
        raise Refused("teller_is_candidate", str(min(map(str, standing))))
    appointed = TellersAppointed(poll_id=command.poll_id, head_id=command.head_id, member_ids=command.member_ids)
    match counting:
        case NoBoard():
            return [appointed]
        case Waiting(board=board):
            return [] if board == appointed else [appointed]
        case EnteredOnce() | Agreed():
            raise Refused("count_under_way", str(command.poll_id))
        case _:
            assert_never(counting)


def enter(command: EnterCount, opened: PollOpened, counting: Counting) -> list[Event]:
    match counting:
        case NoBoard():
            raise Refused("no_tellers", str(command.poll_id))
        case Agreed():
            raise Refused("count_agreed", str(command.poll_id))
        case Waiting(board=board) | EnteredOnce(board=board):
            teller = teller_of(board, command.actor)
        case _:
            assert_never(counting)
    check(command.count, opened)
    entered = CountEntered(poll_id=command.poll_id, teller_id=teller, count=command.count)
    match counting:
        case Waiting():
            return [entered]
        case EnteredOnce(first=first) if first.teller_id == teller:
            if first.count == command.count:
                return []
            raise Refused("second_teller_needed", str(command.poll_id))
        case EnteredOnce(first=first):
            return [entered, compared(first, entered)]


def teller_of(board: TellersAppointed, actor: str) -> UUID:
    found = next((each for each in (board.head_id, *board.member_ids) if str(each) == actor), None)
    if found is None:
        raise Refused("not_a_teller", actor)
    return found


def compared(first: CountEntered, second: CountEntered) -> CountAgreed | CountsDiffered:
    figures = tuple(differences(first.count, second.count))
    if figures:
        return CountsDiffered(poll_id=first.poll_id, figures=figures)
    return CountAgreed(poll_id=first.poll_id, count=first.count, teller_ids=(first.teller_id, second.teller_id))


def differences(one: PaperCount, other: PaperCount) -> Iterator[str]:
    """A mark that is not named stands nowhere on the papers."""
    for name in ("issued", "returned", "unused", "spoiled", "valid", "invalid"):
        if getattr(one, name) != getattr(other, name):
            yield name
    for mark in sorted(one.counts.keys() | other.counts.keys()):
        if one.counts.get(mark, 0) != other.counts.get(mark, 0):
            yield mark


def check(count: PaperCount, opened: PollOpened) -> None:
    """Every paper is accounted for, and the marks fit the valid ones."""
    if count.issued != count.returned + count.unused + count.spoiled:
        detail = f"{count.issued} issued, {count.returned} returned, {count.unused} unused, {count.spoiled} spoiled"
        raise Refused("papers_do_not_reconcile", detail)
    if count.returned != count.valid + count.invalid:
        detail = f"{count.returned} returned, {count.valid} valid, {count.invalid} invalid"
        raise Refused("returned_do_not_reconcile", detail)
    if count.returned > len(opened.roll):
        raise Refused("more_papers_than_voters", f"{count.returned} of {len(opened.roll)}")
    method = method_of(opened)
    marks = method.marks_of(opened)
    unknown = count.counts.keys() - set(marks)
    if unknown:
        raise Refused("unknown_choice", min(unknown))
    votes = {mark: count.counts.get(mark, 0) for mark in marks}
    if min(votes.values()) < 0 or not method.is_possible(opened, Count(votes, count.returned, count.invalid)):
        raise Refused("marks_do_not_fit", f"{sum(votes.values())} marks on {count.valid} valid papers")


def restart(command: RestartCount, counting: Counting) -> list[Event]:
    match counting:
        case NoBoard():
            raise Refused("no_tellers", str(command.poll_id))
        case Waiting():
            return []
        case EnteredOnce(board=board) | Agreed(board=board):
            teller_of(board, command.actor)
            return [CountRestarted(poll_id=command.poll_id, reason=command.reason)]
        case _:
            assert_never(counting)


def confirmed(command: ConfirmCount, counting: Counting) -> PaperCount:
    """The count that becomes the tally."""
    match counting:
        case NoBoard():
            raise Refused("no_tellers", str(command.poll_id))
        case Waiting() | EnteredOnce():
            raise Refused("count_not_agreed", str(command.poll_id))
        case Agreed(board=board, count=count):
            if str(board.head_id) != command.actor:
                raise Refused("not_head_of_tellers", command.actor)
            return count
        case _:
            assert_never(counting)


def evolve(counting: Counting, event: CountEvent) -> Counting:
    match (counting, event):
        case (NoBoard() | Waiting(), TellersAppointed()):
            return Waiting(event)
        case (Waiting(board=board), CountEntered()):
            return EnteredOnce(board, event)
        case (EnteredOnce(), CountEntered()):
            return counting  # the second entry: the next event says what came of it
        case (EnteredOnce(board=board), CountsDiffered()):
            return Waiting(board)
        case (EnteredOnce(board=board), CountAgreed(count=count)):
            return Agreed(board, count)
        case (EnteredOnce(board=board) | Agreed(board=board), CountRestarted()):
            return Waiting(board)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(counting).__name__}")
