"""Stamps that the edge would give: a fixed clock, an actor and new ids."""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from kernel.ids import uuid7
from kernel.messages import Command

STAMP_AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
C = TypeVar("C", bound=Command)


def ids(name: str) -> UUID:
    """Always the same id for the same name."""
    return uuid5(NAMESPACE_URL, f"dienhong:{name}")


def stamp(
    command: type[C], *, actor: str = "clerk", at: datetime = STAMP_AT, command_id: UUID | None = None, **fields: Any
) -> C:
    """`actor` is a person's id as text, or a name that `ids` turns into one."""
    who = actor if len(actor) == 36 else str(ids(actor))
    return command(id=command_id or uuid7(), actor=who, at=at, **fields)
