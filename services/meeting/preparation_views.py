"""Meetings in preparation as people see them: tables folded from the log. Queries: `preparation_queries`."""

import sqlite3
from uuid import UUID

from kernel import search
from kernel.messages import Event, Recorded
from services.meeting.dossier_views import project_agenda, project_papers
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
from services.meeting.preparation_history import remember
from services.meeting.preparation_queries import (
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
from services.meeting.preparation_records import (
    PREPARING,
    AgendaItem,
    DossierDocument,
    Invitation,
    Meeting,
    Phase,
    Step,
)
from services.meeting.preparation_schema import SCHEMA, utc

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


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    remember(connection, recorded, event)
    match event:
        case MeetingPlanned() | MeetingReplanned() | MeetingCancelled() | SessionOpened() | SessionClosed():
            _project_plan(connection, recorded, event)
        case AgendaItemAdded() | AgendaItemRevised() | AgendaItemMoved() | AgendaItemRemoved():
            project_agenda(connection, event)
            _drafted_again(connection, event.meeting_id)
        case DocumentAttached() | DocumentDetached():
            project_papers(connection, recorded, event)
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
