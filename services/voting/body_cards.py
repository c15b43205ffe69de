"""A body's own rule card: in force once another person than its proposer has approved it."""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting.examples import check_examples
from services.voting.messages.cards import (
    ApproveRuleCard,
    ProposeRuleCard,
    RejectRuleCard,
    RetireRuleCard,
    RuleCardApproved,
    RuleCardProposed,
    RuleCardRejected,
    RuleCardRetired,
    RuleCardWithdrawn,
    WithdrawRuleCard,
)


@dataclass(frozen=True)
class NotProposed:
    pass


@dataclass(frozen=True)
class Proposed:
    proposal: RuleCardProposed


@dataclass(frozen=True)
class InForce:
    proposal: RuleCardProposed


@dataclass(frozen=True)
class Refusal:
    """Rejected or withdrawn."""


@dataclass(frozen=True)
class Retired:
    proposal: RuleCardProposed
    event: RuleCardRetired


State = NotProposed | Proposed | InForce | Refusal | Retired


def stream_of(rule_card_id: UUID) -> str:
    return f"rule_card-{rule_card_id}"


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case ProposeRuleCard():
            return _propose(command, state)
        case ApproveRuleCard():
            return _approve(command, state)
        case RejectRuleCard(rule_card_id=rule_card_id, reason=reason):
            return _end(RuleCardRejected(rule_card_id=rule_card_id, reason=reason), state)
        case WithdrawRuleCard(rule_card_id=rule_card_id):
            if isinstance(state, Proposed) and state.proposal.proposed_by != command.actor:
                raise Refused("not_the_proposer", command.actor)
            return _end(RuleCardWithdrawn(rule_card_id=rule_card_id), state)
        case RetireRuleCard():
            return _retire(command, state)
        case _:
            raise TypeError(f"not a command of a rule card: {type(command).__name__}")


def _propose(command: ProposeRuleCard, state: State) -> list[Event]:
    proposed = RuleCardProposed(
        rule_card_id=command.rule_card_id, body_id=command.body_id, card=command.card, proposed_by=command.actor
    )
    match state:
        case NotProposed():
            check_card(proposed)
            return [proposed]
        case Proposed(proposal=already) if already == proposed:
            return []
        case _:
            raise Refused("rule_card_exists", str(command.rule_card_id))


def check_card(proposed: RuleCardProposed) -> None:
    """Its days are in order, and its examples, at least one for each of its methods, come out as they say."""
    card = proposed.card
    if card.valid_to is not None and card.valid_to < card.valid_from:
        raise Refused("valid_to_before_valid_from", str(card.valid_to))
    shown = {example.method.kind for example in card.examples}
    if shown != set(card.methods):
        raise Refused("example_for_each_method", str(sorted(shown ^ set(card.methods))))
    check_examples(card.rule(proposed.rule_card_id), card.examples)


def _approve(command: ApproveRuleCard, state: State) -> list[Event]:
    match state:
        case Proposed(proposal=proposal):
            if proposal.proposed_by == command.actor:
                raise Refused("second_person_needed", command.actor)
            return [RuleCardApproved(rule_card_id=command.rule_card_id, approved_by=command.actor)]
        case InForce():
            return []
        case NotProposed():
            raise Refused("no_such_rule_card", str(command.rule_card_id))
        case Refusal() | Retired():
            raise Refused("rule_card_decided", str(command.rule_card_id))
        case _:
            assert_never(state)


def _end(event: RuleCardRejected | RuleCardWithdrawn, state: State) -> list[Event]:
    match state:
        case Proposed():
            return [event]
        case NotProposed():
            raise Refused("no_such_rule_card", str(event.rule_card_id))
        case InForce() | Refusal() | Retired():
            raise Refused("rule_card_decided", str(event.rule_card_id))
        case _:
            assert_never(state)


def _retire(command: RetireRuleCard, state: State) -> list[Event]:
    retired = RuleCardRetired(rule_card_id=command.rule_card_id, valid_to=command.valid_to)
    match state:
        case InForce(proposal=proposal):
            if command.valid_to < proposal.card.valid_from:
                raise Refused("valid_to_before_valid_from", str(command.valid_to))
            return [retired]
        case Retired(event=already) if already == retired:
            return []
        case NotProposed():
            raise Refused("no_such_rule_card", str(command.rule_card_id))
        case Proposed() | Refusal() | Retired():
            raise Refused("rule_card_not_in_force", str(command.rule_card_id))
        case _:
            assert_never(state)


def evolve(state: State, event: Event) -> State:
    match (state, event):
        case (NotProposed(), RuleCardProposed()):
            return Proposed(event)
        case (Proposed(proposal=proposal), RuleCardApproved()):
            return InForce(proposal)
        case (Proposed(), RuleCardRejected() | RuleCardWithdrawn()):
            return Refusal()
        case (InForce(proposal=proposal), RuleCardRetired()):
            return Retired(proposal, event)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__}")


decider: Decider[State] = Decider(initial=NotProposed(), decide=decide, evolve=evolve)
