"""Questions about meetings in preparation. Nothing here reads a clock."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kernel.excerpts import fold
from services.meeting.messages import Answer, DocumentKind, MeetingKind

Id = UUID | str


class Phase(StrEnum):
    """Where a meeting stands; `running` from the opening of the session, `finished` from its close."""

    draft = "draft"
    submitted = "submitted"
    approved = "approved"
    published = "published"
    running = "running"
    finished = "finished"
    cancelled = "cancelled"


PREPARING = (Phase.draft, Phase.submitted, Phase.approved)


@dataclass(frozen=True)
class Meeting:
    """`reason`: why it was cancelled or returned last. `sequence` counts what a calendar must show anew."""

    id: str
    body_id: str
    kind: MeetingKind
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    presiding_officer_id: str
    minute_taker_id: str
    closed_sitting: bool
    phase: Phase
    leader_id: str | None
    papers_due_at: datetime | None
    late: bool
    reason: str
    published_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    sequence: int
    changed_at: datetime

    @property
    def preparing(self) -> bool:
        return self.phase in PREPARING


@dataclass(frozen=True)
class AgendaItem:
    """`number` follows from the place in the tree; `begins_at` from the start and the minutes of what is before."""

    id: str
    meeting_id: str
    parent_id: str | None
    number: str
    level: int
    title: str
    minutes: int
    presenter_id: str | None
    presenter_text: str
    presenter_name: str
    begins_at: datetime

    @property
    def presenter(self) -> str:
        return ", ".join(part for part in (self.presenter_name, self.presenter_text) if part)


@dataclass(frozen=True)
class DossierDocument:
    """A document's place in a dossier; `late`: attached after publication, or the whole dossier was late."""

    meeting_id: str
    document_id: str
    kind: DocumentKind
    item_id: str | None
    for_person_id: str | None
    url: str
    title: str
    late: bool
    attached_at: datetime


@dataclass(frozen=True)
class Invitation:
    meeting_id: str
    person_id: str
    full_name: str
    position: str
    voting: bool
    invited_at: datetime
    answer: Answer | None
    reason: str
    substitute_name: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Step:
    """One thing that happened to the dossier. `event` is the event's type, `detail` its reason, note or title."""

    position: int
    at: datetime
    actor: str
    actor_name: str
    event: str
    detail: str
    after_publication: bool


def meeting(connection: sqlite3.Connection, meeting_id: Id) -> Meeting | None:
    row = connection.execute("SELECT * FROM meetings WHERE id = ?", (str(meeting_id),)).fetchone()
    return _meeting(row) if row else None


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
    return [_meeting(row) for row in rows]


def waiting_for_approval(connection: sqlite3.Connection, leader_id: Id) -> list[Meeting]:
    rows = connection.execute(
        "SELECT * FROM meetings WHERE phase = 'submitted' AND leader_id = ? ORDER BY starts_at, id", (str(leader_id),)
    )
    return [_meeting(row) for row in rows]


def unanswered(connection: sqlite3.Connection, person_id: Id) -> list[Meeting]:
    """Meetings that have not opened and wait for this person's answer, the nearest first."""
    rows = connection.execute(
        "SELECT meetings.* FROM meetings JOIN invitations ON meeting_id = meetings.id"
        " WHERE person_id = ? AND answer IS NULL AND phase = 'published' ORDER BY starts_at, id",
        (str(person_id),),
    )
    return [_meeting(row) for row in rows]


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
        each = _item(row, f"{prefix}{place}", begins_at)
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
    return [
        DossierDocument(
            meeting_id=row["meeting_id"],
            document_id=row["document_id"],
            kind=DocumentKind(row["kind"]),
            item_id=row["item_id"],
            for_person_id=row["for_person_id"],
            url=row["url"],
            title=row["title"],
            late=bool(row["late"] or row["all_late"]),
            attached_at=datetime.fromisoformat(row["attached_at"]),
        )
        for row in rows
    ]


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
    return [
        Invitation(
            meeting_id=row["meeting_id"],
            person_id=row["person_id"],
            full_name=row["full_name"],
            position=row["position"],
            voting=bool(row["voting"]),
            invited_at=datetime.fromisoformat(row["invited_at"]),
            answer=Answer(row["answer"]) if row["answer"] else None,
            reason=row["reason"],
            substitute_name=row["substitute_name"],
            answered_at=_moment(row["answered_at"]),
        )
        for row in rows
    ]


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


def _meeting(row: sqlite3.Row) -> Meeting:
    return Meeting(
        id=row["id"],
        body_id=row["body_id"],
        kind=MeetingKind(row["kind"]),
        title=row["title"],
        place=row["place"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        presiding_officer_id=row["presiding_officer_id"],
        minute_taker_id=row["minute_taker_id"],
        closed_sitting=bool(row["closed_sitting"]),
        phase=Phase(row["phase"]),
        leader_id=row["leader_id"],
        papers_due_at=_moment(row["papers_due_at"]),
        late=bool(row["late"]),
        reason=row["reason"],
        published_at=_moment(row["published_at"]),
        opened_at=_moment(row["opened_at"]),
        closed_at=_moment(row["closed_at"]),
        sequence=row["sequence"],
        changed_at=datetime.fromisoformat(row["changed_at"]),
    )


def _item(row: sqlite3.Row, number: str, begins_at: datetime) -> AgendaItem:
    return AgendaItem(
        id=row["id"],
        meeting_id=row["meeting_id"],
        parent_id=row["parent_id"],
        number=number,
        level=number.count(".") + 1,
        title=row["title"],
        minutes=row["minutes"],
        presenter_id=row["presenter_id"],
        presenter_text=row["presenter_text"],
        presenter_name=row["presenter_name"],
        begins_at=begins_at,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
