"""People: their particulars, mandates, roles and account; and who may use a login."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.directory.messages import (
    AccountClosed,
    AccountOpened,
    AssignRole,
    ClaimLogin,
    CloseAccount,
    CorrectPerson,
    EndMandate,
    GrantMandate,
    LoginClaimed,
    MandateEnded,
    MandateGranted,
    OpenAccount,
    PersonCorrected,
    PersonRegistered,
    RegisterPerson,
    RoleAssigned,
    RoleName,
    RoleWithdrawn,
    WithdrawRole,
)


@dataclass(frozen=True)
class Unregistered:
    pass


@dataclass(frozen=True)
class NoAccount:
    pass


@dataclass(frozen=True)
class OpenedAccount:
    login: str


@dataclass(frozen=True)
class ClosedAccount:
    login: str


@dataclass(frozen=True)
class Particulars:
    full_name: str
    position: str
    unit_id: UUID | None
    email: str
    phone: str


@dataclass(frozen=True)
class MandateHeld:
    granted: MandateGranted
    ended: MandateEnded | None = None

    @property
    def valid_to(self) -> date | None:
        return self.granted.valid_to if self.ended is None else self.ended.valid_to

    def overlaps(self, body_id: UUID, valid_from: date, valid_to: date | None) -> bool:
        begins_in_time = valid_to is None or self.granted.valid_from <= valid_to
        ends_too_late = self.valid_to is None or self.valid_to >= valid_from
        return self.granted.body_id == body_id and begins_in_time and ends_too_late


@dataclass(frozen=True)
class Registered:
    particulars: Particulars
    mandates: tuple[MandateHeld, ...] = ()
    roles: frozenset[tuple[RoleName, UUID | None]] = frozenset()
    account: NoAccount | OpenedAccount | ClosedAccount = NoAccount()


PersonState = Unregistered | Registered


def decide(command: Command, state: PersonState) -> Sequence[Event]:
    match command, state:
        case RegisterPerson(), _:
            return _register(command, state)
        case (
            (
                CorrectPerson()
                | GrantMandate()
                | EndMandate()
                | AssignRole()
                | WithdrawRole()
                | OpenAccount()
                | CloseAccount()
            ),
            Unregistered(),
        ):
            raise Refused("unknown_person", str(command.person_id))
        case CorrectPerson(), Registered():
            particulars = _particulars(command)
            if particulars == state.particulars:
                return []
            return [PersonCorrected(person_id=command.person_id, **vars(particulars))]
        case ((GrantMandate() | EndMandate()), Registered()):
            return _decide_mandate(command, state)
        case ((AssignRole() | WithdrawRole()), Registered()):
            return _decide_role(command, state)
        case ((OpenAccount() | CloseAccount()), Registered()):
            return _decide_account(command, state)
        case _:
            raise TypeError(type(command).__name__)


def evolve(state: PersonState, event: Event) -> PersonState:
    match event, state:
        case PersonRegistered(), Unregistered():
            return Registered(_particulars(event))
        case PersonCorrected(), Registered():
            return replace(state, particulars=_particulars(event))
        case MandateGranted(), Registered():
            return replace(state, mandates=(*state.mandates, MandateHeld(event)))
        case MandateEnded(), Registered():
            return replace(state, mandates=tuple(_ended(each, event) for each in state.mandates))
        case RoleAssigned(), Registered():
            return replace(state, roles=state.roles | {(event.role, event.unit_id)})
        case RoleWithdrawn(), Registered():
            return replace(state, roles=state.roles - {(event.role, event.unit_id)})
        case AccountOpened(), Registered():
            return replace(state, account=OpenedAccount(event.login))
        case AccountClosed(), Registered():
            return replace(state, account=ClosedAccount(event.login))
        case _:
            return state


def _particulars(said: RegisterPerson | CorrectPerson | PersonRegistered | PersonCorrected) -> Particulars:
    return Particulars(
        full_name=said.full_name, position=said.position, unit_id=said.unit_id, email=said.email, phone=said.phone
    )


def _ended(mandate: MandateHeld, event: MandateEnded) -> MandateHeld:
    return replace(mandate, ended=event) if mandate.granted.mandate_id == event.mandate_id else mandate


def _register(command: RegisterPerson, state: PersonState) -> Sequence[Event]:
    particulars = _particulars(command)
    match state:
        case Unregistered():
            return [PersonRegistered(person_id=command.person_id, **vars(particulars))]
        case Registered():
            if state.particulars == particulars:
                return []
            raise Refused("person_exists", str(command.person_id))


def _decide_mandate(command: GrantMandate | EndMandate, state: Registered) -> Sequence[Event]:
    known = {each.granted.mandate_id: each for each in state.mandates}
    match command:
        case GrantMandate():
            return _grant(command, state)
        case EndMandate() if command.mandate_id not in known:
            raise Refused("unknown_mandate", str(command.mandate_id))
        case EndMandate():
            return _end(command, known[command.mandate_id])


def _grant(command: GrantMandate, state: Registered) -> Sequence[Event]:
    granted = MandateGranted(
        person_id=command.person_id,
        mandate_id=command.mandate_id,
        body_id=command.body_id,
        title=command.title,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
    )
    if any(each.granted == granted for each in state.mandates):
        return []
    if any(each.granted.mandate_id == command.mandate_id for each in state.mandates):
        raise Refused("mandate_exists", str(command.mandate_id))
    if command.valid_to is not None and command.valid_to < command.valid_from:
        raise Refused("ends_before_it_starts", f"{command.valid_to} < {command.valid_from}")
    if any(each.overlaps(command.body_id, command.valid_from, command.valid_to) for each in state.mandates):
        raise Refused("mandate_overlaps", str(command.body_id))
    return [granted]


def _end(command: EndMandate, mandate: MandateHeld) -> Sequence[Event]:
    ended = MandateEnded(
        person_id=command.person_id, mandate_id=command.mandate_id, valid_to=command.valid_to, reason=command.reason
    )
    if mandate.ended == ended:
        return []
    if mandate.ended is not None or (mandate.valid_to is not None and command.valid_to > mandate.valid_to):
        raise Refused("mandate_already_ended", f"on {mandate.valid_to}")
    if command.valid_to < mandate.granted.valid_from:
        raise Refused("ends_before_it_starts", f"{command.valid_to} < {mandate.granted.valid_from}")
    return [ended]


def _decide_role(command: AssignRole | WithdrawRole, state: Registered) -> Sequence[Event]:
    held = (command.role, command.unit_id) in state.roles
    match command:
        case AssignRole():
            assigned = RoleAssigned(person_id=command.person_id, role=command.role, unit_id=command.unit_id)
            return [] if held else [assigned]
        case WithdrawRole():
            if command.role is RoleName.administrator and command.actor == str(command.person_id):
                raise Refused("own_administrator_role", "another administrator must do this")
            withdrawn = RoleWithdrawn(person_id=command.person_id, role=command.role, unit_id=command.unit_id)
            return [withdrawn] if held else []


def _decide_account(command: OpenAccount | CloseAccount, state: Registered) -> Sequence[Event]:
    match command, state.account:
        case OpenAccount(), OpenedAccount(login):
            if login == command.login:
                return []
            raise Refused("account_open", login)
        case OpenAccount(), NoAccount() | ClosedAccount():
            return [AccountOpened(person_id=command.person_id, login=command.login)]
        case CloseAccount(), OpenedAccount(login):
            if command.actor == str(command.person_id):
                raise Refused("own_account", login)
            return [AccountClosed(person_id=command.person_id, login=login, reason=command.reason)]
        case _:
            return []


@dataclass(frozen=True)
class Unclaimed:
    pass


@dataclass(frozen=True)
class Claimed:
    by: UUID


LoginState = Unclaimed | Claimed


def decide_login(command: Command, state: LoginState) -> Sequence[Event]:
    match command, state:
        case ClaimLogin(), Unclaimed():
            return [LoginClaimed(person_id=command.person_id, login=command.login)]
        case ClaimLogin(), Claimed(by) if by == command.person_id:
            return []
        case ClaimLogin(), Claimed():
            raise Refused("login_taken", command.login)
        case _:
            raise TypeError(type(command).__name__)


def evolve_login(state: LoginState, event: Event) -> LoginState:
    return Claimed(event.person_id) if isinstance(event, LoginClaimed) else state


PERSON: Decider[PersonState] = Decider(Unregistered(), decide, evolve)
LOGIN: Decider[LoginState] = Decider(Unclaimed(), decide_login, evolve_login)
