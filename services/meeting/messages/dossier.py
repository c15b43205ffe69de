"""Documents, approval, publication and invitations of a meeting, in its own stream `meeting-<id>`."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from kernel.messages import Command, Event, Message


class DocumentKind(StrEnum):
    main = "main"
    reference = "reference"
    personal = "personal"
    link = "link"


class Answer(StrEnum):
    coming = "coming"
    absent = "absent"
    substitute = "substitute"


class Invitee(Message):
    """`voting`: a member with a mandate on the day; otherwise a guest or an attending unit's representative."""

    person_id: UUID
    voting: bool


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


EVENTS = (
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
)
