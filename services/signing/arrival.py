"""An official document that arrives: received, checked, registered, routed, acknowledged. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.signing.messages.incoming import (
    AcknowledgeIncoming,
    IncomingAcknowledged,
    IncomingReceived,
    IncomingRegistered,
    IncomingReturned,
    IncomingRouted,
    ReceiveIncoming,
    RecordArrivalNumber,
    RecordCheck,
    RegisterIncoming,
    RegistrationRequested,
    ReturnIncoming,
    RouteIncoming,
    SignaturesChecked,
    Verdict,
)

Commands = (
    ReceiveIncoming
    | RecordCheck
    | RegisterIncoming
    | RecordArrivalNumber
    | RouteIncoming
    | AcknowledgeIncoming
    | ReturnIncoming
)


@dataclass(frozen=True)
class Unknown:
    pass


@dataclass(frozen=True)
class Arrived:
    """`asked`: its number is under way."""

    received: IncomingReceived
    check: SignaturesChecked | None = None
    asked: bool = False
    registered: IncomingRegistered | None = None
    routed: IncomingRouted | None = None
    acknowledged: bool = False


@dataclass(frozen=True)
class Returned:
    pass


State = Unknown | Arrived | Returned


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case ReceiveIncoming(), Unknown():
            return [IncomingReceived.of(command)]
        case ReceiveIncoming(), _:
            return []
        case _, Unknown():
            raise Refused("incoming_not_found")
        case RecordCheck() | RecordArrivalNumber(), Returned():
            return []
        case _, Returned():
            raise Refused("incoming_returned", "it went back to its sender")
        case RecordCheck(), Arrived():
            checked = SignaturesChecked.of(command)
            return [] if checked == state.check else [checked]
        case RegisterIncoming() | RecordArrivalNumber(), Arrived():
            return _register(command, state)
        case RouteIncoming(), Arrived():
            return _route(command, state)
        case AcknowledgeIncoming(), Arrived():
            official_id = state.received.sent.official_id
            acknowledged = IncomingAcknowledged(incoming_id=command.incoming_id, official_id=official_id)
            return [] if state.acknowledged else [acknowledged]
        case ReturnIncoming(), Arrived():
            return _return(command, state)
        case _:
            raise TypeError(f"{type(command).__name__} is no command about incoming documents")


def evolve(state: State, event: Event) -> State:
    match event, state:
        case IncomingReceived(), _:
            return Arrived(event)
        case SignaturesChecked(), Arrived():
            return replace(state, check=event)
        case RegistrationRequested(), Arrived():
            return replace(state, asked=True)
        case IncomingRegistered(), Arrived():
            return replace(state, registered=event)
        case IncomingRouted(), Arrived():
            return replace(state, routed=event)
        case IncomingAcknowledged(), Arrived():
            return replace(state, acknowledged=True)
        case IncomingReturned(), _:
            return Returned()
        case _:
            return state


def _register(command: RegisterIncoming | RecordArrivalNumber, state: Arrived) -> Sequence[Event]:
    if isinstance(command, RecordArrivalNumber):
        return [] if state.registered or not state.asked else [IncomingRegistered.of(command)]
    if state.asked:
        return []
    if state.check is None:
        raise Refused("not_checked_yet", "its signatures are still being checked")
    if state.check.verdict is Verdict.invalid:
        raise Refused("signatures_invalid", state.check.finding)
    return [
        RegistrationRequested(
            incoming_id=command.incoming_id,
            receiver_id=state.received.receiver_id,
            summary=state.received.sent.summary,
            entered_on=command.entered_on,
        )
    ]


def _route(command: RouteIncoming, state: Arrived) -> Sequence[Event]:
    if state.registered is None:
        raise Refused("not_registered", "what is not in the register goes nowhere")
    if command.due_on is not None and command.due_on < state.registered.entered_on:
        raise Refused("due_before_registered")
    routed = IncomingRouted.of(command)
    return [] if routed == state.routed else [routed]


def _return(command: ReturnIncoming, state: Arrived) -> Sequence[Event]:
    if state.asked:
        raise Refused("already_registered", "a registered document is routed, not sent back")
    official_id = state.received.sent.official_id
    return [IncomingReturned(incoming_id=command.incoming_id, official_id=official_id, reason=command.reason)]


def stream(incoming_id: UUID) -> str:
    return f"incoming-{incoming_id}"


decider: Decider[State] = Decider(Unknown(), decide, evolve)
