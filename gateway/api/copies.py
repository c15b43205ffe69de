"""Electronic copies: of what was issued, of what arrived, of paper that was scanned; made, listed, issued."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from gateway import copy_making, official_text, uploads
from gateway.api.commands import Body, command_route
from gateway.api.documents import ANY_FILE
from gateway.api.incoming import read_incoming
from gateway.api.official import Before, Limit, require_person
from gateway.api.official import found as official_found
from gateway.edge import Context, Done, Edge
from gateway.policy.officials import official_viewer
from kernel.decider import Refused
from services.directory import views as directory
from services.signing import copy_views, lists
from services.signing.copy_views import Copy
from services.signing.messages.copies import (
    CopyForm,
    DescribedCopy,
    IssueCopy,
    Original,
    ScanFlaw,
    Source,
)
from services.signing.messages.official import Recipient
from services.signing.selection import WantedCopies

router = APIRouter(tags=["official"])
COPY = "/copies/{copy_id}"

command_route(router, f"{COPY}/issue", IssueCopy, action="make_copy")


class CopyWish(Body):
    """`pages`, such as `1, 3-5`, and `part`, the words for them: for an extract. `ordered_by`: who decided on it."""

    form: CopyForm
    body_symbol: str = Field(pattern=r"^[^\s/]{1,30}$")
    pages: str = Field("", max_length=500)
    part: str = Field("", max_length=500)
    recipients: tuple[Recipient, ...] = Field((), max_length=200)
    purpose: str = Field(min_length=1, max_length=500)
    ordered_by: UUID


class ScanCopyWish(CopyWish):
    """What the paper is. `accepts_flaws`: the clerk has seen in what the scan falls short, and takes it so."""

    scan_id: UUID
    symbol: str = Field("", max_length=80)
    issued_on: date | None = None
    issuer: str = Field(min_length=1, max_length=300)
    summary: str = Field(min_length=1, max_length=1000)
    accepts_flaws: bool = False


def may_copy(edge: Edge, issuer_id: UUID) -> None:
    edge.require("make_copy", issuer_id=issuer_id)


class CopyList(BaseModel):
    """One page, and how many there are in each stage under the same filters. `next`: `before` of the next page."""

    copies: list[Copy]
    counts: dict[str, int]
    next: int | None = None


@router.get("/copies")
def list_copies(
    edge: Edge,
    of: UUID | None = None,
    stage: Annotated[str, Query(pattern="^(sealing|numbering|numbered|issued|declined)?$")] = "",
    form: CopyForm | None = None,
    since: date | None = None,
    until: date | None = None,
    q: Annotated[str, Query(max_length=400)] = "",
    before: Before = None,
    limit: Limit = lists.PAGE,
) -> CopyList:
    """What the reader may see, the last one made first. `of`: one official document or arrival. `q`: words of the
    summary or of the number, the original's or the copy's.
    """
    wanted = WantedCopies(source_id=str(of or ""), stage=stage, form=form or "", since=since, until=until, words=q)
    return copies_page(edge, wanted, before, limit)


def copies_page(edge: Context, wanted: WantedCopies, before: int | None, limit: int) -> CopyList:
    viewer = official_viewer(edge.me)
    found = lists.copies(edge.views, viewer, wanted, before=before, limit=limit + 1)
    counts = lists.copy_counts(edge.views, viewer, replace(wanted, stage=""))
    return CopyList(copies=found[:limit], counts=counts, next=found[limit - 1].position if len(found) > limit else None)


@router.get(COPY)
def read_copy(edge: Edge, copy_id: UUID) -> Copy:
    edge.require("see_copy", copy_id=copy_id)
    found = copy_views.copy(edge.views, copy_id)
    if found is None:
        raise Refused("copy_not_found", str(copy_id))
    return found


@router.post("/officials/{official_id}/copies", status_code=201)
def copy_official(edge: Edge, official_id: UUID, body: CopyWish) -> Done:
    """By the clerk of the body that issued it."""
    edge.require("see_official", official_id=official_id)
    official = official_found(edge, official_id)
    body_id = official.described.issuer_id
    edge.require("make_copy", issuer_id=body_id)
    return _make(edge, body, body_id, copy_making.of_official(edge, official))


@router.post("/incoming/{incoming_id}/copies", status_code=201)
def copy_incoming(edge: Edge, incoming_id: UUID, body: CopyWish) -> Done:
    """By the clerk of the unit that received it."""
    arrived = read_incoming(edge, incoming_id)
    edge.require("make_copy", issuer_id=arrived.receiver_id)
    return _make(edge, body, UUID(arrived.receiver_id), copy_making.of_arrival(edge, arrived, body.form))


@router.put(
    "/bodies/{issuer_id}/scans",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
    dependencies=[Depends(may_copy)],
)
async def upload_scan(
    edge: Edge, request: Request, issuer_id: UUID, title: Annotated[str, Query(max_length=500)] = ""
) -> Done:
    """Stores the raw body as a scan of paper to be copied; what it lacks is told before the copy is made."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(_keep_scan, edge, title, stored)


@router.post("/bodies/{issuer_id}/copies", status_code=201)
def copy_scan(edge: Edge, issuer_id: UUID, body: ScanCopyWish) -> Done:
    edge.require("make_copy", issuer_id=issuer_id)
    scanned = copy_making.scanned(edge, body.scan_id)
    if scanned.scan.flaws and not body.accepts_flaws:
        raise Refused("scan_flawed", ", ".join(scanned.scan.flaws))
    original = Original(
        source=Source.scan,
        document_id=body.scan_id,
        sha256=scanned.sha256,
        symbol=body.symbol,
        issued_on=body.issued_on,
        issuer=body.issuer,
        summary=body.summary,
        form=copy_making.as_said(body.form),
    )
    return _make(edge, body, issuer_id, original, scanned.scan.flaws)


def _keep_scan(edge: Context, title: str, stored: uploads.Stored) -> Done:
    if stored.examined.media_type != "application/pdf":
        raise Refused("not_a_pdf", stored.examined.media_type)
    edge.gate.desk.examine_scan(official_text.read(edge, stored.sha256))
    return official_text.keep(edge, title, stored)


def _make(edge: Context, wish: CopyWish, body_id: UUID, original: Original, flaws: tuple[ScanFlaw, ...] = ()) -> Done:
    require_person(edge, wish.ordered_by)
    for each in wish.recipients:
        if each.unit_id is not None and directory.unit(edge.views, each.unit_id) is None:
            raise Refused("no_such_unit", str(each.unit_id))
    pages = copy_making.pages_of(wish.pages)
    extract = wish.form is CopyForm.extract
    if extract != bool(pages) or extract != bool(wish.part.strip()):
        raise Refused("extract_unclear", "an extract, and nothing else, names its pages and the part that it takes")
    described = DescribedCopy(
        form=wish.form,
        body_id=body_id,
        body_symbol=wish.body_symbol,
        original=original,
        pages=pages,
        part=wish.part,
        recipients=wish.recipients,
        purpose=wish.purpose,
        ordered_by=wish.ordered_by,
        flaws=flaws,
    )
    return copy_making.make(edge, described)
