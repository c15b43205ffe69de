"""What people see of opinion forms, as plain data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.voting.messages.circulation import AnswersCounted, Clause, Comment, Occasion, Resolution
from services.voting.messages.poll import Choice, RuleCard

State = Literal["draft", "submitted", "circulating", "closed", "counted", "announced", "withdrawn"]


@dataclass(frozen=True)
class FormDocument:
    """`version`: the one that was sent; None before the sending."""

    document_id: str
    title: str
    version: int | None


@dataclass(frozen=True)
class OpinionForm:
    """`voters` and `answered` count the roll; `result` is there once counted."""

    form_id: str
    body_id: str
    state: State
    drafted_by: str
    chair_id: str
    title: str
    question: str
    choices: tuple[Choice, ...]
    clauses: tuple[Clause, ...]
    documents: tuple[FormDocument, ...]
    due_at: datetime
    rule_card: RuleCard
    silence_basis: str
    return_reason: str
    withdrawn_reason: str
    voters: int
    answered: int
    members: int | None
    submitted_at: datetime | None
    circulated_at: datetime | None
    closed_at: datetime | None
    result: AnswersCounted | None
    announced_at: datetime | None
    synthesis_sha256: str | None
    reported_at: datetime | None
    reported_to: str | None

    @property
    def sent(self) -> bool:
        return self.circulated_at is not None

    def clause_title(self, key: str) -> str:
        """Empty for the draft as a whole."""
        return next((each.title for each in self.clauses if each.key == key), "")


@dataclass(frozen=True)
class Voter:
    voter_id: str
    full_name: str
    answered_at: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True)
class Answer:
    voter_id: str
    full_name: str
    choice: str
    reason: str
    comments: tuple[Comment, ...]
    submitted: bool
    at: datetime


@dataclass(frozen=True)
class CommentRow:
    """A comment of a counted answer; `resolution` None: it has not ended yet."""

    comment_id: str
    voter_id: str
    full_name: str
    clause_key: str
    text: str
    resolution: Resolution | None
    explanation: str
    text_before: str
    text_after: str
    resolved_by: str | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class Reminder:
    occasion: Occasion
    members: int
    actor: str
    at: datetime
