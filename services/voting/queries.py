"""Questions about polls. No query gives a count by choice, or anybody's choice but one's own, before the tally."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from kernel.search import fold
from services.voting.messages import Choice, PollTallied, QuorumSnapshot, RuleCard

Id = UUID | str
State = Literal["open", "closed", "tallied", "published", "cancelled"]


@dataclass(frozen=True)
class Poll:
    """A poll without any count; `turnout` of `roll_size` have voted."""

    poll_id: str
    meeting_id: str
    item_id: str | None
    question: str
    state: State
    roll_size: int
    members: int
    turnout: int
    choices: tuple[Choice, ...]
    rule_card: RuleCard
    quorum: QuorumSnapshot
    chair_id: str | None
    opened_at: datetime
    ended_at: datetime | None
    cancel_reason: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class Turnout:
    poll_id: str
    meeting_id: str
    voted: int
    roll_size: int
    open: bool


@dataclass(frozen=True)
class VoterChoice:
    """One row of the record; `choice` is None for a member of the roll who cast no ballot."""

    voter_id: str
    full_name: str
    choice: str | None
    remote: bool
    recorded_at: datetime | None


@dataclass(frozen=True)
class CastAs:
    """One voter's own ballot, as the receipt says it."""

    poll_id: str
    voter_id: str
    choice: str
    event_id: str
    position: int
    recorded_at: datetime


POLL = "SELECT *, (SELECT COUNT(*) FROM ballots WHERE ballots.poll_id = polls.poll_id) AS turnout FROM polls"


def poll(connection: sqlite3.Connection, poll_id: Id) -> Poll | None:
    row = connection.execute(f"{POLL} WHERE poll_id = ?", (str(poll_id),)).fetchone()
    return _poll(row) if row else None


def polls(connection: sqlite3.Connection, meeting_id: Id) -> list[Poll]:
    """The meeting's polls, the newest first."""
    rows = connection.execute(f"{POLL} WHERE meeting_id = ? ORDER BY opened_position DESC", (str(meeting_id),))
    return [_poll(row) for row in rows]


def on_the_wall(connection: sqlite3.Connection, meeting_id: Id) -> Poll | None:
    """The poll under way; the last result until the meeting moves on to another agenda item."""
    row = connection.execute(
        f"{POLL} WHERE meeting_id = ? AND state != 'cancelled' AND (published_position IS NULL OR published_position >"
        " COALESCE((SELECT MAX(position) FROM sitting_items WHERE sitting_items.meeting_id = polls.meeting_id), 0))"
        " ORDER BY opened_position DESC LIMIT 1",
        (str(meeting_id),),
    ).fetchone()
    return _poll(row) if row else None


def meeting_of(connection: sqlite3.Connection, poll_id: Id) -> str | None:
    row = connection.execute("SELECT meeting_id FROM polls WHERE poll_id = ?", (str(poll_id),)).fetchone()
    return row["meeting_id"] if row else None


def turnout(connection: sqlite3.Connection, poll_id: Id) -> Turnout | None:
    row = connection.execute(f"{POLL} WHERE poll_id = ?", (str(poll_id),)).fetchone()
    if row is None:
        return None
    return Turnout(row["poll_id"], row["meeting_id"], row["turnout"], row["roll_size"], row["state"] == "open")


def result(connection: sqlite3.Connection, poll_id: Id) -> PollTallied | None:
    """The tally with its arithmetic; None until the poll is closed and counted."""
    row = connection.execute("SELECT tally FROM polls WHERE poll_id = ?", (str(poll_id),)).fetchone()
    return PollTallied.model_validate_json(row["tally"]) if row and row["tally"] else None


def ballots_by_voter(
    connection: sqlite3.Connection, poll_id: Id, order: Literal["name", "choice"] = "name"
) -> list[VoterChoice]:
    """Who voted how, the whole roll; nobody before the poll is tallied."""
    rows = connection.execute(
        "SELECT poll_voters.voter_id, COALESCE(people.full_name, poll_voters.voter_id) AS full_name, ballots.choice,"
        " COALESCE(ballots.remote, 0) AS remote, ballots.recorded_at"
        " FROM poll_voters JOIN polls USING (poll_id)"
        " LEFT JOIN ballots USING (poll_id, voter_id)"
        " LEFT JOIN people ON people.id = poll_voters.voter_id"
        " WHERE poll_id = ? AND polls.state IN ('tallied', 'published')",
        (str(poll_id),),
    )
    rank = {key: place for place, key in enumerate(_choice_keys(connection, poll_id))}
    found = [
        VoterChoice(
            voter_id=row["voter_id"],
            full_name=row["full_name"],
            choice=row["choice"],
            remote=bool(row["remote"]),
            recorded_at=_time(row["recorded_at"]),
        )
        for row in rows
    ]
    by_name = sorted(found, key=lambda each: (_name_order(each.full_name), each.voter_id))
    match order:
        case "name":
            return by_name
        case "choice":
            return sorted(by_name, key=lambda each: rank.get(each.choice or "", len(rank)))
        case _:
            assert_never(order)


def my_ballot(connection: sqlite3.Connection, poll_id: Id, voter_id: Id) -> CastAs | None:
    row = connection.execute(
        "SELECT * FROM ballots WHERE poll_id = ? AND voter_id = ?", (str(poll_id), str(voter_id))
    ).fetchone()
    if row is None:
        return None
    return CastAs(
        poll_id=row["poll_id"],
        voter_id=row["voter_id"],
        choice=row["choice"],
        event_id=row["event_id"],
        position=row["position"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
    )


def on_roll(connection: sqlite3.Connection, poll_id: Id, voter_id: Id) -> bool:
    row = connection.execute(
        "SELECT 1 FROM poll_voters WHERE poll_id = ? AND voter_id = ?", (str(poll_id), str(voter_id))
    ).fetchone()
    return row is not None


def _choice_keys(connection: sqlite3.Connection, poll_id: Id) -> list[str]:
    row = connection.execute("SELECT choices FROM polls WHERE poll_id = ?", (str(poll_id),)).fetchone()
    return [each["key"] for each in json.loads(row["choices"])] if row else []


def _name_order(full_name: str) -> tuple[str, str]:
    """By the given name, the last word of a Vietnamese name."""
    folded = fold(full_name)
    return folded.rpartition(" ")[2], folded


def _poll(row: sqlite3.Row) -> Poll:
    return Poll(
        poll_id=row["poll_id"],
        meeting_id=row["meeting_id"],
        item_id=row["item_id"],
        question=row["question"],
        state=row["state"],
        roll_size=row["roll_size"],
        members=row["members"],
        turnout=row["turnout"],
        choices=tuple(Choice.model_validate(each) for each in json.loads(row["choices"])),
        rule_card=RuleCard.model_validate_json(row["rule_card"]),
        quorum=QuorumSnapshot.model_validate_json(row["quorum"]),
        chair_id=row["chair_id"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        ended_at=_time(row["ended_at"]),
        cancel_reason=row["cancel_reason"],
        published_at=_time(row["published_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
