"""What a process knows of the streams it writes: a long one is not read from its beginning for every command."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from kernel.codec import Codec
from kernel.decider import Decider
from kernel.messages import Recorded
from kernel.ports import NO_STREAM

State = TypeVar("State")

REMEMBERED = 256
"""Streams; whichever was used longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class Caused:
    """The events of one command: which request it was part of, where the last of them stands."""

    correlation_id: UUID
    position: int
    event_ids: tuple[UUID, ...]


@dataclass(slots=True)
class Folded(Generic[State]):
    """One stream up to `version`. Only who holds the stream's lock may look at it or bring it up to date."""

    decider: Decider[State]
    state: State
    version: int = NO_STREAM
    position: int = 0
    caused: dict[UUID, Caused] = field(default_factory=dict)

    def take_in(self, news: Sequence[Recorded], codec: Codec) -> None:
        """All of it or, when something cannot be read, nothing."""
        state = self.state
        for recorded in news:
            state = self.decider.evolve(state, codec.decode(recorded))
        for recorded in news:
            before = self.caused.get(recorded.causation_id)
            ids = (*(before.event_ids if before else ()), recorded.id)
            self.caused[recorded.causation_id] = Caused(recorded.correlation_id, recorded.position, ids)
        if news:
            self.state, self.version, self.position = state, news[-1].version, news[-1].position


class FoldedStreams:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[str, Folded[Any]] = OrderedDict()

    def of(self, stream: str, decider: Decider[State]) -> Folded[State]:
        with self._guard:
            known = self._known.pop(stream, None)
            if known is None or known.decider is not decider:
                known = Folded(decider, decider.initial)
            self._known[stream] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known
