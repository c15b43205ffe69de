"""What the meeting concluded on an item. Stream: `conclusion-<meeting id>+<item id>`."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from kernel.messages import Command, Event, Message


class Obligation(Message):
    """Who must do what by when; becomes a task of the lead unit."""

    obligation_id: UUID
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    lead_unit_id: UUID
    coordinating_unit_ids: tuple[UUID, ...] = Field((), max_length=50)
    due_at: AwareDatetime


class RecordConclusion(Command):
    """`revision`: 0 for the first, else the number of the one it replaces; a stale one is refused.

    `presiding_officer_id`: whose conclusion it is, whoever types it; the obligations' tasks are assigned in this name.
    """

    meeting_id: UUID
    item_id: UUID
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
    obligations: tuple[Obligation, ...] = Field((), max_length=50)
    presiding_officer_id: UUID
    revision: int = Field(0, ge=0)


class ConclusionRecorded(Event):
    """Replaces the revision before. `new_obligations`: those not in an earlier revision; each becomes a task once."""

    meeting_id: UUID
    item_id: UUID
    text: str
    obligations: tuple[Obligation, ...] = ()
    new_obligations: tuple[UUID, ...] = ()
    presiding_officer_id: UUID
    revision: int


EVENTS = (ConclusionRecorded,)
