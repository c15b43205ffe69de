"""Official documents written here: people's words, the PDF that is set from them, and both as stored bytes."""

import hashlib
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway import official_text
from gateway.api.commands import nfc
from gateway.api.official import today
from gateway.circulation_paper import body_of
from gateway.edge import Context
from gateway.typefaces import FONTS
from gateway.uploads import Stored
from kernel.decider import Refused
from kernel.ids import derived
from kernel.paper.typesetting import FontsMissing, unprintable
from services.directory import views as directory
from services.documents import views as documents
from services.documents.intake import Examined
from services.meeting.paper import minutes
from services.meeting.paper import words as meeting_words
from services.signing.messages.official import Announced, Described, Kind, Recipient, Signatory, Urgency
from services.signing.paper import words
from services.signing.paper.official import Issuer, Written, render_official

SYMBOL = r"^[^\s/]{0,30}$"
NO_TEXT_YET = UUID(int=0)


class Words(BaseModel):
    """What people write beside the facts; in `text`, `bases`, `addressees`, `authority` each line by itself.

    `parent_name`, `place_name`: where others than those that follow from the issuing body are to be printed. Kept as
    JSON, from which later versions of this program must be able to read them.
    """

    model_config = ConfigDict(frozen=True)

    text: str = Field(pattern=r"\S", max_length=100_000)
    addressees: str = Field("", max_length=5000)
    bases: str = Field("", max_length=20_000)
    collective: str = Field("", max_length=200)
    authority: str = Field("", max_length=500)
    minute_taker: str = Field("", max_length=200)
    parent_name: str = Field("", max_length=200)
    place_name: str = Field("", max_length=60)

    @property
    def stored(self) -> bytes:
        return self.model_dump_json(include=set(Words.model_fields)).encode()


class WrittenOfficial(Words):
    """What a draft says about itself, and its words."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    issuer_id: UUID
    issuer_symbol: str = Field(min_length=1, pattern=SYMBOL)
    drafter_id: UUID
    drafter_symbol: str = Field("", pattern=SYMBOL)
    summary: str = Field(min_length=1, max_length=1000)
    signatory: Signatory
    recipients: tuple[Recipient, ...] = Field((), max_length=200)
    urgency: Urgency = Urgency.normal
    meeting_id: UUID | None = None
    item_id: UUID | None = None
    poll_id: UUID | None = None
    conclusions: tuple[Announced, ...] = Field((), max_length=500)

    @model_validator(mode="before")
    @classmethod
    def _composed(cls, value: object) -> object:
        return nfc(value)

    @model_validator(mode="after")
    def is_complete(self) -> "WrittenOfficial":
        self.described(NO_TEXT_YET)
        if self.kind is Kind.minutes and not self.minute_taker:
            raise ValueError("minutes are signed by who took them, too")
        if self.kind is Kind.invitation and not self.addressees.strip():
            raise ValueError("an invitation says whom it invites")
        return self

    def described(self, document_id: UUID) -> Described:
        facts = {name: getattr(self, name) for name in Described.model_fields if name != "document_id"}
        return Described(document_id=document_id, **facts)

    @property
    def unprintable(self) -> list[str]:
        return unprintable(self.model_dump_json(), FONTS)


def typeset(edge: Context, written: WrittenOfficial) -> bytes:
    """With room for number, day, signature and seal."""
    signer = directory.person(edge.views, written.signatory.person_id)
    if signer is None:
        raise Refused("no_such_person", str(written.signatory.person_id))
    facts, paper = written.described(NO_TEXT_YET), _paper(edge, written)
    try:
        return render_official(facts, paper, _issuer(edge, written), signer.full_name, today(edge), FONTS)
    except FontsMissing as error:
        raise Refused("fonts_missing", str(error)) from error


def kept(edge: Context, written: WrittenOfficial, current: UUID | None = None, index: str = "") -> tuple[UUID, int]:
    """The document that holds the PDF and names its words, and where it was added: `current`, if both are the same."""
    content, stored = typeset(edge, written), written.stored
    sha256, words_sha256 = (hashlib.sha256(each).hexdigest() for each in (content, stored))
    document = documents.document(edge.views, current) if current else None
    if document and (document.latest.sha256, document.latest.words_sha256) == (sha256, words_sha256):
        return UUID(document.id), edge.gate.views.position
    for each in (sha256, words_sha256):
        if documents.is_erased(edge.views, each):
            raise Refused("bytes_erased", each)
    official_text.put(edge, content)
    official_text.put(edge, stored)
    examined = Examined("application/pdf", file_name(written))
    pdf = Stored(examined, sha256, len(content))
    done = official_text.keep(edge, written.summary, pdf, index, words_sha256)
    return derived(edge.command_id, "document_id"), done.position


def words_of(edge: Context, document_id: UUID) -> Words | None:
    """What the document was set from; None where it came as a file, or the words were erased."""
    document = documents.document(edge.views, document_id)
    written = document.version(1) if document else None
    if written is None or written.words_sha256 is None:
        return None
    return Words.model_validate_json(official_text.read(edge, written.words_sha256))


def file_name(written: WrittenOfficial) -> str:
    return f"{words.TYPES[written.kind].capitalize()}.pdf"


def issuer_of(edge: Context, issuer_id: UUID | str) -> Issuer:
    """As it is printed where the drafter says nothing else."""
    unit = body_of(edge, str(issuer_id))
    lines = minutes.issuer(unit)
    return Issuer(unit.name, lines["above"], lines["name"], meeting_words.default_place_name(unit))


def _paper(edge: Context, written: WrittenOfficial) -> Written:
    drafter = directory.unit(edge.views, written.drafter_id) if written.drafter_id != written.issuer_id else None
    return Written(
        text=written.text,
        addressees=_lines(written.addressees),
        bases=_lines(written.bases),
        collective=written.collective,
        authority=written.authority,
        minute_taker=written.minute_taker,
        drafter=written.drafter_symbol or (drafter.short_name if drafter else ""),
    )


def _issuer(edge: Context, written: WrittenOfficial) -> Issuer:
    own = issuer_of(edge, written.issuer_id)
    above = [written.parent_name.upper()] if written.parent_name else own.above
    return Issuer(own.full_name, above, own.name, written.place_name or own.seat)


def _lines(text: str) -> list[str]:
    return [each.strip() for each in text.splitlines() if each.strip()]
