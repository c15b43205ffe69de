"""Minutes: draft from the log, write the sections, submit, approve or return, publish, read."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from gateway import minutes_paper, minutes_signing
from gateway.api.commands import Body, command_route
from gateway.edge import Context, Done, Edge
from gateway.signature_report import SignatureReport, report
from kernel.decider import Refused
from services.directory import views as directory
from services.meeting import minutes_views
from services.meeting.messages import (
    ApproveMinutes,
    DraftMinutes,
    EditMinutes,
    MinutesSection,
    NumberMinutes,
    PublishMinutes,
    ReturnMinutes,
    SubmitMinutes,
)
from services.meeting.minutes_views import MinutesBrief, MinutesState
from services.meeting.record import record_bytes
from services.signing import queries as signing
from services.signing.records import Signature

router = APIRouter(tags=["minutes"])
MINUTES = "/meetings/{meeting_id}/minutes"
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


class MinutesShown(BaseModel):
    """`changes`: sent back with a submission. `newer_facts`: the meeting went on after the draft was taken."""

    meeting_id: str
    title: str
    state: MinutesState
    as_of: int
    presiding_officer_id: str
    number: str
    symbol: str
    place_name: str
    changes: int
    pdf_sha256: str | None
    submitted_at: datetime | None
    return_reason: str
    approved_at: datetime | None
    published_at: datetime | None
    newer_facts: bool
    sections: dict[MinutesSection, "SectionShown"]


class SectionShown(BaseModel):
    text: str
    revision: int


class TextBody(Body):
    section: MinutesSection
    text: str = Field(max_length=50000)
    revision: int = Field(ge=0)


class Saved(BaseModel):
    """`revision`: to be sent with the next edit of this section."""

    position: int
    revision: int


class Submitted(BaseModel):
    position: int
    pdf_sha256: str


class SignaturesShown(BaseModel):
    """`stage`: waiting, completed, declined or cancelled; None before they are asked for. `sha256`: of the file now."""

    order_id: str | None
    stage: str | None
    signatures: list[Signature]
    sha256: str | None = None


Recipients = Annotated[tuple[UUID, ...], Field(max_length=2000)]


class PublicationBody(Body):
    recipient_ids: Recipients = ()
    recipient_unit_ids: Recipients = ()


class Recipient(BaseModel):
    id: UUID
    name: str


class RecipientsShown(BaseModel):
    """Who took part, and every unit that a conclusion gives something to do."""

    people: list[Recipient]
    units: list[Recipient]


class MinutesLists(BaseModel):
    to_write: list[MinutesBrief]
    to_approve: list[MinutesBrief]
    received: list[MinutesBrief]


@router.get("/minutes", summary="What waits for me, and the minutes I received")
def my_minutes(edge: Edge) -> MinutesLists:
    me = edge.me
    return MinutesLists(
        to_write=minutes_views.minutes_to_write(edge.views, me.person_id),
        to_approve=minutes_views.minutes_to_approve(edge.views, me.person_id),
        received=minutes_views.minutes_received(edge.views, me.person_id, me.unit_id),
    )


@router.get(MINUTES, summary="The minutes as they stand")
def read_minutes(edge: Edge, meeting_id: UUID) -> MinutesShown:
    edge.require("see_minutes", minutes_of=meeting_id)
    found = minutes_paper.found(edge, meeting_id)
    sections = {each.section: SectionShown(text=each.text, revision=each.revision) for each in found.sections}
    return MinutesShown.model_validate({**vars(found), "sections": sections})


@router.get(f"{MINUTES}/record", summary="The record that the minutes are made of", response_class=Response)
def read_minutes_record(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_minutes", minutes_of=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    record = minutes_paper.record_at(edge.gate, meeting_id, minutes.as_of)
    return Response(record_bytes(record), media_type="application/json")


@router.get(f"{MINUTES}/pdf", summary="The PDF that was submitted or approved", response_class=Response, responses=PDF)
def read_minutes_pdf(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_minutes", minutes_of=meeting_id)
    return minutes_paper.stored_pdf(edge, minutes_paper.found(edge, meeting_id))


@router.get(f"{MINUTES}/preview", summary="The PDF of the draft as it is now", response_class=Response, responses=PDF)
def preview_minutes(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("work_on_minutes", meeting_id=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    return minutes_paper.pdf_response(minutes_paper.render(edge.gate, minutes), minutes)


@router.get(f"{MINUTES}/recipients", summary="Who should receive the minutes")
def suggest_recipients(edge: Edge, meeting_id: UUID) -> RecipientsShown:
    edge.require("publish_minutes", meeting_id=meeting_id)
    return suggested_recipients(edge, meeting_id)


def suggested_recipients(edge: Context, meeting_id: UUID) -> RecipientsShown:
    minutes = minutes_paper.found(edge, meeting_id)
    record = minutes_paper.record_at(edge.gate, meeting_id, minutes.as_of)
    people = {each.person.id: each.person.full_name for each in record.attendees}
    people |= {each.id: each.full_name for each in (record.presiding_officer, record.minute_taker)}
    return RecipientsShown(
        people=[Recipient(id=each, name=name) for each, name in people.items()],
        units=[Recipient(id=each.id, name=each.name) for each in record.obliged_units],
    )


@router.post(MINUTES, summary="Draft the minutes, or take in what happened since the draft")
def draft_minutes(edge: Edge, meeting_id: UUID) -> Done:
    edge.require("write_minutes", meeting_id=meeting_id)
    as_of = edge.gate.views.position
    record = minutes_paper.record_at(edge.gate, meeting_id, as_of)
    if record.closed_at is None:
        raise Refused("session_not_closed", str(meeting_id))
    known = minutes_views.minutes(edge.views, meeting_id)
    if known is not None and not known.newer_facts:
        as_of = known.as_of
    return edge.send(DraftMinutes, meeting_id=meeting_id, as_of=as_of, presiding_officer_id=record.presiding_officer.id)


@router.post(f"{MINUTES}/text", summary="Write one section")
def edit_minutes(edge: Edge, meeting_id: UUID, body: TextBody) -> Saved:
    edge.require("write_minutes", meeting_id=meeting_id)
    done = edge.send(EditMinutes, meeting_id=meeting_id, **dict(body))
    saved = minutes_paper.found(edge, meeting_id).section(body.section)
    return Saved(position=done.position, revision=saved.revision)


@router.post(f"{MINUTES}/submission", summary="Store the PDF and ask the presiding officer to approve it")
def submit_minutes(edge: Edge, meeting_id: UUID) -> Submitted:
    edge.require("write_minutes", meeting_id=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    if not minutes.state.open:
        raise Refused("minutes_approved")
    stored = edge.gate.blobs.put([minutes_paper.render(edge.gate, minutes)])
    done = edge.send(SubmitMinutes, meeting_id=meeting_id, pdf_sha256=stored.sha256, changes=minutes.changes)
    return Submitted(position=done.position, pdf_sha256=stored.sha256)


@router.post(f"{MINUTES}/publication", summary="Distribute the approved PDF to people and units")
def publish_minutes(edge: Edge, meeting_id: UUID, body: PublicationBody) -> Done:
    edge.require("publish_minutes", meeting_id=meeting_id)
    for person_id in body.recipient_ids:
        if directory.person(edge.views, person_id) is None:
            raise Refused("no_such_person", str(person_id))
    for unit_id in body.recipient_unit_ids:
        if directory.unit(edge.views, unit_id) is None:
            raise Refused("no_such_unit", str(unit_id))
    return edge.send(PublishMinutes, meeting_id=meeting_id, **dict(body))


@router.post(f"{MINUTES}/signatures", summary="Ask minute taker and presiding officer to sign the approved PDF")
def ask_for_signatures(edge: Edge, meeting_id: UUID) -> Done:
    edge.require("write_minutes", meeting_id=meeting_id)
    return minutes_signing.ask(edge, minutes_paper.found(edge, meeting_id))


@router.get(f"{MINUTES}/signatures", summary="Who has signed the minutes")
def read_signatures(edge: Edge, meeting_id: UUID) -> SignaturesShown:
    edge.require("see_minutes", minutes_of=meeting_id)
    order = minutes_signing.order_of(edge, minutes_paper.found(edge, meeting_id).meeting_id)
    if order is None:
        return SignaturesShown(order_id=None, stage=None, signatures=[])
    made = signing.signatures(edge.views, order.id)
    return SignaturesShown(order_id=order.id, stage=order.stage, signatures=made, sha256=order.sha256)


@router.get(f"{MINUTES}/signed", summary="The PDF with all signatures", response_class=Response, responses=PDF)
def read_signed_minutes(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_minutes", minutes_of=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    content, sha256 = minutes_signing.signed(edge, minutes)
    return minutes_paper.pdf_response(content, minutes, sha256)


@router.get(f"{MINUTES}/signed/check", summary="Whether the signatures hold")
def check_signed_minutes(edge: Edge, meeting_id: UUID) -> SignatureReport:
    edge.require("see_minutes", minutes_of=meeting_id)
    content, _sha256 = minutes_signing.signed(edge, minutes_paper.found(edge, meeting_id))
    return report(edge, edge.gate.desk.examine(content))


command_route(router, f"{MINUTES}/number", NumberMinutes, action="write_minutes")
command_route(router, f"{MINUTES}/return", ReturnMinutes, action="approve_minutes")
command_route(router, f"{MINUTES}/approval", ApproveMinutes, action="approve_minutes")
