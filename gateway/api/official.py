"""Official documents that go out: drafted, commented on, submitted, numbered, sealed, issued, kept."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from gateway import official_origin as origin
from gateway import official_text, uploads
from gateway.api.commands import Body, command_route
from gateway.api.documents import ANY_FILE
from gateway.edge import Context, Done, Edge
from gateway.official_origin import Origin
from gateway.policy.officials import official_viewer
from kernel.decider import Refused
from kernel.ids import derived
from kernel.vietnam import day_of
from services.directory import views as directory
from services.signing import lists, queries, selection
from services.signing.messages.official import (
    AbandonDraft,
    AnswerComment,
    ArchiveOfficial,
    AskForSeal,
    CommentOnDraft,
    Described,
    DraftOfficial,
    IssueOfficial,
    Kind,
    RequestNumber,
    ReviseOfficial,
    SubmitOfficial,
    Withdrawal,
    WithdrawOfficial,
)
from services.signing.messages.orders import CancelSigningOrder, Purpose, Step
from services.signing.records import Comment, CourseEntry, Incoming, Official, Order, Stage

router = APIRouter(tags=["official"])
OFFICIAL = "/officials/{official_id}"
Year = Annotated[int, Query(ge=1945, le=2200)]
Before = Annotated[int | None, Query(ge=1, le=2**62)]
Limit = Annotated[int, Query(ge=1, le=200)]

command_route(router, f"{OFFICIAL}/comments", CommentOnDraft, action="comment_official", creates="comment_id")
command_route(router, f"{OFFICIAL}/comments/{{comment_id}}/answer", AnswerComment, action="write_official")
command_route(router, f"{OFFICIAL}/abandonment", AbandonDraft, action="write_official")
command_route(router, f"{OFFICIAL}/issue", IssueOfficial, action="register_official")
command_route(router, f"{OFFICIAL}/archive", ArchiveOfficial, action="register_official")


class OfficialList(BaseModel):
    """One page, and how many there are in each stage under the same filters. `next`: `before` of the next page."""

    officials: list[Official]
    counts: dict[Stage, int]
    next: int | None = None


class OfficialDetail(BaseModel):
    """`arrivals`: where it is in this deployment, once issued. `origin`: the meeting that it follows from, if seen."""

    official: Official
    comments: list[Comment]
    orders: list[Order]
    course: list[CourseEntry]
    arrivals: list[Incoming]
    origin: Origin | None = None


class Submission(Body):
    """`sha256`: the bytes that were looked at; the signatures are asked for on these, with room for the number."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)


class Recall(Body):
    reason: str = Field(min_length=1, max_length=500)


class NumberWish(Body):
    """`reserved`: a number that was kept free for it."""

    reserved: int | None = Field(None, ge=1)


class Withdrawing(Body):
    how: Withdrawal
    successor_id: UUID | None = None
    reason: str = Field(min_length=1, max_length=1000)


def may_draft(edge: Edge, issuer_id: UUID, drafter_id: UUID | None = None) -> None:
    edge.require("draft_official", issuer_id=issuer_id, drafter_id=drafter_id)


@router.get("/officials")
def list_officials(
    edge: Edge,
    stage: Annotated[list[Stage] | None, Query()] = None,
    kind: Kind | None = None,
    issuer_id: UUID | None = None,
    year: Year | None = None,
    since: date | None = None,
    until: date | None = None,
    q: Annotated[str, Query(max_length=400)] = "",
    before: Before = None,
    limit: Limit = lists.PAGE,
) -> OfficialList:
    """What the reader may see, what changed last first. `q`: words of the summary or the number."""
    wanted = selection.WantedOfficials(
        stages=tuple(stage or ()),
        kind=kind or "",
        issuer_id=str(issuer_id or ""),
        year=year,
        since=since,
        until=until,
        words=q,
    )
    return officials_page(edge, wanted, before, limit)


def officials_page(edge: Context, wanted: selection.WantedOfficials, before: int | None, limit: int) -> OfficialList:
    viewer = official_viewer(edge.me)
    found = lists.officials(edge.views, viewer, wanted, before=before, limit=limit + 1)
    counts = lists.official_counts(edge.views, viewer, replace(wanted, stages=()))
    return OfficialList(
        officials=found[:limit], counts=counts, next=found[limit - 1].position if len(found) > limit else None
    )


@router.get(OFFICIAL)
def read_official(edge: Edge, official_id: UUID) -> OfficialDetail:
    edge.require("see_official", official_id=official_id)
    works, official = edge.allows("comment_official", official_id=official_id), found(edge, official_id)
    return OfficialDetail(
        official=official,
        comments=queries.comments(edge.views, official_id) if works else [],
        orders=queries.orders_of_official(edge.views, official_id) if works else [],
        course=queries.course(edge.views, official_id) if works else [],
        arrivals=queries.incoming_of_official(edge.views, official_id) if works else [],
        origin=origin.origin(edge, official),
    )


@router.put(
    "/bodies/{issuer_id}/official-texts",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
    dependencies=[Depends(may_draft)],
)
async def upload_text(
    edge: Edge, request: Request, issuer_id: UUID, title: Annotated[str, Query(max_length=500)] = ""
) -> Done:
    """Stores the raw body as the text of an official document to be drafted. `X-File-Name`, `X-Sha256` as ever."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(official_text.keep, edge, title, stored)


@router.post("/officials")
def draft_official(edge: Edge, body: Described) -> Done:
    _check(edge, body)
    official_id = derived(edge.command_id, "official_id")
    done = edge.send(DraftOfficial, official_id=official_id, described=body)
    return done.model_copy(update={"id": official_id})


@router.put(OFFICIAL)
def revise_official(edge: Edge, official_id: UUID, body: Described) -> Done:
    edge.require("write_official", official_id=official_id)
    _check(edge, body, official_id)
    return edge.send(ReviseOfficial, official_id=official_id, described=body)


@router.post(f"{OFFICIAL}/submission")
def submit_official(edge: Edge, official_id: UUID, body: Submission) -> Done:
    edge.require("write_official", official_id=official_id)
    official = found(edge, official_id)
    if official.stage is not Stage.draft:
        raise Refused("not_a_draft", official.stage)
    for person_id in {each for step in body.steps for each in step.signer_ids}:
        require_person(edge, person_id)
    origin.refuse_unfilled(edge, official)
    sha256 = official_text.ready_to_sign(edge, official, body.sha256)
    order_id = derived(edge.command_id, "order_id")
    standing = origin.standing(edge.views, official.described)
    asked = {"order_id": order_id, "sha256": sha256, "steps": body.steps, **standing}
    done = edge.send(SubmitOfficial, official_id=official_id, **asked)
    return done.model_copy(update={"id": order_id})


@router.post(f"{OFFICIAL}/recall")
def recall_submission(edge: Edge, official_id: UUID, body: Recall) -> Done:
    edge.require("write_official", official_id=official_id)
    orders = [each for each in queries.orders_of_official(edge.views, official_id) if each.purpose == Purpose.issue]
    if not orders or orders[-1].stage == "completed":
        raise Refused("not_in_signing")
    return edge.send(CancelSigningOrder, order_id=UUID(orders[-1].id), reason=body.reason)


@router.post(f"{OFFICIAL}/number")
def number_official(edge: Edge, official_id: UUID, body: NumberWish) -> Done:
    """The day that the document bears is today: nothing is dated back."""
    edge.require("register_official", official_id=official_id)
    return edge.send(RequestNumber, official_id=official_id, entered_on=today(edge), reserved=body.reserved)


@router.post(f"{OFFICIAL}/seal")
def ask_for_seal(edge: Edge, official_id: UUID) -> Done:
    """Fills number and day into the signed bytes; what comes of it waits for the seal."""
    edge.require("register_official", official_id=official_id)
    sha256 = official_text.with_number(edge, found(edge, official_id))
    order_id = derived(edge.command_id, "order_id")
    clerks = (UUID(edge.me.person_id),)
    done = edge.send(AskForSeal, official_id=official_id, order_id=order_id, sha256=sha256, clerk_ids=clerks)
    return done.model_copy(update={"id": order_id})


@router.post(f"{OFFICIAL}/withdrawal")
def withdraw_official(edge: Edge, official_id: UUID, body: Withdrawing) -> Done:
    """Its recipients are told; it stays readable, marked as withdrawn."""
    edge.require("register_official", official_id=official_id)
    if (body.how is Withdrawal.recalled) != (body.successor_id is None):
        raise Refused("successor_unfit", body.how)
    if body.successor_id is not None:
        edge.require("see_official", official_id=body.successor_id)
        if found(edge, body.successor_id).stage is not Stage.issued:
            raise Refused("not_issued", str(body.successor_id))
    return edge.send(WithdrawOfficial, official_id=official_id, **dict(body))


def found(edge: Context, official_id: UUID) -> Official:
    official = queries.official(edge.views, official_id)
    if official is None:
        raise Refused("official_not_found", str(official_id))
    return official


def require_person(edge: Context, person_id: UUID) -> None:
    person = directory.person(edge.views, person_id)
    if person is None or not person.account_open:
        raise Refused("no_such_person", str(person_id))


def today(edge: Context) -> date:
    return day_of(edge.now)


def _check(edge: Context, described: Described, official_id: UUID | None = None) -> None:
    """What it names is there, and the text is the drafter's to use."""
    check_facts(edge, described)
    official_text.check_own(edge, described.document_id, official_id)


def check_facts(edge: Context, described: Described) -> None:
    """What it names is there; its text apart, which may not be set yet."""
    edge.require("draft_official", issuer_id=described.issuer_id, drafter_id=described.drafter_id)
    require_person(edge, described.signatory.person_id)
    for each in described.recipients:
        if each.unit_id is not None and directory.unit(edge.views, each.unit_id) is None:
            raise Refused("no_such_unit", str(each.unit_id))
    origin.check(edge, described)
