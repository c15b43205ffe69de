"""The ballot: one voter's answer to one poll, in a stream of its own."""

from dataclasses import dataclass
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.ids import written
from kernel.messages import Command, Event
from services.voting.decider import Open
from services.voting.messages import BallotCast, CastBallot
from services.voting.methods import method_of


@dataclass(frozen=True)
class NotCast:
    pass


@dataclass(frozen=True)
class Cast:
    """`holder_id`: who cast it in the voter's place."""

    marks: frozenset[str]
    holder_id: UUID | None = None


Ballot = NotCast | Cast


def stream_of(poll_id: UUID, voter_id: UUID) -> str:
    return f"ballot-{written(poll_id)}+{written(voter_id)}"


def check_entitled(command: CastBallot, poll: Open) -> None:
    """Against the roll and question frozen at the opening, whatever mandates have changed since."""
    if command.voter_id not in poll.voters:
        raise Refused("not_on_roll", str(command.voter_id))
    if command.holder_id is not None and poll.holders.get(command.voter_id) != command.holder_id:
        raise Refused("not_a_representative", str(command.holder_id))
    check_marks(command.marked, poll)


def check_marks(marks: tuple[str, ...], poll: Open) -> None:
    if poll.opened.secret:
        raise Refused("secret_on_paper", str(poll.opened.poll_id))
    unknown = set(marks) - poll.marks
    if unknown:
        raise Refused("unknown_choice", str(sorted(unknown)))
    method_of(poll.opened).check_marks(poll.opened, marks)


def decide(command: Command, ballot: Ballot) -> list[Event]:
    """The same choice again is no error (a double tap, a lost answer); another choice is refused."""
    match (command, ballot):
        case (CastBallot(), NotCast()):
            return [_cast(command)]
        case (CastBallot(), Cast(marks=marks)):
            if marks != frozenset(command.marked):
                raise Refused("already_voted", str(command.voter_id))
            return []
        case _:
            raise TypeError(f"not a command of a ballot: {type(command).__name__}")


def decide_changeable(command: Command, ballot: Ballot) -> list[Event]:
    """Where the card allows another choice until the close; but nobody changes for voters what they cast themselves."""
    match (command, ballot):
        case (CastBallot(), Cast(marks=marks, holder_id=holder_id)) if marks != frozenset(command.marked):
            if command.holder_id is not None and holder_id is None:
                raise Refused("already_voted", str(command.voter_id))
            return [_cast(command)]
        case _:
            return decide(command, ballot)


def _cast(command: CastBallot) -> BallotCast:
    return BallotCast(
        poll_id=command.poll_id,
        voter_id=command.voter_id,
        choice=command.choice,
        remote=command.remote,
        marks=command.marks,
        holder_id=command.holder_id,
        dictated_by=command.dictated_by,
        confirmed_by=command.confirmed_by,
    )


def evolve(_ballot: Ballot, event: Event) -> Ballot:
    match event:
        case BallotCast():
            return Cast(frozenset(event.marked), event.holder_id)
        case _:
            raise TypeError(f"{type(event).__name__} is no event of a ballot")


decider: Decider[Ballot] = Decider(initial=NotCast(), decide=decide, evolve=evolve)
changeable: Decider[Ballot] = Decider(initial=NotCast(), decide=decide_changeable, evolve=evolve)
