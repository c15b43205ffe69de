"""Official documents that the agency issues (văn bản đi), from draft to archive: commands and events.

Stream: `official-<id>`. The text itself is a document with versions (`files`); here is what becomes of it
(Decree 30/2020/NĐ-CP, chapters II and III).
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field, model_validator

from kernel.messages import Command, Event, Message
from services.documents.messages import SHA256
from services.signing.messages.orders import Act, Step


class Kind(StrEnum):
    """The 29 types of administrative documents (Decree 30/2020, article 7 and Annex III)."""

    resolution = "resolution"
    decision = "decision"
    directive = "directive"
    regulation = "regulation"
    provision = "provision"
    communique = "communique"
    notice = "notice"
    guidance = "guidance"
    programme = "programme"
    plan = "plan"
    option = "option"
    scheme = "scheme"
    project = "project"
    report = "report"
    minutes = "minutes"
    submission = "submission"
    contract = "contract"
    official_letter = "official_letter"
    telegram = "telegram"
    memorandum = "memorandum"
    agreement = "agreement"
    authorisation = "authorisation"
    invitation = "invitation"
    introduction = "introduction"
    leave = "leave"
    dispatch_slip = "dispatch_slip"
    transfer_slip = "transfer_slip"
    notification_slip = "notification_slip"
    public_letter = "public_letter"


class Competence(StrEnum):
    """By what right somebody signs (Decree 30/2020, article 13 and Annex I): own, TM., Q., KT., TL. or TUQ."""

    own = "own"
    on_behalf = "on_behalf"
    acting = "acting"
    deputy = "deputy"
    by_order = "by_order"
    by_authorisation = "by_authorisation"


class Urgency(StrEnum):
    normal = "normal"
    urgent = "urgent"
    very_urgent = "very_urgent"
    express = "express"


class ReceivedFor(StrEnum):
    """Why somebody is among the recipients (nơi nhận)."""

    action = "action"
    report = "report"
    information = "information"
    file = "file"


class Recipient(Message):
    """A unit of this deployment, or an agency outside by its name."""

    name: str = Field(min_length=1, max_length=300)
    unit_id: UUID | None = None
    received_for: ReceivedFor = ReceivedFor.action


class Signatory(Message):
    """Who signs to issue, and the words above the signature; `head`: for whom TM., KT., TL. and TUQ. sign."""

    person_id: UUID
    competence: Competence = Competence.own
    position: str = Field(min_length=1, max_length=200)
    head: str = Field("", max_length=200)

    @model_validator(mode="after")
    def head_is_named(self) -> "Signatory":
        if self.competence in (Competence.own, Competence.acting):
            return self
        if not self.head:
            raise ValueError("TM., KT., TL. and TUQ. name the body or the head for whom is signed")
        return self


class Announced(Message):
    """A conclusion of a meeting on an agenda item, in the revision whose words a notice announces."""

    item_id: UUID
    revision: int = Field(ge=1)


class Described(Message):
    """What a draft says about itself; `document_id` holds its text.

    `meeting_id`, `item_id`, `poll_id`: what was decided there is what it says, where it follows from a meeting.
    `conclusions`: those that a notice of conclusions announces; empty where its words come from nowhere else.
    """

    kind: Kind
    issuer_id: UUID
    issuer_symbol: str = Field(pattern=r"^[^\s/]{1,30}$")
    drafter_id: UUID
    drafter_symbol: str = Field("", pattern=r"^[^\s/]{0,30}$")
    summary: str = Field(min_length=1, max_length=1000)
    document_id: UUID
    signatory: Signatory
    recipients: tuple[Recipient, ...] = Field((), max_length=200)
    urgency: Urgency = Urgency.normal
    meeting_id: UUID | None = None
    item_id: UUID | None = None
    poll_id: UUID | None = None
    conclusions: tuple[Announced, ...] = Field((), max_length=500)

    @model_validator(mode="after")
    def letter_names_its_drafter(self) -> "Described":
        if self.kind in WITHOUT_ABBREVIATION and not self.drafter_symbol:
            raise ValueError("the symbol of a letter ends in the drafting unit's")
        return self


WITHOUT_ABBREVIATION = frozenset({Kind.official_letter, Kind.public_letter})


class DraftOfficial(Command):
    official_id: UUID
    described: Described


class OfficialDrafted(Event):
    official_id: UUID
    described: Described


class ReviseOfficial(Command):
    official_id: UUID
    described: Described


class OfficialRevised(Event):
    official_id: UUID
    described: Described


class CommentOnDraft(Command):
    official_id: UUID
    comment_id: UUID
    text: str = Field(min_length=1, max_length=5000)


class DraftCommented(Event):
    official_id: UUID
    comment_id: UUID
    text: str


class AnswerComment(Command):
    official_id: UUID
    comment_id: UUID
    accepted: bool
    answer: str = Field("", max_length=5000)


class CommentAnswered(Event):
    official_id: UUID
    comment_id: UUID
    accepted: bool
    answer: str = ""


class AbandonDraft(Command):
    official_id: UUID
    reason: str = Field(min_length=1, max_length=500)


class DraftAbandoned(Event):
    official_id: UUID
    reason: str


class SubmitOfficial(Command):
    """Asks for the signatures on exactly these bytes; the last step is the competent person's.

    What stands in the meeting that it follows from: `passed_poll_id`, the poll that it names, if its published result
    is that it passed; `conclusions`, all of the meeting in the revisions in force.
    """

    official_id: UUID
    order_id: UUID
    sha256: str = Field(pattern=SHA256)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)
    passed_poll_id: UUID | None = None
    conclusions: tuple[Announced, ...] = ()

    @model_validator(mode="after")
    def initials_come_before_the_signature(self) -> "SubmitOfficial":
        if [each.act for each in self.steps[:-1]] != [Act.initial] * (len(self.steps) - 1):
            raise ValueError("all steps before the last one are initials")
        if self.steps[-1].act is not Act.sign:
            raise ValueError("the last step is the signature of the competent person")
        return self


class OfficialSubmitted(Event):
    official_id: UUID
    order_id: UUID
    document_id: UUID
    summary: str
    sha256: str
    steps: tuple[Step, ...]


class RecordRecall(Command):
    """Its order was cancelled before all had signed: the draft is a draft again."""

    official_id: UUID
    order_id: UUID
    reason: str


class SubmissionRecalled(Event):
    official_id: UUID
    order_id: UUID
    reason: str


class RecordReturn(Command):
    """A signer would not sign: the draft is a draft again."""

    official_id: UUID
    order_id: UUID
    returned_by: UUID
    reason: str


class OfficialReturned(Event):
    official_id: UUID
    order_id: UUID
    returned_by: UUID
    reason: str


class RecordSigned(Command):
    official_id: UUID
    order_id: UUID
    sha256: str = Field(pattern=SHA256)


class OfficialSigned(Event):
    official_id: UUID
    order_id: UUID
    sha256: str


class RequestNumber(Command):
    """Asks the register for the next number, or for one that was reserved."""

    official_id: UUID
    entered_on: date
    reserved: int | None = Field(None, ge=1)


class NumberRequested(Event):
    official_id: UUID
    kind: Kind
    issuer_id: UUID
    symbol: str
    summary: str
    entered_on: date
    reserved: int | None = None


class RecordNumber(Command):
    official_id: UUID
    number: int = Field(ge=1)
    symbol: str
    entered_on: date


class OfficialNumbered(Event):
    """`symbol` is what follows the number and a stroke; the day is the one that the document bears."""

    official_id: UUID
    number: int
    symbol: str
    entered_on: date


class AskForSeal(Command):
    """`sha256` are the signed bytes with number and day filled in, which the clerk seals."""

    official_id: UUID
    order_id: UUID
    sha256: str = Field(pattern=SHA256)
    clerk_ids: tuple[UUID, ...] = Field(min_length=1, max_length=50)


class SealAsked(Event):
    official_id: UUID
    order_id: UUID
    document_id: UUID
    summary: str
    sha256: str
    clerk_ids: tuple[UUID, ...]


class RecordSealed(Command):
    official_id: UUID
    order_id: UUID
    sha256: str = Field(pattern=SHA256)


class OfficialSealed(Event):
    official_id: UUID
    order_id: UUID
    sha256: str


class IssueOfficial(Command):
    official_id: UUID


class OfficialIssued(Event):
    """Everything that a recipient's register needs."""

    official_id: UUID
    document_id: UUID
    issuer_id: UUID
    kind: Kind
    number: int
    symbol: str
    entered_on: date
    summary: str
    sha256: str
    recipients: tuple[Recipient, ...]
    urgency: Urgency = Urgency.normal


class Withdrawal(StrEnum):
    """What becomes of an issued document: taken back, brought up to date, or replaced by another one."""

    recalled = "recalled"
    updated = "updated"
    replaced = "replaced"


class WithdrawOfficial(Command):
    """`successor_id` is the issued document that stands in its place; none where it is only taken back."""

    official_id: UUID
    how: Withdrawal
    successor_id: UUID | None = None
    reason: str = Field(min_length=1, max_length=1000)

    @model_validator(mode="after")
    def successor_fits(self) -> "WithdrawOfficial":
        if (self.how is Withdrawal.recalled) != (self.successor_id is None):
            raise ValueError("an update and a replacement name what stands in its place, and only they do")
        return self


class OfficialWithdrawn(Event):
    official_id: UUID
    how: Withdrawal
    successor_id: UUID | None = None
    reason: str
    recipients: tuple[Recipient, ...] = ()


class ArchiveOfficial(Command):
    """`retention_years`: none for documents that are kept for ever."""

    official_id: UUID
    file_code: str = Field(min_length=1, max_length=100)
    retention_years: int | None = Field(None, ge=1, le=100)


class OfficialArchived(Event):
    official_id: UUID
    file_code: str
    retention_years: int | None = None


EVENTS = (
    OfficialDrafted,
    OfficialRevised,
    DraftCommented,
    CommentAnswered,
    DraftAbandoned,
    OfficialSubmitted,
    SubmissionRecalled,
    OfficialReturned,
    OfficialSigned,
    NumberRequested,
    OfficialNumbered,
    SealAsked,
    OfficialSealed,
    OfficialIssued,
    OfficialWithdrawn,
    OfficialArchived,
)
