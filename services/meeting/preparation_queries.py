"""Questions about meetings in preparation. Nothing here reads a clock."""

import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from kernel.excerpts import fold
from services.meeting.preparation_records import (
    AgendaItem,
    DossierDocument,
    Invitation,
    Meeting,
    Phase,
    Step,
    document_of,
    invitation_of,
    item_of,
    meeting_of,
)

Id = UUID | str


def meeting(connection: sqlite3.Connection, meeting_id: Id) -> Meeting | None:
    row = connection.execute("SELECT * FROM meetings WHERE id = ?", (str(meeting_id),)).fetchone()
    return meeting_of(row) if row else None


def meetings(
    connection: sqlite3.Connection,
    *,
    phases: Collection[Phase] | None = None,
    body_id: Id | None = None,
    person_id: Id | None = None,
) -> list[Meeting]:
    """The latest first. `person_id`: only meetings this person is invited to."""
    conditions, values = ["1"], list[str]()
    if phases is not None:
        conditions.append(f"phase IN ({', '.join('?' * len(phases))})")
        values += [str(each) for each in phases]
    if body_id is not None:
        conditions.append("body_id = ?")
        values.append(str(body_id))
    if person_id is not None:
        conditions.append("id IN (SELECT meeting_id FROM invitations WHERE person_id = ?)")
        values.append(str(person_id))
    rows = connection.execute(
        f"SELECT * FROM meetings WHERE {' AND '.join(conditions)} ORDER BY starts_at DESC, id", values
    )
    return [meeting_of(row) for row in rows]


def waiting_for_approval(connection: sqlite3.Connection, leader_id: Id) -> list[Meeting]:
    rows = connection.execute(
        "SELECT * FROM meetings WHERE phase = 'submitted' AND leader_id = ? ORDER BY starts_at, id", (str(leader_id),)
    )
    return [meeting_of(row) for row in rows]


def unanswered(connection: sqlite3.Connection, person_id: Id) -> list[Meeting]:
    """Meetings that have not opened and wait for this person's answer, the nearest first."""
    rows = connection.execute(
        "SELECT meetings.* FROM meetings JOIN invitations ON meeting_id = meetings.id"
        " WHERE person_id = ? AND answer IS NULL AND phase = 'published' ORDER BY starts_at, id",
        (str(person_id),),
    )
    return [meeting_of(row) for row in rows]


def agenda(connection: sqlite3.Connection, meeting_id: Id) -> list[AgendaItem]:
    """All items in reading order, numbered 1, 1.1, 1.1.1."""
    found = meeting(connection, meeting_id)
    if found is None:
        return []
    below: dict[str | None, list[sqlite3.Row]] = {}
    for row in connection.execute(
        "SELECT agenda_items.*, COALESCE(people.full_name, '') AS presenter_name FROM agenda_items"
        " LEFT JOIN people ON people.id = presenter_id WHERE meeting_id = ? ORDER BY place",
        (str(meeting_id),),
    ):
        below.setdefault(row["parent_id"], []).append(row)
    return _numbered(below, None, "", found.starts_at)


def _numbered(
    below: dict[str | None, list[sqlite3.Row]], parent_id: str | None, prefix: str, begins_at: datetime
) -> list[AgendaItem]:
    listed: list[AgendaItem] = []
    for place, row in enumerate(below.get(parent_id, ()), start=1):
        each = item_of(row, f"{prefix}{place}", begins_at)
        inside = _numbered(below, each.id, f"{each.number}.", begins_at + timedelta(minutes=each.minutes))
        listed += [each, *inside]
        begins_at += timedelta(minutes=each.minutes + sum(sub.minutes for sub in inside))
    return listed


def item(connection: sqlite3.Connection, meeting_id: Id, item_id: Id) -> AgendaItem | None:
    return next((each for each in agenda(connection, meeting_id) if each.id == str(item_id)), None)


def documents_of(
    connection: sqlite3.Connection, meeting_id: Id, item_id: Id | None = None, for_person: Id | None = None
) -> list[DossierDocument]:
    """The whole dossier, or one item's part; with `for_person`, without other people's personal papers."""
    found = _documents(connection, "dossier_documents.meeting_id = ?", str(meeting_id))
    return [
        each
        for each in found
        if (item_id is None or each.item_id == str(item_id))
        and (for_person is None or each.for_person_id in (None, str(for_person)))
    ]


def meetings_of_document(connection: sqlite3.Connection, document_id: Id) -> list[DossierDocument]:
    """Every dossier that this document is in, with its place there."""
    return _documents(connection, "document_id = ?", str(document_id))


def _documents(connection: sqlite3.Connection, condition: str, value: str) -> list[DossierDocument]:
    rows = connection.execute(
        "SELECT dossier_documents.*, meetings.late AS all_late FROM dossier_documents"
        f" JOIN meetings ON meetings.id = meeting_id WHERE {condition} ORDER BY attached_position",
        (value,),
    )
    return [document_of(row) for row in rows]


def invitees(connection: sqlite3.Connection, meeting_id: Id) -> list[Invitation]:
    """Members before guests, each by given name as Vietnamese lists are ordered."""
    return sorted(
        _invitations(connection, "meeting_id = ?", (str(meeting_id),)),
        key=lambda each: (not each.voting, fold(each.full_name).split()[::-1], each.person_id),
    )


def invitation(connection: sqlite3.Connection, meeting_id: Id, person_id: Id) -> Invitation | None:
    found = _invitations(connection, "meeting_id = ? AND person_id = ?", (str(meeting_id), str(person_id)))
    return found[0] if found else None


def is_invited(connection: sqlite3.Connection, meeting_id: Id, person_id: Id) -> bool:
    return invitation(connection, meeting_id, person_id) is not None


def _invitations(connection: sqlite3.Connection, condition: str, values: tuple[str, ...]) -> list[Invitation]:
    rows = connection.execute(
        "SELECT invitations.*, COALESCE(full_name, '') AS full_name, COALESCE(position, '') AS position"
        f" FROM invitations LEFT JOIN people ON people.id = person_id WHERE {condition} ORDER BY person_id",
        values,
    )
    return [invitation_of(row) for row in rows]


def history(connection: sqlite3.Connection, meeting_id: Id) -> list[Step]:
    """Submission, approval, publication, and every change after publication; the latest first."""
    rows = connection.execute(
        "SELECT meeting_history.*, COALESCE(full_name, '') AS actor_name FROM meeting_history"
        " LEFT JOIN people ON people.id = actor WHERE meeting_id = ? ORDER BY position DESC",
        (str(meeting_id),),
    )
    return [
        Step(
            position=row["position"],
            at=datetime.fromisoformat(row["at"]),
            actor=row["actor"],
            actor_name=row["actor_name"],
            event=row["event"],
            detail=row["detail"],
            after_publication=bool(row["after_publication"]),
        )
        for row in rows
    ]
