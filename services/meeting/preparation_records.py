"""What the questions about meetings in preparation answer with."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.meeting.messages import Answer, DocumentKind, MeetingKind


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


def meeting_of(row: sqlite3.Row) -> Meeting:
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
        papers_due_at=moment(row["papers_due_at"]),
        late=bool(row["late"]),
        reason=row["reason"],
        published_at=moment(row["published_at"]),
        opened_at=moment(row["opened_at"]),
        closed_at=moment(row["closed_at"]),
        sequence=row["sequence"],
        changed_at=datetime.fromisoformat(row["changed_at"]),
    )


def document_of(row: sqlite3.Row) -> DossierDocument:
    return DossierDocument(
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


def invitation_of(row: sqlite3.Row) -> Invitation:
    return Invitation(
        meeting_id=row["meeting_id"],
        person_id=row["person_id"],
        full_name=row["full_name"],
        position=row["position"],
        voting=bool(row["voting"]),
        invited_at=datetime.fromisoformat(row["invited_at"]),
        answer=Answer(row["answer"]) if row["answer"] else None,
        reason=row["reason"],
        substitute_name=row["substitute_name"],
        answered_at=moment(row["answered_at"]),
    )


def item_of(row: sqlite3.Row, number: str, begins_at: datetime) -> AgendaItem:
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


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
