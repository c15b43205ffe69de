"""Executes the commands of tasks and assigns what conclusions oblige."""

from kernel.codec import Codec
from kernel.handle import CommandHandler
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.ports import EventStore
from services.tasks.decider import decider, stream
from services.tasks.messages import (
    EVENTS,
    AcceptCompletion,
    AcceptTask,
    AssignTask,
    DeliverCompletion,
    ExtendTask,
    HandOverTask,
    NameResponsible,
    ReportContribution,
    ReportProgress,
    ReturnCompletion,
    WithdrawTask,
)
from services.tasks.policy import react

CODEC = Codec(EVENTS)
REACTS_TO = frozenset({"ConclusionRecorded"})
TaskCommand = (
    AssignTask
    | AcceptTask
    | NameResponsible
    | ReportProgress
    | ReportContribution
    | DeliverCompletion
    | AcceptCompletion
    | ReturnCompletion
    | ExtendTask
    | HandOverTask
    | WithdrawTask
)


class TasksService:
    def __init__(self, store: EventStore, deployment: str) -> None:
        self._handler = CommandHandler("tasks", store, CODEC, deployment)

    def execute(self, command: Command) -> Accepted:
        if not isinstance(command, TaskCommand):
            raise TypeError(f"not a command of tasks: {type(command).__name__}")
        return self._handler.handle(decider, stream(command.task_id), command)

    def on_event(self, recorded: Recorded, event: Event) -> None:
        for command in react(recorded, event):
            self.execute(command)
