"""What people see of polls. Before the close there is only how many have voted: no count by choice exists to leak."""

import json
import sqlite3

from kernel.messages import Event, Recorded
from services.voting import circulation_views
from services.voting.messages import BallotCast, PollCancelled, PollClosed, PollOpened, PollTallied, ResultPublished
from services.voting.queries import (
    CastAs,
    Poll,
    Turnout,
    VoterChoice,
    ballots_by_voter,
    meeting_of,
    my_ballot,
    on_roll,
    on_the_wall,
    poll,
    polls,
    result,
    turnout,
)

__all__ = [
    "SCHEMA",
    "CastAs",
    "Poll",
    "Turnout",
    "VoterChoice",
    "ballots_by_voter",
    "meeting_of",
    "my_ballot",
    "on_roll",
    "on_the_wall",
    "poll",
    "polls",
    "project",
    "result",
    "turnout",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS polls (
    poll_id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    item_id TEXT,
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    roll_size INTEGER NOT NULL,
    members INTEGER NOT NULL,
    choices TEXT NOT NULL,
    rule_card TEXT NOT NULL,
    quorum TEXT NOT NULL,
    chair_id TEXT,
    opened_at TEXT NOT NULL,
    opened_position INTEGER NOT NULL,
    ended_at TEXT,
    cancel_reason TEXT,
    tally TEXT,
    published_at TEXT,
    published_position INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS polls_of_meeting ON polls (meeting_id, opened_position);
CREATE TABLE IF NOT EXISTS poll_voters (
    poll_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    PRIMARY KEY (poll_id, voter_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ballots (
    poll_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    choice TEXT NOT NULL,
    remote INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (poll_id, voter_id)
) STRICT, WITHOUT ROWID;
"""
SCHEMA += circulation_views.SCHEMA


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    at = recorded.recorded_at.isoformat()
    circulation_views.project(connection, recorded, event)
    match event:
        case PollOpened():
            _opened(connection, recorded, event)
        case BallotCast():
            _ballot(connection, recorded, event)
        case PollClosed(poll_id=poll_id):
            connection.execute("UPDATE polls SET state = 'closed', ended_at = ? WHERE poll_id = ?", (at, str(poll_id)))
        case PollCancelled(poll_id=poll_id, reason=reason):
            connection.execute(
                "UPDATE polls SET state = 'cancelled', ended_at = ?, cancel_reason = ? WHERE poll_id = ?",
                (at, reason, str(poll_id)),
            )
        case PollTallied(poll_id=poll_id):
            connection.execute(
                "UPDATE polls SET state = 'tallied', tally = ? WHERE poll_id = ?",
                (event.model_dump_json(), str(poll_id)),
            )
        case ResultPublished(poll_id=poll_id):
            connection.execute(
                "UPDATE polls SET state = 'published', published_at = ?, published_position = ? WHERE poll_id = ?",
                (at, recorded.position, str(poll_id)),
            )


def _ballot(connection: sqlite3.Connection, recorded: Recorded, event: BallotCast) -> None:
    """A ballot that stands behind the poll's end was never acknowledged: it is in the log and nowhere else."""
    connection.execute(
        "INSERT INTO ballots SELECT poll_id, ?, ?, ?, ?, ?, ? FROM polls WHERE poll_id = ? AND state = 'open'",
        (
            str(event.voter_id),
            event.choice,
            event.remote,
            str(recorded.id),
            recorded.position,
            recorded.recorded_at.isoformat(),
            str(event.poll_id),
        ),
    )


def _opened(connection: sqlite3.Connection, recorded: Recorded, event: PollOpened) -> None:
    poll_id = str(event.poll_id)
    connection.execute(
        "INSERT INTO polls (poll_id, meeting_id, item_id, question, state, roll_size, members, choices, rule_card,"
        " quorum, chair_id, opened_at, opened_position) VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            poll_id,
            str(event.meeting_id),
            event.item_id and str(event.item_id),
            event.question,
            len(event.roll),
            event.members,
            json.dumps([choice.model_dump() for choice in event.choices], ensure_ascii=False),
            event.rule_card.model_dump_json(),
            event.quorum.model_dump_json(),
            event.chair_id and str(event.chair_id),
            recorded.recorded_at.isoformat(),
            recorded.position,
        ),
    )
    connection.executemany(
        "INSERT INTO poll_voters VALUES (?, ?)", [(poll_id, str(voter_id)) for voter_id in event.roll]
    )
