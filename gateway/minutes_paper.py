"""The minutes of one meeting as a paper: record from the log, sections from the views, the PDF and its pages."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from fastapi.responses import Response

from gateway.downloads import disposition
from gateway.edge import Context, Gate
from gateway.typefaces import FONTS
from kernel.decider import Refused
from kernel.paper.typesetting import FontsMissing
from kernel.ports import Corrupt, NotStored
from services.meeting import minutes_views
from services.meeting.minutes_views import Minutes, MinutesState
from services.meeting.paper import minutes as paper
from services.meeting.record import NoSuchMeeting
from services.meeting.record_facts import Record
from services.meeting.record_log import read_record

_drawing = threading.Lock()


def record_at(gate: Gate, meeting_id: UUID, as_of: int) -> Record:
    try:
        return read_record(gate.store, meeting_id, minutes_views.polls_of(gate.views.reader(), meeting_id), as_of)
    except NoSuchMeeting as error:
        raise Refused("not_found", str(meeting_id)) from error


def sections_of(minutes: Minutes) -> paper.Sections:
    return paper.Sections(
        texts={each.section: each.text for each in minutes.sections},
        number=minutes.number,
        symbol=minutes.symbol,
        place_name=minutes.place_name,
    )


def found(edge: Context, meeting_id: UUID) -> Minutes:
    """The minutes, without what passed between writer and presiding officer for those who only receive them."""
    minutes = minutes_views.minutes(edge.views, meeting_id)
    if minutes is None:
        raise Refused("minutes_not_drafted", str(meeting_id))
    if edge.allows("work_on_minutes", meeting_id=meeting_id):
        return minutes
    return replace(minutes, return_reason="", returned_at=None, submitted_by=None)


def render(gate: Gate, minutes: Minutes) -> bytes:
    record = record_at(gate, UUID(minutes.meeting_id), minutes.as_of)
    try:
        return paper.render_minutes(record, sections_of(minutes), FONTS)
    except FontsMissing as error:
        raise Refused("fonts_missing", str(error)) from error


def pages(gate: Gate, minutes: Minutes) -> Sequence[bytes]:
    """The pages as PNG. Draft position and number of changes determine them, so they are drawn once."""
    with _drawing:
        return _drawn(gate, UUID(minutes.meeting_id), minutes.as_of, minutes.changes)


@lru_cache(maxsize=12)
def _drawn(gate: Gate, meeting_id: UUID, as_of: int, changes: int) -> Sequence[bytes]:
    minutes = minutes_views.minutes(gate.views.reader(), meeting_id)
    if minutes is None or (minutes.as_of, minutes.changes) != (as_of, changes):
        raise Refused("stale_document", "changed while it was drawn")
    try:
        return paper.minutes_pages(record_at(gate, meeting_id, as_of), sections_of(minutes), FONTS)
    except FontsMissing as error:
        raise Refused("fonts_missing", str(error)) from error


def stored_pdf(edge: Context, minutes: Minutes) -> Response:
    """The bytes that were submitted, approved and published; verified against their SHA-256 as they are read."""
    if minutes.pdf_sha256 is None or minutes.state in (MinutesState.drafting, MinutesState.returned):
        raise Refused("minutes_not_submitted", minutes.meeting_id)
    try:
        pdf = edge.gate.blobs.read(minutes.pdf_sha256)
    except (Corrupt, NotStored) as error:
        raise Refused("integrity_error", minutes.pdf_sha256) from error
    return pdf_response(pdf, minutes, minutes.pdf_sha256)


def pdf_response(pdf: bytes, minutes: Minutes, sha256: str = "") -> Response:
    name = f"Biên bản {minutes.number} {minutes.title}".replace("  ", " ")[:120] + ".pdf"
    headers = {"Content-Disposition": disposition("inline", name), "Cache-Control": "private, no-store"}
    if sha256:
        headers["ETag"] = f'"{sha256}"'
    return Response(pdf, media_type="application/pdf", headers=headers)
