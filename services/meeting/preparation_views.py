"""Meetings in preparation as people see them: tables folded from the log. Queries: `preparation_queries`."""

import sqlite3
from datetime import UTC, datetime
from uuid import UUID

from kernel import search
from kernel.messages import Event, Recorded
from services.meeting.messages import (
    AgendaItemAdded,
    AgendaItemMoved,
    AgendaItemRemoved,
    AgendaItemRevised,
    DocumentAttached,
    DocumentDetached,
    DossierApproved,
    DossierRecalled,
    DossierReturned,
    DossierSubmitted,
    InvitationAnswered,
    MeetingCancelled,
    MeetingPlanned,
    MeetingPublished,
    MeetingReplanned,
    PeopleInvited,
    SessionClosed,
    SessionOpened,
)
from services.meeting.preparation_queries import (
    PREPARING,
    AgendaItem,
    DossierDocument,
    Invitation,
    Meeting,
    Phase,
    Step,
    agenda,
    documents_of,
    history,
    invitation,
    invitees,
    is_invited,
    item,
    meeting,
    meetings,
    meetings_of_document,
    unanswered,
    waiting_for_approval,
)

__all__ = [
    "PREPARING",
    "SCHEMA",
    "AgendaItem",
    "DossierDocument",
    "Invitation",
    "Meeting",
    "Phase",
    "Step",
    "agenda",
    "documents_of",
    "history",
    "invitation",
    "invitees",
    "is_invited",
    "item",
    "meeting",
    "meetings",
    "meetings_of_document",
    "project",
    "unanswered",
    "waiting_for_approval",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS meetings (
    id TEXT PRIMARY KEY,
    body_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    presiding_officer_id TEXT NOT NULL,
    minute_taker_id TEXT NOT NULL,
    closed_sitting INTEGER NOT NULL,
    phase TEXT NOT NULL,
    leader_id TEXT,
    papers_due_at TEXT,
    late INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    published_at TEXT,
    opened_at TEXT,
    closed_at TEXT,
    sequence INTEGER NOT NULL DEFAULT 0,
    changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS meetings_by_phase ON meetings (phase, starts_at);
CREATE INDEX IF NOT EXISTS meetings_by_body ON meetings (body_id, starts_at);
CREATE TABLE IF NOT EXISTS agenda_items (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    parent_id TEXT,
    place INTEGER NOT NULL,
    title TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    presenter_id TEXT,
    presenter_text TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS agenda_items_of_meeting ON agenda_items (meeting_id, parent_id, place);
CREATE TABLE IF NOT EXISTS dossier_documents (
    meeting_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_id TEXT,
    for_person_id TEXT,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    late INTEGER NOT NULL,
    attached_at TEXT NOT NULL,
    attached_position INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, document_id)
) STRICT;
CREATE INDEX IF NOT EXISTS dossier_documents_by_document ON dossier_documents (document_id);
CREATE TABLE IF NOT EXISTS invitations (
    meeting_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    voting INTEGER NOT NULL,
    invited_at TEXT NOT NULL,
    answer TEXT,
    reason TEXT NOT NULL DEFAULT '',
    substitute_name TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    PRIMARY KEY (meeting_id, person_id)
) STRICT;
CREATE INDEX IF NOT EXISTS invitations_of_person ON invitations (person_id);
CREATE TABLE IF NOT EXISTS meeting_history (
    meeting_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    after_publication INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, position)
) STRICT;
"""

ALWAYS_REMEMBERED = (
    MeetingPlanned
    | DossierSubmitted
    | DossierApproved
    | DossierRecalled
    | DossierReturned
    | MeetingPublished
    | MeetingCancelled
)
REMEMBERED_AFTER_PUBLICATION = (
    MeetingReplanned
    | AgendaItemAdded
    | AgendaItemRevised
    | AgendaItemMoved
    | AgendaItemRemoved
    | DocumentAttached
    | DocumentDetached
    | PeopleInvited
)


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    _remember(connection, recorded, event)
    match event:
        case MeetingPlanned() | MeetingReplanned() | MeetingCancelled() | SessionOpened() | SessionClosed():
            _project_plan(connection, recorded, event)
        case AgendaItemAdded() | AgendaItemRevised() | AgendaItemMoved() | AgendaItemRemoved():
            _project_agenda(connection, event)
            _drafted_again(connection, event.meeting_id)
        case DocumentAttached() | DocumentDetached():
            _project_papers(connection, recorded, event)
            _drafted_again(connection, event.meeting_id)
        case DossierSubmitted() | DossierApproved() | DossierRecalled() | DossierReturned() | MeetingPublished():
            _project_approval(connection, recorded, event)
        case InvitationAnswered():
            connection.execute(
                "UPDATE invitations SET answer = ?, reason = ?, substitute_name = ?, answered_at = ?"
                " WHERE meeting_id = ? AND person_id = ?",
                (
                    event.answer,
                    event.reason,
                    event.substitute_name,
                    utc(recorded.recorded_at),
                    str(event.meeting_id),
                    str(event.person_id),
                ),
            )
        case PeopleInvited():
            _invite(connection, recorded, event)


def _project_plan(
    connection: sqlite3.Connection,
    recorded: Recorded,
    event: MeetingPlanned | MeetingReplanned | MeetingCancelled | SessionOpened | SessionClosed,
) -> None:
    meeting_id, at = str(event.meeting_id), utc(recorded.recorded_at)
    match event:
        case MeetingPlanned():
            connection.execute(
                "INSERT INTO meetings (id, body_id, kind, title, place, starts_at, ends_at, presiding_officer_id,"
                " minute_taker_id, closed_sitting, phase, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?)",
                (
                    meeting_id,
                    str(event.body_id),
                    event.kind,
                    *_plan_row(event),
                    int(event.closed_sitting),
                    at,
                ),
            )
            _index_meeting(connection, event.meeting_id)
        case MeetingReplanned():
            connection.execute(
                "UPDATE meetings SET title = ?, place = ?, starts_at = ?, ends_at = ?, presiding_officer_id = ?,"
                " minute_taker_id = ?, sequence = sequence + 1, changed_at = ? WHERE id = ?",
                (*_plan_row(event), at, meeting_id),
            )
            _drafted_again(connection, event.meeting_id)
            _index_meeting(connection, event.meeting_id)
        case MeetingCancelled():
            connection.execute(
                "UPDATE meetings SET phase = 'cancelled', reason = ?, sequence = sequence + 1, changed_at = ?"
                " WHERE id = ?",
                (event.reason, at, meeting_id),
            )
        case SessionOpened():
            connection.execute("UPDATE meetings SET phase = 'running', opened_at = ? WHERE id = ?", (at, meeting_id))
        case SessionClosed():
            connection.execute("UPDATE meetings SET phase = 'finished', closed_at = ? WHERE id = ?", (at, meeting_id))


def _plan_row(event: MeetingPlanned | MeetingReplanned) -> tuple[str, ...]:
    return (
        event.title,
        event.place,
        utc(event.starts_at),
        utc(event.ends_at),
        str(event.presiding_officer_id),
        str(event.minute_taker_id),
    )


def _drafted_again(connection: sqlite3.Connection, meeting_id: UUID) -> None:
    """An approval stands only for what the leader saw."""
    connection.execute("UPDATE meetings SET phase = 'draft' WHERE id = ? AND phase = 'approved'", (str(meeting_id),))


def _project_agenda(
    connection: sqlite3.Connection, event: AgendaItemAdded | AgendaItemRevised | AgendaItemMoved | AgendaItemRemoved
) -> None:
    item_id = str(event.item_id)
    match event:
        case AgendaItemAdded():
            connection.execute(
                "INSERT INTO agenda_items VALUES (?, ?, NULL, -1, ?, ?, ?, ?)",
                (
                    item_id,
                    str(event.meeting_id),
                    event.title,
                    event.minutes,
                    _text(event.presenter_id),
                    event.presenter_text,
                ),
            )
            _place(connection, event)
            _index_item(connection, event)
        case AgendaItemRevised():
            connection.execute(
                "UPDATE agenda_items SET title = ?, minutes = ?, presenter_id = ?, presenter_text = ? WHERE id = ?",
                (event.title, event.minutes, _text(event.presenter_id), event.presenter_text, item_id),
            )
            _index_item(connection, event)
        case AgendaItemMoved():
            _place(connection, event)
        case AgendaItemRemoved():
            _remove(connection, item_id)


def _place(connection: sqlite3.Connection, event: AgendaItemAdded | AgendaItemMoved) -> None:
    rows = connection.execute(
        "SELECT id FROM agenda_items WHERE meeting_id = ? AND parent_id IS ? AND id <> ? ORDER BY place",
        (str(event.meeting_id), _text(event.parent_id), str(event.item_id)),
    )
    order = [row["id"] for row in rows]
    order.insert(order.index(str(event.before_id)) if event.before_id else len(order), str(event.item_id))
    connection.execute(
        "UPDATE agenda_items SET parent_id = ? WHERE id = ?", (_text(event.parent_id), str(event.item_id))
    )
    connection.executemany("UPDATE agenda_items SET place = ? WHERE id = ?", list(enumerate(order)))


def _remove(connection: sqlite3.Connection, item_id: str) -> None:
    rows = connection.execute(
        "WITH RECURSIVE gone (id) AS (VALUES (?) UNION ALL SELECT agenda_items.id FROM agenda_items JOIN gone"
        " ON agenda_items.parent_id = gone.id) SELECT id FROM gone",
        (item_id,),
    ).fetchall()
    for (gone,) in rows:
        connection.execute("UPDATE dossier_documents SET item_id = NULL WHERE item_id = ?", (gone,))
        connection.execute("DELETE FROM agenda_items WHERE id = ?", (gone,))
        search.forget(connection, "agenda_item", gone)


def _project_papers(
    connection: sqlite3.Connection, recorded: Recorded, event: DocumentAttached | DocumentDetached
) -> None:
    match event:
        case DocumentAttached():
            connection.execute(
                "INSERT INTO dossier_documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    str(event.meeting_id),
                    str(event.document_id),
                    event.kind,
                    _text(event.item_id),
                    _text(event.for_person_id),
                    event.url,
                    event.title,
                    int(event.late),
                    utc(recorded.recorded_at),
                    recorded.position,
                ),
            )
        case DocumentDetached():
            connection.execute(
                "DELETE FROM dossier_documents WHERE meeting_id = ? AND document_id = ?",
                (str(event.meeting_id), str(event.document_id)),
            )


def _project_approval(
    connection: sqlite3.Connection,
    recorded: Recorded,
    event: DossierSubmitted | DossierApproved | DossierRecalled | DossierReturned | MeetingPublished,
) -> None:
    meeting_id = str(event.meeting_id)
    match event:
        case DossierSubmitted():
            connection.execute(
                "UPDATE meetings SET phase = 'submitted', leader_id = ?, reason = '' WHERE id = ?",
                (str(event.leader_id), meeting_id),
            )
        case DossierApproved():
            connection.execute("UPDATE meetings SET phase = 'approved' WHERE id = ?", (meeting_id,))
        case DossierRecalled():
            connection.execute("UPDATE meetings SET phase = 'draft' WHERE id = ?", (meeting_id,))
        case DossierReturned():
            connection.execute(
                "UPDATE meetings SET phase = 'draft', reason = ? WHERE id = ?", (event.reason, meeting_id)
            )
        case MeetingPublished():
            at = utc(recorded.recorded_at)
            connection.execute(
                "UPDATE meetings SET phase = 'published', papers_due_at = ?, late = ?, published_at = ?, changed_at = ?"
                " WHERE id = ?",
                (utc(event.papers_due_at), int(event.late), at, at, meeting_id),
            )
            _invite(connection, recorded, event)


def _invite(connection: sqlite3.Connection, recorded: Recorded, event: MeetingPublished | PeopleInvited) -> None:
    connection.executemany(
        "INSERT INTO invitations (meeting_id, person_id, voting, invited_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (meeting_id, person_id) DO UPDATE SET voting = excluded.voting",
        [
            (str(event.meeting_id), str(each.person_id), int(each.voting), utc(recorded.recorded_at))
            for each in event.invitees
        ],
    )


def _remember(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if not isinstance(event, ALWAYS_REMEMBERED | REMEMBERED_AFTER_PUBLICATION):
        return
    row = connection.execute("SELECT published_at FROM meetings WHERE id = ?", (str(event.meeting_id),)).fetchone()
    published = bool(row and row["published_at"])
    if published or isinstance(event, ALWAYS_REMEMBERED):
        connection.execute(
            "INSERT INTO meeting_history VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                str(event.meeting_id),
                recorded.position,
                utc(recorded.recorded_at),
                recorded.actor,
                recorded.type,
                _detail(connection, event),
                int(published),
            ),
        )


def _detail(connection: sqlite3.Connection, event: Event) -> str:
    match event:
        case DossierSubmitted(note=text) | DossierApproved(note=text):
            return text
        case DossierReturned(reason=text) | DossierRecalled(reason=text) | MeetingCancelled(reason=text):
            return text
        case AgendaItemAdded(title=text) | AgendaItemRevised(title=text) | DocumentAttached(title=text):
            return text
        case AgendaItemMoved(item_id=item_id) | AgendaItemRemoved(item_id=item_id):
            row = connection.execute("SELECT title FROM agenda_items WHERE id = ?", (str(item_id),)).fetchone()
            return str(row["title"])
        case DocumentDetached():
            row = connection.execute(
                "SELECT title FROM dossier_documents WHERE meeting_id = ? AND document_id = ?",
                (str(event.meeting_id), str(event.document_id)),
            ).fetchone()
            return f"{row['title']} – {event.reason}" if event.reason else str(row["title"])
        case PeopleInvited():
            return str(len(event.invitees))
        case _:
            return ""


def _index_meeting(connection: sqlite3.Connection, meeting_id: UUID) -> None:
    row = connection.execute("SELECT * FROM meetings WHERE id = ?", (str(meeting_id),)).fetchone()
    search.index(
        connection,
        "meeting",
        row["id"],
        row["title"],
        row["place"],
        meeting_id=row["id"],
        unit_id=row["body_id"],
    )


def _index_item(connection: sqlite3.Connection, event: AgendaItemAdded | AgendaItemRevised) -> None:
    search.index(
        connection, "agenda_item", event.item_id, event.title, event.presenter_text, meeting_id=event.meeting_id
    )


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
