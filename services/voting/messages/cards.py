"""A body's own rule cards: proposed by one person, approved by another, each with its legal basis and examples.

Stream: `rule_card-<id>`.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event, Message
from services.voting.messages.poll import Method, RuleCard, SingleChoice

MethodKind = Literal["single_choice", "election", "rating", "several_drafts"]


class Example(Message):
    """A worked example of a card: with these votes by mark, so many were needed, and this was the result.

    `serving` and `present`: all `members`, unless said. `cast`: ballots, where one bears several marks. `chair_marks`:
    what the presiding officer marked. `carried`: the lines that passed, who was elected, or who keeps the confidence.
    """

    says: str = Field(min_length=1, max_length=500)
    members: int = Field(ge=1, le=20000)
    serving: int | None = Field(default=None, ge=1)
    present: int | None = Field(default=None, ge=0)
    method: Method = SingleChoice()
    counts: dict[str, int] = Field(max_length=200)
    cast: int | None = Field(default=None, ge=0)
    chair_marks: tuple[str, ...] = ()
    needed: int
    passed: bool
    decided_by_chair: bool = False
    carried: tuple[str, ...] = ()
    open_posts: int = 0
    findings: dict[str, str] = {}


class ProposedCard(Message):
    """What a body may add. Its `card_id` follows from the stream's id, so that it never takes the name of another.

    `note`: what the certainty rests on. `valid_to`: the last day on which a poll may be opened with it.
    """

    title: str = Field(min_length=1, max_length=200)
    legal_basis: str = Field(min_length=1, max_length=500)
    certainty: Literal["A", "B", "C"]
    note: str = Field(min_length=1, max_length=1000)
    methods: tuple[MethodKind, ...] = Field(min_length=1, max_length=4)
    base: Literal["all_members", "serving", "present", "cast"]
    threshold: Literal["more_than", "at_least"]
    numerator: int = Field(ge=1, le=1000)
    denominator: int = Field(ge=1, le=1000)
    tie_to_chair: bool = False
    needs_quorum: bool = True
    only_depleted: bool = False
    allows_change: bool = False
    allows_weights: bool = False
    allows_proxies: bool = False
    allows_substitutes: bool = False
    silence: Literal["not_counted", "agreement"] = "not_counted"
    min_anonymity: int = Field(default=5, ge=1)
    valid_from: date
    valid_to: date | None = None
    examples: tuple[Example, ...] = Field(min_length=1, max_length=50)

    def rule(self, rule_card_id: UUID) -> RuleCard:
        """What a poll freezes of it."""
        shared = RuleCard.model_fields.keys() & type(self).model_fields.keys()
        return RuleCard(card_id=f"own_{rule_card_id.hex}", **{name: getattr(self, name) for name in shared})


class ProposeRuleCard(Command):
    rule_card_id: UUID
    body_id: UUID
    card: ProposedCard


class RuleCardProposed(Event):
    rule_card_id: UUID
    body_id: UUID
    card: ProposedCard
    proposed_by: str


class ApproveRuleCard(Command):
    """By another person than who proposed it; from then on polls of the body may be opened with the card."""

    rule_card_id: UUID


class RuleCardApproved(Event):
    rule_card_id: UUID
    approved_by: str


class RejectRuleCard(Command):
    rule_card_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class RuleCardRejected(Event):
    rule_card_id: UUID
    reason: str


class WithdrawRuleCard(Command):
    """By who proposed it, before anybody approved it."""

    rule_card_id: UUID


class RuleCardWithdrawn(Event):
    rule_card_id: UUID


class RetireRuleCard(Command):
    """`valid_to` is the last day on which a poll may be opened with the card; what was decided by it stays so."""

    rule_card_id: UUID
    valid_to: date


class RuleCardRetired(Event):
    rule_card_id: UUID
    valid_to: date


EVENTS = (RuleCardProposed, RuleCardApproved, RuleCardRejected, RuleCardWithdrawn, RuleCardRetired)
