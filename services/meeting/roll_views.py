"""The roll in the sitting's views: who stands on it, with a vote or without, and where they are."""

import sqlite3
from uuid import UUID

from kernel.messages import Recorded
from services.meeting.messages import AbsenceRecorded, Arrived, Departed, RollCallOpened, RollExtended


def open_roll_call(connection: sqlite3.Connection, recorded: Recorded, event: RollCallOpened) -> None:
    quorum, meeting_id = event.quorum, str(event.meeting_id)
    connection.execute(
        "INSERT INTO sittings (meeting_id, state, code, seats, numerator, denominator, roll_opened_at, position)"
        " VALUES (?, 'roll_call', ?, ?, ?, ?, ?, ?)",
        (
            meeting_id,
            event.code,
            quorum.seats,
            quorum.numerator,
            quorum.denominator,
            recorded.recorded_at.isoformat(),
            recorded.position,
        ),
    )
    _list(connection, event.meeting_id, [(person, True) for person in event.voters])
    _list(connection, event.meeting_id, [(person, False) for person in event.others])


def extend_roll(connection: sqlite3.Connection, recorded: Recorded, event: RollExtended) -> None:
    """Who gets a vote while being there counts from this moment on, so it is entered as a move of a voter."""
    meeting_id, at = str(event.meeting_id), recorded.recorded_at.isoformat()
    _list(connection, event.meeting_id, [(person, True) for person in event.voters])
    _list(connection, event.meeting_id, [(person, False) for person in event.others])
    for person in event.voters:
        connection.execute(
            "UPDATE sitting_people SET voting = 1 WHERE meeting_id = ? AND person_id = ?", (meeting_id, str(person))
        )
        connection.execute(
            "INSERT INTO sitting_moves SELECT ?, meeting_id, person_id, ?, state, 1 FROM sitting_people"
            " WHERE meeting_id = ? AND person_id = ? AND state IN ('present', 'online')",
            (recorded.position, at, meeting_id, str(person)),
        )


def _list(connection: sqlite3.Connection, meeting_id: UUID, roll: list[tuple[UUID, bool]]) -> None:
    """At the end of the roll, in this order; who stands on it already keeps the place."""
    (first,) = connection.execute(
        "SELECT COUNT(*) FROM sitting_people WHERE meeting_id = ?", (str(meeting_id),)
    ).fetchone()
    connection.executemany(
        "INSERT OR IGNORE INTO sitting_people (meeting_id, person_id, place, voting, state)"
        " VALUES (?, ?, ?, ?, 'expected')",
        [(str(meeting_id), str(person), place, int(voting)) for place, (person, voting) in enumerate(roll, first)],
    )


def move(connection: sqlite3.Connection, recorded: Recorded, event: Arrived | Departed | AbsenceRecorded) -> None:
    at, who = recorded.recorded_at.isoformat(), (str(event.meeting_id), str(event.person_id))
    match event:
        case Arrived(mode=mode, by=by):
            kind = "present" if mode == "in_person" else "online"
            connection.execute(
                "UPDATE sitting_people SET state = ?, recorded_by = ?, reason = '', since = ?,"
                " arrived_at = COALESCE(arrived_at, ?) WHERE meeting_id = ? AND person_id = ?",
                (kind, by, at, at, *who),
            )
        case Departed():
            kind = "departed"
            connection.execute(
                "UPDATE sitting_people SET state = 'departed', since = ?, departed_at = ?"
                " WHERE meeting_id = ? AND person_id = ?",
                (at, at, *who),
            )
        case AbsenceRecorded(kind=absence, reason=reason):
            kind = absence.value
            connection.execute(
                "UPDATE sitting_people SET state = ?, recorded_by = 'clerk', reason = ?, since = ?"
                " WHERE meeting_id = ? AND person_id = ?",
                (kind, reason, at, *who),
            )
    connection.execute(
        "INSERT INTO sitting_moves SELECT ?, meeting_id, person_id, ?, ?, voting FROM sitting_people"
        " WHERE meeting_id = ? AND person_id = ?",
        (recorded.position, at, kind, *who),
    )
