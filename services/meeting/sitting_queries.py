"""Questions about a sitting: its state, who is there, and the quorum. Nothing here reads a clock."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.meeting.messages import Quorum
from services.meeting.proceedings_queries import Request, requests
from services.meeting.quorum import Move, Step, timeline

Id = UUID | str
SittingState = Literal["roll_call", "open", "suspended", "closed"]
PersonState = Literal["expected", "present", "online", "departed", "absent_excused", "absent_unexcused"]
HERE = ("present", "online")


@dataclass(frozen=True, slots=True)
class SittingView:
    meeting_id: str
    state: SittingState
    code: str
    quorum: Quorum
    roll_opened_at: str
    opened_at: str | None
    opened_present: int | None
    closed_at: str | None
    item_id: str | None
    item_begun_at: str | None
    speaker: Request | None
    position: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Where a person on the roll is now. `since` this state holds; `arrived_at` first; `departed_at` last."""

    person_id: str
    full_name: str
    position: str
    voting: bool
    state: PersonState
    recorded_by: str
    reason: str
    arrived_at: str | None
    since: str | None
    departed_at: str | None

    @property
    def here(self) -> bool:
        return self.state in HERE


@dataclass(frozen=True, slots=True)
class Moved:
    """`voting`: with a vote at that moment."""

    person_id: str
    full_name: str
    voting: bool
    at: str
    kind: PersonState


@dataclass(frozen=True, slots=True)
class QuorumNow:
    """Voting members only. `as_of`: the log position of the last event of the sitting that this answer includes."""

    present: int
    online: int
    needed: int
    seats: int
    met: bool
    as_of: int


def sitting(connection: sqlite3.Connection, meeting_id: Id) -> SittingView | None:
    """None until the roll call is opened."""
    row = connection.execute("SELECT * FROM sittings WHERE meeting_id = ?", (str(meeting_id),)).fetchone()
    if row is None:
        return None
    speaking = requests(connection, meeting_id, "speaking")
    return SittingView(
        meeting_id=row["meeting_id"],
        state=row["state"],
        code=row["code"],
        quorum=Quorum(seats=row["seats"], numerator=row["numerator"], denominator=row["denominator"]),
        roll_opened_at=row["roll_opened_at"],
        opened_at=row["opened_at"],
        opened_present=row["opened_present"],
        closed_at=row["closed_at"],
        item_id=row["item_id"],
        item_begun_at=row["item_begun_at"],
        speaker=speaking[0] if speaking else None,
        position=row["position"],
    )


ROLL = (
    "SELECT sitting_people.*, COALESCE(people.full_name, '') AS full_name,"
    " COALESCE(people.position, '') AS title FROM sitting_people"
    " LEFT JOIN people ON people.id = sitting_people.person_id WHERE meeting_id = ?"
)


def attendance(connection: sqlite3.Connection, meeting_id: Id) -> list[Attendance]:
    """Everyone on the roll: voting members first, in the order of the roll."""
    return [_attendance(row) for row in connection.execute(f"{ROLL} ORDER BY voting DESC, place", (str(meeting_id),))]


def attendance_of(connection: sqlite3.Connection, meeting_id: Id, person_id: Id) -> Attendance | None:
    """None for who is not on the roll."""
    row = connection.execute(f"{ROLL} AND person_id = ?", (str(meeting_id), str(person_id))).fetchone()
    return _attendance(row) if row else None


def moves(connection: sqlite3.Connection, meeting_id: Id) -> list[Moved]:
    """Every arrival, departure, return and absence, in the order recorded; and who got a vote while being there."""
    rows = connection.execute(
        "SELECT sitting_moves.*, COALESCE(full_name, '') AS full_name FROM sitting_moves"
        " LEFT JOIN people ON people.id = person_id WHERE meeting_id = ? ORDER BY sitting_moves.position",
        (str(meeting_id),),
    )
    return [Moved(row["person_id"], row["full_name"], bool(row["voting"]), row["at"], row["kind"]) for row in rows]


def quorum_now(connection: sqlite3.Connection, meeting_id: Id) -> QuorumNow | None:
    """None until the roll call is opened."""
    held = sitting(connection, meeting_id)
    if held is None:
        return None
    present, online = connection.execute(
        "SELECT COUNT(*), COALESCE(SUM(state = 'online'), 0) FROM sitting_people"
        " WHERE meeting_id = ? AND voting = 1 AND state IN ('present', 'online')",
        (str(meeting_id),),
    ).fetchone()
    needed = held.quorum.needed
    return QuorumNow(present, online, needed, held.quorum.seats, present >= needed, held.position)


def quorum_timeline(connection: sqlite3.Connection, meeting_id: Id) -> list[Step]:
    """Each step holds until the next; the first is the opening of the roll call with nobody there."""
    held = sitting(connection, meeting_id)
    if held is None:
        return []
    voters = [
        Move(datetime.fromisoformat(each.at), each.person_id, each.kind in HERE)
        for each in moves(connection, meeting_id)
        if each.voting
    ]
    return list(timeline(held.quorum, datetime.fromisoformat(held.roll_opened_at), voters))


def _attendance(row: sqlite3.Row) -> Attendance:
    return Attendance(
        person_id=row["person_id"],
        full_name=row["full_name"],
        position=row["title"],
        voting=bool(row["voting"]),
        state=row["state"],
        recorded_by=row["recorded_by"],
        reason=row["reason"],
        arrived_at=row["arrived_at"],
        since=row["since"],
        departed_at=row["departed_at"],
    )
