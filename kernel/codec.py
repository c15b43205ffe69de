"""Between events and the bytes of the log. Every type ever written stays readable."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from kernel.ids import derived
from kernel.messages import Command, Event, NewEvent, Recorded

Upcaster = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]
"""Turns the data of an old type into a newer type's name and data."""


class UnknownEvent(Exception):
    """The log holds a type that this program does not know; a reader stops there rather than guess."""


class Codec:
    def __init__(self, types: Iterable[type[Event]], upcasters: Mapping[str, Upcaster] | None = None) -> None:
        self._types = {each.__name__: each for each in types}
        # What `model_validate_json` wraps; the wrapper takes a third of the time of a whole replay.
        self._validated: dict[str, Callable[[bytes], Event]] = {
            name: each.__pydantic_validator__.validate_json for name, each in self._types.items()
        }
        self._upcasters = dict(upcasters or {})

    @property
    def types(self) -> frozenset[str]:
        return frozenset(self._types) | frozenset(self._upcasters)

    def known(self, name: str) -> type[Event]:
        """The class of a current type; raises `UnknownEvent`."""
        if name not in self._types:
            raise UnknownEvent(name)
        return self._types[name]

    def __or__(self, other: "Codec") -> "Codec":
        shared = self.types & other.types
        if shared:
            raise ValueError(f"event types defined twice: {sorted(shared)}")
        return Codec((*self._types.values(), *other._types.values()), {**self._upcasters, **other._upcasters})

    def decode(self, recorded: Recorded) -> Event:
        validated = self._validated.get(recorded.type)
        if validated is not None:
            return validated(recorded.data)
        name = recorded.type
        fields: dict[str, Any] = {}
        while name in self._upcasters:
            name, fields = self._upcasters[name](fields or json.loads(recorded.data))
        if name not in self._types:
            raise UnknownEvent(recorded.type, recorded.position)
        return self._types[name].model_validate(fields)

    def encode(self, event: Event, command: Command, index: int, deployment: str, traceparent: str = "") -> NewEvent:
        """The event's id derives from the command's, so that a repeated command repeats the same ids."""
        name = type(event).__name__
        if self._types.get(name) is not type(event):
            raise UnknownEvent(name)
        return NewEvent(
            derived(command.id, index),
            name,
            event.__pydantic_serializer__.to_json(event),  # what `model_dump_json` wraps, without its options
            encode_meta(command.actor, deployment, command.correlation_id or command.id, command.id, traceparent),
        )


def encode_meta(actor: str, deployment: str, correlation_id: UUID, causation_id: UUID, traceparent: str = "") -> bytes:
    """`traceparent` (W3C Trace Context) is there only when the event was written under a trace.

    It tells operators which lines of their logs belong together and means nothing else: no decider and no view reads
    it, events without it are complete, and an event sent again under another trace is still the same event (stores
    compare id, place, type and data) and keeps the trace that it was first recorded under.
    """
    fields = {
        "actor": actor,
        "deployment": deployment,
        "correlation_id": correlation_id,
        "causation_id": causation_id,
    }
    return to_json({**fields, "traceparent": traceparent} if traceparent else fields)
