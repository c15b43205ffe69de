"""Pages of copies: the list, a scan to be copied, a new copy, and one copy from its seal to its issue."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import copy_making
from gateway.api.copies import copies_page, read_copy
from gateway.api.incoming import read_incoming
from gateway.api.official import found as official_found
from gateway.api.official import today
from gateway.edge import Context, Edge
from gateway.web import copy_words as words
from gateway.web import filters, official_words
from gateway.web.official import options, unit, unit_names
from gateway.web.pages import render
from gateway.web.people_choice import choices
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.views import Unit
from services.signing import copy_views, queries
from services.signing.copy_views import Copy
from services.signing.messages.copies import CopyForm
from services.signing.numbering import printed
from services.signing.selection import WantedCopies

router = APIRouter()
OfficialId = Annotated[UUID | None, Query(alias="official")]
IncomingId = Annotated[UUID | None, Query(alias="incoming")]
ScanId = Annotated[UUID | None, Query(alias="scan")]
BodyId = Annotated[UUID | None, Query(alias="body")]
ShownStage = Annotated[str, Query(max_length=20)]
Show = Annotated[str, Query(max_length=20)]
Text = Annotated[str, Query(max_length=400)]

PER_PAGE = 50


@router.get("/copies")
def list_page(
    edge: Edge,
    of: Text = "",
    show: Show = "",
    q: Text = "",
    form: Show = "",
    since: Show = "",
    until: Show = "",
    before: Show = "",
) -> Response:
    show, form = show if show in words.STAGES else "", form if form in words.FORMS else ""
    asked = {"of": of, "q": q.strip(), "form": form, "since": since, "until": until}
    wanted = WantedCopies(
        source_id=of, stage=show, form=form, since=filters.day(since), until=filters.day(until), words=q
    )
    return render(
        edge,
        "copies/list.html",
        page=copies_page(edge, wanted, filters.place(before), PER_PAGE),
        at=filters.Asked("/copies", asked, show, before),
        forms=options(edge, words.FORMS),
        copiers=copiers(edge),
        unit_names=unit_names(edge),
        printed=printed,
        words=words,
    )


@router.get("/copies/scan")
def scan_page(edge: Edge, body_id: BodyId = None) -> Response:
    """The scan first, then what the paper is."""
    known = copiers(edge)
    if not known:
        raise Refused("not_allowed", "make_copy")
    body = next((each for each in known if each.id == str(body_id)), known[0])
    return render(edge, "copies/scan.html", bodies=known, body=body)


@router.get("/copies/new")
def new_page(
    edge: Edge,
    official_id: OfficialId = None,
    incoming_id: IncomingId = None,
    scan_id: ScanId = None,
    body_id: BodyId = None,
) -> Response:
    if official_id is not None:
        return _new(edge, **_of_official(edge, official_id))
    if incoming_id is not None:
        return _new(edge, **_of_arrival(edge, incoming_id))
    if scan_id is not None and body_id is not None:
        edge.require("make_copy", issuer_id=body_id)
        api, scanned = f"/api/v1/bodies/{body_id}/copies", copy_making.scanned(edge, scan_id)
        return _new(edge, body=unit(edge, body_id), api=api, about=None, scanned=scanned, forms=list(CopyForm))
    return scan_page(edge, body_id)


@router.get("/copies/{copy_id}")
def show_page(edge: Edge, copy_id: UUID) -> Response:
    return render(edge, "copies/show.html", **_shown(edge, copy_id))


@router.get("/copies/{copy_id}/_next")
def next_fragment(edge: Edge, copy_id: UUID, stage: ShownStage = "") -> Response:
    """A page that shows an earlier stage is asked for again."""
    shown = _shown(edge, copy_id)
    fragment = render(edge, "copies/_next.html", **shown)
    if stage and stage != shown["stage_key"]:
        fragment.headers["HX-Refresh"] = "true"
    return fragment


def copiers(edge: Context) -> list[Unit]:
    """Bodies and units whose clerk the reader is."""
    valid = directory.units(edge.views, on=today(edge))
    return [each for each in valid if edge.allows("make_copy", issuer_id=each.id)]


def _of_official(edge: Context, official_id: UUID) -> dict[str, Any]:
    edge.require("see_official", official_id=official_id)
    official = official_found(edge, official_id)
    body = unit(edge, official.described.issuer_id)
    edge.require("make_copy", issuer_id=body.id)
    symbol = printed(official.number or 0, official.symbol or "")
    about = {"symbol": symbol, "summary": official.described.summary, "issuer": body.name}
    forms = [CopyForm.true_copy, CopyForm.extract]
    api = f"/api/v1/officials/{official_id}/copies"
    return {"body": body, "api": api, "about": about, "scanned": None, "forms": forms}


def _of_arrival(edge: Edge, incoming_id: UUID) -> dict[str, Any]:
    arrived = read_incoming(edge, incoming_id)
    body = unit(edge, arrived.receiver_id)
    edge.require("make_copy", issuer_id=body.id)
    copy = copy_views.copy(edge.views, arrived.document_id)
    issuer = arrived.sender or unit_names(edge).get(arrived.sender_id or "", "")
    about = {"symbol": arrived.symbol, "summary": arrived.summary, "issuer": issuer}
    forms = [CopyForm.duplicate] if copy else list(CopyForm)
    api = f"/api/v1/incoming/{incoming_id}/copies"
    return {"body": body, "api": api, "about": about, "scanned": None, "forms": forms}


def _new(edge: Context, forms: list[CopyForm], **values: Any) -> Response:
    return render(
        edge,
        "copies/new.html",
        forms=options(edge, {each: words.CHOICES[each] for each in words.CHOICES if each in forms}),
        people=choices(edge, led=(values["body"].id,), near=(edge.me.unit_id,)),
        units=[(each.id, each.name) for each in directory.units(edge.views, on=today(edge))],
        received_for=options(edge, official_words.RECEIVED_FOR),
        words=words,
        **values,
    )


def _shown(edge: Edge, copy_id: UUID) -> dict[str, Any]:
    copy = read_copy(edge, copy_id)
    described, original = copy.described, copy.described.original
    order = queries.order(edge.views, copy.order_id)
    people = sorted({copy.made_by, str(described.ordered_by)})
    return {
        "copy": copy,
        "described": described,
        "original": original,
        "stage_key": f"{copy.stage}{'-order' if order else ''}",
        "number": printed(copy.number, copy.symbol) if copy.number and copy.symbol else "",
        "makes": edge.allows("make_copy", copy_id=copy_id),
        "order": order,
        "source": _source(edge, copy),
        "withdrawn": _is_withdrawn(edge, copy),
        "reads_original": edge.allows("see_document", document_id=original.document_id),
        "names": directory.person_names(edge.views, people),
        "unit_names": unit_names(edge),
        "official_words": official_words,
        "words": words,
    }


def _source(edge: Context, copy: Copy) -> str:
    """The page of what it was copied from, for whoever may open it."""
    original = copy.described.original
    if original.source == "official" and edge.allows("see_official", official_id=original.source_id):
        return f"/officials/{original.source_id}"
    if original.source == "incoming" and edge.allows("see_incoming", incoming_id=original.source_id):
        return f"/incoming/{original.source_id}"
    return ""


def _is_withdrawn(edge: Context, copy: Copy) -> bool:
    """Of what was issued in this deployment."""
    original = copy.described.original
    official_id = str(original.source_id) if original.source == "official" else None
    if original.source == "incoming" and (arrived := queries.incoming(edge.views, str(original.source_id))):
        official_id = arrived.official_id
    official = queries.official(edge.views, official_id) if official_id else None
    return official is not None and official.stage == "withdrawn"
