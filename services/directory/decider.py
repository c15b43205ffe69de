"""Units: what may be established, renamed, dissolved and given rules. People are in `people`.

A command that names other units is also checked against their own streams (`check_references`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.directory.messages import (
    BODY_KINDS,
    AssignRole,
    CorrectPerson,
    DissolveUnit,
    EstablishUnit,
    GrantMandate,
    MeetingRules,
    MeetingRulesSet,
    RegisterPerson,
    RenameUnit,
    SetMeetingRules,
    UnitDissolved,
    UnitEstablished,
    UnitKind,
    UnitRenamed,
)


@dataclass(frozen=True)
class NotEstablished:
    pass


@dataclass(frozen=True)
class Standing:
    """Established and not dissolved; it may still lie in the future. `founding` is what it was established with."""

    founding: UnitEstablished
    name: str
    short_name: str
    rules: MeetingRules | None = None

    @property
    def kind(self) -> UnitKind:
        return self.founding.kind


@dataclass(frozen=True)
class Dissolved:
    was: Standing
    dissolution: UnitDissolved


UnitState = NotEstablished | Standing | Dissolved


def decide(command: Command, state: UnitState) -> Sequence[Event]:
    match command, state:
        case EstablishUnit(), _:
            return _establish(command, state)
        case RenameUnit() | DissolveUnit() | SetMeetingRules(), NotEstablished():
            raise Refused("unknown_unit", str(command.unit_id))
        case RenameUnit(), Standing():
            if (command.name, command.short_name) == (state.name, state.short_name):
                return []
            return [UnitRenamed(unit_id=command.unit_id, name=command.name, short_name=command.short_name)]
        case DissolveUnit(), Standing():
            return _dissolve(command, state)
        case DissolveUnit(), Dissolved():
            if _dissolution(command) == state.dissolution:
                return []
            raise Refused("unit_dissolved", str(command.unit_id))
        case SetMeetingRules(), Standing():
            return _set_rules(command, state)
        case RenameUnit() | SetMeetingRules(), Dissolved():
            raise Refused("unit_dissolved", str(command.unit_id))
        case _:
            raise TypeError(type(command).__name__)


def evolve(state: UnitState, event: Event) -> UnitState:
    match event, state:
        case UnitEstablished(), NotEstablished():
            return Standing(event, event.name, event.short_name)
        case UnitRenamed(), Standing():
            return replace(state, name=event.name, short_name=event.short_name)
        case MeetingRulesSet(), Standing():
            return replace(state, rules=event.rules)
        case UnitDissolved(), Standing():
            return Dissolved(state, event)
        case _:
            return state


def _establish(command: EstablishUnit, state: UnitState) -> Sequence[Event]:
    founding = UnitEstablished(
        unit_id=command.unit_id,
        name=command.name,
        short_name=command.short_name,
        kind=command.kind,
        tier=command.tier,
        parent_id=command.parent_id,
        valid_from=command.valid_from,
        predecessor_ids=command.predecessor_ids,
        agency_code=command.agency_code,
    )
    match state:
        case NotEstablished():
            if command.unit_id in (command.parent_id, *command.predecessor_ids):
                raise Refused("unit_refers_to_itself", str(command.unit_id))
            return [founding]
        case Standing(founding=known) | Dissolved(was=Standing(founding=known)):
            if known == founding:
                return []
            raise Refused("unit_exists", str(command.unit_id))


def _dissolve(command: DissolveUnit, state: Standing) -> Sequence[Event]:
    if command.valid_to < state.founding.valid_from:
        raise Refused("ends_before_it_starts", f"{command.valid_to} < {state.founding.valid_from}")
    if command.unit_id in command.successor_ids:
        raise Refused("unit_refers_to_itself", str(command.unit_id))
    return [_dissolution(command)]


def _dissolution(command: DissolveUnit) -> UnitDissolved:
    return UnitDissolved(
        unit_id=command.unit_id,
        valid_to=command.valid_to,
        successor_ids=command.successor_ids,
        legal_basis=command.legal_basis,
    )


def _set_rules(command: SetMeetingRules, state: Standing) -> Sequence[Event]:
    if state.kind not in BODY_KINDS:
        raise Refused("not_a_body", state.kind)
    if command.rules.quorum_numerator > command.rules.quorum_denominator:
        raise Refused("quorum_above_all", f"{command.rules.quorum_numerator}/{command.rules.quorum_denominator}")
    if command.rules == state.rules:
        return []
    return [MeetingRulesSet(unit_id=command.unit_id, rules=command.rules)]


def referred_units(command: Command) -> tuple[UUID, ...]:
    """The other units whose facts decide whether the command makes sense."""
    match command:
        case EstablishUnit():
            parent = () if command.parent_id is None else (command.parent_id,)
            return tuple(each for each in (*parent, *command.predecessor_ids) if each != command.unit_id)
        case DissolveUnit():
            return tuple(each for each in command.successor_ids if each != command.unit_id)
        case RegisterPerson() | CorrectPerson() | AssignRole():
            return () if command.unit_id is None else (command.unit_id,)
        case GrantMandate():
            return (command.body_id,)
        case _:
            return ()


def check_references(command: Command, known: Mapping[UUID, UnitState]) -> None:
    """Refuse a command that names a unit which does not exist, or not at the time or of the kind that is needed."""
    for unit_id, state in known.items():
        if isinstance(state, NotEstablished):
            raise Refused("unknown_unit", str(unit_id))
    match command:
        case EstablishUnit(parent_id=UUID() as parent_id) if parent_id in known:
            _check_valid(known[parent_id], command.valid_from, "parent_not_valid")
        case GrantMandate():
            body = known[command.body_id]
            if _founding(body).kind not in BODY_KINDS:
                raise Refused("not_a_body", str(command.body_id))
            _check_valid(body, command.valid_from, "body_not_valid")


def _check_valid(state: UnitState, day: date, code: str) -> None:
    if day < _founding(state).valid_from:
        raise Refused(code, f"not yet established on {day}")
    if isinstance(state, Dissolved) and day > state.dissolution.valid_to:
        raise Refused(code, f"dissolved before {day}")


def _founding(state: UnitState) -> UnitEstablished:
    match state:
        case Standing():
            return state.founding
        case Dissolved():
            return state.was.founding
        case NotEstablished():
            raise Refused("unknown_unit")


UNIT: Decider[UnitState] = Decider(NotEstablished(), decide, evolve)
