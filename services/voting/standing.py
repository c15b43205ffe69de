"""What the views know of many voters of one poll at once, for ballots that come by the thousand."""

import json
import sqlite3
from collections.abc import Collection
from typing import NamedTuple

# One row for all: SQLite hands over to other threads at every row that it gives, and under load each time is a wait.
STANDING = """
SELECT json_group_array(json_array(asked.value, people.unit_id, invitations.person_id IS NOT NULL,
    poll_voters.voter_id IS NOT NULL, COALESCE(sitting_people.state, '')))
FROM json_each(:people) AS asked
JOIN people ON people.id = asked.value AND people.account_open
LEFT JOIN invitations ON invitations.meeting_id = :meeting AND invitations.person_id = asked.value
LEFT JOIN poll_voters ON poll_voters.poll_id = :poll AND poll_voters.voter_id = asked.value
LEFT JOIN sitting_people ON sitting_people.meeting_id = :meeting AND sitting_people.person_id = asked.value
"""

PLACES = "SELECT poll_id, meeting_id FROM polls WHERE poll_id IN (SELECT value FROM json_each(?))"


class Standing(NamedTuple):
    """A person with an open account. `attendance` is empty for who is not on the roll call."""

    person_id: str
    unit_id: str | None
    invited: bool
    on_roll: bool
    attendance: str

    @property
    def here(self) -> bool:
        return self.attendance in ("present", "online")


def meetings_of(connection: sqlite3.Connection, poll_ids: Collection[str]) -> dict[str, str]:
    """Where each poll that exists is held."""
    return {row["poll_id"]: row["meeting_id"] for row in connection.execute(PLACES, (json.dumps(list(poll_ids)),))}


def standing(
    connection: sqlite3.Connection, poll_id: str, meeting_id: str, people: Collection[str]
) -> dict[str, Standing]:
    """Nobody without an open account is in it."""
    asked = {"poll": poll_id, "meeting": meeting_id, "people": json.dumps(list(people))}
    (found,) = connection.execute(STANDING, asked).fetchone()
    return {each[0]: Standing(*each) for each in json.loads(found)}
