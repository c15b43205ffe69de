"""What people send about opinion forms."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from gateway.api.commands import Body
from services.voting.messages import RuleCard
from services.voting.messages.circulation import Comment, Passage, Question, Title, Words


class ClauseBody(Body):
    """`key`: made of the place in the list when it is not given."""

    key: str = Field("", pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60)
    title: Title
    text: Passage = ""


class FormBody(Body):
    """`card_id` and `template_id` as of `/rule-cards`, which `silence` and `allows_change` complete for this form."""

    chair_id: UUID
    title: Title
    question: Question
    template_id: str = Field("for_against_other", max_length=60)
    card_id: str = Field(max_length=60)
    silence: Literal["not_counted", "agreement"] = "not_counted"
    silence_basis: Words = ""
    allows_change: bool = False
    clauses: tuple[ClauseBody, ...] = Field((), max_length=200)
    due_at: AwareDatetime


class NewFormBody(FormBody):
    body_id: UUID


class CommentBody(Body):
    clause_key: str = Field("", max_length=60)
    text: Words = ""


class AnswerBody(Body):
    """Comments without a text are left out: an empty row of the page says nothing."""

    choice: str = Field("", max_length=60)
    reason: Words = ""
    comments: tuple[CommentBody, ...] = Field((), max_length=100)
    submitted: bool = False

    @property
    def made(self) -> tuple[Comment, ...]:
        return tuple(Comment(clause_key=each.clause_key, text=each.text) for each in self.comments if each.text)


def completed(card: RuleCard, body: FormBody) -> RuleCard:
    """A card that says itself what silence means, or allows changes, keeps what it says."""
    agreement = body.silence == "agreement" or card.silence == "agreement"
    return card.model_copy(
        update={
            "silence": "agreement" if agreement else "not_counted",
            "allows_change": card.allows_change or body.allows_change,
            "needs_quorum": False,
        }
    )
