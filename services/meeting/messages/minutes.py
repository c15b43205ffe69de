"""The minutes, from their draft to their publication. Stream: `minutes-<meeting id>`."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event


class MinutesSection(StrEnum):
    """The text sections people may edit; everything else in the minutes follows from events."""

    opening = "opening"
    proceedings = "proceedings"
    closing = "closing"


class DraftMinutes(Command):
    """`as_of`: the log position the generated parts are taken at; drafting again moves it forward.

    `presiding_officer_id`: who presided by the record at that position, the one person who may approve.
    """

    meeting_id: UUID
    as_of: int = Field(ge=1)
    presiding_officer_id: UUID


class MinutesDrafted(Event):
    meeting_id: UUID
    as_of: int
    presiding_officer_id: UUID


class NumberMinutes(Command):
    """The paper's number (empty while the register has given none), its symbol and the place name before the date."""

    meeting_id: UUID
    number: str = Field("", pattern=r"^[0-9]{0,6}$")
    symbol: str = Field(min_length=1, max_length=40)
    place_name: str = Field(min_length=1, max_length=120)


class MinutesNumbered(Event):
    meeting_id: UUID
    number: str
    symbol: str
    place_name: str


class EditMinutes(Command):
    """`revision`: of the section's text that was edited, 0 for the first; another one is refused (`stale_text`)."""

    meeting_id: UUID
    section: MinutesSection
    text: str = Field(max_length=50000)
    revision: int = Field(ge=0)


class MinutesEdited(Event):
    """`revision`: of the new text, from 1."""

    meeting_id: UUID
    section: MinutesSection
    text: str
    revision: int


class SubmitMinutes(Command):
    """Asks the presiding officer to approve the stored PDF with this SHA-256.

    `changes`: how many drafts, numbers and edits the PDF was made of; if there are more, it is a `stale_document`.
    """

    meeting_id: UUID
    pdf_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    changes: int = Field(ge=1)


class MinutesSubmitted(Event):
    meeting_id: UUID
    pdf_sha256: str


class ReturnMinutes(Command):
    meeting_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class MinutesReturned(Event):
    meeting_id: UUID
    reason: str


class ApproveMinutes(Command):
    """The presiding officer approves exactly the PDF with this SHA-256."""

    meeting_id: UUID
    pdf_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class MinutesApproved(Event):
    meeting_id: UUID
    pdf_sha256: str


class PublishMinutes(Command):
    """Distributes the approved PDF to people and units."""

    meeting_id: UUID
    recipient_ids: tuple[UUID, ...] = ()
    recipient_unit_ids: tuple[UUID, ...] = ()


class MinutesPublished(Event):
    meeting_id: UUID
    pdf_sha256: str
    recipient_ids: tuple[UUID, ...] = ()
    recipient_unit_ids: tuple[UUID, ...] = ()


EVENTS = (
    MinutesDrafted,
    MinutesNumbered,
    MinutesEdited,
    MinutesSubmitted,
    MinutesReturned,
    MinutesApproved,
    MinutesPublished,
)
