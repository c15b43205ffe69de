"""Questions about ballots. Nobody's choice but one's own before the tally, and nobody's ever in a secret poll."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from kernel.search import fold

Id = UUID | str
Kind = Literal["proxy", "substitute"]


@dataclass(frozen=True)
class VoterChoice:
    """One row of the record; no marks for a member of the roll who cast no ballot.

    `choice` is the mark of a single question. `weight`: the votes of this voter. `holder`: the name of who cast the
    ballot in the voter's place, as proxy or substitute. `dictated_by` and `confirmed_by` recorded what the voter said.
    """

    voter_id: str
    full_name: str
    choice: str | None
    marks: tuple[str, ...]
    cast: bool
    remote: bool
    recorded_at: datetime | None
    weight: int
    holder: str | None
    represented_by: Kind | None
    dictated_by: str | None
    confirmed_by: str | None


@dataclass(frozen=True)
class CastAs:
    """One voter's own ballot, as the receipt says it."""

    poll_id: str
    voter_id: str
    choice: str
    marks: tuple[str, ...]
    event_id: str
    position: int
    recorded_at: datetime


@dataclass(frozen=True)
class Represented:
    """Who may vote for whom; `voted`: the voter's ballot has been cast, by whomever."""

    voter_id: str
    voter: str
    holder_id: str
    holder: str
    kind: Kind
    basis: str
    voted: bool


@dataclass(frozen=True)
class Dictated:
    """An open vote written down for a member without a device, which a second person has yet to confirm."""

    voter_id: str
    full_name: str
    marks: tuple[str, ...]
    dictated_by_id: str
    dictated_by: str
    dictated_at: datetime


RECORD = """
SELECT poll_voters.voter_id, poll_voters.weight, ballots.marks, ballots.choice, COALESCE(ballots.remote, 0) AS remote,
    ballots.recorded_at, poll_representatives.kind, ballots.holder_id,
    COALESCE(people.full_name, poll_voters.voter_id) AS full_name,
    COALESCE(holders.full_name, ballots.holder_id) AS holder,
    COALESCE(writers.full_name, ballots.dictated_by) AS dictated_by,
    COALESCE(hearers.full_name, ballots.confirmed_by) AS confirmed_by
FROM poll_voters JOIN polls USING (poll_id)
LEFT JOIN ballots USING (poll_id, voter_id)
LEFT JOIN poll_representatives USING (poll_id, voter_id)
LEFT JOIN people ON people.id = poll_voters.voter_id
LEFT JOIN people AS holders ON holders.id = ballots.holder_id
LEFT JOIN people AS writers ON writers.id = ballots.dictated_by
LEFT JOIN people AS hearers ON hearers.id = ballots.confirmed_by
WHERE poll_id = ? AND polls.state IN ('tallied', 'published') AND NOT polls.secret
"""


def ballots_by_voter(
    connection: sqlite3.Connection, poll_id: Id, order: Literal["name", "choice"] = "name"
) -> list[VoterChoice]:
    """Who voted how, the whole roll; nobody before the poll is tallied."""
    found = [_voter_choice(row) for row in connection.execute(RECORD, (str(poll_id),))]
    by_name = sorted(found, key=lambda each: (by_given_name(each.full_name), each.voter_id))
    match order:
        case "name":
            return by_name
        case "choice":
            rank = {key: place for place, key in enumerate(_choice_keys(connection, poll_id))}
            return sorted(by_name, key=lambda each: rank.get(each.choice or "", len(rank)))
        case _:
            assert_never(order)


def _voter_choice(row: sqlite3.Row) -> VoterChoice:
    return VoterChoice(
        voter_id=row["voter_id"],
        full_name=row["full_name"],
        choice=row["choice"] or None,
        marks=tuple(json.loads(row["marks"] or "[]")),
        cast=row["marks"] is not None,
        remote=bool(row["remote"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]) if row["recorded_at"] else None,
        weight=row["weight"],
        holder=row["holder"],
        represented_by=row["kind"] if row["holder_id"] else None,
        dictated_by=row["dictated_by"],
        confirmed_by=row["confirmed_by"],
    )


def my_ballot(connection: sqlite3.Connection, poll_id: Id, voter_id: Id) -> CastAs | None:
    """The last one, where the card lets voters change it."""
    row = connection.execute(
        "SELECT * FROM ballots WHERE poll_id = ? AND voter_id = ?", (str(poll_id), str(voter_id))
    ).fetchone()
    if row is None:
        return None
    return CastAs(
        poll_id=row["poll_id"],
        voter_id=row["voter_id"],
        choice=row["choice"],
        marks=tuple(json.loads(row["marks"])),
        event_id=row["event_id"],
        position=row["position"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
    )


def on_roll(connection: sqlite3.Connection, poll_id: Id, voter_id: Id) -> bool:
    row = connection.execute(
        "SELECT 1 FROM poll_voters WHERE poll_id = ? AND voter_id = ?", (str(poll_id), str(voter_id))
    ).fetchone()
    return row is not None


def represented(connection: sqlite3.Connection, poll_id: Id, holder_id: Id | None = None) -> list[Represented]:
    """Whom others may vote for in this poll, or whom this one may."""
    rows = connection.execute(
        "SELECT poll_representatives.*, COALESCE(people.full_name, poll_representatives.voter_id) AS voter,"
        " COALESCE(holders.full_name, poll_representatives.holder_id) AS holder, ballots.voter_id AS voted"
        " FROM poll_representatives LEFT JOIN people ON people.id = poll_representatives.voter_id"
        " LEFT JOIN people AS holders ON holders.id = poll_representatives.holder_id"
        " LEFT JOIN ballots USING (poll_id, voter_id)"
        " WHERE poll_id = ? AND (? IS NULL OR poll_representatives.holder_id = ?)",
        (str(poll_id), holder_id and str(holder_id), holder_id and str(holder_id)),
    )
    found = [
        Represented(
            voter_id=row["voter_id"],
            voter=row["voter"],
            holder_id=row["holder_id"],
            holder=row["holder"],
            kind=row["kind"],
            basis=row["basis"],
            voted=row["voted"] is not None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (by_given_name(each.voter), each.voter_id))


def dictations(connection: sqlite3.Connection, poll_id: Id) -> list[Dictated]:
    """What waits to be confirmed, for those who record votes; the oldest first."""
    rows = connection.execute(
        "SELECT dictations.*, COALESCE(people.full_name, voter_id) AS full_name,"
        " COALESCE(writers.full_name, dictated_by) AS writer FROM dictations"
        " LEFT JOIN people ON people.id = voter_id LEFT JOIN people AS writers ON writers.id = dictated_by"
        " WHERE poll_id = ? ORDER BY dictated_at, voter_id",
        (str(poll_id),),
    )
    return [
        Dictated(
            voter_id=row["voter_id"],
            full_name=row["full_name"],
            marks=tuple(json.loads(row["marks"])),
            dictated_by_id=row["dictated_by"],
            dictated_by=row["writer"],
            dictated_at=datetime.fromisoformat(row["dictated_at"]),
        )
        for row in rows
    ]


def _choice_keys(connection: sqlite3.Connection, poll_id: Id) -> list[str]:
    row = connection.execute("SELECT choices FROM polls WHERE poll_id = ?", (str(poll_id),)).fetchone()
    return [each["key"] for each in json.loads(row["choices"])] if row else []


def by_given_name(full_name: str) -> tuple[str, str]:
    """To sort by: the given name, the last word of a Vietnamese name, comes first."""
    folded = fold(full_name)
    return folded.rpartition(" ")[2], folded
