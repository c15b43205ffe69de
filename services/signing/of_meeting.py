"""Official documents by the meeting that they follow from."""

import sqlite3
from uuid import UUID

from services.signing.queries import official
from services.signing.records import Official


def officials_of_meeting(connection: sqlite3.Connection, meeting_id: UUID | str) -> list[Official]:
    """What changed last comes first."""
    rows = connection.execute(
        "SELECT id FROM officials WHERE meeting_id = ? ORDER BY changed_at DESC, id", (str(meeting_id),)
    ).fetchall()
    found = (official(connection, row["id"]) for row in rows)
    return [each for each in found if each is not None]


def meeting_of_official(connection: sqlite3.Connection, official_id: UUID | str) -> str | None:
    row = connection.execute("SELECT meeting_id FROM officials WHERE id = ?", (str(official_id),)).fetchone()
    return row["meeting_id"] if row else None
