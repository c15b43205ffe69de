"""Meetings: preparation, the sitting, conclusions and minutes. Commands and events.

Streams: `meeting-<id>` (preparation and publication), `sitting-<meeting id>` (what happens in the hall),
`conclusion-<meeting id>+<item id>`, `minutes-<meeting id>`.
"""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from kernel.messages import Command, Event, Message


class MeetingKind(StrEnum):
    session_regular = "session_regular"
    session_thematic = "session_thematic"
    session_urgent = "session_urgent"
    committee_regular = "committee_regular"
    briefing = "briefing"


class DocumentKind(StrEnum):
    main = "main"
    reference = "reference"
    personal = "personal"
    link = "link"


class Answer(StrEnum):
    coming = "coming"
    absent = "absent"
    substitute = "substitute"


class Mode(StrEnum):
    """How a person attends."""

    in_person = "in_person"
    online = "online"


class AbsenceKind(StrEnum):
    absent_excused = "absent_excused"
    absent_unexcused = "absent_unexcused"


class Invitee(Message):
    """`voting`: a member with a mandate on the day; otherwise a guest or an attending unit's representative."""

    person_id: UUID
    voting: bool


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


class AttachDocument(Command):
    """Puts a document into the dossier of an agenda item, or of the whole meeting. `for_person_id`: personal papers."""

    meeting_id: UUID
    document_id: UUID
    kind: DocumentKind
    item_id: UUID | None = None
    for_person_id: UUID | None = None
    url: str = Field("", max_length=2000)
    title: str = Field(min_length=1, max_length=500)


class DocumentAttached(Event):
    """`late`: it came after publication, or inside the body's notice period."""

    meeting_id: UUID
    document_id: UUID
    kind: DocumentKind
    item_id: UUID | None = None
    for_person_id: UUID | None = None
    url: str = ""
    title: str
    late: bool = False


class DetachDocument(Command):
    meeting_id: UUID
    document_id: UUID
    reason: str = Field("", max_length=500)


class DocumentDetached(Event):
    meeting_id: UUID
    document_id: UUID
    reason: str = ""


class SubmitDossier(Command):
    """Asks one leader to approve agenda and dossier."""

    meeting_id: UUID
    leader_id: UUID
    note: str = Field("", max_length=2000)


class DossierSubmitted(Event):
    meeting_id: UUID
    leader_id: UUID
    note: str = ""


class ApproveDossier(Command):
    meeting_id: UUID
    note: str = Field("", max_length=2000)


class DossierApproved(Event):
    meeting_id: UUID
    note: str = ""


class RecallDossier(Command):
    """The clerk takes a submitted dossier back before the leader has decided."""

    meeting_id: UUID
    reason: str = Field("", max_length=2000)


class DossierRecalled(Event):
    meeting_id: UUID
    reason: str = ""


class ReturnDossier(Command):
    meeting_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class DossierReturned(Event):
    meeting_id: UUID
    reason: str


class PublishMeeting(Command):
    """Invites people and opens the dossier to them. `papers_due_at`: the last lawful moment for papers."""

    meeting_id: UUID
    invitees: tuple[Invitee, ...] = Field(min_length=1, max_length=2000)
    papers_due_at: AwareDatetime


class MeetingPublished(Event):
    """`late`: published after `papers_due_at`, so all papers are stamped as late."""

    meeting_id: UUID
    invitees: tuple[Invitee, ...]
    papers_due_at: AwareDatetime
    late: bool


class InvitePeople(Command):
    meeting_id: UUID
    invitees: tuple[Invitee, ...] = Field(min_length=1, max_length=2000)


class PeopleInvited(Event):
    meeting_id: UUID
    invitees: tuple[Invitee, ...]


class AnswerInvitation(Command):
    """A substitute attends in the member's place and cannot vote unless a rule card says otherwise."""

    meeting_id: UUID
    person_id: UUID
    answer: Answer
    reason: str = Field("", max_length=1000)
    substitute_name: str = Field("", max_length=120)


class InvitationAnswered(Event):
    meeting_id: UUID
    person_id: UUID
    answer: Answer
    reason: str = ""
    substitute_name: str = ""


class EndPreparation(Command):
    """Sent by the meeting service to itself when the session has opened."""

    meeting_id: UUID


class PreparationEnded(Event):
    """From here on answers, time and place stand, and no agenda item is removed; items may still be added."""

    meeting_id: UUID


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


class Obligation(Message):
    """Who must do what by when; becomes a task of the lead unit."""

    obligation_id: UUID
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    lead_unit_id: UUID
    coordinating_unit_ids: tuple[UUID, ...] = Field((), max_length=50)
    due_at: AwareDatetime


class RecordConclusion(Command):
    """`revision`: 0 for the first, else the number of the one it replaces; a stale one is refused.

    `presiding_officer_id`: whose conclusion it is, whoever types it; the obligations' tasks are assigned in this name.
    """

    meeting_id: UUID
    item_id: UUID
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
    obligations: tuple[Obligation, ...] = Field((), max_length=50)
    presiding_officer_id: UUID
    revision: int = Field(0, ge=0)


class ConclusionRecorded(Event):
    """Replaces the revision before. `new_obligations`: those not in an earlier revision; each becomes a task once."""

    meeting_id: UUID
    item_id: UUID
    text: str
    obligations: tuple[Obligation, ...] = ()
    new_obligations: tuple[UUID, ...] = ()
    presiding_officer_id: UUID
    revision: int


class MinutesSection(StrEnum):
    """The text sections people may edit; everything else in the minutes follows from events."""

    opening = "opening"
    proceedings = "proceedings"
    closing = "closing"


class DraftMinutes(Command):
    """`as_of`: the log position the generated parts are taken at; drafting again moves it forward.

    `presiding_officer_id`: who presided by the record at that position, the one person who may approve.
    """

    meeting_id: UUID
    as_of: int = Field(ge=1)
    presiding_officer_id: UUID


class MinutesDrafted(Event):
    meeting_id: UUID
    as_of: int
    presiding_officer_id: UUID


class NumberMinutes(Command):
    """The paper's number (empty while the register has given none), its symbol and the place name before the date."""

    meeting_id: UUID
    number: str = Field("", pattern=r"^[0-9]{0,6}$")
    symbol: str = Field(min_length=1, max_length=40)
    place_name: str = Field(min_length=1, max_length=120)


class MinutesNumbered(Event):
    meeting_id: UUID
    number: str
    symbol: str
    place_name: str


class EditMinutes(Command):
    """`revision`: of the section's text that was edited, 0 for the first; another one is refused (`stale_text`)."""

    meeting_id: UUID
    section: MinutesSection
    text: str = Field(max_length=50000)
    revision: int = Field(ge=0)


class MinutesEdited(Event):
    """`revision`: of the new text, from 1."""

    meeting_id: UUID
    section: MinutesSection
    text: str
    revision: int


class SubmitMinutes(Command):
    """Asks the presiding officer to approve the stored PDF with this SHA-256.

    `changes`: how many drafts, numbers and edits the PDF was made of; if there are more, it is a `stale_document`.
    """

    meeting_id: UUID
    pdf_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    changes: int = Field(ge=1)


class MinutesSubmitted(Event):
    meeting_id: UUID
    pdf_sha256: str


class ReturnMinutes(Command):
    meeting_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class MinutesReturned(Event):
    meeting_id: UUID
    reason: str


class ApproveMinutes(Command):
    """The presiding officer approves exactly the PDF with this SHA-256."""

    meeting_id: UUID
    pdf_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class MinutesApproved(Event):
    meeting_id: UUID
    pdf_sha256: str


class PublishMinutes(Command):
    """Distributes the approved PDF to people and units."""

    meeting_id: UUID
    recipient_ids: tuple[UUID, ...] = ()
    recipient_unit_ids: tuple[UUID, ...] = ()


class MinutesPublished(Event):
    meeting_id: UUID
    pdf_sha256: str
    recipient_ids: tuple[UUID, ...] = ()
    recipient_unit_ids: tuple[UUID, ...] = ()


EVENTS = (
    MeetingPlanned,
    MeetingReplanned,
    MeetingCancelled,
    AgendaItemAdded,
    AgendaItemRevised,
    AgendaItemMoved,
    AgendaItemRemoved,
    DocumentAttached,
    DocumentDetached,
    DossierSubmitted,
    DossierApproved,
    DossierRecalled,
    DossierReturned,
    MeetingPublished,
    PeopleInvited,
    InvitationAnswered,
    PreparationEnded,
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
    ConclusionRecorded,
    MinutesDrafted,
    MinutesNumbered,
    MinutesEdited,
    MinutesSubmitted,
    MinutesReturned,
    MinutesApproved,
    MinutesPublished,
)
