"""Elections, ratings and papers of several drafts: what may be asked, which ballots are valid, what follows."""

import pytest

from services.voting import ballot
from services.voting.decider import decider as poll
from services.voting.messages import (
    CastBallot,
    Choice,
    Election,
    Line,
    LineResult,
    PollClosed,
    PollTallied,
    QuorumSnapshot,
    Rating,
    Representation,
    SeveralDrafts,
    TallyPoll,
)
from tests.domain.test_voting import BUDGET, CHOICES, CLOSED, HALF, TIE, cast, open_poll, opened
from tests.given import given
from tests.stamps import ids, stamp

CANDIDATES = tuple(Choice(key=key, label=key, person_id=ids(key)) for key in ("an", "binh", "cuong"))
TWIN = CANDIDATES[0].model_copy(update={"key": "an_again"})
TWO_POSTS = {"method": Election(maximum=2, posts=2), "choices": CANDIDATES}
GRADES = (
    Choice(key="high", label="Tín nhiệm cao", counts_for=True),
    Choice(key="confident", label="Tín nhiệm"),
    Choice(key="low", label="Tín nhiệm thấp", counts_against=True),
)
LINES = (Line(key="one", title="Dòng một"), Line(key="two", title="Dòng hai"))
RATING = {"method": Rating(), "choices": GRADES, "lines": LINES}
DRAFTS = {"method": SeveralDrafts(), "lines": LINES}
WAYS = {"election": TWO_POSTS, "rating": RATING, "several_drafts": DRAFTS, "single_choice": {}}


def card(**changes):
    return HALF.model_copy(update=changes)


def tally(counts, **fields):
    return stamp(TallyPoll, poll_id=BUDGET, counts=counts, **fields)


def tallied(question, counts, **fields) -> PollTallied:
    [event] = poll.decide(tally(counts, **fields), poll.fold([opened(**question), CLOSED]))
    assert isinstance(event, PollTallied)
    return event


def marked(*marks: str, voter: str = "ana", **fields: object) -> CastBallot:
    return stamp(CastBallot, poll_id=BUDGET, voter_id=ids(voter), marks=marks, **fields)


def check(question, *marks: str, **fields: object) -> None:
    ballot.check_entitled(marked(*marks, **fields), poll.fold([opened(**question)]))


@pytest.mark.parametrize("way", WAYS)
def test_a_poll_of_every_method_opens_and_stands_frozen(way):
    given(poll).when(open_poll(**WAYS[way])).then(opened(**WAYS[way]))
    given(poll, opened(**WAYS[way])).when(open_poll(**WAYS[way])).then_nothing()


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"lines": LINES}, "lines_not_of_method"),
        (TWO_POSTS | {"lines": LINES}, "lines_not_of_method"),
        (RATING | {"lines": ()}, "no_lines"),
        (DRAFTS | {"lines": ()}, "no_lines"),
        (DRAFTS | {"lines": (LINES[0], LINES[0])}, "duplicate_line"),
        (DRAFTS | {"choices": CHOICES[1:]}, "one_choice_for"),
        (DRAFTS | {"choices": CHOICES[::2], "rule_card": TIE}, "no_choice_against"),
        (RATING | {"choices": GRADES[:2]}, "rating_grades"),
        (RATING | {"choices": GRADES[2:]}, "rating_grades"),
        (RATING | {"choices": (*GRADES, Choice(key="none", label="Không ý kiến"))}, "rating_grades"),
        (RATING | {"rule_card": TIE}, "card_not_for_method"),
        (TWO_POSTS | {"rule_card": TIE}, "card_not_for_method"),
        ({"secret": True, "rule_card": TIE.model_copy(update={"min_anonymity": 1})}, "card_not_for_method"),
        (TWO_POSTS | {"method": Election(maximum=4, posts=4)}, "election_range"),
        (TWO_POSTS | {"method": Election(maximum=2, posts=1)}, "election_range"),
        (TWO_POSTS | {"method": Election(minimum=2, maximum=1, posts=2)}, "election_range"),
        (TWO_POSTS | {"method": Election(maximum=1, posts=1, round=2)}, "election_round"),
        (TWO_POSTS | {"method": Election(maximum=1, posts=1, follows=ids("first"))}, "election_round"),
        (
            TWO_POSTS | {"choices": (CANDIDATES[0], CANDIDATES[0].model_copy(update={"key": "b"}))},
            "duplicate_candidate",
        ),
    ],
)
def test_a_question_that_does_not_suit_its_method_is_not_asked(question, code):
    given(poll).when(open_poll(**question)).then_refused(code)


@pytest.mark.parametrize(
    ("way", "marks", "code"),
    [
        ("single_choice", (), "empty_ballot"),
        ("single_choice", ("for", "against"), "too_many_marks"),
        ("election", (), "empty_ballot"),
        ("election", ("an", "binh", "cuong"), "too_many_marks"),
        ("election", ("an", "an"), "duplicate_mark"),
        ("election", ("dung",), "unknown_choice"),
        ("rating", (), "empty_ballot"),
        ("rating", ("one:high", "one:low"), "line_marked_twice"),
        ("rating", ("high",), "unknown_choice"),
        ("several_drafts", ("one:for", "one:for"), "line_marked_twice"),
        ("several_drafts", ("three:for",), "unknown_choice"),
    ],
)
def test_a_ballot_that_is_not_valid_is_not_taken(way, marks, code):
    with pytest.raises(ballot.Refused) as refusal:
        check(WAYS[way], *marks)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("way", "marks"),
    [
        ("election", ("an",)),
        ("election", ("an", "cuong")),
        ("rating", ("one:low", "two:high")),
        ("rating", ("two:confident",)),
        ("several_drafts", ("one:for", "two:not_voting")),
    ],
)
def test_a_valid_ballot_is_taken_and_a_line_may_be_left_blank(way, marks):
    check(WAYS[way], *marks)


def test_an_election_may_ask_for_a_fewest_number_and_may_allow_a_blank_ballot():
    both = TWO_POSTS | {"method": Election(minimum=2, maximum=2, posts=2)}
    with pytest.raises(ballot.Refused) as refusal:
        check(both, "an")
    assert refusal.value.code == "too_few_marks"
    check(TWO_POSTS | {"method": Election(minimum=0, maximum=2, posts=2)})


def results(event: PollTallied) -> dict[str, tuple[int, bool]]:
    return {line.key: (line.votes, line.passed) for line in event.lines}


def test_who_has_more_than_half_of_all_is_elected():
    """Five members need 3: An has 4 and Bình 3 of the 4 ballots; Cường has 1."""
    event = tallied(TWO_POSTS, {"an": 4, "binh": 3, "cuong": 1}, cast=4)
    assert results(event) == {"an": (4, True), "binh": (3, True), "cuong": (1, False)}
    assert (event.needed, event.open_posts, event.passed, event.not_cast, event.votes_for) == (3, 0, True, 0, 0)


def test_a_post_stays_open_when_too_few_have_more_than_half():
    event = tallied(TWO_POSTS, {"an": 4, "binh": 2}, cast=4)
    assert (results(event)["an"], event.open_posts, event.passed) == ((4, True), 1, False)


def test_equal_votes_for_the_last_post_elect_nobody_of_the_equals_nor_anybody_below():
    big = TWO_POSTS | {"members": 4, "quorum": QuorumSnapshot(seats=4, needed=3, present=4, as_of=9)}
    event = tallied(
        big | {"method": Election(maximum=2, posts=2), "rule_card": card(numerator=1, denominator=4)},
        {"an": 3, "binh": 2, "cuong": 2},
        cast=4,
    )
    assert results(event) == {"an": (3, True), "binh": (2, False), "cuong": (2, False)}
    assert event.open_posts == 1
    one = TWO_POSTS | {"method": Election(maximum=1, posts=1), "rule_card": card(numerator=1, denominator=4)}
    event = tallied(big | one, {"an": 2, "binh": 2}, cast=4)
    assert (event.open_posts, [line.passed for line in event.lines]) == (1, [False, False, False])


@pytest.mark.parametrize(
    ("way", "counts", "fields"),
    [
        ("election", {"an": 5}, {"cast": 4}),
        ("election", {"an": 4, "binh": 4, "cuong": 1}, {"cast": 4}),
        ("election", {"an": 1}, {"cast": 3}),
        ("election", {"an": 4}, {"cast": 5}),
        ("election", {"an": 4}, {"cast": 4, "invalid": 1}),
        ("rating", {"one:high": 2, "one:low": 2}, {"cast": 3}),
        ("several_drafts", {"one:for": 4, "two:for": 4}, {"cast": 3}),
        ("single_choice", {"for": 2}, {"cast": 3}),
        ("single_choice", {"for": 2}, {"cast": 2, "invalid": 1}),
    ],
)
def test_marks_that_so_many_ballots_cannot_bear_are_never_counted(way, counts, fields):
    given(poll, opened(**WAYS[way]), CLOSED).when(tally(counts, **fields)).then_refused("impossible_count")


def test_a_rating_finds_who_is_low_with_more_than_half_and_with_two_thirds_of_the_ballots():
    """Of 4 ballots 3 are needed, and 3 are two thirds; 2 are exactly half."""
    cast_base = RATING | {"rule_card": card(base="cast")}
    event = tallied(cast_base, {"one:low": 3, "one:high": 1, "two:low": 2, "two:confident": 2}, cast=4)
    assert event.lines == (
        LineResult(key="one", votes=3, needed=3, passed=False, finding="two_thirds_low"),
        LineResult(key="two", votes=2, needed=3, passed=True, finding=""),
    )
    assert (event.base_count, event.passed) == (4, False)


def test_a_rating_low_with_more_than_half_and_fewer_than_two_thirds():
    """Of all 5 members: 3 low are more than half (2.5) and fewer than two thirds (3.3)."""
    event = tallied(RATING, {"one:low": 3, "two:low": 4}, cast=4)
    assert [line.finding for line in event.lines] == ["half_low", "two_thirds_low"]


def test_a_confidence_vote_has_two_grades():
    question = RATING | {"choices": GRADES[1:], "rule_card": card(base="cast")}
    event = tallied(question, {"one:confident": 2, "one:low": 1}, cast=3)
    assert [line.passed for line in event.lines] == [True, True]


def test_every_draft_has_a_decision_of_its_own_by_the_same_card():
    event = tallied(DRAFTS, {"one:for": 3, "one:against": 1, "two:for": 2}, cast=4)
    assert results(event) == {"one": (3, True), "two": (2, False)}
    assert (event.passed, event.needed, event.counts["two:not_voting"]) == (False, 3, 0)


def test_on_a_tied_line_the_chairs_mark_on_that_line_decides():
    four = DRAFTS | {"rule_card": TIE, "members": 4}
    counts = {"one:for": 2, "one:against": 2, "two:for": 2, "two:against": 2}
    event = tallied(four, counts, cast=4, chair_marks=("one:against", "two:for"))
    assert [(line.passed, line.decided_by_chair) for line in event.lines] == [(False, True), (True, True)]
    assert event.decided_by_chair
    silent = tallied(four, counts, cast=4, chair_marks=("one:for",))
    assert [line.passed for line in silent.lines] == [True, False]


def test_invalid_papers_are_cast_and_bear_no_mark():
    event = tallied({"secret": False}, {"for": 2, "against": 1}, cast=4, invalid=1)
    assert (event.cast, event.invalid, event.not_cast) == (4, 1, 0)
    given(poll, opened(), CLOSED, event).when(tally({"for": 2, "against": 1}, cast=4, invalid=1)).then_nothing()
    given(poll, opened(), CLOSED, event).when(tally({"for": 2, "against": 1}, cast=3)).then_refused("tally_differs")


WEIGHTED = {"rule_card": card(allows_weights=True), "weights": {ids("ana"): 3}, "members": 7, "serving": 6}


def test_votes_have_weight_only_where_the_card_says_so():
    given(poll).when(open_poll(**WEIGHTED)).then(opened(**WEIGHTED))
    given(poll).when(open_poll(**WEIGHTED | {"rule_card": HALF})).then_refused("weights_not_allowed")
    present = card(allows_weights=True, base="present")
    given(poll).when(open_poll(**WEIGHTED | {"rule_card": present})).then_refused("weights_not_allowed")


@pytest.mark.parametrize("weights", [{ids("guest"): 2}, {ids("ana"): 0}])
def test_a_weight_is_at_least_one_and_of_somebody_on_the_roll(weights):
    given(poll).when(open_poll(**WEIGHTED | {"weights": weights})).then_refused("impossible_weight")


def test_the_votes_of_the_roll_are_not_more_than_the_body_has():
    given(poll).when(open_poll(**WEIGHTED | {"members": 5, "serving": 5})).then_refused("roll_exceeds_members")
    given(poll).when(open_poll(serving=6)).then_refused("roll_exceeds_members")
    given(poll).when(open_poll(serving=3)).then_refused("roll_exceeds_members")


def test_a_weighted_count_never_exceeds_the_votes_of_the_roll():
    event = tallied(WEIGHTED, {"for": 5, "against": 1}, cast=6)
    assert (event.cast, event.not_cast, event.votes_for) == (6, 0, 5)
    given(poll, opened(**WEIGHTED), CLOSED).when(tally({"for": 7})).then_refused("impossible_count")


def proxy(voter: str, holder: str, kind: str = "proxy") -> Representation:
    return Representation.model_validate(
        {"voter_id": ids(voter), "holder_id": ids(holder), "kind": kind, "basis": "Giấy ủy quyền"}
    )


BOTH = {"rule_card": card(allows_proxies=True, allows_substitutes=True)}


def test_proxies_and_substitutes_are_only_where_the_card_allows_them():
    represented = {"represented": (proxy("ana", "ben"), proxy("cat", "guest", "substitute"))}
    given(poll).when(open_poll(**BOTH, **represented)).then(opened(**BOTH, **represented))
    given(poll).when(open_poll(represented=(proxy("ana", "ben"),))).then_refused("proxies_not_allowed")
    substitute = (proxy("ana", "guest", "substitute"),)
    given(poll).when(open_poll(represented=substitute)).then_refused("substitutes_not_allowed")


@pytest.mark.parametrize(
    ("represented", "code"),
    [
        ((proxy("ana", "ben"), proxy("ana", "cat")), "represented_twice"),
        ((proxy("guest", "ben"),), "represented_off_roll"),
        ((proxy("ana", "guest"),), "proxy_not_a_voter"),
        ((proxy("ana", "ana"),), "proxy_not_a_voter"),
        ((proxy("ana", "ben", "substitute"),), "substitute_is_a_voter"),
    ],
)
def test_nobody_is_represented_by_who_may_not(represented, code):
    given(poll).when(open_poll(**BOTH, represented=represented)).then_refused(code)


def test_only_the_named_representative_votes_in_anothers_place():
    question = BOTH | {"represented": (proxy("ana", "ben"),)}
    check(question, "for", holder_id=ids("ben"))
    check(question, "for")
    for fields in ({"holder_id": ids("cat")}, {"holder_id": ids("ben"), "voter": "dan"}):
        with pytest.raises(ballot.Refused) as refusal:
            check(question, "for", **fields)
        assert refusal.value.code == "not_a_representative"


def test_a_changed_mind_is_recorded_where_the_card_allows_it():
    first, second = cast("for"), cast("against")
    [event] = ballot.decide(first, ballot.NotCast())
    given(ballot.changeable, event).when(first).then_nothing()
    [changed] = ballot.decide(second, ballot.NotCast())
    given(ballot.changeable, event).when(second).then(changed)
    given(ballot.changeable, event, changed).when(first).then(event)
    given(ballot.decider, event).when(second).then_refused("already_voted")


def test_no_proxy_changes_what_the_voter_cast_in_person():
    [own] = ballot.decide(marked("for"), ballot.NotCast())
    [by_proxy] = ballot.decide(marked("against", holder_id=ids("ben")), ballot.NotCast())
    given(ballot.changeable, own).when(marked("against", holder_id=ids("ben"))).then_refused("already_voted")
    given(ballot.changeable, by_proxy).when(marked("for")).then(own)


def test_the_order_of_marks_does_not_make_another_ballot():
    [event] = ballot.decide(marked("an", "binh"), ballot.NotCast())
    given(ballot.decider, event).when(marked("binh", "an")).then_nothing()


def test_a_secret_poll_takes_no_electronic_ballot():
    with pytest.raises(ballot.Refused) as refusal:
        check({"secret": True}, "for")
    assert refusal.value.code == "secret_on_paper"


DEPLETED = {"rule_card": card(only_depleted=True, base="serving", numerator=2, denominator=3), "members": 9}


def test_the_depleted_councils_card_is_only_for_a_council_with_fewer_than_two_thirds_serving():
    given(poll).when(open_poll(**DEPLETED, serving=5)).then(opened(**DEPLETED, serving=5))
    for serving in (6, 9, None):
        given(poll).when(open_poll(**DEPLETED, serving=serving)).then_refused("council_not_depleted")


def test_more_than_two_thirds_of_the_serving_are_needed_in_a_depleted_council():
    event = tallied(DEPLETED | {"serving": 5}, {"for": 4})
    assert (event.base_count, event.needed, event.passed) == (5, 4, True)
    assert not tallied(DEPLETED | {"serving": 5}, {"for": 3}).passed


def test_a_poll_opened_without_quorum_says_so_where_its_card_allows_it():
    absent = QuorumSnapshot(seats=5, needed=4, present=2, as_of=9)
    flagged = {"quorum": absent, "rule_card": card(needs_quorum=False)}
    given(poll).when(open_poll(**flagged)).then(opened(**flagged))
    assert not opened(**flagged).quorum.met


def test_closing_is_the_same_for_every_method():
    for way in WAYS.values():
        assert poll.fold([opened(**way), PollClosed(poll_id=BUDGET)]).opened == opened(**way)
