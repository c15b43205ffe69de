"""What happens in the hall. Stream: `sitting-<meeting id>`."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event, Message


class Mode(StrEnum):
    """How a person attends."""

    in_person = "in_person"
    online = "online"


class AbsenceKind(StrEnum):
    absent_excused = "absent_excused"
    absent_unexcused = "absent_unexcused"


class Quorum(Message):
    """Present when `present * denominator >= seats * numerator`, counting voting members only."""

    seats: int = Field(ge=1)
    numerator: int = Field(ge=1)
    denominator: int = Field(ge=1)

    @property
    def needed(self) -> int:
        return -(-self.seats * self.numerator // self.denominator)


class OpenRollCall(Command):
    """From here on people can check in. `code`: what the hall screen shows; `voters`: who counts for the quorum."""

    meeting_id: UUID
    code: str = Field(pattern=r"^[0-9]{6}$")
    voters: tuple[UUID, ...] = Field(min_length=1, max_length=2000)
    others: tuple[UUID, ...] = ()
    quorum: Quorum


class RollCallOpened(Event):
    meeting_id: UUID
    code: str
    voters: tuple[UUID, ...]
    others: tuple[UUID, ...] = ()
    quorum: Quorum


class ExtendRoll(Command):
    """People who were invited, or got a mandate, after the roll call had opened. The quorum stays as it was opened."""

    meeting_id: UUID
    voters: tuple[UUID, ...] = Field((), max_length=2000)
    others: tuple[UUID, ...] = Field((), max_length=2000)


class RollExtended(Event):
    """A voter who was listed among the others until now counts for the quorum from here on."""

    meeting_id: UUID
    voters: tuple[UUID, ...] = ()
    others: tuple[UUID, ...] = ()


class RenewCheckInCode(Command):
    meeting_id: UUID
    code: str = Field(pattern=r"^[0-9]{6}$")


class CheckInCodeRenewed(Event):
    meeting_id: UUID
    code: str


class CheckIn(Command):
    """The person checks in alone: with the code in the hall, without it online."""

    meeting_id: UUID
    person_id: UUID
    mode: Mode
    code: str = ""


class RecordArrival(Command):
    """The clerk records an arrival or a return."""

    meeting_id: UUID
    person_id: UUID
    mode: Mode = Mode.in_person


class Arrived(Event):
    meeting_id: UUID
    person_id: UUID
    mode: Mode
    by: Literal["self", "clerk"]


class RecordDeparture(Command):
    meeting_id: UUID
    person_id: UUID


class Departed(Event):
    meeting_id: UUID
    person_id: UUID


class RecordAbsence(Command):
    meeting_id: UUID
    person_id: UUID
    kind: AbsenceKind
    reason: str = Field("", max_length=500)


class AbsenceRecorded(Event):
    meeting_id: UUID
    person_id: UUID
    kind: AbsenceKind
    reason: str = ""


class OpenSession(Command):
    """Refused without quorum (`no_quorum`)."""

    meeting_id: UUID


class SessionOpened(Event):
    meeting_id: UUID
    present: int
    needed: int


class SuspendSession(Command):
    meeting_id: UUID
    reason: str = Field("", max_length=500)


class SessionSuspended(Event):
    meeting_id: UUID
    reason: str = ""


class ResumeSession(Command):
    meeting_id: UUID


class SessionResumed(Event):
    meeting_id: UUID


class CloseSession(Command):
    meeting_id: UUID


class SessionClosed(Event):
    meeting_id: UUID


class BeginAgendaItem(Command):
    """Moves the meeting to this item; the one before it ends."""

    meeting_id: UUID
    item_id: UUID


class AgendaItemBegun(Event):
    meeting_id: UUID
    item_id: UUID


class RequestFloor(Command):
    meeting_id: UUID
    request_id: UUID
    person_id: UUID
    subject: str = Field("", max_length=300)


class FloorRequested(Event):
    meeting_id: UUID
    request_id: UUID
    person_id: UUID
    item_id: UUID | None
    subject: str = ""


class WithdrawFloorRequest(Command):
    meeting_id: UUID
    request_id: UUID


class FloorRequestWithdrawn(Event):
    meeting_id: UUID
    request_id: UUID


class GiveFloor(Command):
    """The speaker before is ended. `seconds`: the time allowed; 0 means no limit."""

    meeting_id: UUID
    request_id: UUID
    seconds: int = Field(ge=0, le=7200)


class FloorGiven(Event):
    meeting_id: UUID
    request_id: UUID
    person_id: UUID
    item_id: UUID | None
    seconds: int


class EndSpeech(Command):
    meeting_id: UUID


class SpeechEnded(Event):
    meeting_id: UUID
    request_id: UUID
    person_id: UUID


class NoteDiscussion(Command):
    """A short note of what somebody said, for the minutes."""

    meeting_id: UUID
    note_id: UUID
    text: str = Field(min_length=1, max_length=4000)
    person_id: UUID | None = None
    item_id: UUID | None = None


class DiscussionNoted(Event):
    meeting_id: UUID
    note_id: UUID
    text: str
    person_id: UUID | None = None
    item_id: UUID | None = None


class CorrectNote(Command):
    meeting_id: UUID
    note_id: UUID
    text: str = Field(min_length=1, max_length=4000)


class NoteCorrected(Event):
    meeting_id: UUID
    note_id: UUID
    text: str


EVENTS = (
    RollCallOpened,
    RollExtended,
    CheckInCodeRenewed,
    Arrived,
    Departed,
    AbsenceRecorded,
    SessionOpened,
    SessionSuspended,
    SessionResumed,
    SessionClosed,
    AgendaItemBegun,
    FloorRequested,
    FloorRequestWithdrawn,
    FloorGiven,
    SpeechEnded,
    DiscussionNoted,
    NoteCorrected,
)
