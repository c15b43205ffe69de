from datetime import date

import pytest

from services.voting import ballot
from services.voting.cards import Card, catalogue
from services.voting.decider import decider as poll
from services.voting.examples import check_examples
from services.voting.messages import (
    BallotCast,
    CancelPoll,
    CastBallot,
    Choice,
    ClosePoll,
    OpenPoll,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollTallied,
    PublishResult,
    QuorumSnapshot,
    ResultPublished,
    RuleCard,
    TallyPoll,
)
from services.voting.messages.cards import Example
from tests.given import given
from tests.stamps import ids, stamp

BUDGET = ids("budget")
HALF = RuleCard(
    card_id="council_more_than_half",
    title="Quá nửa tổng số đại biểu",
    legal_basis="Điều 91",
    certainty="B",
    base="all_members",
    threshold="more_than",
    numerator=1,
    denominator=2,
)
TIE = HALF.model_copy(update={"card_id": "committee_more_than_half", "tie_to_chair": True})
CHOICES = (
    Choice(key="for", label="Tán thành", counts_for=True),
    Choice(key="against", label="Không tán thành", counts_against=True),
    Choice(key="not_voting", label="Không biểu quyết"),
)
QUORATE = QuorumSnapshot(seats=5, needed=4, present=4, as_of=9)


def question(**changes: object) -> dict[str, object]:
    return {
        "poll_id": BUDGET,
        "meeting_id": ids("meeting"),
        "question": "Thông qua dự toán ngân sách?",
        "roll": tuple(ids(name) for name in ("ana", "ben", "cat", "dan")),
        "choices": CHOICES,
        "rule_card": HALF,
        "members": 5,
        "quorum": QUORATE,
        "chair_id": ids("ana"),
    } | changes


def open_poll(**changes: object) -> OpenPoll:
    return stamp(OpenPoll, **question(**changes))


def opened(**changes: object) -> PollOpened:
    return PollOpened.model_validate(question(**changes))


CLOSED = PollClosed(poll_id=BUDGET)
PUBLISHED = ResultPublished(poll_id=BUDGET)
CANCELLED = PollCancelled(poll_id=BUDGET, reason="Câu hỏi sai")


def close() -> ClosePoll:
    return stamp(ClosePoll, poll_id=BUDGET)


def cancel() -> CancelPoll:
    return stamp(CancelPoll, poll_id=BUDGET, reason="Câu hỏi sai")


def publish() -> PublishResult:
    return stamp(PublishResult, poll_id=BUDGET)


def tally(chair_marks: tuple[str, ...] = (), **counts: int) -> TallyPoll:
    counts = {key.rstrip("_"): count for key, count in counts.items()}
    return stamp(TallyPoll, poll_id=BUDGET, counts=counts, chair_marks=chair_marks)


TALLIED = PollTallied(
    poll_id=BUDGET,
    counts={"for": 3, "against": 1, "not_voting": 0},
    cast=4,
    not_cast=0,
    base_count=5,
    needed=3,
    votes_for=3,
    passed=True,
    card_id="council_more_than_half",
)


def cast(choice: str, voter: str = "ana") -> CastBallot:
    return stamp(CastBallot, poll_id=BUDGET, voter_id=ids(voter), choice=choice)


def ballot_cast(choice: str, voter: str = "ana") -> BallotCast:
    return BallotCast(poll_id=BUDGET, voter_id=ids(voter), choice=choice)


def test_a_poll_opens_with_its_roll_choices_rule_and_quorum_frozen():
    given(poll).when(open_poll()).then(opened())


def test_opening_the_same_poll_again_changes_nothing():
    given(poll, opened()).when(open_poll()).then_nothing()


def test_another_question_cannot_take_the_place_of_an_open_one():
    given(poll, opened()).when(open_poll(question="Một câu khác?")).then_refused("poll_already_opened")
    given(poll, opened(), CLOSED, TALLIED).when(open_poll()).then_refused("poll_already_opened")


def test_a_poll_without_quorum_does_not_open():
    absent = QuorumSnapshot(seats=5, needed=4, present=3, as_of=9)
    given(poll).when(open_poll(quorum=absent)).then_refused("no_quorum")


def test_a_card_that_needs_no_quorum_opens_a_poll_without_it():
    absent = QuorumSnapshot(seats=5, needed=4, present=0, as_of=9)
    circulated = HALF.model_copy(update={"needs_quorum": False})
    changes = {"quorum": absent, "rule_card": circulated}
    given(poll).when(open_poll(**changes)).then(opened(**changes))


def test_nobody_stands_on_the_roll_twice():
    given(poll).when(open_poll(roll=(ids("ana"), ids("ana")))).then_refused("duplicate_voter")


def test_the_roll_is_not_longer_than_the_body():
    given(poll).when(open_poll(members=3)).then_refused("roll_exceeds_members")


def test_two_choices_cannot_share_a_name():
    given(poll).when(open_poll(choices=(CHOICES[0], CHOICES[1], CHOICES[1]))).then_refused("duplicate_choice")


@pytest.mark.parametrize(
    "choices",
    [
        CHOICES[1:],
        (CHOICES[0], Choice(key="also_for", label="Cũng tán thành", counts_for=True)),
        (Choice(key="for", label="Tán thành", counts_for=True, counts_against=True), CHOICES[2]),
    ],
)
def test_exactly_one_choice_counts_toward_the_threshold(choices):
    given(poll).when(open_poll(choices=choices)).then_refused("one_choice_for")


@pytest.mark.parametrize(("threshold", "numerator", "denominator"), [("more_than", 1, 1), ("at_least", 4, 3)])
def test_a_threshold_that_nobody_can_reach_is_refused(threshold, numerator, denominator):
    card = HALF.model_copy(update={"threshold": threshold, "numerator": numerator, "denominator": denominator})
    given(poll).when(open_poll(rule_card=card)).then_refused("impossible_threshold")


def test_a_tie_is_decided_only_by_a_chair_who_votes():
    given(poll).when(open_poll(rule_card=TIE, chair_id=None)).then_refused("chair_not_on_roll")
    given(poll).when(open_poll(rule_card=TIE, chair_id=ids("guest"))).then_refused("chair_not_on_roll")


def test_a_tie_needs_a_choice_against():
    given(poll).when(open_poll(rule_card=TIE, choices=(CHOICES[0], CHOICES[2]))).then_refused("no_choice_against")


def test_an_open_poll_is_closed_once():
    given(poll, opened()).when(close()).then(CLOSED)
    given(poll, opened(), CLOSED).when(close()).then_nothing()
    given(poll, opened(), CLOSED, TALLIED).when(close()).then_nothing()
    given(poll, opened(), CLOSED, TALLIED, PUBLISHED).when(close()).then_nothing()


def test_an_open_poll_can_be_cancelled_with_a_reason():
    given(poll, opened()).when(cancel()).then(CANCELLED)
    given(poll, opened(), CANCELLED).when(cancel()).then_nothing()


@pytest.mark.parametrize("later", [(), (TALLIED,), (TALLIED, PUBLISHED)])
def test_a_closed_poll_cannot_be_cancelled(later):
    given(poll, opened(), CLOSED, *later).when(cancel()).then_refused("poll_closed")


def test_the_tally_prints_its_arithmetic():
    given(poll, opened(), CLOSED).when(tally(for_=3, against=1)).then(TALLIED)


def test_the_same_tally_again_changes_nothing():
    given(poll, opened(), CLOSED, TALLIED).when(tally(for_=3, against=1, not_voting=0)).then_nothing()
    given(poll, opened(), CLOSED, TALLIED, PUBLISHED).when(tally(for_=3, against=1, not_voting=0)).then_nothing()


def test_another_tally_of_the_same_ballots_is_refused():
    given(poll, opened(), CLOSED, TALLIED).when(tally(for_=4)).then_refused("tally_differs")


def test_an_open_poll_is_not_counted():
    given(poll, opened()).when(tally(for_=1)).then_refused("poll_still_open")


def test_more_ballots_than_voters_are_never_counted():
    given(poll, opened(), CLOSED).when(tally(for_=3, against=2)).then_refused("impossible_count")
    given(poll, opened(), CLOSED).when(tally(for_=3, against=-1)).then_refused("impossible_count")


def test_a_choice_that_was_not_offered_is_never_counted():
    given(poll, opened(), CLOSED).when(tally(maybe=1)).then_refused("unknown_choice")
    given(poll, opened(), CLOSED).when(tally(chair_marks=("maybe",))).then_refused("unknown_choice")


def test_half_and_half_goes_to_the_side_of_the_chair():
    tied = {"rule_card": TIE, "members": 4}
    for side, passed in (("for", True), ("against", False)):
        given(poll, opened(**tied), CLOSED).when(tally(chair_marks=(side,), for_=2, against=2)).then(
            PollTallied(
                poll_id=BUDGET,
                counts={"for": 2, "against": 2, "not_voting": 0},
                cast=4,
                not_cast=0,
                base_count=4,
                needed=3,
                votes_for=2,
                passed=passed,
                decided_by_chair=True,
                card_id="committee_more_than_half",
            )
        )


def test_publishing_the_result_is_an_act_of_its_own_after_the_tally():
    given(poll, opened(), CLOSED, TALLIED).when(publish()).then(PUBLISHED)
    given(poll, opened(), CLOSED, TALLIED, PUBLISHED).when(publish()).then_nothing()
    given(poll, opened(), CLOSED).when(publish()).then_refused("not_tallied")
    given(poll, opened()).when(publish()).then_refused("poll_still_open")


@pytest.mark.parametrize("act", [close, cancel, publish, tally])
def test_nothing_happens_to_a_poll_that_was_never_opened(act):
    given(poll).when(act()).then_refused("no_such_poll")


@pytest.mark.parametrize("act", [close, publish, tally])
def test_a_cancelled_poll_has_no_result(act):
    given(poll, opened(), CANCELLED).when(act()).then_refused("poll_cancelled")


def test_a_voter_casts_one_ballot():
    given(ballot.decider).when(cast("for")).then(ballot_cast("for"))


def test_the_same_choice_again_is_no_second_ballot():
    given(ballot.decider, ballot_cast("for")).when(cast("for")).then_nothing()


def test_nobody_votes_twice():
    given(ballot.decider, ballot_cast("for")).when(cast("against")).then_refused("already_voted")


@pytest.mark.parametrize(
    ("ballot_paper", "code"), [(cast("for", "guest"), "not_on_roll"), (cast("maybe"), "unknown_choice")]
)
def test_only_the_roll_votes_and_only_for_what_is_offered(ballot_paper, code):
    with pytest.raises(ballot.Refused) as refusal:
        ballot.check_entitled(ballot_paper, poll.fold([opened()]))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("card", "example"),
    [(card, example) for card in catalogue().card for example in card.example],
    ids=lambda value: value.card_id if isinstance(value, Card) else value.says,
)
def test_every_worked_example_of_every_rule_card(card: Card, example: Example):
    check_examples(card.rule, [example])


def test_every_rule_card_can_open_a_poll_with_every_choice_template_of_its_methods():
    for card in catalogue().card:
        for template in catalogue().choices:
            if "single_choice" in card.methods and "single_choice" in template.methods:
                size = {"members": 7, "serving": 4} if card.only_depleted else {}
                changes = {"rule_card": card.rule, "choices": template.choice, **size}
                given(poll).when(open_poll(**changes)).then(opened(**changes))


def test_a_body_is_offered_its_own_cards():
    day = date(2026, 11, 22)
    assert [card.card_id for card in catalogue().cards_for("people_committee", day)] == ["committee_more_than_half"]
    assert len(catalogue().cards_for("people_council", day)) == 6
    assert len(catalogue().cards_for("council_committee", day)) == 7
    assert catalogue().cards_for("people_council", date(2000, 1, 1)) == ()
