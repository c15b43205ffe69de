"""What the course of a copy makes due: the order to seal it, its number, its arrival at the recipients. Pure."""

from collections.abc import Sequence
from uuid import UUID

from kernel.messages import Command, Recorded
from kernel.vietnam import day_of
from services.signing.copying import title_of
from services.signing.messages.copies import (
    CopyIssued,
    CopyMade,
    CopySealed,
    RecordCopyDeclined,
    RecordCopyNumber,
    RecordCopySealed,
)
from services.signing.messages.incoming import Sent
from services.signing.messages.orders import (
    Act,
    OpenSigningOrder,
    Purpose,
    SigningCompleted,
    SigningDeclined,
    Step,
)
from services.signing.messages.registers import COPIES, AllotNumber, NumberAllotted, Register
from services.signing.numbering import printed
from services.signing.sending import Stamps, to_units


def order(stamps: Stamps, event: CopyMade) -> OpenSigningOrder:
    """The clerk's alone: an electronic copy bears the body's key, and who ordered it is recorded (article 27)."""
    return OpenSigningOrder.model_validate(
        {
            **stamps,
            "order_id": event.order_id,
            "document_id": event.copy_id,
            "purpose": Purpose.copy,
            "title": title_of(event.described),
            "sha256": event.sha256,
            "steps": (Step(act=Act.seal, signer_ids=event.clerk_ids),),
        }
    )


def after_signing(recorded: Recorded, stamps: Stamps, event: SigningCompleted) -> RecordCopySealed:
    entered_on = day_of(recorded.recorded_at)
    sealed = {"copy_id": event.document_id, "order_id": event.order_id, "sha256": event.sha256}
    return RecordCopySealed.model_validate({**stamps, **sealed, "entered_on": entered_on})


def declined(stamps: Stamps, event: SigningDeclined, copy_id: UUID) -> RecordCopyDeclined:
    said = {"copy_id": copy_id, "order_id": event.order_id, "declined_by": event.signer_id, "reason": event.reason}
    return RecordCopyDeclined.model_validate({**stamps, **said})


def number(stamps: Stamps, event: CopySealed) -> AllotNumber:
    register = Register(body_id=event.body_id, year=event.entered_on.year, series=COPIES)
    entry = {"in_register": register, "subject_id": event.copy_id, "symbol": event.symbol}
    return AllotNumber.model_validate({**stamps, **entry, "entered_on": event.entered_on, "summary": event.summary})


def tell_number(stamps: Stamps, event: NumberAllotted) -> RecordCopyNumber:
    facts = {"number": event.number, "symbol": event.symbol, "entered_on": event.entered_on}
    return RecordCopyNumber.model_validate({**stamps, "copy_id": event.subject_id, **facts})


def arrivals(recorded: Recorded, stamps: Stamps, event: CopyIssued) -> Sequence[Command]:
    sent = Sent(
        sender_id=event.body_id,
        symbol=printed(event.number, event.symbol),
        issued_on=event.entered_on,
        summary=event.summary,
        copy_id=event.copy_id,
    )
    return to_units(recorded, stamps, event, sent)
