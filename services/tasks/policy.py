"""A conclusion's new obligations become tasks, each exactly once."""

from collections.abc import Sequence

from kernel.ids import derived
from kernel.messages import Event, Recorded
from services.meeting.messages import ConclusionRecorded
from services.tasks.messages import AssignTask, Source


def react(recorded: Recorded, event: Event) -> Sequence[AssignTask]:
    """The assigner is the presiding officer: whoever recorded the conclusion, it is theirs, and they judge the work.

    An obligation that a later revision changes or drops is left alone: the assigner extends or withdraws its task.
    """
    if not isinstance(event, ConclusionRecorded):
        return []
    new = frozenset(event.new_obligations)
    return [
        AssignTask(
            id=derived(recorded.id, f"assign {obligation.obligation_id}"),
            actor=recorded.actor,
            at=recorded.recorded_at,
            correlation_id=recorded.correlation_id,
            task_id=derived(recorded.id, f"task {obligation.obligation_id}"),
            title=obligation.text,
            lead_unit_id=obligation.lead_unit_id,
            coordinating_unit_ids=obligation.coordinating_unit_ids,
            due_at=obligation.due_at,
            assigner_id=event.presiding_officer_id,
            source=Source(meeting_id=event.meeting_id, item_id=event.item_id, obligation_id=obligation.obligation_id),
        )
        for obligation in event.obligations
        if obligation.obligation_id in new
    ]
