"""Questions about minutes: one meeting's, what waits for whom, what was received."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.meeting.messages import MinutesSection

Id = UUID | str


class MinutesState(StrEnum):
    """`returned`: drafting again, with the presiding officer's reason."""

    drafting = "drafting"
    submitted = "submitted"
    returned = "returned"
    approved = "approved"
    published = "published"

    @property
    def open(self) -> bool:
        """The text can still change."""
        return self in (MinutesState.drafting, MinutesState.submitted, MinutesState.returned)


@dataclass(frozen=True)
class SectionText:
    section: MinutesSection
    text: str
    revision: int


@dataclass(frozen=True)
class MinutesBrief:
    """One line in a list. `state` None: the session is over and nobody has drafted the minutes yet."""

    meeting_id: str
    title: str
    starts_at: datetime
    state: MinutesState | None
    number: str
    symbol: str
    since: datetime | None


@dataclass(frozen=True)
class Minutes:
    """`changes`: what a submission must have seen. `newer_facts`: something happened in the meeting after `as_of`."""

    meeting_id: str
    title: str
    body_id: str
    state: MinutesState
    as_of: int
    presiding_officer_id: str
    number: str
    symbol: str
    place_name: str
    changes: int
    pdf_sha256: str | None
    submitted_at: datetime | None
    submitted_by: str | None
    return_reason: str
    returned_at: datetime | None
    approved_at: datetime | None
    published_at: datetime | None
    newer_facts: bool
    sections: tuple[SectionText, ...]
    recipient_ids: tuple[str, ...]
    recipient_unit_ids: tuple[str, ...]

    def section(self, section: MinutesSection) -> SectionText:
        return next(each for each in self.sections if each.section is section)


def minutes(connection: sqlite3.Connection, meeting_id: Id) -> Minutes | None:
    row = connection.execute(
        "SELECT minutes.*, title, body_id, facts_position FROM minutes JOIN minutes_meetings USING (meeting_id)"
        " WHERE meeting_id = ?",
        (str(meeting_id),),
    ).fetchone()
    if row is None:
        return None
    recipients = connection.execute(
        "SELECT kind, recipient_id FROM minutes_recipients WHERE meeting_id = ? ORDER BY kind, recipient_id",
        (str(meeting_id),),
    ).fetchall()
    return Minutes(
        meeting_id=row["meeting_id"],
        title=row["title"],
        body_id=row["body_id"],
        state=MinutesState(row["state"]),
        as_of=row["as_of"],
        presiding_officer_id=row["presiding_officer_id"],
        number=row["number"],
        symbol=row["symbol"],
        place_name=row["place_name"],
        changes=row["changes"],
        pdf_sha256=row["pdf_sha256"],
        submitted_at=moment(row["submitted_at"]),
        submitted_by=row["submitted_by"],
        return_reason=row["return_reason"],
        returned_at=moment(row["returned_at"]),
        approved_at=moment(row["approved_at"]),
        published_at=moment(row["published_at"]),
        newer_facts=row["facts_position"] > row["as_of"],
        sections=_sections(connection, meeting_id),
        recipient_ids=tuple(each["recipient_id"] for each in recipients if each["kind"] == "person"),
        recipient_unit_ids=tuple(each["recipient_id"] for each in recipients if each["kind"] == "unit"),
    )


def _sections(connection: sqlite3.Connection, meeting_id: Id) -> tuple[SectionText, ...]:
    written = {
        row["section"]: row
        for row in connection.execute("SELECT * FROM minutes_texts WHERE meeting_id = ?", (str(meeting_id),))
    }
    return tuple(
        SectionText(each, written[each]["text"], written[each]["revision"])
        if each in written
        else SectionText(each, "", 0)
        for each in MinutesSection
    )


def polls_of(connection: sqlite3.Connection, meeting_id: Id) -> list[str]:
    rows = connection.execute(
        "SELECT poll_id FROM minutes_polls WHERE meeting_id = ? ORDER BY poll_id", (str(meeting_id),)
    )
    return [row["poll_id"] for row in rows]


def minutes_to_write(connection: sqlite3.Connection, person_id: Id) -> list[MinutesBrief]:
    """What waits for this minute taker: to be drafted, submitted, corrected or published; the oldest first."""
    return _briefs(
        connection,
        "minutes_meetings.minute_taker_id = ? AND closed_at IS NOT NULL"
        " AND COALESCE(state, '') NOT IN ('submitted', 'published') ORDER BY closed_at, meeting_id",
        (str(person_id),),
        since="COALESCE(approved_at, returned_at, submitted_at, closed_at)",
    )


def minutes_to_approve(connection: sqlite3.Connection, person_id: Id) -> list[MinutesBrief]:
    return _briefs(
        connection,
        "state = 'submitted' AND minutes.presiding_officer_id = ? ORDER BY submitted_at, meeting_id",
        (str(person_id),),
        since="submitted_at",
    )


def minutes_received(
    connection: sqlite3.Connection, person_id: Id, unit_id: Id | None = None, limit: int = 200
) -> list[MinutesBrief]:
    """Published to this person, or to the unit they belong to; the latest first."""
    sent = "(SELECT MIN(sent_at) FROM minutes_recipients WHERE minutes_recipients.meeting_id = minutes.meeting_id"
    mine = "(kind = 'person' AND recipient_id = ? OR kind = 'unit' AND recipient_id = ?))"
    values = (str(person_id), str(unit_id or ""))
    return _briefs(
        connection,
        f"{sent} AND {mine} IS NOT NULL ORDER BY since DESC, meeting_id LIMIT ?",
        (*values, *values, limit),
        since=f"{sent} AND {mine}",
    )


def published_to(
    connection: sqlite3.Connection, meeting_id: Id, person_id: Id, unit_id: Id | None
) -> tuple[bool, bool]:
    """Whether the minutes are published, and whether to this person or the unit they belong to."""
    row = connection.execute(
        "SELECT COUNT(*) AS sent, COALESCE(SUM(kind = 'person' AND recipient_id = ?"
        " OR kind = 'unit' AND recipient_id = ?), 0) AS mine FROM minutes_recipients WHERE meeting_id = ?",
        (str(person_id), str(unit_id or ""), str(meeting_id)),
    ).fetchone()
    return row["sent"] > 0, row["mine"] > 0


def _briefs(connection: sqlite3.Connection, condition: str, values: Iterable[object], since: str) -> list[MinutesBrief]:
    rows = connection.execute(
        "SELECT minutes_meetings.meeting_id AS meeting_id, title, starts_at, state, COALESCE(number, '') AS number,"
        f" COALESCE(symbol, '') AS symbol, {since} AS since FROM minutes_meetings"
        f" LEFT JOIN minutes ON minutes.meeting_id = minutes_meetings.meeting_id WHERE {condition}",
        tuple(values),
    )
    return [
        MinutesBrief(
            meeting_id=row["meeting_id"],
            title=row["title"],
            starts_at=datetime.fromisoformat(row["starts_at"]),
            state=MinutesState(row["state"]) if row["state"] else None,
            number=row["number"],
            symbol=row["symbol"],
            since=moment(row["since"]),
        )
        for row in rows
    ]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
