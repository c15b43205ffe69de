"""Pages on which an official document is begun and changed: written here, or as a file with its facts."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import official_paper, session_officials
from gateway.api.official import found, today
from gateway.edge import Context, Edge
from gateway.identity.headers import READER
from gateway.official_prefill import Prefill
from gateway.web import official_form as forms
from gateway.web import official_words as words
from gateway.web.official import drafters_for, issuers, options, unit
from gateway.web.pages import render
from gateway.web.people_choice import choices
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.views import Unit
from services.signing.messages.official import WITHOUT_ABBREVIATION, Kind
from services.signing.paper import words as printed
from services.signing.records import Official, Stage

router = APIRouter()
IssuerId = Annotated[UUID | None, Query(alias="issuer")]
TextId = Annotated[UUID | None, Query(alias="text")]
MeetingId = Annotated[UUID | None, Query(alias="meeting")]
ItemId = Annotated[UUID | None, Query(alias="item")]

FIELDS = {
    "addressees": printed.ADDRESSED,
    "bases": frozenset(Kind) - printed.WITHOUT_GROUNDS,
    "authority": printed.ENACTING,
    "minute_taker": frozenset({Kind.minutes}),
    "own_symbol": WITHOUT_ABBREVIATION,
    "invited": frozenset({Kind.invitation}),
}
"""Which types a field concerns; `own_symbol` and `invited`: where a field must be filled in."""


@router.get("/officials/new")
def new_page(edge: Edge, issuer_id: IssuerId = None, text_id: TextId = None) -> Response:
    """First who issues, then how: written here, or from a file, whose facts are asked for next."""
    issuer, known = _issuer(edge, issuer_id)
    if issuer is None:
        return render(edge, "official/choose.html", issuers=known, way="new")
    drafter = _drafter(edge, issuer)
    if text_id is None:
        return render(edge, "official/text.html", issuer=issuer, drafter_id=drafter.id, official=None)
    form = forms.completed(edge, issuer, drafter, Prefill())
    return render(edge, "official/edit.html", text_id=str(text_id), **_form(edge, issuer, form, None))


@router.get("/officials/write")
def write_page(
    edge: Edge,
    issuer_id: IssuerId = None,
    kind: Kind | None = None,
    meeting_id: MeetingId = None,
    item_id: ItemId = None,
) -> Response:
    """The words and the facts of a new document, as they follow from the issuer and, where there is one, a meeting."""
    issuer, known = _issuer(edge, issuer_id)
    if issuer is None:
        return render(edge, "official/choose.html", issuers=known, way="write")
    given = session_officials.prefill(edge, kind, meeting_id, item_id)
    drafter = unit(edge, given.drafter_id) if given.drafter_id else _drafter(edge, issuer)
    form = forms.completed(edge, issuer, drafter, given)
    return _written(edge, issuer, form, None)


@router.get("/officials/{official_id}/edit")
def edit_page(edge: Edge, official_id: UUID, text_id: TextId = None, anew: bool = False) -> Response:
    """The words, where they are kept; what the document says about itself, where its text is a file.

    `anew`: the words that follow from the meeting as it stands now.
    """
    official = _draft(edge, official_id)
    described = official.described
    issuer = unit(edge, described.issuer_id)
    kept = official_paper.words_of(edge, described.document_id) if text_id is None else None
    form = forms.of_draft(described, kept)
    if anew and form.meeting_id:
        return _written(edge, issuer, session_officials.anew(edge, form), official)
    if kept is not None:
        return _written(edge, issuer, form, official)
    text = str(text_id or described.document_id)
    return render(edge, "official/edit.html", text_id=text, **_form(edge, issuer, form, official))


@router.get("/officials/{official_id}/text")
def text_page(edge: Edge, official_id: UUID) -> Response:
    """Another file in the place of the draft's."""
    official = _draft(edge, official_id)
    issuer, drafter = unit(edge, official.described.issuer_id), str(official.described.drafter_id)
    return render(edge, "official/text.html", issuer=issuer, drafter_id=drafter, official=official)


def _issuer(edge: Context, issuer_id: UUID | None) -> tuple[Unit | None, list[Unit]]:
    """The one that was chosen, or the only one; and all that could be."""
    known = issuers(edge)
    if not known:
        raise Refused("not_allowed", "draft_official")
    chosen = next((each for each in known if each.id == str(issuer_id)), None)
    return chosen or (known[0] if len(known) == 1 else None), known


def _drafter(edge: Context, issuer: Unit) -> Unit:
    """The reader's own department; of those who work for bodies, the body that issues."""
    drafters = [unit(edge, unit_id) for unit_id, _name in drafters_for(edge, issuer.id)]
    own = drafters[0]
    return issuer if own.is_body and issuer in drafters else own


def _draft(edge: Context, official_id: UUID) -> Official:
    edge.require("write_official", official_id=official_id)
    official = found(edge, official_id)
    if official.stage is not Stage.draft:
        raise Refused("not_a_draft", official.stage)
    return official


def _written(edge: Context, issuer: Unit, form: Prefill, official: Official | None) -> Response:
    own = official_paper.issuer_of(edge, issuer.id)
    page = render(edge, "official/write.html", own=own, **_form(edge, issuer, form, official))
    page.headers["Content-Security-Policy"] = READER
    return page


def _form(edge: Context, issuer: Unit, form: Prefill, official: Official | None) -> dict[str, Any]:
    chosen = {str(each.unit_id): each for each in form.recipients if each.unit_id}
    return {
        "official": official,
        "form": form,
        "issuer": issuer,
        "fields": FIELDS,
        "drafters": drafters_for(edge, issuer.id),
        "kinds": options(edge, words.KINDS),
        "competences": options(edge, words.COMPETENCES),
        "urgencies": options(edge, words.URGENCIES),
        "received_for": options(edge, words.RECEIVED_FOR),
        "people": choices(edge, (issuer.id,), (form.drafter_id, edge.me.unit_id), chosen=form.signatory_id),
        "units": [(each.id, each.name, chosen.get(each.id)) for each in directory.units(edge.views, on=today(edge))],
        "outside": [each for each in form.recipients if each.unit_id is None],
    }
