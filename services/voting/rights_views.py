"""Who votes for whom and with how many votes, as people see it: for a meeting's polls to come, and in one poll."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.messages import Event, Recorded
from services.voting.ballot_queries import Represented, by_given_name
from services.voting.messages import VotingRightsRecorded

Id = UUID | str

SCHEMA = """
CREATE TABLE IF NOT EXISTS voting_rights (
    meeting_id TEXT PRIMARY KEY,
    weights TEXT NOT NULL,
    represented TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Weighted:
    """A voter who does not weigh 1."""

    voter_id: str
    voter: str
    weight: int


@dataclass(frozen=True)
class VotingRights:
    """`recorded_by`: a name; both it and `recorded_at` are None where nothing was ever recorded."""

    weights: tuple[Weighted, ...] = ()
    represented: tuple[Represented, ...] = ()
    recorded_by: str | None = None
    recorded_at: datetime | None = None


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if not isinstance(event, VotingRightsRecorded):
        return
    told = event.model_dump(mode="json")
    connection.execute(
        "INSERT OR REPLACE INTO voting_rights VALUES (?, ?, ?, ?, ?)",
        (
            told["meeting_id"],
            json.dumps(told["weights"]),
            json.dumps(told["represented"], ensure_ascii=False),
            recorded.actor,
            recorded.recorded_at.isoformat(),
        ),
    )


WEIGHTS = """
SELECT each.key AS voter_id, COALESCE(people.full_name, each.key) AS voter, each.value AS weight
FROM voting_rights, json_each(weights) AS each LEFT JOIN people ON people.id = each.key WHERE meeting_id = ?
"""

WEIGHTS_IN_POLL = """
SELECT voter_id, COALESCE(people.full_name, voter_id) AS voter, weight
FROM poll_voters LEFT JOIN people ON people.id = voter_id WHERE poll_id = ? AND weight != 1
"""

REPRESENTED = """
SELECT value->>'voter_id' AS voter_id, COALESCE(voters.full_name, value->>'voter_id') AS voter,
    value->>'holder_id' AS holder_id, COALESCE(holders.full_name, value->>'holder_id') AS holder,
    value->>'kind' AS kind, value->>'basis' AS basis, 0 AS voted
FROM voting_rights, json_each(represented) AS each
LEFT JOIN people AS voters ON voters.id = value->>'voter_id'
LEFT JOIN people AS holders ON holders.id = value->>'holder_id' WHERE meeting_id = ?
"""


def voting_rights(connection: sqlite3.Connection, meeting_id: Id) -> VotingRights:
    """As they hold for polls that are opened from now on."""
    row = connection.execute(
        "SELECT COALESCE(full_name, recorded_by) AS recorder, recorded_at FROM voting_rights"
        " LEFT JOIN people ON people.id = recorded_by WHERE meeting_id = ?",
        (str(meeting_id),),
    ).fetchone()
    if row is None:
        return VotingRights()
    return VotingRights(
        weights=tuple(_weighted(connection, WEIGHTS, meeting_id)),
        represented=tuple(_represented(connection, meeting_id)),
        recorded_by=row["recorder"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
    )


def weights(connection: sqlite3.Connection, poll_id: Id) -> list[Weighted]:
    """Who does not weigh 1 in this poll."""
    return _weighted(connection, WEIGHTS_IN_POLL, poll_id)


def _weighted(connection: sqlite3.Connection, statement: str, of: Id) -> list[Weighted]:
    found = [
        Weighted(row["voter_id"], row["voter"], row["weight"]) for row in connection.execute(statement, (str(of),))
    ]
    return sorted(found, key=lambda each: (by_given_name(each.voter), each.voter_id))


def _represented(connection: sqlite3.Connection, meeting_id: Id) -> list[Represented]:
    found = [
        Represented(**{**dict(row), "voted": False}) for row in connection.execute(REPRESENTED, (str(meeting_id),))
    ]
    return sorted(found, key=lambda each: (by_given_name(each.voter), each.voter_id))
