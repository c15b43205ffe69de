"""Tasks as people see them: tables folded from the log, and the queries on them."""

import sqlite3
from datetime import UTC, datetime
from typing import assert_never

from kernel import search
from kernel.messages import Event, Recorded
from services.tasks.messages import (
    CompletionAccepted,
    CompletionDelivered,
    CompletionReturned,
    ContributionReported,
    ProgressReported,
    ResponsibleNamed,
    TaskAccepted,
    TaskAssigned,
    TaskExtended,
    TaskHandedOver,
    TaskWithdrawn,
)
from services.tasks.queries import (
    counts_by_unit,
    obligation_of,
    sees,
    task,
    task_counts,
    task_history,
    tasks,
    tasks_waiting,
    tasks_with_document,
    units_worked_for,
)
from services.tasks.records import Entry, NamedUnit, Obliged, Stage, Task, UnitCounts, Viewer, Waiting

__all__ = [
    "SCHEMA",
    "Entry",
    "NamedUnit",
    "Obliged",
    "Stage",
    "Task",
    "UnitCounts",
    "Viewer",
    "Waiting",
    "counts_by_unit",
    "obligation_of",
    "project",
    "sees",
    "task",
    "task_counts",
    "task_history",
    "tasks",
    "tasks_waiting",
    "tasks_with_document",
    "units_worked_for",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    lead_unit_id TEXT NOT NULL,
    assigner_id TEXT NOT NULL,
    assigned_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    first_due_at TEXT NOT NULL,
    stage TEXT NOT NULL,
    responsible_id TEXT,
    percent INTEGER NOT NULL DEFAULT 0,
    delivered_at TEXT,
    on_time INTEGER,
    meeting_id TEXT,
    item_id TEXT,
    obligation_id TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS tasks_by_due ON tasks (stage, due_at);
CREATE INDEX IF NOT EXISTS tasks_of_unit ON tasks (lead_unit_id);
CREATE INDEX IF NOT EXISTS tasks_of_meeting ON tasks (meeting_id, item_id);
CREATE TABLE IF NOT EXISTS task_coordinators (
    task_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    unit_id TEXT NOT NULL,
    PRIMARY KEY (task_id, ordinal)
) STRICT;
CREATE INDEX IF NOT EXISTS task_coordinators_by_unit ON task_coordinators (unit_id);
CREATE TABLE IF NOT EXISTS task_entries (
    position INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL,
    type TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    percent INTEGER,
    due_at TEXT,
    due_before TEXT,
    person_id TEXT,
    person_before_id TEXT,
    unit_id TEXT,
    on_time INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS task_entries_of ON task_entries (task_id, position);
CREATE TABLE IF NOT EXISTS task_documents (
    position INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    document_id TEXT NOT NULL,
    PRIMARY KEY (position, ordinal)
) STRICT;
CREATE INDEX IF NOT EXISTS task_documents_by_document ON task_documents (document_id);
"""

Fact = (
    TaskAssigned
    | TaskAccepted
    | ResponsibleNamed
    | ProgressReported
    | ContributionReported
    | CompletionDelivered
    | CompletionReturned
    | CompletionAccepted
    | TaskExtended
    | TaskHandedOver
    | TaskWithdrawn
)


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if not isinstance(event, Fact):
        return
    match event:
        case TaskAssigned():
            _insert(connection, recorded, event)
        case TaskAccepted():
            _set(connection, event, stage=Stage.in_progress, responsible_id=str(event.responsible_id))
            _enter(connection, recorded, event, person_id=str(event.responsible_id))
        case ResponsibleNamed(responsible_id=person_id) | TaskHandedOver(assigner_id=person_id):
            _replace_person(connection, recorded, event, str(person_id))
        case ProgressReported():
            _set(connection, event, percent=event.percent)
            _enter(connection, recorded, event, text=event.note, percent=event.percent)
        case ContributionReported():
            _enter(connection, recorded, event, text=event.note, unit_id=str(event.unit_id))
        case CompletionDelivered():
            _set(connection, event, stage=Stage.delivered, delivered_at=utc(event.delivered_at))
            _enter(connection, recorded, event, text=event.report)
            _attach(connection, recorded, event)
        case CompletionReturned():
            _set(connection, event, stage=Stage.in_progress, delivered_at=None)
            _enter(connection, recorded, event, text=event.reason)
        case CompletionAccepted():
            _set(connection, event, stage=Stage.completed, on_time=int(event.on_time))
            _enter(connection, recorded, event, on_time=int(event.on_time))
        case TaskExtended():
            _extend(connection, recorded, event)
        case TaskWithdrawn():
            _set(connection, event, stage=Stage.withdrawn)
            _enter(connection, recorded, event, text=event.reason)
        case _:
            assert_never(event)


def _insert(connection: sqlite3.Connection, recorded: Recorded, event: TaskAssigned) -> None:
    task_id, due_at, source = str(event.task_id), utc(event.due_at), event.source
    connection.execute(
        "INSERT INTO tasks (id, title, lead_unit_id, assigner_id, assigned_at, due_at, first_due_at, stage,"
        " meeting_id, item_id, obligation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            task_id,
            event.title,
            str(event.lead_unit_id),
            str(event.assigner_id),
            recorded.recorded_at.isoformat(),
            due_at,
            due_at,
            Stage.assigned,
            str(source.meeting_id) if source else None,
            str(source.item_id) if source else None,
            str(source.obligation_id) if source else None,
        ),
    )
    connection.executemany(
        "INSERT INTO task_coordinators VALUES (?, ?, ?)",
        [(task_id, n, str(unit_id)) for n, unit_id in enumerate(event.coordinating_unit_ids)],
    )
    _enter(connection, recorded, event, due_at=due_at, unit_id=str(event.lead_unit_id))
    search.index(
        connection,
        "task",
        task_id,
        event.title,
        "",
        meeting_id=source.meeting_id if source else None,
        unit_id=event.lead_unit_id,
    )


def _extend(connection: sqlite3.Connection, recorded: Recorded, event: TaskExtended) -> None:
    before = connection.execute("SELECT due_at FROM tasks WHERE id = ?", (str(event.task_id),)).fetchone()[0]
    _set(connection, event, due_at=utc(event.due_at))
    _enter(connection, recorded, event, text=event.reason, due_at=utc(event.due_at), due_before=before)


def _replace_person(
    connection: sqlite3.Connection, recorded: Recorded, event: ResponsibleNamed | TaskHandedOver, person_id: str
) -> None:
    column = "responsible_id" if isinstance(event, ResponsibleNamed) else "assigner_id"
    before = connection.execute(f"SELECT {column} FROM tasks WHERE id = ?", (str(event.task_id),)).fetchone()[0]
    _set(connection, event, **{column: person_id})
    _enter(connection, recorded, event, text=event.reason, person_id=person_id, person_before_id=before)


def _attach(connection: sqlite3.Connection, recorded: Recorded, event: CompletionDelivered) -> None:
    connection.executemany(
        "INSERT INTO task_documents VALUES (?, ?, ?)",
        [(recorded.position, n, str(document_id)) for n, document_id in enumerate(event.document_ids)],
    )


def _set(connection: sqlite3.Connection, event: Fact, **columns: str | int | None) -> None:
    assignments = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE tasks SET {assignments} WHERE id = ?", (*columns.values(), str(event.task_id)))


def _enter(connection: sqlite3.Connection, recorded: Recorded, event: Fact, **columns: str | int | None) -> None:
    """One line of the task's history."""
    row: dict[str, str | int | None] = {
        "position": recorded.position,
        "task_id": str(event.task_id),
        "type": recorded.type,
        "at": recorded.recorded_at.isoformat(),
        "actor": recorded.actor,
        **columns,
    }
    connection.execute(
        f"INSERT INTO task_entries ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
