"""Official documents that arrive (văn bản đến): registered, checked, routed, acknowledged. Commands and events.

Stream: `incoming-<id>` (Decree 30/2020/NĐ-CP, articles 20 to 24).
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field, model_validator

from kernel.messages import Command, Event, Message
from services.documents.messages import SHA256
from services.signing.messages.official import Urgency


class Sent(Message):
    """What the sender says; `symbol` is number and symbol as printed, such as 15/NQ-HĐND.

    The sender is an agency outside by its name, or a unit of this deployment. `copy_id`: it came as this copy.
    """

    sender: str = Field("", max_length=300)
    sender_id: UUID | None = None
    symbol: str = Field("", max_length=80)
    issued_on: date | None = None
    summary: str = Field(min_length=1, max_length=1000)
    urgency: Urgency = Urgency.normal
    official_id: UUID | None = None
    copy_id: UUID | None = None

    @model_validator(mode="after")
    def somebody_sent_it(self) -> "Sent":
        if not self.sender.strip() and self.sender_id is None:
            raise ValueError("somebody sent it")
        return self


class ReceiveIncoming(Command):
    """It is there, for a unit; `document_id` holds its bytes, which arrived as `sha256`."""

    incoming_id: UUID
    receiver_id: UUID
    document_id: UUID
    sha256: str = Field(pattern=SHA256)
    sent: Sent


class IncomingReceived(Event):
    incoming_id: UUID
    receiver_id: UUID
    document_id: UUID
    sha256: str
    sent: Sent


class Verdict(StrEnum):
    """What the check of its signatures said."""

    valid = "valid"
    doubtful = "doubtful"
    invalid = "invalid"
    unsigned = "unsigned"


class RecordCheck(Command):
    """`finding` is the stable code of the sentence that people read, `signers` whose signatures were found."""

    incoming_id: UUID
    sha256: str = Field(pattern=SHA256)
    verdict: Verdict
    finding: str = Field("", max_length=80)
    signers: tuple[str, ...] = ()


class SignaturesChecked(Event):
    incoming_id: UUID
    sha256: str
    verdict: Verdict
    finding: str = ""
    signers: tuple[str, ...] = ()


class RegisterIncoming(Command):
    incoming_id: UUID
    entered_on: date


class RegistrationRequested(Event):
    incoming_id: UUID
    receiver_id: UUID
    summary: str
    entered_on: date


class RecordArrivalNumber(Command):
    incoming_id: UUID
    number: int = Field(ge=1)
    entered_on: date


class IncomingRegistered(Event):
    incoming_id: UUID
    number: int
    entered_on: date


class RouteIncoming(Command):
    """To whom it goes, and what they shall do by when."""

    incoming_id: UUID
    unit_id: UUID
    person_id: UUID | None = None
    instruction: str = Field(min_length=1, max_length=2000)
    due_on: date | None = None


class IncomingRouted(Event):
    incoming_id: UUID
    unit_id: UUID
    person_id: UUID | None = None
    instruction: str
    due_on: date | None = None


class AcknowledgeIncoming(Command):
    """Tells the sender that it is here, the same day (Decree 30/2020, article 21)."""

    incoming_id: UUID


class IncomingAcknowledged(Event):
    incoming_id: UUID
    official_id: UUID | None = None


class ReturnIncoming(Command):
    """Not taken in: for another agency, damaged, or signed wrongly."""

    incoming_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class IncomingReturned(Event):
    incoming_id: UUID
    official_id: UUID | None = None
    reason: str


EVENTS = (
    IncomingReceived,
    SignaturesChecked,
    RegistrationRequested,
    IncomingRegistered,
    IncomingRouted,
    IncomingAcknowledged,
    IncomingReturned,
)
