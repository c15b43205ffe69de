"""Questions about tasks. What depends on the moment is computed from `now`, which the caller gives."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from services.tasks.deadlines import DueState, working_days_left
from services.tasks.records import Entry, NamedUnit, Obliged, Stage, Task, UnitCounts, Viewer, Waiting
from services.tasks.selection import STATE, Id, conditions, moment, utc

LISTED = f"""SELECT tasks.*, {STATE} AS state, COALESCE(units.name, '') AS unit_name,
    COALESCE(assigner.full_name, '') AS assigner, COALESCE(responsible.full_name, '') AS responsible
    FROM tasks LEFT JOIN units ON units.id = lead_unit_id
    LEFT JOIN people assigner ON assigner.id = assigner_id
    LEFT JOIN people responsible ON responsible.id = responsible_id"""
ORDER = """ORDER BY CASE state WHEN 'overdue' THEN 0 WHEN 'due_soon' THEN 1 WHEN 'in_time' THEN 2 ELSE 3 END,
    CASE WHEN stage IN ('completed', 'withdrawn') THEN NULL ELSE due_at END, due_at DESC, tasks.id"""


def task(connection: sqlite3.Connection, task_id: Id, now: datetime) -> Task | None:
    row = connection.execute(f"{LISTED} WHERE tasks.id = :id", {**moment(now), "id": str(task_id)}).fetchone()
    return _task(row, _coordinators(connection, [row["id"]]), now) if row else None


def sees(connection: sqlite3.Connection, viewer: Viewer, task_id: Id) -> bool:
    stated, values = conditions(viewer=viewer, task_id=task_id)
    return connection.execute(f"SELECT 1 FROM tasks WHERE {' AND '.join(stated)}", values).fetchone() is not None


def tasks(
    connection: sqlite3.Connection,
    now: datetime,
    *,
    unit_id: Id | None = None,
    coordinating_unit_id: Id | None = None,
    person_id: Id | None = None,
    state: DueState | str | None = None,
    stage: Stage | str | None = None,
    assigner_id: Id | None = None,
    meeting_id: Id | None = None,
    item_id: Id | None = None,
    viewer: Viewer | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Task]:
    """Overdue first, then by due date; finished ones last. `unit_id` leads, `person_id` is responsible."""
    stated, values = conditions(
        unit_id=unit_id,
        coordinating_unit_id=coordinating_unit_id,
        person_id=person_id,
        assigner_id=assigner_id,
        meeting_id=meeting_id,
        item_id=item_id,
        stage=stage,
        viewer=viewer,
    )
    if state is not None:
        stated.append("state = :state")
        values["state"] = str(state)
    rows = connection.execute(
        f"{LISTED} WHERE {' AND '.join(stated)} {ORDER} LIMIT :limit OFFSET :offset",
        {**moment(now), **values, "limit": limit, "offset": offset},
    ).fetchall()
    coordinators = _coordinators(connection, [row["id"] for row in rows])
    return [_task(row, coordinators, now) for row in rows]


def task_counts(
    connection: sqlite3.Connection,
    now: datetime,
    unit_id: Id | None = None,
    *,
    coordinating_unit_id: Id | None = None,
    person_id: Id | None = None,
    assigner_id: Id | None = None,
    meeting_id: Id | None = None,
    viewer: Viewer | None = None,
) -> dict[DueState, int]:
    """How many tasks are in each state; every state is a key."""
    stated, values = conditions(
        unit_id=unit_id,
        coordinating_unit_id=coordinating_unit_id,
        person_id=person_id,
        assigner_id=assigner_id,
        meeting_id=meeting_id,
        viewer=viewer,
    )
    rows = connection.execute(
        f"SELECT {STATE} AS state, COUNT(*) AS number FROM tasks WHERE {' AND '.join(stated)} GROUP BY 1",
        {**moment(now), **values},
    )
    return {**dict.fromkeys(DueState, 0), **{DueState(row["state"]): row["number"] for row in rows}}


def counts_by_unit(
    connection: sqlite3.Connection,
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    viewer: Viewer | None = None,
) -> list[UnitCounts]:
    """Per lead unit, the most tasks first; `since` and `until` bound the moment of assignment."""
    stated, values = conditions(viewer=viewer)
    for name, bound, sign in (("since", since, ">="), ("until", until, "<")):
        if bound is not None:
            stated.append(f"assigned_at {sign} :{name}")
            values[name] = utc(bound)
    rows = connection.execute(
        f"SELECT lead_unit_id, COALESCE(units.name, '') AS name, {STATE} AS state, COUNT(*) AS number"
        f" FROM tasks LEFT JOIN units ON units.id = lead_unit_id WHERE {' AND '.join(stated)} GROUP BY 1, 2, 3",
        {**moment(now), **values},
    )
    found: dict[NamedUnit, dict[DueState, int]] = {}
    for row in rows:
        counts = found.setdefault(NamedUnit(row["lead_unit_id"], row["name"]), dict.fromkeys(DueState, 0))
        counts[DueState(row["state"])] = row["number"]
    listed = [UnitCounts(unit, counts) for unit, counts in found.items()]
    return sorted(listed, key=lambda each: (-each.total, each.unit.name, each.unit.id))


def task_history(connection: sqlite3.Connection, task_id: Id) -> list[Entry]:
    """What happened, oldest first."""
    rows = connection.execute(
        "SELECT task_entries.*, COALESCE(doer.full_name, '') AS doer, COALESCE(named.full_name, '') AS person,"
        " COALESCE(before.full_name, '') AS person_before, COALESCE(units.name, '') AS unit,"
        " (SELECT GROUP_CONCAT(document_id) FROM (SELECT document_id FROM task_documents"
        " WHERE task_documents.position = task_entries.position ORDER BY ordinal)) AS documents"
        " FROM task_entries LEFT JOIN people doer ON doer.id = actor LEFT JOIN people named ON named.id = person_id"
        " LEFT JOIN people before ON before.id = person_before_id"
        " LEFT JOIN units ON units.id = task_entries.unit_id WHERE task_id = ? ORDER BY position",
        (str(task_id),),
    )
    return [_entry(row) for row in rows]


def tasks_with_document(connection: sqlite3.Connection, document_id: Id) -> list[str]:
    """The tasks that a completion report with this document was delivered for."""
    rows = connection.execute(
        "SELECT DISTINCT task_id FROM task_documents JOIN task_entries USING (position)"
        " WHERE document_id = ? ORDER BY task_id",
        (str(document_id),),
    )
    return [row["task_id"] for row in rows]


def obligation_of(connection: sqlite3.Connection, of: Task) -> Obliged | None:
    """None for a task that was assigned directly."""
    if of.obligation_id is None:
        return None
    key = {"meeting": of.meeting_id, "item": of.item_id, "obligation": of.obligation_id}
    revision = connection.execute(
        "SELECT MAX(revision) FROM conclusions WHERE meeting_id = :meeting AND item_id = :item", key
    ).fetchone()[0]
    if revision is None:
        return None
    row = connection.execute(
        "SELECT text, lead_unit_id, due_at FROM conclusion_obligations WHERE meeting_id = :meeting"
        " AND item_id = :item AND obligation_id = :obligation AND revision = :revision",
        {**key, "revision": revision},
    ).fetchone()
    if row is None:
        return Obliged(revision, dropped=True)
    return Obliged(revision, False, row["text"], row["lead_unit_id"], datetime.fromisoformat(row["due_at"]))


def tasks_waiting(connection: sqlite3.Connection, person_id: Id, now: datetime) -> list[Waiting]:
    """What this person is to do next: judge what was delivered, accept for the own unit, deliver the own tasks."""
    units = units_worked_for(connection, person_id)
    judge = tasks(connection, now, assigner_id=person_id, stage=Stage.delivered)
    accept = [each for unit in sorted(units) for each in tasks(connection, now, unit_id=unit, stage=Stage.assigned)]
    deliver = tasks(connection, now, person_id=person_id, stage=Stage.in_progress)
    waiting = [("judge", judge), ("accept", accept), ("deliver", deliver)]
    return sorted(
        (Waiting(each, what) for what, listed in waiting for each in listed),
        key=lambda each: (each.task.due_at, each.task.id),
    )


def units_worked_for(connection: sqlite3.Connection, person_id: Id) -> frozenset[str]:
    """The units in whose name the person may accept tasks and report on them: as their leader or officer."""
    rows = connection.execute(
        "SELECT unit_id FROM roles WHERE person_id = :person AND role IN ('leader', 'officer') AND unit_id <> ''"
        " UNION SELECT unit_id FROM people WHERE id = :person AND unit_id IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM roles WHERE person_id = :person AND role IN ('leader', 'officer') AND roles.unit_id = '')",
        {"person": str(person_id)},
    )
    return frozenset(row["unit_id"] for row in rows)


def _coordinators(connection: sqlite3.Connection, task_ids: list[str]) -> dict[str, list[NamedUnit]]:
    found: dict[str, list[NamedUnit]] = {each: [] for each in task_ids}
    rows = connection.execute(
        "SELECT task_id, unit_id, COALESCE(units.name, '') AS name FROM task_coordinators"
        f" LEFT JOIN units ON units.id = unit_id WHERE task_id IN ({', '.join('?' * len(task_ids))})"
        " ORDER BY task_id, ordinal",
        task_ids,
    )
    for row in rows:
        found[row["task_id"]].append(NamedUnit(row["unit_id"], row["name"]))
    return found


def _task(row: sqlite3.Row, coordinators: Mapping[str, list[NamedUnit]], now: datetime) -> Task:
    due_at = datetime.fromisoformat(row["due_at"])
    return Task(
        id=row["id"],
        title=row["title"],
        stage=Stage(row["stage"]),
        state=DueState(row["state"]),
        lead_unit=NamedUnit(row["lead_unit_id"], row["unit_name"]),
        coordinating_units=tuple(coordinators[row["id"]]),
        assigner_id=row["assigner_id"],
        assigner=row["assigner"],
        responsible_id=row["responsible_id"],
        responsible=row["responsible"],
        assigned_at=datetime.fromisoformat(row["assigned_at"]),
        due_at=due_at,
        first_due_at=datetime.fromisoformat(row["first_due_at"]),
        working_days_left=working_days_left(now, due_at),
        percent=row["percent"],
        delivered_at=_moment_of(row["delivered_at"]),
        meeting_id=row["meeting_id"],
        item_id=row["item_id"],
        obligation_id=row["obligation_id"],
    )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        type=row["type"],
        at=datetime.fromisoformat(row["at"]),
        actor=row["doer"],
        text=row["text"],
        percent=row["percent"],
        due_at=_moment_of(row["due_at"]),
        due_before=_moment_of(row["due_before"]),
        person=row["person"],
        person_before=row["person_before"],
        unit=row["unit"],
        on_time=None if row["on_time"] is None else bool(row["on_time"]),
        document_ids=tuple(row["documents"].split(",")) if row["documents"] else (),
    )


def _moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
