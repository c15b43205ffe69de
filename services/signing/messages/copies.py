"""Electronic copies that a body makes (bản sao): commands and events.

Stream: `copy-<id>` (Decree 30/2020/NĐ-CP, articles 25 to 27 and Annex I). A copy is a file of its own, made from the
pages of what it is a copy of, sealed with the body's key; its document bears its own id.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field, model_validator

from kernel.messages import Command, Event, Message
from services.documents.messages import SHA256
from services.signing.messages.official import Recipient


class CopyForm(StrEnum):
    """Sao y, of an original; sao lục, of a true copy; trích sao, a part of an original."""

    true_copy = "true_copy"
    duplicate = "duplicate"
    extract = "extract"


class Source(StrEnum):
    """What a copy is made from; a scan is of paper."""

    official = "official"
    incoming = "incoming"
    scan = "scan"


class ScanFlaw(StrEnum):
    """In what a scan falls short of Annex I: not in colour, or fewer than 200 dots per inch."""

    not_colour = "not_colour"
    too_coarse = "too_coarse"


class Original(Message):
    """What it is a copy of: `sha256` of exactly these bytes, of this document, with these signatures.

    `source_id`: of the official document or the arrival. `form`: what the original itself is a copy as.
    """

    source: Source
    source_id: UUID | None = None
    document_id: UUID
    sha256: str = Field(pattern=SHA256)
    symbol: str = Field("", max_length=80)
    issued_on: date | None = None
    issuer: str = Field(min_length=1, max_length=300)
    summary: str = Field(min_length=1, max_length=1000)
    signers: tuple[str, ...] = ()
    form: CopyForm | None = None

    @model_validator(mode="after")
    def stands_somewhere(self) -> "Original":
        if (self.source is Source.scan) != (self.source_id is None):
            raise ValueError("a scan comes from paper, everything else from a document of the system")
        return self


class DescribedCopy(Message):
    """`pages`: of the original, counted from 1, for an extract alone; `part`: the words for what was taken.

    `ordered_by`: who, by the head's rules, decided that it is made (article 27). `flaws`: of a scan, as accepted.
    """

    form: CopyForm
    body_id: UUID
    body_symbol: str = Field(pattern=r"^[^\s/]{1,30}$")
    original: Original
    pages: tuple[int, ...] = Field((), max_length=2000)
    part: str = Field("", max_length=500)
    recipients: tuple[Recipient, ...] = Field((), max_length=200)
    purpose: str = Field(min_length=1, max_length=500)
    ordered_by: UUID
    flaws: tuple[ScanFlaw, ...] = ()

    @model_validator(mode="after")
    def extract_says_what_it_takes(self) -> "DescribedCopy":
        extract = self.form is CopyForm.extract
        if extract != bool(self.pages) or extract != bool(self.part.strip()):
            raise ValueError("an extract, and nothing else, names its pages and the part that it takes")
        if list(self.pages) != sorted(set(self.pages)) or any(each < 1 for each in self.pages):
            raise ValueError("pages are named once each, in their order")
        return self


class MakeCopy(Command):
    """`sha256`: the pages as they wait for the seal; `clerk_ids`: who may seal them."""

    copy_id: UUID
    order_id: UUID
    described: DescribedCopy
    sha256: str = Field(pattern=SHA256)
    clerk_ids: tuple[UUID, ...] = Field(min_length=1, max_length=50)


class CopyMade(Event):
    copy_id: UUID
    order_id: UUID
    described: DescribedCopy
    sha256: str
    clerk_ids: tuple[UUID, ...]


class RecordCopySealed(Command):
    """Signed with the body's key: `entered_on` is the day on which it gets its number."""

    copy_id: UUID
    order_id: UUID
    sha256: str = Field(pattern=SHA256)
    entered_on: date


class CopySealed(Event):
    """Everything that the register needs for its number."""

    copy_id: UUID
    order_id: UUID
    sha256: str
    body_id: UUID
    symbol: str
    summary: str
    entered_on: date


class RecordCopyDeclined(Command):
    """The clerk would not seal it: it is not made."""

    copy_id: UUID
    order_id: UUID
    declined_by: UUID
    reason: str


class CopyDeclined(Event):
    copy_id: UUID
    order_id: UUID
    declined_by: UUID
    reason: str


class RecordCopyNumber(Command):
    copy_id: UUID
    number: int = Field(ge=1)
    symbol: str
    entered_on: date


class CopyNumbered(Event):
    """From the body's register of copies, whatever their form."""

    copy_id: UUID
    number: int
    symbol: str
    entered_on: date


class IssueCopy(Command):
    copy_id: UUID


class CopyIssued(Event):
    """Everything that a recipient's register needs."""

    copy_id: UUID
    document_id: UUID
    body_id: UUID
    form: CopyForm
    number: int
    symbol: str
    entered_on: date
    summary: str
    sha256: str
    recipients: tuple[Recipient, ...]


EVENTS = (CopyMade, CopySealed, CopyDeclined, CopyNumbered, CopyIssued)
