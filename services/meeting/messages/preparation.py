"""The meeting as it is planned: when, where, by whom, and its agenda. Stream: `meeting-<id>`."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from kernel.messages import Command, Event


class MeetingKind(StrEnum):
    session_regular = "session_regular"
    session_thematic = "session_thematic"
    session_urgent = "session_urgent"
    committee_regular = "committee_regular"
    briefing = "briefing"


class PlanMeeting(Command):
    meeting_id: UUID
    body_id: UUID
    kind: MeetingKind
    title: str = Field(min_length=3, max_length=300)
    place: str = Field(min_length=1, max_length=300)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    presiding_officer_id: UUID
    minute_taker_id: UUID
    closed_sitting: bool = False


class MeetingPlanned(Event):
    meeting_id: UUID
    body_id: UUID
    kind: MeetingKind
    title: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    presiding_officer_id: UUID
    minute_taker_id: UUID
    closed_sitting: bool = False


class ReplanMeeting(Command):
    meeting_id: UUID
    title: str = Field(min_length=3, max_length=300)
    place: str = Field(min_length=1, max_length=300)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    presiding_officer_id: UUID
    minute_taker_id: UUID


class MeetingReplanned(Event):
    meeting_id: UUID
    title: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    presiding_officer_id: UUID
    minute_taker_id: UUID


class CancelMeeting(Command):
    meeting_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class MeetingCancelled(Event):
    meeting_id: UUID
    reason: str


class AddAgendaItem(Command):
    """`parent_id` makes it a sub-item; `before_id` places it before a sibling, otherwise it comes last."""

    meeting_id: UUID
    item_id: UUID
    title: str = Field(min_length=1, max_length=500)
    minutes: int = Field(ge=0, le=1440)
    presenter_id: UUID | None = None
    presenter_text: str = Field("", max_length=200)
    parent_id: UUID | None = None
    before_id: UUID | None = None


class AgendaItemAdded(Event):
    meeting_id: UUID
    item_id: UUID
    title: str
    minutes: int
    presenter_id: UUID | None = None
    presenter_text: str = ""
    parent_id: UUID | None = None
    before_id: UUID | None = None


class ReviseAgendaItem(Command):
    meeting_id: UUID
    item_id: UUID
    title: str = Field(min_length=1, max_length=500)
    minutes: int = Field(ge=0, le=1440)
    presenter_id: UUID | None = None
    presenter_text: str = Field("", max_length=200)


class AgendaItemRevised(Event):
    meeting_id: UUID
    item_id: UUID
    title: str
    minutes: int
    presenter_id: UUID | None = None
    presenter_text: str = ""


class MoveAgendaItem(Command):
    meeting_id: UUID
    item_id: UUID
    parent_id: UUID | None = None
    before_id: UUID | None = None


class AgendaItemMoved(Event):
    meeting_id: UUID
    item_id: UUID
    parent_id: UUID | None = None
    before_id: UUID | None = None


class RemoveAgendaItem(Command):
    """Removes the item with its sub-items; attached documents stay with the meeting."""

    meeting_id: UUID
    item_id: UUID


class AgendaItemRemoved(Event):
    meeting_id: UUID
    item_id: UUID


EVENTS = (
    MeetingPlanned,
    MeetingReplanned,
    MeetingCancelled,
    AgendaItemAdded,
    AgendaItemRevised,
    AgendaItemMoved,
    AgendaItemRemoved,
)
