"""A body's own rule cards: a legal basis, examples that come out as they say, and two people."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from services.voting.body_cards import decider as card
from services.voting.messages import (
    ApproveRuleCard,
    ProposedCard,
    ProposeRuleCard,
    RejectRuleCard,
    RetireRuleCard,
    WithdrawRuleCard,
)
from services.voting.messages.cards import (
    RuleCardApproved,
    RuleCardProposed,
    RuleCardRejected,
    RuleCardRetired,
    RuleCardWithdrawn,
)
from services.voting.rules import votes_needed
from tests.given import given
from tests.stamps import ids, stamp

CARD = ids("card")
EXAMPLE: dict[str, Any] = {
    "says": "Cần 6 trên 10",
    "members": 10,
    "counts": {"for": 6, "against": 4},
    "needed": 6,
    "passed": True,
}


def own(**changes: Any) -> ProposedCard:
    fields = {
        "title": "Quá nửa",
        "legal_basis": "Điều 5 Quy chế làm việc",
        "certainty": "C",
        "note": "Quy chế của cơ quan",
        "methods": ["single_choice"],
        "base": "all_members",
        "threshold": "more_than",
        "numerator": 1,
        "denominator": 2,
        "valid_from": date(2026, 1, 1),
        "examples": [EXAMPLE],
    }
    return ProposedCard.model_validate(fields | changes)


def propose(found: ProposedCard | None = None, actor: str = "clerk") -> ProposeRuleCard:
    return stamp(ProposeRuleCard, actor=actor, rule_card_id=CARD, body_id=ids("council"), card=found or own())


PROPOSED = RuleCardProposed(rule_card_id=CARD, body_id=ids("council"), card=own(), proposed_by=str(ids("clerk")))
APPROVED = RuleCardApproved(rule_card_id=CARD, approved_by=str(ids("leader")))
REJECTED = RuleCardRejected(rule_card_id=CARD, reason="Thiếu căn cứ")
WITHDRAWN = RuleCardWithdrawn(rule_card_id=CARD)
RETIRED = RuleCardRetired(rule_card_id=CARD, valid_to=date(2026, 12, 31))


def approve(actor: str = "leader") -> ApproveRuleCard:
    return stamp(ApproveRuleCard, actor=actor, rule_card_id=CARD)


def reject() -> RejectRuleCard:
    return stamp(RejectRuleCard, actor="leader", rule_card_id=CARD, reason="Thiếu căn cứ")


def withdraw(actor: str = "clerk") -> WithdrawRuleCard:
    return stamp(WithdrawRuleCard, actor=actor, rule_card_id=CARD)


def retire(valid_to: date = date(2026, 12, 31)) -> RetireRuleCard:
    return stamp(RetireRuleCard, rule_card_id=CARD, valid_to=valid_to)


def test_a_card_whose_examples_come_out_is_proposed():
    given(card).when(propose()).then(PROPOSED)
    given(card, PROPOSED).when(propose()).then_nothing()
    given(card, PROPOSED).when(propose(own(title="Khác"))).then_refused("rule_card_exists")
    given(card, PROPOSED, APPROVED).when(propose()).then_refused("rule_card_exists")


@pytest.mark.parametrize("wrong", [{"needed": 5}, {"passed": False}, {"decided_by_chair": True}, {"carried": ["for"]}])
def test_a_card_whose_arithmetic_disagrees_with_its_example_is_refused(wrong):
    given(card).when(propose(own(examples=[EXAMPLE | wrong]))).then_refused("example_differs")


def test_every_method_of_a_card_is_shown_by_an_example():
    both = own(methods=["single_choice", "election"])
    given(card).when(propose(both)).then_refused("example_for_each_method")
    given(card).when(propose(own(methods=["election"]))).then_refused("example_for_each_method")
    election = {
        "says": "Cần 6 trên 10",
        "members": 10,
        "method": {"kind": "election", "maximum": 1, "posts": 1},
        "counts": {"an": 6, "binh": 4},
        "cast": 10,
        "needed": 6,
        "passed": True,
        "carried": ["an"],
    }
    decided = own(methods=["single_choice", "election"], examples=[EXAMPLE, election])
    given(card).when(propose(decided)).then(PROPOSED.model_copy(update={"card": decided}))


def test_a_threshold_that_nobody_can_reach_is_no_card():
    given(card).when(propose(own(numerator=2, denominator=1))).then_refused("impossible_threshold")


def test_a_card_does_not_end_before_it_begins():
    given(card).when(propose(own(valid_to=date(2025, 1, 1)))).then_refused("valid_to_before_valid_from")
    given(card, PROPOSED, APPROVED).when(retire(date(2025, 1, 1))).then_refused("valid_to_before_valid_from")


def test_another_person_than_the_proposer_approves():
    given(card, PROPOSED).when(approve()).then(APPROVED)
    given(card, PROPOSED).when(approve("clerk")).then_refused("second_person_needed")
    given(card, PROPOSED, APPROVED).when(approve("head")).then_nothing()
    given(card, PROPOSED, REJECTED).when(approve()).then_refused("rule_card_decided")


def test_a_proposal_is_rejected_with_a_reason_or_withdrawn_by_its_proposer():
    given(card, PROPOSED).when(reject()).then(REJECTED)
    given(card, PROPOSED).when(withdraw()).then(WITHDRAWN)
    given(card, PROPOSED).when(withdraw("leader")).then_refused("not_the_proposer")
    for history in ((PROPOSED, APPROVED), (PROPOSED, REJECTED), (PROPOSED, WITHDRAWN)):
        for act in (reject(), withdraw()):
            given(card, *history).when(act).then_refused("rule_card_decided")


def test_an_approved_card_is_retired_and_stays_in_the_record():
    given(card, PROPOSED, APPROVED).when(retire()).then(RETIRED)
    given(card, PROPOSED, APPROVED, RETIRED).when(retire()).then_nothing()
    given(card, PROPOSED, APPROVED, RETIRED).when(retire(date(2027, 1, 1))).then_refused("rule_card_not_in_force")
    given(card, PROPOSED).when(retire()).then_refused("rule_card_not_in_force")


@pytest.mark.parametrize("act", [approve, reject, withdraw, retire])
def test_nothing_happens_to_a_card_that_was_never_proposed(act):
    given(card).when(act()).then_refused("no_such_rule_card")


@whatever(members=st.integers(1, 200), said=st.integers(0, 220), share=st.sampled_from([(1, 2), (2, 3), (3, 4)]))
def test_a_card_is_accepted_exactly_when_its_example_tells_the_votes_that_are_needed(members, said, share):
    example = EXAMPLE | {"members": members, "counts": {"for": members}, "needed": said}
    found = own(numerator=share[0], denominator=share[1], examples=[example])
    outcome = given(card).when(propose(found))
    if said == votes_needed(found.rule(CARD), members):
        outcome.then(PROPOSED.model_copy(update={"card": found}))
    else:
        outcome.then_refused("example_differs")
