"""Opinions gathered from a body's members outside a session (phiếu lấy ý kiến).

Streams: `opinionForm-<id>`, the question from its draft to its announced result; `answer-<form>+<voter>`, so that one
person has one answer and answers never wait for each other; `opinionReport-<body>`, the results that the body's next
session is told of.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from kernel.messages import Command, Event, Message
from services.voting.messages.poll import KEY, Choice, RuleCard

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Passage = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
SHA256 = r"^[0-9a-f]{64}$"


class Clause(Message):
    """A passage of the draft that comments can be tied to; `title` as it is cited, such as Điều 3 khoản 2."""

    key: str = Field(pattern=KEY, max_length=60)
    title: Title
    text: Passage = ""


class FormDocument(Message):
    """`version`: the one that members were sent; a later one does not change what they were asked about."""

    document_id: UUID
    title: str = Field(min_length=1, max_length=500)
    version: int = Field(default=1, ge=1)


class DraftOpinionForm(Command):
    """`chair_id`: who decides that it is sent and announces its result (Law 77/2015/QH13, Art. 118).

    The rule card carries what silence means and whether an answer may be changed; `silence_basis` names the working
    regulation by which silence counts as agreement.
    """

    form_id: UUID
    body_id: UUID
    chair_id: UUID
    title: Title
    question: Question
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=20)
    clauses: tuple[Clause, ...] = Field(default=(), max_length=200)
    due_at: AwareDatetime
    rule_card: RuleCard
    silence_basis: Words = ""


class OpinionFormDrafted(Event):
    form_id: UUID
    body_id: UUID
    chair_id: UUID
    title: str
    question: str
    choices: tuple[Choice, ...]
    clauses: tuple[Clause, ...] = ()
    due_at: AwareDatetime
    rule_card: RuleCard
    silence_basis: str = ""


class ReviseOpinionForm(Command):
    """Everything but the body, before the form is submitted or after it was returned."""

    form_id: UUID
    chair_id: UUID
    title: Title
    question: Question
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=20)
    clauses: tuple[Clause, ...] = Field(default=(), max_length=200)
    due_at: AwareDatetime
    rule_card: RuleCard
    silence_basis: Words = ""


class OpinionFormRevised(Event):
    form_id: UUID
    chair_id: UUID
    title: str
    question: str
    choices: tuple[Choice, ...]
    clauses: tuple[Clause, ...] = ()
    due_at: AwareDatetime
    rule_card: RuleCard
    silence_basis: str = ""


class AttachToForm(Command):
    form_id: UUID
    document_id: UUID
    title: Title


class AttachedToForm(Event):
    form_id: UUID
    document_id: UUID
    title: str


class DetachFromForm(Command):
    form_id: UUID
    document_id: UUID


class DetachedFromForm(Event):
    form_id: UUID
    document_id: UUID


class SubmitOpinionForm(Command):
    """Puts the form before its chair."""

    form_id: UUID


class OpinionFormSubmitted(Event):
    form_id: UUID
    chair_id: UUID


class ReturnOpinionForm(Command):
    """The chair wants it changed first."""

    form_id: UUID
    reason: Reason


class OpinionFormReturned(Event):
    form_id: UUID
    reason: str


class CirculateOpinionForm(Command):
    """The chair's decision to send it. `members`: seats of the body; `serving`: those in office today.

    `versions`: the newest version of each document at this moment, 1 where none is named.
    """

    form_id: UUID
    roll: tuple[UUID, ...] = Field(min_length=1, max_length=2000)
    members: int = Field(ge=1)
    serving: int = Field(ge=1)
    versions: dict[UUID, int] = {}


class OpinionFormCirculated(Event):
    """Freezes everything that the result depends on."""

    form_id: UUID
    body_id: UUID
    chair_id: UUID
    title: str
    question: str
    choices: tuple[Choice, ...]
    clauses: tuple[Clause, ...] = ()
    documents: tuple[FormDocument, ...] = ()
    due_at: AwareDatetime
    rule_card: RuleCard
    silence_basis: str = ""
    roll: tuple[UUID, ...]
    members: int
    serving: int


class WithdrawOpinionForm(Command):
    """Once it is circulated only the chair takes it back; its answers stay in the record and decide nothing."""

    form_id: UUID
    reason: Reason


class OpinionFormWithdrawn(Event):
    form_id: UUID
    reason: str


Occasion = Literal["day_before", "due_day", "by_hand"]
"""`day_before`: a working day before the deadline."""


class RemindMembers(Command):
    """Of those named, each who is on the roll; an automatic occasion happens once."""

    form_id: UUID
    voter_ids: tuple[UUID, ...] = Field(max_length=2000)
    occasion: Occasion


class MembersReminded(Event):
    form_id: UUID
    voter_ids: tuple[UUID, ...]
    occasion: Occasion


class Comment(Message):
    """`clause_key`: empty for the draft as a whole."""

    clause_key: str = Field(default="", max_length=60)
    text: Words = Field(min_length=1)


class SaveAnswer(Command):
    """Keeps an unfinished answer for its voter; it counts for nothing."""

    form_id: UUID
    voter_id: UUID
    choice: str = Field(default="", max_length=60)
    reason: Words = ""
    comments: tuple[Comment, ...] = Field(default=(), max_length=100)


class AnswerSaved(Event):
    form_id: UUID
    voter_id: UUID
    choice: str = ""
    reason: str = ""
    comments: tuple[Comment, ...] = ()


class SubmitAnswer(Command):
    form_id: UUID
    voter_id: UUID
    choice: str = Field(pattern=KEY, max_length=60)
    reason: Words = ""
    comments: tuple[Comment, ...] = Field(default=(), max_length=100)


class AnswerSubmitted(Event):
    """Counts exactly when it is the voter's last whose position in the log is before `OpinionFormClosed`."""

    form_id: UUID
    voter_id: UUID
    choice: str
    reason: str = ""
    comments: tuple[Comment, ...] = ()


class CloseOpinionForm(Command):
    """At the deadline, or before it once all have answered; `answered`: how many of the roll have."""

    form_id: UUID
    answered: int = Field(ge=0)


class OpinionFormClosed(Event):
    form_id: UUID


class CommentMade(Message):
    """The `number`-th comment (from 1) of the voter's counted answer."""

    comment_id: UUID
    voter_id: UUID
    number: int = Field(ge=1)
    clause_key: str = ""


class CountAnswers(Command):
    """Sent by the voting service to itself once the form is closed. `counts`: answers before the close by choice."""

    form_id: UUID
    counts: dict[str, int]
    chair_choice: str | None = None
    comments: tuple[CommentMade, ...] = ()


class AnswersCounted(Event):
    """`counts` are real answers alone. `votes_for` includes `silent_agreed`, members whose silence is agreement."""

    form_id: UUID
    counts: dict[str, int]
    answered: int
    silent: int
    silent_agreed: int
    base_count: int
    needed: int
    votes_for: int
    passed: bool
    decided_by_chair: bool = False
    card_id: str
    comments: tuple[CommentMade, ...] = ()


Resolution = Literal["accepted", "explained", "rejected"]
"""Tiếp thu, giải trình, không tiếp thu."""


class ResolveComment(Command):
    """An accepted comment changes the text; the others are answered with an explanation.

    `text_before` empty: the clause as it was sent. Until the result is announced a resolution may be replaced.
    """

    form_id: UUID
    comment_id: UUID
    resolution: Resolution
    explanation: Words = ""
    text_before: Passage = ""
    text_after: Passage = ""


class CommentResolved(Event):
    form_id: UUID
    comment_id: UUID
    resolution: Resolution
    explanation: str = ""
    text_before: str = ""
    text_after: str = ""


class AnnounceOpinionResult(Command):
    """The chair's own act. `synthesis_sha256`: the stored synthesis table that it confirms."""

    form_id: UUID
    synthesis_sha256: str = Field(pattern=SHA256)


class OpinionResultAnnounced(Event):
    form_id: UUID
    body_id: UUID
    synthesis_sha256: str


class AwaitReport(Command):
    """Sent by the voting service to itself: the body's next session is to be told of this result."""

    body_id: UUID
    form_id: UUID


class ReportAwaited(Event):
    body_id: UUID
    form_id: UUID


class ReportResults(Command):
    """Sent by the voting service to itself when a session of the body opens: all that is awaited is reported there."""

    body_id: UUID
    meeting_id: UUID


class OpinionResultReported(Event):
    body_id: UUID
    form_id: UUID
    meeting_id: UUID


EVENTS = (
    OpinionFormDrafted,
    OpinionFormRevised,
    AttachedToForm,
    DetachedFromForm,
    OpinionFormSubmitted,
    OpinionFormReturned,
    OpinionFormCirculated,
    OpinionFormWithdrawn,
    MembersReminded,
    AnswerSaved,
    AnswerSubmitted,
    OpinionFormClosed,
    AnswersCounted,
    CommentResolved,
    OpinionResultAnnounced,
    ReportAwaited,
    OpinionResultReported,
)
