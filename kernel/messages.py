"""What travels: commands ask, events state facts, `Recorded` is an event in the log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Message(BaseModel):
    """Immutable; an unknown field is an error, so a misspelt one can never be lost silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(Message):
    """A request to change one stream. `id`, `actor` and `at` are stamped at the edge; `decide` reads no clock."""

    id: UUID
    actor: str
    at: AwareDatetime
    correlation_id: UUID | None = None


class Event(Message):
    """A business fact in the past tense. Its type in the log is the class name, frozen for ever."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An encoded event that waits to be appended."""

    id: UUID
    type: str
    data: bytes
    meta: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log holds it: `version` counts from 0 in its stream, `position` from 1 in the whole log."""

    id: UUID
    type: str
    stream: str
    version: int
    position: int
    recorded_at: datetime
    actor: str
    deployment: str
    correlation_id: UUID
    causation_id: UUID
    data: bytes
    meta: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a command: the log position of its effect and its events' ids (none if it was already so)."""

    position: int
    event_ids: tuple[UUID, ...] = ()
