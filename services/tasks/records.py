"""What queries about tasks answer with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.tasks.deadlines import DueState, falls_on_a_day_off


class Stage(StrEnum):
    assigned = "assigned"
    in_progress = "in_progress"
    delivered = "delivered"
    completed = "completed"
    withdrawn = "withdrawn"


@dataclass(frozen=True)
class Viewer:
    """Who looks: sees tasks of the own person, units and meetings; `everything`: all but those of closed sittings."""

    person_id: str
    unit_ids: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(frozen=True)
class NamedUnit:
    id: str
    name: str


@dataclass(frozen=True)
class Task:
    """`working_days_left`: to the due day; negative once it has passed. Source ids: the conclusion it comes from."""

    id: str
    title: str
    stage: Stage
    state: DueState
    lead_unit: NamedUnit
    coordinating_units: tuple[NamedUnit, ...]
    assigner_id: str
    assigner: str
    responsible_id: str | None
    responsible: str
    assigned_at: datetime
    due_at: datetime
    first_due_at: datetime
    working_days_left: int
    percent: int
    delivered_at: datetime | None
    meeting_id: str | None
    item_id: str | None
    obligation_id: str | None

    @property
    def extended(self) -> bool:
        return self.due_at != self.first_due_at

    @property
    def due_on_a_day_off(self) -> bool:
        return falls_on_a_day_off(self.due_at)


@dataclass(frozen=True)
class Entry:
    """One fact of a task's history; `type` is the event's name and says which of the other fields are filled."""

    type: str
    at: datetime
    actor: str
    text: str
    percent: int | None
    due_at: datetime | None
    due_before: datetime | None
    person: str
    person_before: str
    unit: str
    on_time: bool | None
    document_ids: tuple[str, ...]


@dataclass(frozen=True)
class UnitCounts:
    """A lead unit's tasks by state; withdrawn ones are in no statistic."""

    unit: NamedUnit
    counts: Mapping[DueState, int]

    @property
    def total(self) -> int:
        return sum(number for state, number in self.counts.items() if state is not DueState.withdrawn)


@dataclass(frozen=True)
class Obliged:
    """What the conclusion in force says of a task's obligation; `dropped`: it is no longer in it."""

    revision: int
    dropped: bool
    text: str = ""
    lead_unit_id: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """A task and what it waits for from this person: `accept`, `deliver` or `judge`."""

    task: Task
    what: str
