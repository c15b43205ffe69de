"""What travels: commands ask, events state facts, `Recorded` is an event in the log."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self
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

    @classmethod
    def of(cls, command: Command, **beside: object) -> Self:
        """The fact that a command asks for: what it says under the same names, and what is known beside it."""
        said = {name: getattr(command, name) for name in cls.model_fields if hasattr(command, name)}
        return cls(**said | beside)


class NewEvent(NamedTuple):
    """An encoded event that waits to be appended."""

    id: UUID
    type: str
    data: bytes
    meta: bytes


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(1000)
def _moment(microseconds: int) -> datetime:
    """All events of one commit have the same."""
    return EPOCH + timedelta(microseconds=microseconds)


@dataclass(slots=True)  # to freeze it would make reading a whole log half as slow again; nobody changes one
class Recorded:
    """An event as the log holds it: `version` counts from 0 in its stream, `position` from 1 in the whole log.

    A store makes it by `of_row`: what only few readers ask for is then worked out when it is asked for, since whoever
    reads a whole log mostly wants the data.
    """

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
    _id: str = field(init=False, repr=False, compare=False)
    _at: datetime | int = field(init=False, repr=False, compare=False)

    @classmethod
    def of_row(
        cls,
        event_id: str,
        kind: str,
        stream: str,
        version: int,
        position: int,
        at: datetime | int,
        data: bytes,
        meta: bytes,
    ) -> "Recorded":
        """`at`: when it was recorded, or that in microseconds since 1970."""
        recorded = _new(cls)
        recorded._id = event_id
        recorded.type = kind
        recorded.stream = stream
        recorded.version = version
        recorded.position = position
        recorded._at = at
        recorded.data = data
        recorded.meta = meta
        return recorded

    def __getattr__(self, name: str) -> Any:
        """Only for what is not there yet."""
        match name:
            case "id":
                self.id = UUID(self._id)
            case "_id":
                self._id = str(self.id)
            case "_at":
                self._at = self.recorded_at
            case "recorded_at":
                self.recorded_at = self._at if isinstance(self._at, datetime) else _moment(self._at)
            case "actor" | "deployment" | "correlation_id" | "causation_id":
                self._open_meta()
            case _:
                raise AttributeError(name)
        return object.__getattribute__(self, name)

    @property
    def id_text(self) -> str:
        """The id as it is written, for whoever takes in so many that making a `UUID` of each would cost most."""
        return self._id

    @property
    def id_bytes(self) -> bytes:
        raw = bytes.fromhex(self._id.replace("-", ""))
        if len(raw) != 16:
            raise ValueError(f"not an id: {self._id}")
        return raw

    @property
    def recorded_us(self) -> int:
        """`recorded_at` in microseconds since 1970."""
        at = self._at
        return at if isinstance(at, int) else (at - EPOCH) // timedelta(microseconds=1)

    def _open_meta(self) -> None:
        fields = json.loads(self.meta)
        self.actor, self.deployment = fields["actor"], fields["deployment"]
        self.correlation_id, self.causation_id = UUID(fields["correlation_id"]), UUID(fields["causation_id"])


_new = object.__new__


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a command: the log position of its effect and its events' ids (none if it was already so)."""

    position: int
    event_ids: tuple[UUID, ...] = ()
