"""Sends each command to the decider and stream that it changes."""

from kernel.codec import Codec
from kernel.handle import CommandHandler
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.ports import EventStore
from services.meeting import conclusions, minutes, policy, preparation, sitting
from services.meeting.messages import EVENTS

CODEC = Codec(EVENTS)
REACTS_TO = frozenset({"SessionOpened"})


class MeetingService:
    def __init__(self, store: EventStore, deployment: str) -> None:
        self._handler = CommandHandler("meeting", store, CODEC, deployment)

    def execute(self, command: Command) -> Accepted:
        handle = self._handler.handle
        if isinstance(command, preparation.Commands):
            return handle(preparation.decider, f"meeting-{command.meeting_id}", command)
        if isinstance(command, sitting.Commands):
            return handle(sitting.decider, f"sitting-{command.meeting_id}", command)
        if isinstance(command, conclusions.Commands):
            return handle(conclusions.decider, conclusions.stream(command.meeting_id, command.item_id), command)
        if isinstance(command, minutes.Commands):
            return handle(minutes.decider, f"minutes-{command.meeting_id}", command)
        raise TypeError(f"{type(command).__name__} is no command of the meeting service")

    def on_event(self, recorded: Recorded, event: Event) -> None:
        for command in policy.react(recorded, event):
            self.execute(command)
