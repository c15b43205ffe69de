"""Conclusions as people read them: the current text, its obligations with the tasks they became, and every revision."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kernel import search
from kernel.messages import Event, Recorded
from services.meeting.messages import ConclusionRecorded, Obligation

SCHEMA = """
CREATE TABLE IF NOT EXISTS conclusions (
    meeting_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    text TEXT NOT NULL,
    presiding_officer_id TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (meeting_id, item_id, revision)
) STRICT;
CREATE TABLE IF NOT EXISTS conclusion_obligations (
    meeting_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    obligation_id TEXT NOT NULL,
    text TEXT NOT NULL,
    lead_unit_id TEXT NOT NULL,
    due_at TEXT NOT NULL,
    PRIMARY KEY (meeting_id, item_id, revision, ordinal)
) STRICT;
CREATE TABLE IF NOT EXISTS conclusion_coordinators (
    meeting_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    obligation_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    unit_id TEXT NOT NULL,
    PRIMARY KEY (meeting_id, item_id, revision, obligation_id, ordinal)
) STRICT;
"""

Id = UUID | str


@dataclass(frozen=True)
class NamedUnit:
    id: str
    name: str


@dataclass(frozen=True)
class ObligationView:
    """`task_id` is None until the tasks service has assigned the task."""

    obligation_id: str
    text: str
    lead_unit: NamedUnit
    coordinating_units: tuple[NamedUnit, ...]
    due_at: datetime
    task_id: str | None


@dataclass(frozen=True)
class Conclusion:
    meeting_id: str
    item_id: str
    revision: int
    text: str
    presiding_officer_id: str
    presiding_officer: str
    recorded_by: str
    recorded_at: datetime
    obligations: tuple[ObligationView, ...]


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if not isinstance(event, ConclusionRecorded):
        return
    key = (str(event.meeting_id), str(event.item_id), event.revision)
    connection.execute(
        "INSERT INTO conclusions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*key, event.text, str(event.presiding_officer_id), recorded.actor, recorded.recorded_at.isoformat()),
    )
    for ordinal, obligation in enumerate(event.obligations):
        _project_obligation(connection, key, ordinal, obligation)
    body = "\n".join((event.text, *(each.text for each in event.obligations)))
    item = connection.execute("SELECT title FROM agenda_items WHERE id = ?", (str(event.item_id),)).fetchone()
    title = item["title"] if item else event.text.partition("\n")[0]
    search.index(connection, "conclusion", event.item_id, title, body, meeting_id=event.meeting_id)


def _project_obligation(
    connection: sqlite3.Connection, key: tuple[str, str, int], ordinal: int, obligation: Obligation
) -> None:
    obligation_id = str(obligation.obligation_id)
    due_at = obligation.due_at.astimezone(UTC).isoformat()
    connection.execute(
        "INSERT INTO conclusion_obligations VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, ordinal, obligation_id, obligation.text, str(obligation.lead_unit_id), due_at),
    )
    connection.executemany(
        "INSERT INTO conclusion_coordinators VALUES (?, ?, ?, ?, ?, ?)",
        [(*key, obligation_id, n, str(unit_id)) for n, unit_id in enumerate(obligation.coordinating_unit_ids)],
    )


CONCLUSIONS = (
    "SELECT conclusions.*, COALESCE(chair.full_name, '') AS presiding_officer,"
    " COALESCE(clerk.full_name, '') AS recorder FROM conclusions"
    " LEFT JOIN people chair ON chair.id = presiding_officer_id LEFT JOIN people clerk ON clerk.id = recorded_by"
)


def conclusion(connection: sqlite3.Connection, meeting_id: Id, item_id: Id) -> Conclusion | None:
    """The revision in force."""
    revisions = conclusion_history(connection, meeting_id, item_id)
    return revisions[0] if revisions else None


def conclusion_history(connection: sqlite3.Connection, meeting_id: Id, item_id: Id) -> list[Conclusion]:
    """Every revision, the one in force first."""
    rows = connection.execute(
        f"{CONCLUSIONS} WHERE meeting_id = ? AND item_id = ? ORDER BY revision DESC", (str(meeting_id), str(item_id))
    )
    return [_conclusion(connection, row) for row in rows.fetchall()]


def conclusions(connection: sqlite3.Connection, meeting_id: Id) -> list[Conclusion]:
    """The revisions in force of a meeting, in the order in which the items were first concluded."""
    rows = connection.execute(
        f"{CONCLUSIONS} WHERE meeting_id = ? AND revision ="
        " (SELECT MAX(revision) FROM conclusions newer"
        " WHERE newer.meeting_id = conclusions.meeting_id AND newer.item_id = conclusions.item_id)"
        " ORDER BY (SELECT rowid FROM conclusions first WHERE first.revision = 1"
        " AND first.meeting_id = conclusions.meeting_id AND first.item_id = conclusions.item_id)",
        (str(meeting_id),),
    )
    return [_conclusion(connection, row) for row in rows.fetchall()]


def _conclusion(connection: sqlite3.Connection, row: sqlite3.Row) -> Conclusion:
    return Conclusion(
        meeting_id=row["meeting_id"],
        item_id=row["item_id"],
        revision=row["revision"],
        text=row["text"],
        presiding_officer_id=row["presiding_officer_id"],
        presiding_officer=row["presiding_officer"],
        recorded_by=row["recorder"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        obligations=_obligations(connection, (row["meeting_id"], row["item_id"], row["revision"])),
    )


def _obligations(connection: sqlite3.Connection, key: tuple[str, str, int]) -> tuple[ObligationView, ...]:
    coordinators: dict[str, list[NamedUnit]] = {}
    for row in connection.execute(
        "SELECT obligation_id, unit_id, COALESCE(units.name, '') AS name FROM conclusion_coordinators"
        " LEFT JOIN units ON units.id = unit_id"
        " WHERE meeting_id = ? AND item_id = ? AND revision = ? ORDER BY obligation_id, ordinal",
        key,
    ):
        coordinators.setdefault(row["obligation_id"], []).append(NamedUnit(row["unit_id"], row["name"]))
    rows = connection.execute(
        "SELECT stated.*, COALESCE(units.name, '') AS unit_name, tasks.id AS task_id"
        " FROM conclusion_obligations stated LEFT JOIN units ON units.id = stated.lead_unit_id"
        " LEFT JOIN tasks ON tasks.obligation_id = stated.obligation_id AND tasks.item_id = stated.item_id"
        " WHERE stated.meeting_id = ? AND stated.item_id = ? AND revision = ? ORDER BY ordinal",
        key,
    )
    return tuple(
        ObligationView(
            obligation_id=row["obligation_id"],
            text=row["text"],
            lead_unit=NamedUnit(row["lead_unit_id"], row["unit_name"]),
            coordinating_units=tuple(coordinators.get(row["obligation_id"], ())),
            due_at=datetime.fromisoformat(row["due_at"]),
            task_id=row["task_id"],
        )
        for row in rows
    )
