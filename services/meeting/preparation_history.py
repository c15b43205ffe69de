"""What people are told about: approval and publication, and every change after publication."""

import sqlite3

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
    MeetingCancelled,
    MeetingPlanned,
    MeetingPublished,
    MeetingReplanned,
    PeopleInvited,
)
from services.meeting.preparation_schema import utc

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


def remember(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if not isinstance(event, ALWAYS_REMEMBERED | REMEMBERED_AFTER_PUBLICATION) or _personal(connection, event):
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


def _personal(connection: sqlite3.Connection, event: Event) -> bool:
    """Papers for one person are nobody else's business."""
    match event:
        case DocumentAttached(for_person_id=person_id):
            return person_id is not None
        case DocumentDetached():
            row = connection.execute(
                "SELECT for_person_id FROM dossier_documents WHERE meeting_id = ? AND document_id = ?",
                (str(event.meeting_id), str(event.document_id)),
            ).fetchone()
            return row["for_person_id"] is not None
        case _:
            return False


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
