"""The ballot: one voter's answer to one poll, in a stream of its own."""

from dataclasses import dataclass
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting.decider import Open
from services.voting.messages import BallotCast, CastBallot


@dataclass(frozen=True)
class NotCast:
    pass


@dataclass(frozen=True)
class Cast:
    choice: str


Ballot = NotCast | Cast


def stream_of(poll_id: UUID, voter_id: UUID) -> str:
    return f"ballot-{poll_id}+{voter_id}"


def check_entitled(command: CastBallot, poll: Open) -> None:
    """Against the roll and choices frozen at the opening, whatever mandates have changed since."""
    if command.voter_id not in poll.voters:
        raise Refused("not_on_roll", str(command.voter_id))
    if command.choice not in poll.keys:
        raise Refused("unknown_choice", command.choice)


def decide(command: Command, ballot: Ballot) -> list[Event]:
    """The same choice again is no error (a double tap, a lost answer); another choice is refused."""
    match (command, ballot):
        case (CastBallot(), NotCast()):
            return [
                BallotCast(
                    poll_id=command.poll_id, voter_id=command.voter_id, choice=command.choice, remote=command.remote
                )
            ]
        case (CastBallot(), Cast(choice=choice)):
            if choice != command.choice:
                raise Refused("already_voted", str(command.voter_id))
            return []
        case _:
            raise TypeError(f"not a command of a ballot: {type(command).__name__}")


def evolve(ballot: Ballot, event: Event) -> Ballot:
    match (ballot, event):
        case (NotCast(), BallotCast(choice=choice)):
            return Cast(choice)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(ballot).__name__}")


decider: Decider[Ballot] = Decider(initial=NotCast(), decide=decide, evolve=evolve)
