"""Official documents written here: a clerk's words become a PDF in the layout of Decree 30/2020, ready for a draft."""

import hashlib
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator

from gateway import official_text
from gateway.api.commands import Body
from gateway.api.official import may_draft, require_person, today
from gateway.circulation_paper import body_of
from gateway.edge import Context, Done, Edge
from gateway.typefaces import FONTS
from gateway.uploads import Stored
from kernel.decider import Refused
from kernel.ids import derived
from kernel.paper.typesetting import FontsMissing
from services.directory import views as directory
from services.documents import views as documents
from services.documents.intake import Examined
from services.meeting.paper import minutes
from services.meeting.paper import words as meeting_words
from services.signing.messages.official import Described, Kind, Recipient, Signatory, Urgency
from services.signing.paper import words
from services.signing.paper.official import Issuer, Written, render_official

router = APIRouter(tags=["official"])
SYMBOL = r"^[^\s/]{0,30}$"


class WrittenOfficial(Body):
    """What a draft says about itself, and its words; in `text`, `bases`, `addressees`, `authority` each line by itself.

    `parent_name`, `place_name`: where others than those that follow from the issuing body are to be printed.
    """

    kind: Kind
    issuer_id: UUID
    issuer_symbol: str = Field(min_length=1, pattern=SYMBOL)
    drafter_id: UUID
    drafter_symbol: str = Field("", pattern=SYMBOL)
    summary: str = Field(min_length=1, max_length=1000)
    signatory: Signatory
    recipients: tuple[Recipient, ...] = Field((), max_length=200)
    urgency: Urgency = Urgency.normal
    text: str = Field(pattern=r"\S", max_length=100_000)
    addressees: str = Field("", max_length=5000)
    bases: str = Field("", max_length=20_000)
    collective: str = Field("", max_length=200)
    authority: str = Field("", max_length=500)
    minute_taker: str = Field("", max_length=200)
    parent_name: str = Field("", max_length=200)
    place_name: str = Field("", max_length=60)

    @model_validator(mode="after")
    def is_complete(self) -> "WrittenOfficial":
        self.described(UUID(int=0))
        if self.kind is Kind.minutes and not self.minute_taker:
            raise ValueError("minutes are signed by who took them, too")
        if self.kind is Kind.invitation and not self.addressees.strip():
            raise ValueError("an invitation says whom it invites")
        return self

    def described(self, document_id: UUID) -> Described:
        return Described(
            kind=self.kind,
            issuer_id=self.issuer_id,
            issuer_symbol=self.issuer_symbol,
            drafter_id=self.drafter_id,
            drafter_symbol=self.drafter_symbol,
            summary=self.summary,
            document_id=document_id,
            signatory=self.signatory,
            recipients=self.recipients,
            urgency=self.urgency,
        )


@router.post("/officials/text")
def set_text(edge: Edge, body: WrittenOfficial) -> Done:
    """Sets it with room for number, day, signature and seal, and keeps it as the text of a document to be drafted."""
    may_draft(edge, body.issuer_id, body.drafter_id)
    require_person(edge, body.signatory.person_id)
    content = _set(edge, body)
    sha256 = hashlib.sha256(content).hexdigest()
    if documents.is_erased(edge.views, sha256):
        raise Refused("bytes_erased", sha256)
    official_text.put(edge, content)
    examined = Examined("application/pdf", f"{words.TYPES[body.kind].capitalize()}.pdf")
    return official_text.keep(edge, body.summary[:500], Stored(examined, sha256, len(content)))


def _set(edge: Context, body: WrittenOfficial) -> bytes:
    signer = directory.person(edge.views, body.signatory.person_id)
    assert signer is not None
    described = body.described(derived(edge.command_id, "document_id"))
    try:
        return render_official(
            described, _written(edge, body), _issuer(edge, body), signer.full_name, today(edge), FONTS
        )
    except FontsMissing as error:
        raise Refused("fonts_missing", str(error)) from error


def _written(edge: Context, body: WrittenOfficial) -> Written:
    drafter = directory.unit(edge.views, body.drafter_id)
    return Written(
        text=body.text,
        addressees=_lines(body.addressees),
        bases=_lines(body.bases),
        collective=body.collective,
        authority=body.authority,
        minute_taker=body.minute_taker,
        drafter=body.drafter_symbol or (drafter.short_name if drafter else ""),
    )


def _issuer(edge: Context, body: WrittenOfficial) -> Issuer:
    unit = body_of(edge, str(body.issuer_id))
    lines = minutes.issuer(unit)
    return Issuer(
        full_name=unit.name,
        above=[body.parent_name.upper()] if body.parent_name else lines["above"],
        name=lines["name"],
        seat=body.place_name or meeting_words.default_place_name(unit),
    )


def _lines(text: str) -> list[str]:
    return [each.strip() for each in text.splitlines() if each.strip()]
