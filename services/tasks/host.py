"""Tasks as a process of its own."""

from kernel.adapters.entrypoints_nameko import command, every_while, on_fact
from kernel.adapters.hosting_nameko import Reactions, hosted
from kernel.codec import Codec
from services.meeting.messages import ConclusionRecorded
from services.tasks import messages
from services.tasks.service import REACTS_TO, TasksService


class TasksHost:
    name = "tasks"
    tasks = hosted(
        messages,
        lambda parts: TasksService(parts.store, parts.deployment),
        Reactions("tasks.from_conclusions", Codec([ConclusionRecorded]), REACTS_TO),
    )

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.tasks.execute(name, text)

    @on_fact("meeting", "ConclusionRecorded")
    def on_event(self, _envelope: dict[str, object]) -> None:
        self.tasks.follow()

    @every_while
    def fill_gaps(self) -> None:
        self.tasks.follow()
