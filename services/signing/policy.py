"""What the course of official documents makes due: orders to sign, numbers, and arrivals at the recipients. Pure."""

from collections.abc import Sequence

from kernel.ids import derived
from kernel.messages import Command, Event, Recorded
from services.signing import copy_policy
from services.signing.messages.copies import CopyIssued, CopyMade, CopySealed
from services.signing.messages.incoming import ReceiveIncoming, RecordArrivalNumber, RegistrationRequested, Sent
from services.signing.messages.official import (
    NumberRequested,
    OfficialIssued,
    OfficialSubmitted,
    RecordNumber,
    RecordRecall,
    RecordReturn,
    RecordSealed,
    RecordSigned,
    SealAsked,
)
from services.signing.messages.orders import (
    Act,
    OpenSigningOrder,
    Purpose,
    SigningCancelled,
    SigningCompleted,
    SigningDeclined,
    Step,
)
from services.signing.messages.registers import COPIES, INCOMING, AllotNumber, NumberAllotted, Register
from services.signing.numbering import printed
from services.signing.sending import Stamps, to_units


def react(recorded: Recorded, event: Event) -> Sequence[Command]:
    """The commands bear ids that derive from the event's: what it makes due is made once."""
    stamps: Stamps = {
        "id": derived(recorded.id, 0),
        "actor": recorded.actor,
        "at": recorded.recorded_at,
        "correlation_id": recorded.correlation_id,
    }
    match event:
        case OfficialSubmitted():
            return [_order(stamps, event, Purpose.issue, event.steps)]
        case SealAsked():
            return [_order(stamps, event, Purpose.seal, (Step(act=Act.seal, signer_ids=event.clerk_ids),))]
        case SigningCompleted() | SigningDeclined() | SigningCancelled():
            return _after_signing(recorded, stamps, event)
        case CopyMade():
            return [copy_policy.order(stamps, event)]
        case CopySealed():
            return [copy_policy.number(stamps, event)]
        case CopyIssued():
            return copy_policy.arrivals(recorded, stamps, event)
        case NumberRequested() | RegistrationRequested():
            return [_number(stamps, event)]
        case NumberAllotted():
            return [_tell_number(stamps, event)]
        case OfficialIssued():
            return _arrivals(recorded, stamps, event)
        case _:
            return []


def _order(
    stamps: Stamps, event: OfficialSubmitted | SealAsked, purpose: Purpose, steps: tuple[Step, ...]
) -> OpenSigningOrder:
    return OpenSigningOrder.model_validate(
        {
            **stamps,
            "order_id": event.order_id,
            "document_id": event.document_id,
            "official_id": event.official_id,
            "purpose": purpose,
            "title": event.summary,
            "sha256": event.sha256,
            "steps": steps,
        }
    )


def _after_signing(
    recorded: Recorded, stamps: Stamps, event: SigningCompleted | SigningDeclined | SigningCancelled
) -> Sequence[Command]:
    if isinstance(event, SigningDeclined) and event.copy_id is not None:
        return [copy_policy.declined(stamps, event, event.copy_id)]
    if isinstance(event, SigningCompleted) and event.purpose is Purpose.copy:
        return [copy_policy.after_signing(recorded, stamps, event)]
    if event.official_id is None:
        return []
    about = {**stamps, "official_id": event.official_id, "order_id": event.order_id}
    if isinstance(event, SigningDeclined):
        return [RecordReturn.model_validate({**about, "returned_by": event.signer_id, "reason": event.reason})]
    if isinstance(event, SigningCancelled):
        return [RecordRecall.model_validate({**about, "reason": event.reason})]
    record = RecordSealed if event.purpose is Purpose.seal else RecordSigned
    return [record.model_validate({**about, "sha256": event.sha256})]


def _number(stamps: Stamps, event: NumberRequested | RegistrationRequested) -> AllotNumber:
    if isinstance(event, NumberRequested):
        body_id, series = event.issuer_id, str(event.kind)
        own: Stamps = {"subject_id": event.official_id, "symbol": event.symbol, "reserved": event.reserved}
    else:
        body_id, series, own = event.receiver_id, INCOMING, {"subject_id": event.incoming_id}
    register = Register(body_id=body_id, year=event.entered_on.year, series=series)
    entry = {"in_register": register, "entered_on": event.entered_on, "summary": event.summary}
    return AllotNumber.model_validate({**stamps, **entry, **own})


def _tell_number(stamps: Stamps, event: NumberAllotted) -> Command:
    facts = {**stamps, "number": event.number, "entered_on": event.entered_on}
    if event.in_register.series == COPIES:
        return copy_policy.tell_number(stamps, event)
    if event.in_register.series == INCOMING:
        return RecordArrivalNumber.model_validate({**facts, "incoming_id": event.subject_id})
    return RecordNumber.model_validate({**facts, "official_id": event.subject_id, "symbol": event.symbol})


def _arrivals(recorded: Recorded, stamps: Stamps, event: OfficialIssued) -> Sequence[ReceiveIncoming]:
    sent = Sent(
        sender_id=event.issuer_id,
        symbol=printed(event.number, event.symbol),
        issued_on=event.entered_on,
        summary=event.summary,
        urgency=event.urgency,
        official_id=event.official_id,
    )
    return to_units(recorded, stamps, event, sent)
