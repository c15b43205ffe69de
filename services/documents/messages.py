"""Documents: bytes are in the object store under their SHA-256, events name them. Commands and events.

Stream: `document-<id>`.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event
from services.directory.messages import Line

SHA256 = r"^[0-9a-f]{64}$"


class AddDocument(Command):
    """Registers bytes that are already stored. `media_type` is what the bytes are, not what their name says.

    `number` is the document's number and symbol, such as 12/NQ-HĐND, where it has one. `words_sha256`: the words that
    the file was set from, where it was written here; they are stored bytes, too.
    """

    document_id: UUID
    title: str = Field(min_length=1, max_length=500)
    file_name: str = Field(min_length=1, max_length=255)
    media_type: str = Field(min_length=3, max_length=120)
    size: int = Field(ge=1)
    sha256: str = Field(pattern=SHA256)
    number: str = Field("", max_length=60)
    issued_on: date | None = None
    words_sha256: str | None = Field(None, pattern=SHA256)


class DocumentAdded(Event):
    document_id: UUID
    title: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    number: str = ""
    issued_on: date | None = None
    words_sha256: str | None = None


class AddVersion(Command):
    document_id: UUID
    file_name: str = Field(min_length=1, max_length=255)
    media_type: str = Field(min_length=3, max_length=120)
    size: int = Field(ge=1)
    sha256: str = Field(pattern=SHA256)
    note: str = Field("", max_length=500)


class VersionAdded(Event):
    """`version` counts from 1; the first is the one of `DocumentAdded`."""

    document_id: UUID
    version: int
    file_name: str
    media_type: str
    size: int
    sha256: str
    note: str = ""


class DescribeDocument(Command):
    document_id: UUID
    title: str = Field(min_length=1, max_length=500)
    number: str = Field("", max_length=60)
    issued_on: date | None = None


class DocumentDescribed(Event):
    document_id: UUID
    title: str
    number: str = ""
    issued_on: date | None = None


class RecordExtraction(Command):
    """What the intake worker found in one version: its text and its page images, both as stored bytes.

    `failure` says why there is no text, for people; the original stays downloadable.
    """

    document_id: UUID
    version: int = Field(ge=1)
    text_sha256: str | None = Field(None, pattern=SHA256)
    pdf_sha256: str | None = Field(None, pattern=SHA256)
    pages: int | None = Field(None, ge=0)
    failure: str = Field("", max_length=100)


class TextExtracted(Event):
    """`pdf_sha256`: the PDF that people read when the original is an Office file; absent when none could be made."""

    document_id: UUID
    version: int
    text_sha256: str | None = None
    pdf_sha256: str | None = None
    pages: int | None = None
    failure: str = ""


class ReportDamage(Command):
    """Stored bytes did not have their SHA-256 when they were read."""

    document_id: UUID
    sha256: str = Field(pattern=SHA256)


class DocumentIntegrityFailed(Event):
    document_id: UUID
    sha256: str


class EraseDocument(Command):
    """Stored bytes of a document are to be deleted for ever. The actor orders it, another person confirms it.

    `sha256`: versions, and what was made of them. `basis`: the decision and the article that it stands on.
    """

    document_id: UUID
    sha256: tuple[Annotated[str, Field(pattern=SHA256)], ...] = Field(min_length=1)
    basis: Line = Field(min_length=10, max_length=1000)
    confirmed_by: UUID


class DocumentErased(Event):
    """These bytes are deleted by a lawful order; that the document was there, and its SHA-256, stay on record."""

    document_id: UUID
    sha256: tuple[str, ...]
    basis: str
    confirmed_by: UUID


EVENTS = (DocumentAdded, VersionAdded, DocumentDescribed, TextExtracted, DocumentIntegrityFailed, DocumentErased)
