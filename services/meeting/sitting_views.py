"""The sitting as people see it: tables folded from the stream `sitting-<meeting id>`."""

import sqlite3
from uuid import UUID

from kernel.messages import Event, Recorded
from services.meeting.messages import (
    AbsenceRecorded,
    AgendaItemBegun,
    Arrived,
    CheckInCodeRenewed,
    Departed,
    DiscussionNoted,
    FloorGiven,
    FloorRequested,
    FloorRequestWithdrawn,
    NoteCorrected,
    RollCallOpened,
    RollExtended,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SpeechEnded,
)
from services.meeting.proceedings_queries import (
    ItemTime,
    Note,
    Pause,
    Request,
    Speech,
    floor_queue,
    item_times,
    notes,
    pauses,
    request,
    speeches,
)
from services.meeting.quorum import Step
from services.meeting.roll_views import extend_roll, move, open_roll_call
from services.meeting.sitting_queries import (
    Attendance,
    Moved,
    QuorumNow,
    SittingView,
    attendance,
    attendance_of,
    moves,
    quorum_now,
    quorum_timeline,
    sitting,
)
from services.meeting.sitting_schema import SCHEMA

__all__ = [
    "SCHEMA",
    "Attendance",
    "ItemTime",
    "Note",
    "Pause",
    "QuorumNow",
    "Moved",
    "Request",
    "SittingView",
    "Speech",
    "Step",
    "attendance",
    "attendance_of",
    "floor_queue",
    "item_times",
    "moves",
    "notes",
    "pauses",
    "project",
    "quorum_now",
    "quorum_timeline",
    "request",
    "sitting",
    "speeches",
]


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if not recorded.stream.startswith("sitting-"):
        return
    match event:
        case RollCallOpened():
            open_roll_call(connection, recorded, event)
        case RollExtended():
            extend_roll(connection, recorded, event)
        case Arrived() | Departed() | AbsenceRecorded():
            move(connection, recorded, event)
        case FloorRequested() | FloorRequestWithdrawn() | FloorGiven() | SpeechEnded():
            _floor(connection, recorded, event)
        case DiscussionNoted() | NoteCorrected():
            _note(connection, recorded, event)
        case _:
            _session(connection, recorded, event)
    connection.execute(
        "UPDATE sittings SET position = ? WHERE meeting_id = ?",
        (recorded.position, recorded.stream.removeprefix("sitting-")),
    )


def _session(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    at = recorded.recorded_at.isoformat()
    match event:
        case CheckInCodeRenewed(meeting_id=meeting_id, code=code):
            connection.execute("UPDATE sittings SET code = ? WHERE meeting_id = ?", (code, str(meeting_id)))
        case SessionOpened(meeting_id=meeting_id, present=present):
            connection.execute(
                "UPDATE sittings SET state = 'open', opened_at = ?, opened_present = ? WHERE meeting_id = ?",
                (at, present, str(meeting_id)),
            )
        case SessionSuspended(meeting_id=meeting_id, reason=reason):
            _enter(connection, meeting_id, "suspended")
            connection.execute(
                "INSERT INTO sitting_pauses VALUES (?, ?, ?, ?, NULL)", (recorded.position, str(meeting_id), reason, at)
            )
        case SessionResumed(meeting_id=meeting_id):
            _enter(connection, meeting_id, "open")
            _end_pause(connection, meeting_id, at)
        case SessionClosed(meeting_id=meeting_id):
            _enter(connection, meeting_id, "closed")
            _end_pause(connection, meeting_id, at)
            _end_item(connection, meeting_id, at)
            connection.execute("UPDATE sittings SET closed_at = ? WHERE meeting_id = ?", (at, str(meeting_id)))
            connection.execute(
                "UPDATE floor_requests SET state = 'unheard' WHERE meeting_id = ? AND state = 'waiting'",
                (str(meeting_id),),
            )
        case AgendaItemBegun(meeting_id=meeting_id, item_id=item_id):
            _end_item(connection, meeting_id, at)
            connection.execute(
                "INSERT INTO sitting_items VALUES (?, ?, ?, ?, NULL)",
                (recorded.position, str(meeting_id), str(item_id), at),
            )
            connection.execute(
                "UPDATE sittings SET item_id = ?, item_begun_at = ? WHERE meeting_id = ?",
                (str(item_id), at, str(meeting_id)),
            )


def _enter(connection: sqlite3.Connection, meeting_id: UUID, state: str) -> None:
    connection.execute("UPDATE sittings SET state = ? WHERE meeting_id = ?", (state, str(meeting_id)))


def _end_pause(connection: sqlite3.Connection, meeting_id: UUID, at: str) -> None:
    connection.execute(
        "UPDATE sitting_pauses SET resumed_at = ? WHERE meeting_id = ? AND resumed_at IS NULL", (at, str(meeting_id))
    )


def _end_item(connection: sqlite3.Connection, meeting_id: UUID, at: str) -> None:
    connection.execute(
        "UPDATE sitting_items SET ended_at = ? WHERE meeting_id = ? AND ended_at IS NULL", (at, str(meeting_id))
    )


def _floor(
    connection: sqlite3.Connection,
    recorded: Recorded,
    event: FloorRequested | FloorRequestWithdrawn | FloorGiven | SpeechEnded,
) -> None:
    at, request_id = recorded.recorded_at.isoformat(), str(event.request_id)
    match event:
        case FloorRequested():
            connection.execute(
                "INSERT INTO floor_requests (request_id, meeting_id, person_id, item_id, subject, state, requested_at,"
                " requested_position) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?)",
                (
                    request_id,
                    str(event.meeting_id),
                    str(event.person_id),
                    _text(event.item_id),
                    event.subject,
                    at,
                    recorded.position,
                ),
            )
        case FloorRequestWithdrawn():
            connection.execute("UPDATE floor_requests SET state = 'withdrawn' WHERE request_id = ?", (request_id,))
        case FloorGiven():
            connection.execute(
                "UPDATE floor_requests SET state = 'speaking', given_at = ?, seconds = ?, item_id = ?"
                " WHERE request_id = ?",
                (at, event.seconds, _text(event.item_id), request_id),
            )
        case SpeechEnded():
            connection.execute(
                "UPDATE floor_requests SET state = 'spoken', ended_at = ? WHERE request_id = ?", (at, request_id)
            )


def _note(connection: sqlite3.Connection, recorded: Recorded, event: DiscussionNoted | NoteCorrected) -> None:
    at = recorded.recorded_at.isoformat()
    match event:
        case DiscussionNoted():
            connection.execute(
                "INSERT INTO discussion_notes (note_id, meeting_id, text, person_id, item_id, author_id, noted_at,"
                " noted_position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    str(event.note_id),
                    str(event.meeting_id),
                    event.text,
                    _text(event.person_id),
                    _text(event.item_id),
                    recorded.actor,
                    at,
                    recorded.position,
                ),
            )
        case NoteCorrected():
            connection.execute(
                "UPDATE discussion_notes SET text = ?, corrected_at = ?, corrected_by = ? WHERE note_id = ?",
                (event.text, at, recorded.actor, str(event.note_id)),
            )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
