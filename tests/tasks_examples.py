"""Example tasks: what was said about one task of the finance office, in the order in which it happens."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.ids import uuid7
from kernel.messages import Event, Recorded
from services.tasks.messages import (
    CompletionAccepted,
    CompletionDelivered,
    CompletionReturned,
    ContributionReported,
    ProgressReported,
    ResponsibleNamed,
    TaskAccepted,
    TaskAssigned,
    TaskExtended,
    TaskHandedOver,
    TaskWithdrawn,
)
from tests.stamps import STAMP_AT, ids

TASK = ids("task")
DUE = STAMP_AT + timedelta(days=10)


def assigned(**fields: Any) -> TaskAssigned:
    values: dict[str, Any] = {
        "task_id": TASK,
        "title": "Trình phương án phân bổ vốn đầu tư công năm 2027",
        "lead_unit_id": ids("finance"),
        "coordinating_unit_ids": (ids("planning"),),
        "due_at": DUE,
        "assigner_id": ids("chair"),
    }
    return TaskAssigned(**{**values, **fields})


def accepted(responsible: str = "binh") -> TaskAccepted:
    return TaskAccepted(task_id=TASK, responsible_id=ids(responsible))


def renamed(responsible: str = "cuong", reason: str = "") -> ResponsibleNamed:
    return ResponsibleNamed(task_id=TASK, responsible_id=ids(responsible), reason=reason)


def handed_over(assigner: str = "successor", reason: str = "Thôi giữ chức vụ.") -> TaskHandedOver:
    return TaskHandedOver(task_id=TASK, assigner_id=ids(assigner), reason=reason)


def progressed(percent: int = 40, note: str = "Đã tổng hợp số liệu.") -> ProgressReported:
    return ProgressReported(task_id=TASK, percent=percent, note=note)


def contributed(note: str = "Đã gửi danh mục.") -> ContributionReported:
    return ContributionReported(task_id=TASK, unit_id=ids("planning"), note=note)


def delivered(at: datetime = STAMP_AT, report: str = "Đã trình phương án.") -> CompletionDelivered:
    return CompletionDelivered(task_id=TASK, report=report, delivered_at=at)


def returned(reason: str = "Thiếu nguồn vốn.") -> CompletionReturned:
    return CompletionReturned(task_id=TASK, reason=reason)


def completed(at: datetime = STAMP_AT, on_time: bool = True) -> CompletionAccepted:
    return CompletionAccepted(task_id=TASK, delivered_at=at, on_time=on_time)


def extended(due_at: datetime, reason: str = "Chờ ý kiến Sở.") -> TaskExtended:
    return TaskExtended(task_id=TASK, due_at=due_at, reason=reason)


def withdrawn(reason: str = "Đã giao nơi khác.") -> TaskWithdrawn:
    return TaskWithdrawn(task_id=TASK, reason=reason)


def recorded(
    event: Event,
    *,
    actor: str = "chair",
    at: datetime = STAMP_AT,
    event_id: UUID = ids("fact"),  # noqa: B008 - an immutable value
    position: int = 1,
) -> Recorded:
    return Recorded(
        id=event_id,
        type=type(event).__name__,
        stream="task-1",
        version=0,
        position=position,
        recorded_at=at,
        actor=str(ids(actor)),
        deployment="test",
        correlation_id=uuid7(),
        causation_id=uuid7(),
        data=b"",
        meta=b"",
    )
