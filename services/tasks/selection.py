"""Which tasks, at which moment: the pieces of SQL that lists and counts share."""

from datetime import UTC, datetime
from uuid import UUID

from services.tasks.deadlines import soon_until
from services.tasks.records import Stage, Viewer

Id = UUID | str
Values = dict[str, str | int]

STATE = """CASE
    WHEN stage = 'withdrawn' THEN 'withdrawn'
    WHEN stage = 'completed' THEN CASE WHEN on_time THEN 'done_on_time' ELSE 'done_late' END
    WHEN COALESCE(delivered_at, :now) > due_at THEN 'overdue'
    WHEN delivered_at IS NULL AND due_at <= :soon THEN 'due_soon'
    ELSE 'in_time' END"""
"""The same rule as `deadlines.open_state`, so that lists can be filtered and counted in the database."""

NOT_CLOSED = "COALESCE(tasks.meeting_id NOT IN (SELECT id FROM meetings WHERE closed_sitting), TRUE)"


def conditions(
    *,
    viewer: Viewer | None = None,
    task_id: Id | None = None,
    coordinating_unit_id: Id | None = None,
    unit_id: Id | None = None,
    person_id: Id | None = None,
    assigner_id: Id | None = None,
    meeting_id: Id | None = None,
    item_id: Id | None = None,
    stage: Stage | str | None = None,
) -> tuple[list[str], Values]:
    columns = {
        "tasks.id": task_id,
        "tasks.lead_unit_id": unit_id,
        "tasks.responsible_id": person_id,
        "tasks.assigner_id": assigner_id,
        "tasks.meeting_id": meeting_id,
        "tasks.item_id": item_id,
        "tasks.stage": stage,
    }
    stated, values = ["TRUE"], Values()
    for name, value in columns.items():
        if value is not None:
            key = name.partition(".")[2]
            stated.append(f"{name} = :{key}")
            values[key] = str(value)
    if coordinating_unit_id is not None:
        stated.append("tasks.id IN (SELECT task_id FROM task_coordinators WHERE unit_id = :coordinating)")
        values["coordinating"] = str(coordinating_unit_id)
    if viewer is not None:
        seen, own = _seen_by(viewer)
        stated.append(f"({seen} OR {NOT_CLOSED})" if viewer.everything else f"({seen})")
        values.update(own)
    return stated, values


def _seen_by(viewer: Viewer) -> tuple[str, Values]:
    names = {f"unit{n}": unit_id for n, unit_id in enumerate(sorted(viewer.unit_ids))}
    marks = ", ".join(f":{name}" for name in names) or "NULL"
    seen = (
        f"tasks.assigner_id = :viewer OR tasks.responsible_id = :viewer OR tasks.lead_unit_id IN ({marks})"
        f" OR tasks.id IN (SELECT task_id FROM task_coordinators WHERE unit_id IN ({marks}))"
        " OR tasks.meeting_id IN (SELECT meeting_id FROM invitations WHERE person_id = :viewer)"
        " OR tasks.meeting_id IN (SELECT id FROM meetings WHERE :viewer IN (presiding_officer_id, minute_taker_id))"
    )
    return seen, {"viewer": viewer.person_id, **names}


def utc(bound: datetime) -> str:
    """As times stand in the tables; a bound at the edge of the calendar cannot be shifted and need not be."""
    try:
        return bound.astimezone(UTC).isoformat()
    except OverflowError:
        return bound.replace(tzinfo=UTC).isoformat()


def moment(now: datetime) -> dict[str, str]:
    return {"now": now.astimezone(UTC).isoformat(), "soon": soon_until(now).isoformat()}
