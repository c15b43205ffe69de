"""Pages of the sitting: the working screen, check-in, the hall screen, and the fragments that keep them live."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from gateway.edge import Context, Edge
from gateway.preparing import visible_documents
from gateway.roll import candidates
from gateway.texts import _
from gateway.web.pages import local, render
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.meeting.quorum import gaps

router = APIRouter()
MOST_CANDIDATES = 30
NONE_YET = "none"
"""The state of a sitting whose roll call has not been opened, as the page's address and templates name it."""

SESSION_STATES = {
    NONE_YET: (_("Chưa bắt đầu"), "ring", "neutral"),
    "roll_call": (_("Đang điểm danh"), "half", "info"),
    "open": (_("Đang họp"), "play", "good"),
    "suspended": (_("Tạm dừng"), "pause", "warn"),
    "closed": (_("Đã bế mạc"), "lock", "neutral"),
}
PERSON_STATES = {
    "expected": (_("Chưa điểm danh"), "ring", "neutral"),
    "present": (_("Có mặt"), "check", "good"),
    "online": (_("Trực tuyến"), "dot", "info"),
    "departed": (_("Đã rời họp"), "dash", "warn"),
    "absent_excused": (_("Vắng có phép"), "cross", "bad"),
    "absent_unexcused": (_("Vắng không phép"), "cross", "bad"),
}


def frame(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    """What every panel of the sitting needs to know of the meeting and of the person who looks."""
    meeting = meetings.meeting(edge.views, meeting_id)
    held = sittings.sitting(edge.views, meeting_id)
    return {
        "meeting": meeting,
        "held": held,
        "state": held.state if held else NONE_YET,
        "session_states": SESSION_STATES,
        "person_states": PERSON_STATES,
        "mine": sittings.attendance_of(edge.views, meeting_id, edge.me.person_id),
        "holds": edge.allows("hold_session", meeting_id=meeting_id),
        "keeps": edge.allows("take_roll_call", meeting_id=meeting_id),
        "api": f"/api/v1/meetings/{meeting_id}",
    }


def standing(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    """State, quorum and agenda: the uppermost panel, with the controls of whoever presides."""
    agenda = meetings.agenda(edge.views, meeting_id)
    values = frame(edge, meeting_id)
    return {
        **values,
        "quorum": sittings.quorum_now(edge.views, meeting_id),
        "next_item": following(agenda, values["held"].item_id if values["held"] else None),
    }


def proceedings(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    """The current item with its papers, the speaker, the queue and the quorum line."""
    values = quorum_chart(edge, meeting_id)
    agenda = meetings.agenda(edge.views, meeting_id)
    held = values["held"]
    item_id = held.item_id if held else None
    queue = sittings.floor_queue(edge.views, meeting_id)
    papers = visible_documents(edge, meeting_id)
    return {
        **values,
        "agenda": agenda,
        "item": next((each for each in agenda if each.id == item_id), None),
        "item_times": {each.item_id: each for each in sittings.item_times(edge.views, meeting_id)},
        "papers": [each for each in papers if each.item_id == item_id] if item_id else [],
        "concludes": edge.allows("record_conclusion", meeting_id=meeting_id),
        "queue": queue,
        "my_requests": [each for each in queue if each.person_id == edge.me.person_id],
    }


def quorum_chart(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    """The quorum line with seconds since the roll call as x."""
    values = frame(edge, meeting_id)
    steps = sittings.quorum_timeline(edge.views, meeting_id)
    held = values["held"]
    began = steps[0].at if steps else edge.now
    until = datetime.fromisoformat(held.closed_at) if held and held.closed_at else edge.now
    return {
        **values,
        "quorum": sittings.quorum_now(edge.views, meeting_id),
        "points": [((step.at - began).total_seconds(), f"{local(step.at):%H:%M:%S}", step.present) for step in steps],
        "lost": gaps(steps, until=until if held and held.closed_at else None),
        "pauses": sittings.pauses(edge.views, meeting_id),
        "end": max((until - began).total_seconds(), 60),
    }


def following(agenda: list[meetings.AgendaItem], item_id: str | None) -> meetings.AgendaItem | None:
    """The item after this one in reading order; the first when none has begun."""
    places = [each.id for each in agenda]
    place = places.index(item_id) + 1 if item_id in places else 0
    return agenda[place] if place < len(agenda) else None


@router.get("/meetings/{meeting_id}/session")
def session_page(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_sitting", meeting_id=meeting_id)
    values = proceedings(edge, meeting_id) | standing(edge, meeting_id)
    if values["keeps"]:
        values |= roll(edge, meeting_id) | notes_of(edge, meeting_id)
    return render(edge, "sitting/session.html", **values)


@router.get("/meetings/{meeting_id}/_standing")
def standing_fragment(edge: Edge, meeting_id: UUID, seen: str = Query(NONE_YET, max_length=20)) -> Response:
    """`seen`: the state the page was built for. Roll call and opening rearrange its panels, so then it loads anew."""
    edge.require("see_sitting", meeting_id=meeting_id)
    values = standing(edge, meeting_id)
    response = render(edge, "sitting/_standing.html", **values, seen=seen)
    begun = (seen == NONE_YET) != (values["state"] == NONE_YET)
    opened = values["keeps"] and (seen == "roll_call") != (values["state"] == "roll_call")
    if begun or opened:
        response.headers["HX-Refresh"] = "true"
    return response


@router.get("/meetings/{meeting_id}/_proceedings")
def proceedings_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_sitting", meeting_id=meeting_id)
    return render(edge, "sitting/_proceedings.html", **proceedings(edge, meeting_id))


def roll(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    people = sittings.attendance(edge.views, meeting_id)
    return {**frame(edge, meeting_id), "people": people}


@router.get("/meetings/{meeting_id}/_attendance")
def roll_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("take_roll_call", meeting_id=meeting_id)
    return render(edge, "sitting/_roll.html", **roll(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_roll-candidates")
def roll_candidates(edge: Edge, meeting_id: UUID, q: str = Query("", max_length=200)) -> Response:
    edge.require("extend_roll", meeting_id=meeting_id)
    values = frame(edge, meeting_id)
    found = candidates(edge, values["meeting"], q)
    return render(edge, "sitting/_roll_candidates.html", **values, candidates=found, most=MOST_CANDIDATES)


def notes_of(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    numbers = {each.id: each.number for each in meetings.agenda(edge.views, meeting_id)}
    return {**frame(edge, meeting_id), "notes": sittings.notes(edge.views, meeting_id)[::-1], "numbers": numbers}


@router.get("/meetings/{meeting_id}/_notes")
def notes_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("take_notes", meeting_id=meeting_id)
    return render(edge, "sitting/_notes.html", **notes_of(edge, meeting_id))


@router.get("/meetings/{meeting_id}/session/notes/{note_id}")
def note_page(edge: Edge, meeting_id: UUID, note_id: UUID) -> Response:
    edge.require("take_notes", meeting_id=meeting_id)
    found = [each for each in sittings.notes(edge.views, meeting_id) if each.note_id == str(note_id)]
    if not found:
        return RedirectResponse(f"/meetings/{meeting_id}/session", 303)
    return render(edge, "sitting/note.html", **frame(edge, meeting_id), note=found[0])


@router.get("/meetings/{meeting_id}/checkin")
def check_in_page(edge: Edge, meeting_id: UUID, code: str = Query("", max_length=6)) -> Response:
    """Reached by the hall screen's QR code too; the code may stand in the link, but one tap still confirms."""
    edge.require("check_in", meeting_id=meeting_id)
    shown = code if code.isdecimal() and len(code) == 6 else ""
    return render(edge, "sitting/checkin.html", **frame(edge, meeting_id), code=shown)


@router.get("/meetings/{meeting_id}/_checkin")
def check_in_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("check_in", meeting_id=meeting_id)
    return render(edge, "sitting/_mine.html", **frame(edge, meeting_id))


def on_screen(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    values = proceedings(edge, meeting_id)
    held, meeting = values["held"], values["meeting"]
    body = directory.unit(edge.views, meeting.body_id)
    people = sittings.attendance(edge.views, meeting_id)
    return {
        **values,
        "body_name": body.name if body else "",
        "qr": qr_code(edge, meeting_id, held.code) if held and held.state != "closed" else "",
        "others_present": sum(each.here and not each.voting for each in people),
    }


def qr_code(edge: Context, meeting_id: UUID, code: str) -> str:
    """An SVG of the check-in link, black on white in any theme, scaled by the page."""
    address = f"{edge.gate.settings.public_url}/meetings/{meeting_id}/checkin?{urlencode({'code': code})}"
    return segno.make(address, error="m").svg_inline(
        border=3, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )


@router.get("/meetings/{meeting_id}/hall")
def hall_page(edge: Edge, meeting_id: UUID) -> Response:
    """The projector's page; it shows the code, so only those who keep the roll may open it."""
    edge.require("take_roll_call", meeting_id=meeting_id)
    return render(edge, "hall/hall.html", **on_screen(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_hall")
def hall_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("take_roll_call", meeting_id=meeting_id)
    return render(edge, "hall/_hall.html", **on_screen(edge, meeting_id))
