"""Meetings as a process of its own."""

from kernel.adapters.entrypoints_nameko import command, every_while, on_fact
from kernel.adapters.hosting_nameko import Reactions, hosted
from services.meeting import messages
from services.meeting.service import CODEC, REACTS_TO, MeetingService


class MeetingHost:
    name = "meeting"
    meeting = hosted(
        messages,
        lambda parts: MeetingService(parts.store, parts.deployment),
        Reactions("meeting.preparation", CODEC, REACTS_TO),
    )

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.meeting.execute(name, text)

    @on_fact("meeting", "SessionOpened")
    def on_event(self, _envelope: dict[str, object]) -> None:
        self.meeting.follow()

    @every_while
    def fill_gaps(self) -> None:
        self.meeting.follow()
