"""Signing in somebody's place for some days, by a written authorisation (Decree 30/2020, article 13.3). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from kernel.vietnam import day_of
from services.signing.messages.orders import DelegateSigning, DelegationRevoked, RevokeDelegation, SigningDelegated

Commands = DelegateSigning | RevokeDelegation


@dataclass(frozen=True)
class Unwritten:
    pass


@dataclass(frozen=True)
class InForce:
    delegated: SigningDelegated

    def covers(self, from_id: UUID | None, to_id: UUID, day: date) -> bool:
        """`day` in the office's own time zone."""
        same = (self.delegated.from_id, self.delegated.to_id) == (from_id, to_id)
        return same and self.delegated.valid_from <= day <= self.delegated.valid_until


@dataclass(frozen=True)
class Revoked:
    pass


State = Unwritten | InForce | Revoked


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case DelegateSigning(), Unwritten():
            return _delegate(command)
        case DelegateSigning(), _:
            raise Refused("delegation_exists")
        case RevokeDelegation(), InForce():
            return [DelegationRevoked(delegation_id=command.delegation_id, reason=command.reason)]
        case RevokeDelegation(), Revoked():
            return []
        case RevokeDelegation(), _:
            raise Refused("delegation_not_found")
        case _:
            raise TypeError(f"{type(command).__name__} is no command about a delegation")


def evolve(_state: State, event: Event) -> State:
    match event:
        case SigningDelegated():
            return InForce(event)
        case DelegationRevoked():
            return Revoked()
        case _:
            raise TypeError(type(event).__name__)


def _delegate(command: DelegateSigning) -> Sequence[Event]:
    if command.from_id == command.to_id:
        raise Refused("delegated_to_oneself")
    if command.valid_until < command.valid_from:
        raise Refused("delegation_ends_before_it_begins")
    if command.valid_until < day_of(command.at):
        raise Refused("delegation_over", f"nobody signs in somebody's place on a day up to {command.valid_until}")
    return [SigningDelegated.of(command)]


def stream(delegation_id: UUID) -> str:
    return f"delegation-{delegation_id}"


decider: Decider[State] = Decider(Unwritten(), decide, evolve)
