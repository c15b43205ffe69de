"""Lawful erasure: which fields of one event are to be forgotten, decided by two people."""

from collections.abc import Sequence

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.directory.messages import EraseEvent, EventErased

PERSONAL = {
    "PersonRegistered": frozenset({"full_name", "position", "email", "phone"}),
    "PersonCorrected": frozenset({"full_name", "position", "email", "phone"}),
    "MandateEnded": frozenset({"reason"}),
    "AccountClosed": frozenset({"reason"}),
    "InvitationAnswered": frozenset({"reason"}),
    "AbsenceRecorded": frozenset({"reason"}),
    "DiscussionNoted": frozenset({"text"}),
    "NoteCorrected": frozenset({"text"}),
}
"""What can be erased: free text about people. Votes, tallies, decisions and documents' hashes cannot."""

Erased = frozenset[str]


def decide(command: Command, state: Erased) -> Sequence[Event]:
    match command:
        case EraseEvent():
            if not set(command.fields) <= PERSONAL.get(command.event_type, frozenset()):
                raise Refused("not_erasable", command.event_type)
            if str(command.confirmed_by) == command.actor:
                raise Refused("second_person_needed")
            if set(command.fields) <= state:
                return []
            return [EventErased.of(command)]
        case _:
            raise TypeError(type(command).__name__)


def evolve(state: Erased, event: Event) -> Erased:
    match event:
        case EventErased():
            return state | set(event.fields)
        case _:
            raise TypeError(type(event).__name__)


ERASURE: Decider[Erased] = Decider(frozenset(), decide, evolve)
