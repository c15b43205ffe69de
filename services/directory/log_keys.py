"""Who signs the provable log: the order of two people that its key passes to another one."""

from collections.abc import Mapping, Sequence

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.directory.messages import LogKeyRotated, RotateLogKey

Newest = Mapping[str, str]
"""The key of each tree, by its name, that was rotated at least once."""


def decide(command: Command, state: Newest) -> Sequence[Event]:
    match command:
        case RotateLogKey():
            if str(command.confirmed_by) == command.actor:
                raise Refused("second_person_needed")
            newest = state.get(command.origin, command.old_key)
            if newest == command.new_key:
                return []
            if newest != command.old_key:
                raise Refused("not_the_log_key", command.old_key)
            return [LogKeyRotated.of(command)]
        case _:
            raise TypeError(type(command).__name__)


def evolve(state: Newest, event: Event) -> Newest:
    match event:
        case LogKeyRotated():
            return {**state, event.origin: event.new_key}
        case _:
            raise TypeError(type(event).__name__)


LOG_KEY: Decider[Newest] = Decider({}, decide, evolve)
