"""The order in which people sign one document: each sees, and signs, exactly the newest bytes. Pure.

Steps follow one another; in a step the signers come in any order until as many as needed have signed. A PDF grows
with every signature, so two who read the same bytes cannot both sign them: the second reads again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.signing.messages.orders import (
    CancelSigningOrder,
    DeclineToSign,
    OpenSigningOrder,
    ProofRenewed,
    Purpose,
    RecordSignature,
    RenewProof,
    SignatureMade,
    SigningCancelled,
    SigningCompleted,
    SigningDeclined,
    SigningOrderOpened,
    Step,
)

Commands = OpenSigningOrder | RecordSignature | DeclineToSign | CancelSigningOrder | RenewProof


@dataclass(frozen=True)
class Unopened:
    pass


@dataclass(frozen=True)
class Waiting:
    """`sha256`: what the next signer signs. `at`: which step. `signed`: for whom there is a signature in that step.

    `hands`: who made those, which is somebody else where somebody stood in.
    """

    opened: SigningOrderOpened
    sha256: str
    at: int = 0
    signed: frozenset[UUID] = frozenset()
    hands: frozenset[UUID] = frozenset()

    @property
    def step(self) -> Step:
        return self.opened.steps[self.at]

    def waits_for(self, person_id: UUID) -> bool:
        return person_id in self.step.signer_ids and person_id not in self.signed


@dataclass(frozen=True)
class Completed:
    opened: SigningOrderOpened
    sha256: str


@dataclass(frozen=True)
class Ended:
    """Declined or cancelled."""


State = Unopened | Waiting | Completed | Ended


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case OpenSigningOrder(), Unopened():
            return [SigningOrderOpened.of(command)]
        case OpenSigningOrder(), _:
            return []
        case _, Unopened():
            raise Refused("signing_order_not_found")
        case RecordSignature(), Waiting():
            return _sign(command, state)
        case DeclineToSign(), Waiting():
            return _decline(command, state)
        case CancelSigningOrder(), Waiting():
            of = state.opened.official_id
            return [SigningCancelled(order_id=command.order_id, official_id=of, reason=command.reason)]
        case CancelSigningOrder(), Ended():
            return []
        case RenewProof(), Completed():
            return _renew(command, state)
        case RecordSignature() | DeclineToSign() | CancelSigningOrder(), _:
            raise Refused("signing_over", "nobody is asked to sign this any more")
        case RenewProof(), _:
            raise Refused("signing_not_complete")
        case _:
            raise TypeError(f"{type(command).__name__} is no command about a signing order")


def evolve(state: State, event: Event) -> State:
    match event, state:
        case SigningOrderOpened(), _:
            return Waiting(event, event.sha256)
        case SignatureMade(), Waiting():
            return _advanced(state, event)
        case SigningCompleted(), Waiting():
            return Completed(state.opened, event.sha256)
        case SigningDeclined() | SigningCancelled(), _:
            return Ended()
        case ProofRenewed(), Completed():
            return replace(state, sha256=event.stamped_sha256)
        case _:
            return state


def _sign(command: RecordSignature, state: Waiting) -> Sequence[Event]:
    if command.actor != str(command.signer_id):
        raise Refused("not_the_signer", "everybody signs for themselves")
    signed_for = command.on_behalf_of or command.signer_id
    if signed_for in state.signed:
        raise Refused("already_signed")
    if not state.waits_for(signed_for):
        raise Refused("not_your_turn_to_sign")
    if command.signer_id in state.hands or (command.on_behalf_of and command.signer_id in state.step.signer_ids):
        raise Refused("one_signature_in_a_step", "two signatures of a step are those of two people")
    if command.seen_sha256 != state.sha256:
        raise Refused("stale_document", "it was changed after the signer read it")
    if command.signed_sha256 == command.seen_sha256:
        raise Refused("nothing_signed", "a signature makes other bytes")
    if command.certificate.valid_until <= command.signed_at:
        raise Refused("certificate_expired", command.certificate.serial)
    made = SignatureMade.of(command, act=state.step.act)
    after = _advanced(state, made)
    if after.at < len(state.opened.steps):
        return [made]
    opened = state.opened
    completed = SigningCompleted(
        order_id=opened.order_id,
        document_id=opened.document_id,
        official_id=opened.official_id,
        purpose=opened.purpose,
        sha256=command.signed_sha256,
        size=command.signed_size,
    )
    return [made, completed]


def _advanced(state: Waiting, made: SignatureMade) -> Waiting:
    signed = state.signed | {made.on_behalf_of or made.signer_id}
    if len(signed) < state.step.needed:
        return replace(state, sha256=made.signed_sha256, signed=signed, hands=state.hands | {made.signer_id})
    return Waiting(state.opened, made.signed_sha256, state.at + 1)


def _decline(command: DeclineToSign, state: Waiting) -> Sequence[Event]:
    if command.actor != str(command.signer_id):
        raise Refused("not_the_signer", "everybody declines for themselves")
    if not state.waits_for(command.signer_id):
        raise Refused("not_your_turn_to_sign")
    opened = state.opened
    return [
        SigningDeclined(
            order_id=opened.order_id,
            official_id=opened.official_id,
            copy_id=opened.document_id if opened.purpose is Purpose.copy else None,
            signer_id=command.signer_id,
            reason=command.reason,
        )
    ]


def _renew(command: RenewProof, state: Completed) -> Sequence[Event]:
    if command.stamped_sha256 == state.sha256:
        return []
    return [
        ProofRenewed(
            order_id=command.order_id,
            document_id=state.opened.document_id,
            stamped_sha256=command.stamped_sha256,
            stamped_size=command.stamped_size,
            provable_until=command.provable_until,
        )
    ]


def stream(order_id: UUID) -> str:
    return f"signing-{order_id}"


decider: Decider[State] = Decider(Unopened(), decide, evolve)
