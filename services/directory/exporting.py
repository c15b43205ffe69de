"""Exports of the log: who took everything that is recorded away, and which tree it was."""

from collections.abc import Sequence

from kernel.decider import Decider
from kernel.messages import Command, Event
from services.directory.messages import LogExported, TakeExport

Taken = bool


def decide(command: Command, state: Taken) -> Sequence[Event]:
    match command:
        case TakeExport():
            return [] if state else [LogExported.of(command)]
        case _:
            raise TypeError(type(command).__name__)


def evolve(_state: Taken, event: Event) -> Taken:
    match event:
        case LogExported():
            return True
        case _:
            raise TypeError(type(event).__name__)


EXPORT: Decider[Taken] = Decider(False, decide, evolve)
