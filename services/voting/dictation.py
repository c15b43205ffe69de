"""The open vote of a member without a device: one person writes down what the member says, another confirms it.

Confirming casts the ballot first; what this stream holds decides nothing.
"""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.ids import derived
from kernel.messages import Command, Event
from services.voting import ballot
from services.voting.messages import (
    BallotDictated,
    CastBallot,
    ConfirmDictation,
    DictateBallot,
    DictationConfirmed,
    DictationWithdrawn,
    WithdrawDictation,
)
from services.voting.urn import Known


@dataclass(frozen=True)
class NotDictated:
    pass


@dataclass(frozen=True)
class Dictated:
    ballot: BallotDictated


@dataclass(frozen=True)
class Confirmed:
    """The ballot has been cast. Only who asks again to confirm it is answered with its receipt."""

    ballot: BallotDictated


Dictation = NotDictated | Dictated | Confirmed


def stream_of(poll_id: UUID, voter_id: UUID) -> str:
    return f"dictation-{poll_id}+{voter_id}"


def check_dictated(command: DictateBallot, known: Known | None) -> None:
    """What could not be cast is not written down either."""
    if known is None:
        raise Refused("no_such_poll", str(command.poll_id))
    if known.end is not None:
        raise Refused(known.end.code, str(command.poll_id))
    if command.voter_id not in known.poll.voters:
        raise Refused("not_on_roll", str(command.voter_id))
    ballot.check_marks(command.marks, known.poll)


def decide(command: Command, dictation: Dictation) -> list[Event]:
    match command:
        case DictateBallot():
            return _dictate(command, dictation)
        case ConfirmDictation():
            check_confirmer(command, dictation)
            if isinstance(dictation, Confirmed):
                return []
            return [DictationConfirmed(poll_id=command.poll_id, voter_id=command.voter_id, confirmed_by=command.actor)]
        case WithdrawDictation():
            if not isinstance(dictation, Dictated):
                raise Refused("no_dictation", str(command.voter_id))
            return [DictationWithdrawn(poll_id=command.poll_id, voter_id=command.voter_id)]
        case _:
            raise TypeError(f"not a command of a dictation: {type(command).__name__}")


def _dictate(command: DictateBallot, dictation: Dictation) -> list[Event]:
    dictated = BallotDictated(
        poll_id=command.poll_id, voter_id=command.voter_id, marks=command.marks, dictated_by=command.actor
    )
    match dictation:
        case NotDictated() | Confirmed():
            return [dictated]
        case Dictated(ballot=standing):
            if standing == dictated:
                return []
            raise Refused("already_dictated", str(command.voter_id))
        case _:
            assert_never(dictation)


def check_confirmer(command: ConfirmDictation, dictation: Dictation) -> BallotDictated:
    """Refused to who wrote it down, or where the two heard different things."""
    if isinstance(dictation, NotDictated):
        raise Refused("no_dictation", str(command.voter_id))
    if dictation.ballot.dictated_by == command.actor:
        raise Refused("second_person_needed", command.actor)
    if frozenset(dictation.ballot.marks) != frozenset(command.marks):
        raise Refused("dictation_differs", str(command.voter_id))
    return dictation.ballot


def confirmed(command: ConfirmDictation, dictation: Dictation) -> CastBallot:
    """The ballot that the confirmation casts, with an id of its own."""
    standing = check_confirmer(command, dictation)
    return CastBallot(
        id=derived(command.id, "ballot"),
        actor=command.actor,
        at=command.at,
        correlation_id=command.correlation_id or command.id,
        poll_id=standing.poll_id,
        voter_id=standing.voter_id,
        marks=standing.marks,
        dictated_by=standing.dictated_by,
        confirmed_by=command.actor,
    )


def evolve(dictation: Dictation, event: Event) -> Dictation:
    match (dictation, event):
        case (NotDictated() | Confirmed(), BallotDictated()):
            return Dictated(event)
        case (Dictated(ballot=standing), DictationConfirmed()):
            return Confirmed(standing)
        case (Dictated(), DictationWithdrawn()):
            return NotDictated()
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(dictation).__name__}")


decider: Decider[Dictation] = Decider(initial=NotDictated(), decide=decide, evolve=evolve)
