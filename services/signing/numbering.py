"""Numbers of official documents: none twice, none left out (Decree 30/2020/NĐ-CP, articles 15 and 22). Pure.

One register is one stream: of two writers who saw the same last number one is told to look again, so that any number
of processes may register at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.signing.messages.official import WITHOUT_ABBREVIATION, Described, Kind
from services.signing.messages.registers import (
    AllotNumber,
    NumberAllotted,
    NumberReserved,
    NumberVoided,
    Register,
    ReserveNumber,
    VoidNumber,
)

Commands = AllotNumber | ReserveNumber | VoidNumber

ABBREVIATIONS: Mapping[Kind, str] = {
    Kind.resolution: "NQ",
    Kind.decision: "QĐ",
    Kind.directive: "CT",
    Kind.regulation: "QC",
    Kind.provision: "QyĐ",
    Kind.communique: "TC",
    Kind.notice: "TB",
    Kind.guidance: "HD",
    Kind.programme: "CTr",
    Kind.plan: "KH",
    Kind.option: "PA",
    Kind.scheme: "ĐA",
    Kind.project: "DA",
    Kind.report: "BC",
    Kind.minutes: "BB",
    Kind.submission: "TTr",
    Kind.contract: "HĐ",
    Kind.telegram: "CĐ",
    Kind.memorandum: "BGN",
    Kind.agreement: "BTT",
    Kind.authorisation: "GUQ",
    Kind.invitation: "GM",
    Kind.introduction: "GGT",
    Kind.leave: "GNP",
    Kind.dispatch_slip: "PG",
    Kind.transfer_slip: "PC",
    Kind.notification_slip: "PB",
}
"""Decree 30/2020, Annex III; letters have none."""


def symbol_of(described: Described) -> str:
    """What follows the number and a stroke: NQ-HĐND, or UBND-VP for a letter (Decree 30/2020, Annex I, part II.3)."""
    if described.kind in WITHOUT_ABBREVIATION:
        return f"{described.issuer_symbol}-{described.drafter_symbol}"
    return f"{ABBREVIATIONS[described.kind]}-{described.issuer_symbol}"


def printed(number: int, symbol: str) -> str:
    """As the document bears it; numbers below 10 have two digits."""
    return f"{number:02}/{symbol}"


@dataclass(frozen=True)
class Kept:
    """`last`: the greatest number that is not free. `allotted`: whose each is."""

    last: int = 0
    allotted: Mapping[UUID, NumberAllotted] = field(default_factory=dict)
    reserved: frozenset[int] = frozenset()
    voided: frozenset[int] = frozenset()


def decide(command: Command, state: Kept) -> Sequence[Event]:
    match command:
        case AllotNumber():
            return _allot(command, state)
        case ReserveNumber():
            return [NumberReserved(in_register=command.in_register, number=state.last + 1, reason=command.reason)]
        case VoidNumber():
            return _void(command, state)
        case _:
            raise TypeError(f"{type(command).__name__} is no command about registers")


def evolve(state: Kept, event: Event) -> Kept:
    match event:
        case NumberAllotted():
            return replace(
                state,
                last=max(state.last, event.number),
                allotted={**state.allotted, event.subject_id: event},
                reserved=state.reserved - {event.number},
            )
        case NumberReserved():
            return replace(state, last=event.number, reserved=state.reserved | {event.number})
        case NumberVoided():
            return replace(state, reserved=state.reserved - {event.number}, voided=state.voided | {event.number})
        case _:
            return state


def _allot(command: AllotNumber, state: Kept) -> Sequence[Event]:
    if command.entered_on.year != command.in_register.year:
        raise Refused("other_year", "a number is of the year in which the document is entered")
    if command.subject_id in state.allotted:
        return []
    number = command.reserved if command.reserved in state.reserved else state.last + 1
    return [
        NumberAllotted(
            in_register=command.in_register,
            number=number,
            subject_id=command.subject_id,
            symbol=command.symbol,
            entered_on=command.entered_on,
            summary=command.summary,
        )
    ]


def _void(command: VoidNumber, state: Kept) -> Sequence[Event]:
    if command.number in state.voided:
        return []
    if command.number not in state.reserved:
        raise Refused("number_not_reserved", "only a number that waits can be voided; a document's own stays with it")
    return [NumberVoided(in_register=command.in_register, number=command.number, reason=command.reason)]


def stream(register: Register) -> str:
    return f"register-{register.body_id}-{register.year}-{register.series}"


decider: Decider[Kept] = Decider(Kept(), decide, evolve)
