"""What the meeting service does when something has happened."""

from kernel.ids import derived
from kernel.messages import Command, Event, Recorded
from services.meeting.messages import EndPreparation, SessionOpened


def react(recorded: Recorded, event: Event) -> list[Command]:
    match event:
        case SessionOpened(meeting_id=meeting_id):
            return [
                EndPreparation(
                    id=derived(recorded.id, 0), actor=recorded.actor, at=recorded.recorded_at, meeting_id=meeting_id
                )
            ]
        case _:
            return []
