"""A decider is three pure things: an initial state, `decide` and `evolve`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from kernel.messages import Command, Event

State = TypeVar("State")


class Refused(Exception):
    """The rules do not allow the command. `code` is stable and snake_case; `detail` names what was wrong, for logs."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Decider(Generic[State]):
    """`decide` answers with events, with nothing when it is already so, or raises `Refused`."""

    initial: State
    decide: Callable[[Command, State], Sequence[Event]]
    evolve: Callable[[State, Event], State]

    def fold(self, events: Iterable[Event]) -> State:
        return reduce(self.evolve, events, self.initial)
