"""Sends each command to the stream that it changes, and sees to what the course of official documents makes due."""

from kernel.codec import Codec
from kernel.decider import Refused
from kernel.handle import CommandHandler
from kernel.ids import derived
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.ports import EventStore
from kernel.vietnam import day_of
from services.signing import arrival, copying, delegation, numbering, official, order, originals
from services.signing.checking import Check
from services.signing.messages import EVENTS
from services.signing.messages.copies import MakeCopy
from services.signing.messages.incoming import IncomingReceived, RecordCheck
from services.signing.messages.orders import RecordSignature
from services.signing.policy import react

CODEC = Codec(EVENTS)
REACTS_TO = frozenset(
    {
        "OfficialSubmitted",
        "SealAsked",
        "SigningCompleted",
        "SigningDeclined",
        "SigningCancelled",
        "NumberRequested",
        "RegistrationRequested",
        "NumberAllotted",
        "OfficialIssued",
        "IncomingReceived",
        "CopyMade",
        "CopySealed",
        "CopyIssued",
    }
)


class SigningService:
    def __init__(self, store: EventStore, deployment: str, check: Check) -> None:
        self._store = store
        self._check = check
        self._handler = CommandHandler("signing", store, CODEC, deployment)

    def execute(self, command: Command) -> Accepted:
        if isinstance(command, RecordSignature):
            self._check_delegation(command)
        if isinstance(command, MakeCopy):
            originals.check(command.described.original, self._events)
        handle = self._handler.handle
        match command:
            case _ if isinstance(command, order.Commands):
                return handle(order.decider, order.stream(command.order_id), command)
            case _ if isinstance(command, official.Commands):
                return handle(official.decider, official.stream(command.official_id), command)
            case _ if isinstance(command, arrival.Commands):
                return handle(arrival.decider, arrival.stream(command.incoming_id), command)
            case _ if isinstance(command, copying.Commands):
                return handle(copying.decider, copying.stream(command.copy_id), command)
            case _ if isinstance(command, numbering.Commands):
                return handle(numbering.decider, numbering.stream(command.in_register), command)
            case _ if isinstance(command, delegation.Commands):
                return handle(delegation.decider, delegation.stream(command.delegation_id), command)
            case _:
                raise TypeError(f"{type(command).__name__} is no command of the signing service")

    def on_event(self, recorded: Recorded, event: Event) -> None:
        if isinstance(event, IncomingReceived):
            self.execute(self._checked(recorded, event))
        for command in react(recorded, event):
            self.execute(command)

    def _checked(self, recorded: Recorded, event: IncomingReceived) -> RecordCheck:
        checked = self._check(event.sha256)
        return RecordCheck(
            id=derived(recorded.id, "check"),
            actor="signing.check",
            at=recorded.recorded_at,
            correlation_id=recorded.correlation_id,
            incoming_id=event.incoming_id,
            sha256=event.sha256,
            verdict=checked.verdict,
            finding=checked.finding,
            signers=checked.signers,
        )

    def _check_delegation(self, command: RecordSignature) -> None:
        """Who signs for somebody else is named in an authorisation that is in force on the day."""
        if command.on_behalf_of is None and command.delegation_id is None:
            return
        if command.on_behalf_of is None or command.delegation_id is None:
            raise Refused("delegation_not_named", "who signs for somebody names the person and the authorisation")
        state = delegation.decider.fold(self._events(delegation.stream(command.delegation_id)))
        day = day_of(command.at)
        if not (isinstance(state, delegation.InForce) and state.covers(command.on_behalf_of, command.signer_id, day)):
            raise Refused("delegation_not_in_force", str(command.delegation_id))

    def _events(self, stream: str) -> list[Event]:
        return [CODEC.decode(each) for each in self._store.read(stream)]
