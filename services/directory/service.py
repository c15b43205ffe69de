"""Takes the directory's commands."""

from typing import TypeVar
from uuid import UUID

from kernel.codec import Codec
from kernel.decider import Decider
from kernel.handle import CommandHandler
from kernel.ids import derived
from kernel.messages import Accepted, Command
from kernel.ports import EventStore
from ledger import rotation
from services.directory.decider import UNIT, UnitState, check_references, referred_units
from services.directory.erasure import ERASURE
from services.directory.exporting import EXPORT
from services.directory.log_keys import LOG_KEY
from services.directory.messages import (
    EVENTS,
    AssignRole,
    ClaimLogin,
    CloseAccount,
    CorrectPerson,
    DissolveUnit,
    EndMandate,
    EraseEvent,
    EstablishUnit,
    GrantMandate,
    OpenAccount,
    RecordState,
    RegisterPerson,
    RenameUnit,
    RotateLogKey,
    SetMeetingRules,
    TakeExport,
    WithdrawRole,
)
from services.directory.people import LOGIN, PERSON
from services.directory.shown_state import STATE

CODEC = Codec(EVENTS)
State = TypeVar("State")


class DirectoryService:
    def __init__(self, store: EventStore, deployment: str) -> None:
        self._store = store
        self._handler = CommandHandler("directory", store, CODEC, deployment)

    def execute(self, command: Command) -> Accepted:
        check_references(command, {each: self._unit(each) for each in referred_units(command)})
        match command:
            case EstablishUnit() | RenameUnit() | DissolveUnit() | SetMeetingRules():
                return self._handler.handle(UNIT, f"unit-{command.unit_id}", command)
            case ClaimLogin():
                return self._handler.handle(LOGIN, f"login-{command.login}", command)
            case EraseEvent():
                return self._handler.handle(ERASURE, f"erasure-{command.event_id}", command)
            case TakeExport():
                return self._handler.handle(EXPORT, f"export-{command.export_id}", command)
            case RotateLogKey():
                return self._handler.handle(LOG_KEY, rotation.STREAM, command)
            case RecordState():
                return self._handler.handle(STATE, f"state-{command.day}+{command.replica}", command)
            case OpenAccount():
                return self._open_account(command)
            case (
                RegisterPerson()
                | CorrectPerson()
                | GrantMandate()
                | EndMandate()
                | AssignRole()
                | WithdrawRole()
                | CloseAccount()
            ):
                return self._handler.handle(PERSON, f"person-{command.person_id}", command)
            case _:
                raise TypeError(type(command).__name__)

    def _open_account(self, command: OpenAccount) -> Accepted:
        """Claim, then open: the store lets one writer begin `login-<login>`, so no race gives two people one login.

        What the person's own stream refuses is refused before anything is claimed. A crash in between leaves a claim
        that only the same person can use, and repeating the command completes it.
        """
        person = f"person-{command.person_id}"
        PERSON.decide(command, self._fold(PERSON, person))
        self.execute(
            ClaimLogin(
                id=derived(command.id, "claim"),
                actor=command.actor,
                at=command.at,
                correlation_id=command.correlation_id or command.id,
                person_id=command.person_id,
                login=command.login,
            )
        )
        return self._handler.handle(PERSON, person, command)

    def _unit(self, unit_id: UUID) -> UnitState:
        return self._fold(UNIT, f"unit-{unit_id}")

    def _fold(self, decider: Decider[State], stream: str) -> State:
        return decider.fold(CODEC.decode(each) for each in self._store.read(stream))
