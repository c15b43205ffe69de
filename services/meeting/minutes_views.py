"""Minutes as people see them: tables folded from the log. Queries: `minutes_queries`."""

import sqlite3
from datetime import UTC, datetime

from kernel import search
from kernel.messages import Event, Recorded
from services.meeting.messages import (
    MeetingPlanned,
    MeetingReplanned,
    MinutesApproved,
    MinutesDrafted,
    MinutesEdited,
    MinutesNumbered,
    MinutesPublished,
    MinutesReturned,
    MinutesSubmitted,
    SessionClosed,
)
from services.meeting.minutes_queries import (
    Minutes,
    MinutesBrief,
    MinutesState,
    SectionText,
    minutes,
    minutes_received,
    minutes_to_approve,
    minutes_to_write,
    polls_of,
    published_to,
)
from services.voting.messages import PollCancelled, PollClosed, PollOpened, PollTallied, ResultPublished

__all__ = [
    "SCHEMA",
    "Minutes",
    "MinutesBrief",
    "MinutesState",
    "SectionText",
    "minutes",
    "minutes_received",
    "minutes_to_approve",
    "minutes_to_write",
    "polls_of",
    "project",
    "published_to",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS minutes_meetings (
    meeting_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    body_id TEXT NOT NULL,
    presiding_officer_id TEXT NOT NULL,
    minute_taker_id TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    closed_at TEXT,
    facts_position INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS minutes_polls (poll_id TEXT PRIMARY KEY, meeting_id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS minutes (
    meeting_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    presiding_officer_id TEXT NOT NULL,
    number TEXT NOT NULL DEFAULT '',
    symbol TEXT NOT NULL DEFAULT '',
    place_name TEXT NOT NULL DEFAULT '',
    changes INTEGER NOT NULL DEFAULT 1,
    pdf_sha256 TEXT,
    submitted_at TEXT,
    submitted_by TEXT,
    return_reason TEXT NOT NULL DEFAULT '',
    returned_at TEXT,
    approved_at TEXT,
    published_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS minutes_texts (
    meeting_id TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    revision INTEGER NOT NULL,
    edited_at TEXT NOT NULL,
    PRIMARY KEY (meeting_id, section)
) STRICT;
CREATE TABLE IF NOT EXISTS minutes_recipients (
    meeting_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient_id TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    PRIMARY KEY (meeting_id, kind, recipient_id)
) STRICT;
CREATE INDEX IF NOT EXISTS minutes_by_recipient ON minutes_recipients (recipient_id);
"""


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    match event:
        case (
            MinutesDrafted()
            | MinutesNumbered()
            | MinutesEdited()
            | MinutesSubmitted()
            | MinutesReturned()
            | MinutesApproved()
            | MinutesPublished()
        ):
            _project_minutes(connection, recorded, event)
        case _:
            _project_facts(connection, recorded, event)


def _project_facts(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    """Remembers when the record of each meeting last changed. Ballots change it only by their tally."""
    match event:
        case MeetingPlanned():
            connection.execute(
                "INSERT INTO minutes_meetings VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
                (
                    str(event.meeting_id),
                    event.title,
                    str(event.body_id),
                    str(event.presiding_officer_id),
                    str(event.minute_taker_id),
                    utc(event.starts_at),
                    recorded.position,
                ),
            )
            return
        case MeetingReplanned():
            connection.execute(
                "UPDATE minutes_meetings SET title = ?, presiding_officer_id = ?, minute_taker_id = ?, starts_at = ?"
                " WHERE meeting_id = ?",
                (
                    event.title,
                    str(event.presiding_officer_id),
                    str(event.minute_taker_id),
                    utc(event.starts_at),
                    str(event.meeting_id),
                ),
            )
        case SessionClosed():
            connection.execute(
                "UPDATE minutes_meetings SET closed_at = ? WHERE meeting_id = ?",
                (utc(recorded.recorded_at), str(event.meeting_id)),
            )
        case PollOpened():
            connection.execute("INSERT INTO minutes_polls VALUES (?, ?)", (str(event.poll_id), str(event.meeting_id)))
        case PollCancelled() | PollClosed() | PollTallied() | ResultPublished():
            connection.execute(
                "UPDATE minutes_meetings SET facts_position = ?"
                " WHERE meeting_id = (SELECT meeting_id FROM minutes_polls WHERE poll_id = ?)",
                (recorded.position, str(event.poll_id)),
            )
    meeting_id = getattr(event, "meeting_id", None)
    if meeting_id is not None:
        connection.execute(
            "UPDATE minutes_meetings SET facts_position = ? WHERE meeting_id = ?", (recorded.position, str(meeting_id))
        )


def _project_minutes(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    at = utc(recorded.recorded_at)
    match event:
        case MinutesDrafted(meeting_id=meeting_id):
            connection.execute(
                "INSERT INTO minutes (meeting_id, state, as_of, presiding_officer_id) VALUES (?, 'drafting', ?, ?)"
                " ON CONFLICT (meeting_id) DO UPDATE SET as_of = excluded.as_of, changes = changes + 1,"
                " presiding_officer_id = excluded.presiding_officer_id,"
                " state = iif(state = 'submitted', 'drafting', state)",
                (str(meeting_id), event.as_of, str(event.presiding_officer_id)),
            )
        case MinutesNumbered(meeting_id=meeting_id):
            connection.execute(
                "UPDATE minutes SET number = ?, symbol = ?, place_name = ?, changes = changes + 1,"
                " state = iif(state = 'submitted', 'drafting', state) WHERE meeting_id = ?",
                (event.number, event.symbol, event.place_name, str(meeting_id)),
            )
        case MinutesEdited(meeting_id=meeting_id):
            connection.execute(
                "INSERT OR REPLACE INTO minutes_texts VALUES (?, ?, ?, ?, ?)",
                (str(meeting_id), str(event.section), event.text, event.revision, at),
            )
            connection.execute(
                "UPDATE minutes SET changes = changes + 1, state = iif(state = 'submitted', 'drafting', state)"
                " WHERE meeting_id = ?",
                (str(meeting_id),),
            )
        case MinutesSubmitted(meeting_id=meeting_id):
            connection.execute(
                "UPDATE minutes SET state = 'submitted', pdf_sha256 = ?, submitted_at = ?, submitted_by = ?"
                " WHERE meeting_id = ?",
                (event.pdf_sha256, at, recorded.actor, str(meeting_id)),
            )
        case MinutesReturned(meeting_id=meeting_id):
            connection.execute(
                "UPDATE minutes SET state = 'returned', return_reason = ?, returned_at = ? WHERE meeting_id = ?",
                (event.reason, at, str(meeting_id)),
            )
        case MinutesApproved(meeting_id=meeting_id):
            connection.execute(
                "UPDATE minutes SET state = 'approved', pdf_sha256 = ?, approved_at = ? WHERE meeting_id = ?",
                (event.pdf_sha256, at, str(meeting_id)),
            )
        case MinutesPublished():
            _publish(connection, event, at)


def _publish(connection: sqlite3.Connection, event: MinutesPublished, at: str) -> None:
    connection.execute(
        "UPDATE minutes SET state = 'published', published_at = COALESCE(published_at, ?) WHERE meeting_id = ?",
        (at, str(event.meeting_id)),
    )
    recipients = [("person", each) for each in event.recipient_ids]
    recipients += [("unit", each) for each in event.recipient_unit_ids]
    connection.executemany(
        "INSERT OR IGNORE INTO minutes_recipients VALUES (?, ?, ?, ?)",
        [(str(event.meeting_id), kind, str(each), at) for kind, each in recipients],
    )
    found = minutes(connection, event.meeting_id)
    if found is not None:
        search.index(
            connection,
            "minutes",
            event.meeting_id,
            f"Biên bản {found.title}",
            "\n".join(each.text for each in found.sections if each.text),
            meeting_id=event.meeting_id,
            unit_id=found.body_id,
            number=f"{found.number}/{found.symbol}" if found.number and found.symbol else "",
        )


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
