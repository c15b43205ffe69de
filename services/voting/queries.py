"""Questions about polls. No query gives a count by choice, or anybody's choice but one's own, before the tally."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from services.voting.messages import Choice, Line, LineResult, Method, PollTallied, QuorumSnapshot, RuleCard

Id = UUID | str
METHOD: TypeAdapter[Method] = TypeAdapter(Method)
State = Literal["open", "closed", "tallied", "published", "cancelled"]


@dataclass(frozen=True)
class Poll:
    """A poll without any count; `turnout` of `roll_size` have voted, who together have `roll_votes`.

    `quorum_met` False: it was opened without quorum, as its card allows.
    """

    poll_id: str
    meeting_id: str
    item_id: str | None
    question: str
    state: State
    roll_size: int
    members: int
    serving: int
    roll_votes: int
    turnout: int
    method: Method
    choices: tuple[Choice, ...]
    lines: tuple[Line, ...]
    secret: bool
    rule_card: RuleCard
    quorum: QuorumSnapshot
    quorum_met: bool
    chair_id: str | None
    opened_at: datetime
    ended_at: datetime | None
    cancel_reason: str | None
    published_at: datetime | None

    @property
    def weighted(self) -> bool:
        """Somebody on the roll has more than one vote."""
        return self.roll_votes != self.roll_size


@dataclass(frozen=True)
class Turnout:
    poll_id: str
    meeting_id: str
    voted: int
    roll_size: int
    open: bool


@dataclass(frozen=True)
class LineOutcome:
    """One candidate, person or draft: its result and, where it bears choices, the votes by choice."""

    title: str
    person_id: str | None
    counts: dict[str, int]
    result: LineResult


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


def lines(poll: Poll, tally: PollTallied) -> list[LineOutcome]:
    """The result by candidate, person or draft, as they stood on the paper; none of a single question."""
    candidates = [(choice.key, choice.label, choice.person_id) for choice in poll.choices]
    titled = [(line.key, line.title, line.person_id) for line in poll.lines] or candidates
    results = {each.key: each for each in tally.lines}
    return [
        LineOutcome(
            title=title,
            person_id=str(person_id) if person_id else None,
            counts={choice.key: tally.counts.get(f"{key}:{choice.key}", 0) for choice in poll.choices}
            if poll.lines
            else {},
            result=results[key],
        )
        for key, title, person_id in titled
        if key in results
    ]


def _poll(row: sqlite3.Row) -> Poll:
    quorum = QuorumSnapshot.model_validate_json(row["quorum"])
    return Poll(
        poll_id=row["poll_id"],
        meeting_id=row["meeting_id"],
        item_id=row["item_id"],
        question=row["question"],
        state=row["state"],
        roll_size=row["roll_size"],
        members=row["members"],
        serving=row["serving"],
        roll_votes=row["roll_votes"],
        turnout=row["turnout"],
        method=METHOD.validate_json(row["method"]),
        choices=tuple(Choice.model_validate(each) for each in json.loads(row["choices"])),
        lines=tuple(Line.model_validate(each) for each in json.loads(row["lines"])),
        secret=bool(row["secret"]),
        rule_card=RuleCard.model_validate_json(row["rule_card"]),
        quorum=quorum,
        quorum_met=quorum.met,
        chair_id=row["chair_id"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        ended_at=_time(row["ended_at"]),
        cancel_reason=row["cancel_reason"],
        published_at=_time(row["published_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
