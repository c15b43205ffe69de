"""Thresholds for every size of body up to 1,000, against an oracle that only knows what the words mean."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.voting.messages import Choice, RuleCard
from services.voting.rules import base_count, decision, votes_needed

CHOICES = (
    Choice(key="for", label="Tán thành", counts_for=True),
    Choice(key="against", label="Không tán thành", counts_against=True),
    Choice(key="not_voting", label="Không biểu quyết"),
)
SHARES = [(1, 2), (2, 3), (3, 5), (3, 4), (1, 3), (9, 10), (999, 1000)]


def card(
    threshold: str, numerator: int, denominator: int, base: str = "all_members", tie_to_chair: bool = False
) -> RuleCard:
    return RuleCard.model_validate(
        {
            "card_id": "law",
            "title": "",
            "legal_basis": "",
            "certainty": "C",
            "base": base,
            "threshold": threshold,
            "numerator": numerator,
            "denominator": denominator,
            "tie_to_chair": tie_to_chair,
        }
    )


def enough(rule: RuleCard, votes: int, base: int) -> bool:
    share = Fraction(rule.numerator, rule.denominator)
    return votes > 0 and (votes > share * base if rule.threshold == "more_than" else votes >= share * base)


@pytest.mark.parametrize("threshold", ["more_than", "at_least"])
@pytest.mark.parametrize(("numerator", "denominator"), SHARES)
def test_needed_votes_are_the_fewest_that_are_enough_for_every_body_up_to_1000(threshold, numerator, denominator):
    rule = card(threshold, numerator, denominator)
    fewest = 0
    for members in range(1, 1001):
        while not enough(rule, fewest, members):  # the fewest never shrinks as the body grows
            fewest += 1
        assert votes_needed(rule, members) == fewest
        assert not enough(rule, fewest - 1, members)


def test_more_than_half_is_half_rounded_down_plus_one():
    assert [votes_needed(card("more_than", 1, 2), n) for n in (1, 2, 3, 50, 51)] == [1, 2, 2, 26, 26]


def test_at_least_two_thirds_is_two_thirds_rounded_up():
    assert [votes_needed(card("at_least", 2, 3), n) for n in (1, 2, 3, 50, 51)] == [1, 2, 2, 34, 34]


def test_nothing_passes_without_a_single_vote():
    for threshold in ("more_than", "at_least"):
        rule = card(threshold, 1, 2, base="cast")
        assert votes_needed(rule, 0) == 1
        assert not decision(rule, CHOICES, {}, base=0).passed


def test_the_base_is_all_members_or_those_present_or_those_who_cast():
    bases = [
        base_count(card("more_than", 1, 2, base), members=51, serving=51, present=40, cast=38)
        for base in ("all_members", "present", "cast")
    ]
    assert bases == [51, 40, 38]


def test_late_arrivals_who_vote_are_present():
    assert base_count(card("more_than", 1, 2, "present"), members=51, serving=51, present=40, cast=42) == 42


COUNTS = st.fixed_dictionaries({key: st.integers(0, 400) for key in ("for", "against", "not_voting")})


@given(
    counts=COUNTS,
    absent=st.integers(0, 400),
    share=st.sampled_from(SHARES),
    threshold=st.sampled_from(["more_than", "at_least"]),
    base=st.sampled_from(["all_members", "present", "cast"]),
)
def test_passed_means_enough_of_the_base_were_for(counts, absent, share, threshold, base):
    cast = sum(counts.values())
    rule = card(threshold, *share, base=base)
    of = base_count(rule, members=cast + absent, serving=cast + absent, present=cast, cast=cast)
    found = decision(rule, CHOICES, counts, base=of)
    assert found.passed == enough(rule, counts["for"], of)
    assert found.votes_for == counts["for"]
    assert not found.decided_by_chair


@given(counts=COUNTS, absent=st.integers(0, 3), chair=st.sampled_from(["for", "against", "not_voting", None]))
def test_the_chair_decides_exactly_when_half_are_for_and_half_against(counts, absent, chair):
    members = sum(counts.values()) + absent
    rule = card("more_than", 1, 2, tie_to_chair=True)
    found = decision(rule, CHOICES, counts, base=members, chair_choice=chair)
    tied = members > 0 and counts["for"] == counts["against"] == Fraction(members, 2)
    assert found.decided_by_chair == tied
    assert found.passed == (chair == "for" if tied else enough(rule, counts["for"], members))


@given(half=st.integers(1, 500), side=st.sampled_from(["for", "against"]))
def test_a_tie_of_any_size_goes_to_the_side_of_the_chair(half, side):
    rule = card("more_than", 1, 2, tie_to_chair=True)
    counts = {"for": half, "against": half}
    found = decision(rule, CHOICES, counts, base=2 * half, chair_choice=side)
    assert found.decided_by_chair and found.passed == (side == "for")


@given(counts=COUNTS, extra=st.integers(1, 50))
def test_one_more_vote_for_never_turns_a_passed_question_down(counts, extra):
    rule = card("more_than", 1, 2)
    members = sum(counts.values()) + extra
    before = decision(rule, CHOICES, counts, base=members)
    after = decision(rule, CHOICES, counts | {"for": counts["for"] + 1}, base=members)
    assert after.passed or not before.passed
