"""Decider tests read as one sentence: given a history, when a command comes, then these events."""

from dataclasses import dataclass
from typing import Any

import pytest

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event


@dataclass(frozen=True)
class Outcome:
    decider: Decider[Any]
    history: tuple[Event, ...]
    command: Command

    def _decide(self) -> list[Event]:
        return list(self.decider.decide(self.command, self.decider.fold(self.history)))

    def then(self, *events: Event) -> None:
        assert self._decide() == list(events)

    def then_nothing(self) -> None:
        assert self._decide() == []

    def then_refused(self, code: str) -> None:
        with pytest.raises(Refused) as refusal:
            self._decide()
        assert refusal.value.code == code


@dataclass(frozen=True)
class Given:
    decider: Decider[Any]
    history: tuple[Event, ...]

    def when(self, command: Command) -> Outcome:
        return Outcome(self.decider, self.history, command)


def given(decider: Decider[Any], *history: Event) -> Given:
    return Given(decider, history)
