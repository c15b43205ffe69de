"""Questions about the course of a sitting: who spoke when, on which item, and what was noted."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Id = UUID | str


@dataclass(frozen=True, slots=True)
class Request:
    """One person's turn: asked for, perhaps withdrawn, given, ended. `seconds` allowed; 0 means no limit."""

    request_id: str
    meeting_id: str
    person_id: str
    full_name: str
    title: str
    item_id: str | None
    subject: str
    state: Literal["waiting", "withdrawn", "speaking", "spoken", "unheard"]
    requested_at: str
    given_at: str | None
    seconds: int
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class Speech:
    """`lasted` in seconds; None while it goes on. `allowed`: 0 means no limit."""

    request_id: str
    person_id: str
    full_name: str
    item_id: str | None
    subject: str
    begun_at: str
    ended_at: str | None
    lasted: int | None
    allowed: int

    @property
    def over(self) -> int:
        """Seconds beyond the time allowed."""
        return max(0, self.lasted - self.allowed) if self.lasted is not None and self.allowed else 0


@dataclass(frozen=True, slots=True)
class Note:
    note_id: str
    text: str
    person_id: str | None
    full_name: str
    item_id: str | None
    author_id: str
    author_name: str
    noted_at: str
    corrected_at: str | None


@dataclass(frozen=True, slots=True)
class ItemTime:
    item_id: str
    begun_at: str
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    reason: str
    suspended_at: str
    resumed_at: str | None


REQUESTS = (
    "SELECT floor_requests.*, COALESCE(people.full_name, '') AS full_name, COALESCE(people.position, '') AS title"
    " FROM floor_requests LEFT JOIN people ON people.id = person_id WHERE"
)


def floor_queue(connection: sqlite3.Connection, meeting_id: Id) -> list[Request]:
    """Who waits to speak, in the order of request."""
    return requests(connection, meeting_id, "waiting")


def request(connection: sqlite3.Connection, request_id: Id) -> Request | None:
    row = connection.execute(f"{REQUESTS} request_id = ?", (str(request_id),)).fetchone()
    return _request(row) if row else None


def speeches(connection: sqlite3.Connection, meeting_id: Id) -> list[Speech]:
    """Every speech given, in order, also the one under way."""
    rows = connection.execute(
        f"{REQUESTS} meeting_id = ? AND given_at IS NOT NULL ORDER BY given_at", (str(meeting_id),)
    )
    return [_speech(_request(row)) for row in rows]


def notes(connection: sqlite3.Connection, meeting_id: Id) -> list[Note]:
    rows = connection.execute(
        "SELECT discussion_notes.*, COALESCE(about.full_name, '') AS full_name,"
        " COALESCE(author.full_name, '') AS author_name FROM discussion_notes"
        " LEFT JOIN people AS about ON about.id = person_id LEFT JOIN people AS author ON author.id = author_id"
        " WHERE meeting_id = ? ORDER BY noted_position",
        (str(meeting_id),),
    )
    return [Note(**{name: row[name] for name in Note.__dataclass_fields__}) for row in rows]


def item_times(connection: sqlite3.Connection, meeting_id: Id) -> list[ItemTime]:
    """When each agenda item was under discussion; an item that was taken up again has several."""
    rows = connection.execute(
        "SELECT item_id, begun_at, ended_at FROM sitting_items WHERE meeting_id = ? ORDER BY position",
        (str(meeting_id),),
    )
    return [ItemTime(*row) for row in rows]


def pauses(connection: sqlite3.Connection, meeting_id: Id) -> list[Pause]:
    rows = connection.execute(
        "SELECT reason, suspended_at, resumed_at FROM sitting_pauses WHERE meeting_id = ? ORDER BY position",
        (str(meeting_id),),
    )
    return [Pause(*row) for row in rows]


def requests(connection: sqlite3.Connection, meeting_id: Id, state: str) -> list[Request]:
    rows = connection.execute(
        f"{REQUESTS} meeting_id = ? AND state = ? ORDER BY requested_position", (str(meeting_id), state)
    )
    return [_request(row) for row in rows]


def _request(row: sqlite3.Row) -> Request:
    return Request(**{name: row[name] for name in Request.__dataclass_fields__})


def _speech(given: Request) -> Speech:
    begun_at = given.given_at or given.requested_at
    lasted = None
    if given.ended_at is not None:
        lasted = round((datetime.fromisoformat(given.ended_at) - datetime.fromisoformat(begun_at)).total_seconds())
    return Speech(
        request_id=given.request_id,
        person_id=given.person_id,
        full_name=given.full_name,
        item_id=given.item_id,
        subject=given.subject,
        begun_at=begun_at,
        ended_at=given.ended_at,
        lasted=lasted,
        allowed=given.seconds,
    )
