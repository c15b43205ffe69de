"""What people see of polls. Before the close there is only how many have voted: no count by choice exists to leak."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from pydantic_core import to_json

from kernel.ids import each_written, written
from kernel.many_rows import ManyRows, Value
from kernel.messages import EPOCH, Event, Recorded
from services.voting import card_views, circulation_views, count_views, poll_schema, rights_views
from services.voting.ballot_queries import (
    CastAs,
    Dictated,
    Represented,
    VoterChoice,
    ballots_by_voter,
    dictations,
    my_ballot,
    on_roll,
    represented,
)
from services.voting.card_views import (
    BodyCard,
    body_card,
    body_cards,
    cards_in_force,
)
from services.voting.messages import (
    BallotCast,
    BallotDictated,
    DictationWithdrawn,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollTallied,
    ResultPublished,
    cards,
    circulation,
    count,
    rights,
)
from services.voting.queries import (
    LineOutcome,
    Poll,
    Turnout,
    lines,
    meeting_of,
    on_the_wall,
    poll,
    polls,
    result,
    turnout,
)
from services.voting.rights_views import VotingRights, Weighted, voting_rights, weights
from services.voting.rules import roll_votes

__all__ = [
    "SCHEMA",
    "project",
    "project_ballots",
    "LineOutcome",
    "Poll",
    "Turnout",
    "lines",
    "meeting_of",
    "on_the_wall",
    "poll",
    "polls",
    "result",
    "turnout",
    "CastAs",
    "Dictated",
    "Represented",
    "VoterChoice",
    "ballots_by_voter",
    "dictations",
    "my_ballot",
    "on_roll",
    "represented",
    "BodyCard",
    "body_card",
    "body_cards",
    "cards_in_force",
    "VotingRights",
    "Weighted",
    "voting_rights",
    "weights",
]

SCHEMA = poll_schema.SCHEMA + count_views.SCHEMA + card_views.SCHEMA + circulation_views.SCHEMA + rights_views.SCHEMA

PARTS = (
    (frozenset(cards.EVENTS), card_views.project),
    (frozenset(rights.EVENTS), rights_views.project),
    (frozenset(circulation.EVENTS), circulation_views.project),
    (frozenset((*count.EVENTS, PollTallied)), count_views.project),
)
"""A lookup for each, where a match goes through all of a part's types for each event of another part."""

BALLOTS = ManyRows("INSERT OR REPLACE INTO ballots", width=11)
TAKING_BALLOTS = """
SELECT poll_id, json_extract(method, '$.kind') = 'single_choice' FROM polls
WHERE state = 'open' AND poll_id IN (SELECT value FROM json_each(?))
"""


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if isinstance(event, BallotCast):  # most events of a log are ballots, and no other table shows them
        project_ballots(connection, [(recorded, event)])
        return
    for types, project_part in PARTS:
        if type(event) in types:
            project_part(connection, recorded, event)
    at = told(recorded.recorded_us)
    match event:
        case PollOpened():
            _opened(connection, recorded, event)
        case BallotDictated():
            key = (str(event.poll_id), str(event.voter_id))
            connection.execute(
                "INSERT OR REPLACE INTO dictations VALUES (?, ?, ?, ?, ?)",
                (*key, json.dumps(event.marks), event.dictated_by, at),
            )
        case DictationWithdrawn(poll_id=poll_id, voter_id=voter_id):
            _forget_dictation(connection, str(poll_id), str(voter_id))
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


def project_ballots(connection: sqlite3.Connection, batch: Sequence[tuple[Recorded, Event]]) -> None:
    """A ballot that stands behind the poll's end was never acknowledged: it is in the log and nowhere else.

    A voter's later ballot takes the place of the one before.
    """
    cast = [(recorded, event) for recorded, event in batch if isinstance(event, BallotCast)]
    polls = each_written([event.poll_id for _, event in cast])
    voters = each_written([event.voter_id for _, event in cast])
    open_polls = connection.execute(TAKING_BALLOTS, (json.dumps(list(set(polls))),))
    one_choice: dict[str, int] = dict(map(tuple, open_polls))
    values: list[Value] = []
    for poll_id, voter_id, (recorded, event) in zip(polls, voters, cast, strict=True):
        if poll_id in one_choice:
            values += poll_id, voter_id, *_ballot(recorded, event, bool(one_choice[poll_id]))
        if event.dictated_by:
            _forget_dictation(connection, poll_id, voter_id)
    for statement, of_rows in BALLOTS.statements(values):
        connection.execute(statement, of_rows)


def _ballot(recorded: Recorded, event: BallotCast, one_choice: bool) -> tuple[Value, ...]:
    marks = event.marked
    return (
        marks[0] if one_choice and marks else "",
        listed(marks),
        event.remote,
        written(event.holder_id) if event.holder_id else None,
        event.dictated_by or None,
        event.confirmed_by or None,
        recorded.id_text,
        recorded.position,
        told(recorded.recorded_us),
    )


@lru_cache(1000)
def told(microseconds: int) -> str:
    """All ballots of one commit were recorded at the same moment."""
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat()


@lru_cache(1000)
def listed(marks: tuple[str, ...]) -> str:
    return json.dumps(marks)


def _forget_dictation(connection: sqlite3.Connection, poll_id: str, voter_id: str) -> None:
    connection.execute("DELETE FROM dictations WHERE poll_id = ? AND voter_id = ?", (poll_id, voter_id))


def _opened(connection: sqlite3.Connection, recorded: Recorded, event: PollOpened) -> None:
    poll_id = str(event.poll_id)
    row = {
        "poll_id": poll_id,
        "meeting_id": str(event.meeting_id),
        "item_id": event.item_id and str(event.item_id),
        "question": event.question,
        "state": "open",
        "roll_size": len(event.roll),
        "roll_votes": roll_votes(event),
        "members": event.members,
        "serving": event.serving or event.members,
        "method": event.method.model_dump_json(),
        "choices": to_json(event.choices).decode(),
        "lines": to_json(event.lines).decode(),
        "secret": event.secret,
        "rule_card": event.rule_card.model_dump_json(),
        "quorum": event.quorum.model_dump_json(),
        "chair_id": event.chair_id and str(event.chair_id),
        "opened_at": told(recorded.recorded_us),
        "opened_position": recorded.position,
    }
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO polls ({columns}) VALUES ({values})", row)
    connection.execute(
        "INSERT INTO poll_voters SELECT ?, value, 1 FROM json_each(?)", (poll_id, to_json(event.roll).decode())
    )
    connection.executemany(
        "UPDATE poll_voters SET weight = ? WHERE poll_id = ? AND voter_id = ?",
        [(weight, poll_id, str(voter_id)) for voter_id, weight in event.weights.items()],
    )
    connection.executemany(
        "INSERT INTO poll_representatives VALUES (?, ?, ?, ?, ?)",
        [(poll_id, str(each.voter_id), str(each.holder_id), each.kind, each.basis) for each in event.represented],
    )
