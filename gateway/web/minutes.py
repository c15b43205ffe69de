"""Pages of the minutes: lists, the paper to read, writing, approval and distribution. They only read."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway import minutes_paper, minutes_signing
from gateway.api.minutes import check_signed_minutes, suggested_recipients
from gateway.edge import Context, Edge
from gateway.texts import _
from gateway.typefaces import FONTS
from gateway.web.pages import render
from kernel.decider import Refused
from kernel.paper.typesetting import FontsMissing, unprintable
from kernel.vietnam import day_of
from services.directory import views as directory
from services.meeting import minutes_views
from services.meeting import preparation_views as meetings
from services.meeting.messages import MinutesSection
from services.meeting.minutes_views import Minutes, MinutesState
from services.meeting.paper import words
from services.meeting.paper.minutes import minutes_paper as paper_of

router = APIRouter()
MINUTES = "/minutes/{meeting_id}"

SECTIONS = {
    MinutesSection.opening: (
        _("Khai mạc"),
        _("Lời khai mạc, lý do, giới thiệu đại biểu. In sau giờ khai mạc và số đại biểu có mặt."),
    ),
    MinutesSection.proceedings: (
        _("Diễn biến chung"),
        _("Những điều không thuộc riêng nội dung nào. In trước phần diễn biến của từng nội dung."),
    ),
    MinutesSection.closing: (
        _("Bế mạc"),
        _("Lời bế mạc, ý kiến đề nghị ghi vào biên bản. In trước dòng ghi giờ kết thúc."),
    ),
}


@router.get("/minutes")
def minutes_lists(edge: Edge) -> Response:
    me = edge.me
    return render(
        edge,
        "minutes/list.html",
        to_write=minutes_views.minutes_to_write(edge.views, me.person_id),
        to_approve=minutes_views.minutes_to_approve(edge.views, me.person_id),
        received=minutes_views.minutes_received(edge.views, me.person_id, me.unit_id),
    )


@router.get("/meetings/{meeting_id}/minutes")
def minutes_of_meeting(meeting_id: UUID) -> Response:
    return RedirectResponse(f"/minutes/{meeting_id}", 303)


@router.get(f"{MINUTES}/signatures")
def signatures(edge: Edge, meeting_id: UUID) -> Response:
    checked, minutes = check_signed_minutes(edge, meeting_id), minutes_paper.found(edge, meeting_id)
    return render(edge, "minutes/signatures.html", checked=checked, document=minutes, limit=0)


@router.get("/meetings/{meeting_id}/_minutes")
def entry(edge: Edge, meeting_id: UUID) -> Response:
    """What the page of the meeting says about its minutes, to this person."""
    edge.require("see_meeting", meeting_id=meeting_id)
    seen = edge.allows("see_minutes", minutes_of=meeting_id)
    return render(
        edge,
        "minutes/_of_meeting.html",
        meeting=meetings.meeting(edge.views, meeting_id),
        minutes=minutes_views.minutes(edge.views, meeting_id) if seen else None,
        may_write=edge.allows("write_minutes", meeting_id=meeting_id),
        asked=seen and _asked(edge, minutes_views.minutes(edge.views, meeting_id)),
    )


@router.get(MINUTES)
def read(edge: Edge, meeting_id: UUID) -> Response:
    """The paper as a web page, for screen readers and for printing."""
    edge.require("see_minutes", minutes_of=meeting_id)
    minutes = minutes_views.minutes(edge.views, meeting_id)
    if minutes is None:
        return RedirectResponse(f"/minutes/{meeting_id}/edit", 303)
    return render(edge, "minutes/show.html", **_page(edge, minutes), paper=_paper(edge, minutes))


@router.get(f"{MINUTES}/edit")
def write(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("write_minutes", meeting_id=meeting_id)
    minutes = minutes_views.minutes(edge.views, meeting_id)
    if minutes is None:
        return render(edge, "minutes/begin.html", meeting=meetings.meeting(edge.views, meeting_id))
    if not minutes.state.open:
        return RedirectResponse(f"/minutes/{meeting_id}", 303)
    record = minutes_paper.record_at(edge.gate, meeting_id, minutes.as_of)
    return render(
        edge,
        "minutes/edit.html",
        **_page(edge, minutes),
        **_preview(edge, minutes),
        sections=[(each, *SECTIONS[each.section]) for each in minutes.sections],
        symbol=minutes.symbol or words.default_symbol(record.body),
        place_name=minutes.place_name or words.default_place_name(record.body),
    )


@router.get(f"{MINUTES}/_preview")
def preview(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("work_on_minutes", meeting_id=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    return render(edge, "minutes/_preview.html", minutes=minutes, **_preview(edge, minutes))


@router.get(f"{MINUTES}/approval")
def approve(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("approve_minutes", meeting_id=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    if minutes.state is not MinutesState.submitted:
        return RedirectResponse(f"/minutes/{meeting_id}", 303)
    same = sha256(minutes_paper.render(edge.gate, minutes)).hexdigest() == minutes.pdf_sha256
    return render(edge, "minutes/approval.html", **_page(edge, minutes), **_preview(edge, minutes), same=same)


@router.get(f"{MINUTES}/distribution")
def distribute(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("publish_minutes", meeting_id=meeting_id)
    minutes = minutes_paper.found(edge, meeting_id)
    if minutes.state.open:
        return RedirectResponse(f"/minutes/{meeting_id}", 303)
    suggested = suggested_recipients(edge, meeting_id)
    listed = {each.id for each in suggested.units}
    others = [each for each in directory.units(edge.views, day_of(edge.now)) if UUID(each.id) not in listed]
    return render(
        edge,
        "minutes/distribution.html",
        **_page(edge, minutes),
        people=suggested.people,
        units=suggested.units,
        other_units=others,
    )


@router.get(f"{MINUTES}/page-{{page}}.png")
def page_image(edge: Edge, meeting_id: UUID, page: int) -> Response:
    edge.require("work_on_minutes", meeting_id=meeting_id)
    pages = minutes_paper.pages(edge.gate, minutes_paper.found(edge, meeting_id))
    if not 1 <= page <= len(pages):
        raise Refused("not_found", str(page))
    return Response(pages[page - 1], media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _page(edge: Context, minutes: Minutes) -> dict[str, Any]:
    people = (minutes.presiding_officer_id, minutes.submitted_by or "", *minutes.recipient_ids)
    may_write = edge.allows("write_minutes", meeting_id=minutes.meeting_id)
    return {
        "minutes": minutes,
        "names": directory.person_names(edge.views, [each for each in people if each]),
        "recipient_units": [
            unit.name for each in minutes.recipient_unit_ids if (unit := directory.unit(edge.views, each)) is not None
        ],
        "may_write": may_write,
        "may_work": may_write or edge.allows("work_on_minutes", meeting_id=minutes.meeting_id),
        "asked": _asked(edge, minutes),
        "order": minutes_signing.order_of(edge, minutes.meeting_id),
        "sees_meeting": edge.allows("see_meeting", meeting_id=minutes.meeting_id),
    }


def _asked(edge: Context, minutes: Minutes | None) -> bool:
    """Whether the minutes wait for this person's approval."""
    return (
        minutes is not None
        and minutes.state is MinutesState.submitted
        and minutes.presiding_officer_id == edge.me.person_id
    )


def _paper(edge: Context, minutes: Minutes) -> dict[str, Any]:
    record = minutes_paper.record_at(edge.gate, UUID(minutes.meeting_id), minutes.as_of)
    return paper_of(record, minutes_paper.sections_of(minutes))


def _preview(edge: Context, minutes: Minutes) -> dict[str, Any]:
    """Page numbers, and what the paper's font cannot print of what was written."""
    try:
        written = "".join(each.text for each in minutes.sections)
        lacking = unprintable(written, FONTS)
        return {"pages": len(minutes_paper.pages(edge.gate, minutes)), "lacking": lacking}
    except FontsMissing:
        return {"pages": 0, "lacking": []}
    except Refused as refusal:
        if refusal.code != "fonts_missing":
            raise
        return {"pages": 0, "lacking": []}
