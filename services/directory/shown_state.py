"""What people are shown: each copy of the views records its hashes once a day, for auditors to compare."""

from collections.abc import Sequence

from kernel.decider import Decider
from kernel.messages import Command, Event
from services.directory.messages import RecordState, StateHashed

Recorded = bool


def decide(command: Command, state: Recorded) -> Sequence[Event]:
    match command:
        case RecordState():
            return [] if state else [StateHashed.of(command)]
        case _:
            raise TypeError(type(command).__name__)


def evolve(_state: Recorded, event: Event) -> Recorded:
    match event:
        case StateHashed():
            return True
        case _:
            raise TypeError(type(event).__name__)


STATE: Decider[Recorded] = Decider(False, decide, evolve)
