"""Secret ballots on paper: papers reconcile, two tellers agree, and the head of the board makes it the result."""

import pytest
from hypothesis import given as hypothetically
from hypothesis import strategies as st

from services.voting import disclosure
from services.voting.decider import decider as poll
from services.voting.decider import tallied
from services.voting.messages import (
    AppointTellers,
    CancelPoll,
    Choice,
    ClosePoll,
    ConfirmCount,
    CountAgreed,
    CountEntered,
    CountRestarted,
    CountsDiffered,
    Election,
    EnterCount,
    LineResult,
    OpenPoll,
    PaperCount,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollTallied,
    QuorumSnapshot,
    RestartCount,
    ResultPublished,
    RuleCard,
    TallyPoll,
    TellersAppointed,
)
from services.voting.paper_count import differences
from tests.given import given
from tests.stamps import ids, stamp

VICE_CHAIR = ids("vice-chair election")
ROLL = tuple(ids(f"delegate {n}") for n in range(10))
HALF = RuleCard(
    card_id="council_election",
    title="Quá nửa tổng số đại biểu",
    legal_basis="Điều 83",
    certainty="B",
    base="all_members",
    threshold="more_than",
    numerator=1,
    denominator=2,
)
CANDIDATES = (Choice(key="c1", label="Người thứ nhất", person_id=ids("eve")), Choice(key="c2", label="Người thứ hai"))
BOARD = TellersAppointed(poll_id=VICE_CHAIR, head_id=ids("ana"), member_ids=(ids("ben"), ids("cat")))
CLOSED = PollClosed(poll_id=VICE_CHAIR)
COUNT = PaperCount(issued=10, returned=9, unused=0, spoiled=1, valid=8, invalid=1, counts={"c1": 6, "c2": 2})
OTHER = COUNT.model_copy(update={"counts": {"c1": 5, "c2": 3}})


def opened(**changes: object) -> PollOpened:
    return PollOpened.model_validate(
        {
            "poll_id": VICE_CHAIR,
            "meeting_id": ids("meeting"),
            "question": "Bầu Phó Chủ tịch",
            "roll": ROLL,
            "choices": CANDIDATES,
            "rule_card": HALF,
            "members": 11,
            "quorum": QuorumSnapshot(seats=11, needed=8, present=10, as_of=9),
            "method": Election(maximum=1, posts=1),
            "secret": True,
        }
        | changes
    )


def appoint(head: str = "ana", members: tuple[str, ...] = ("ben", "cat")) -> AppointTellers:
    return stamp(AppointTellers, poll_id=VICE_CHAIR, head_id=ids(head), member_ids=tuple(ids(each) for each in members))


def enter(count: PaperCount = COUNT, actor: str = "ben") -> EnterCount:
    return stamp(EnterCount, actor=actor, poll_id=VICE_CHAIR, count=count)


def entered(count: PaperCount = COUNT, teller: str = "ben") -> CountEntered:
    return CountEntered(poll_id=VICE_CHAIR, teller_id=ids(teller), count=count)


def confirm(actor: str = "ana") -> ConfirmCount:
    return stamp(ConfirmCount, actor=actor, poll_id=VICE_CHAIR)


def restart(actor: str = "ana") -> RestartCount:
    return stamp(RestartCount, actor=actor, poll_id=VICE_CHAIR, reason="Đếm lại")


AGREED = CountAgreed(poll_id=VICE_CHAIR, count=COUNT, teller_ids=(ids("ben"), ids("cat")))
RESULT = PollTallied(
    poll_id=VICE_CHAIR,
    counts={"c1": 6, "c2": 2},
    cast=9,
    not_cast=1,
    invalid=1,
    base_count=11,
    needed=6,
    votes_for=0,
    passed=True,
    card_id="council_election",
    lines=(
        LineResult(key="c1", votes=6, needed=6, passed=True),
        LineResult(key="c2", votes=2, needed=6, passed=False),
    ),
)


def test_a_board_is_appointed_while_the_papers_are_out_or_once_the_box_is_closed():
    given(poll, opened()).when(appoint()).then(BOARD)
    given(poll, opened(), CLOSED).when(appoint()).then(BOARD)


def test_another_board_takes_the_place_of_the_first_until_figures_stand():
    other = TellersAppointed(poll_id=VICE_CHAIR, head_id=ids("dan"), member_ids=(ids("ben"), ids("cat")))
    given(poll, opened(), BOARD).when(appoint()).then_nothing()
    given(poll, opened(), BOARD).when(appoint("dan")).then(other)
    given(poll, opened(), BOARD, CLOSED, entered()).when(appoint("dan")).then_refused("count_under_way")
    given(poll, opened(), BOARD, CLOSED, entered(), entered(teller="cat"), AGREED).when(appoint("dan")).then_refused(
        "count_under_way"
    )


def test_only_papers_have_tellers():
    given(poll, opened(secret=False)).when(appoint()).then_refused("not_on_paper")


def test_nobody_counts_twice_and_no_candidate_counts():
    given(poll, opened()).when(appoint("ana", ("ana", "ben"))).then_refused("duplicate_teller")
    given(poll, opened()).when(appoint("eve")).then_refused("teller_is_candidate")


def test_the_first_figures_wait_for_those_of_a_second_teller():
    given(poll, opened(), BOARD, CLOSED).when(enter()).then(entered())
    given(poll, opened(), BOARD, CLOSED, entered()).when(enter()).then_nothing()
    given(poll, opened(), BOARD, CLOSED, entered()).when(enter(OTHER)).then_refused("second_teller_needed")


def test_two_tellers_with_the_same_figures_agree():
    given(poll, opened(), BOARD, CLOSED, entered()).when(enter(actor="cat")).then(entered(teller="cat"), AGREED)


def test_two_tellers_with_other_figures_both_begin_again():
    differed = CountsDiffered(poll_id=VICE_CHAIR, figures=("c1", "c2"))
    history = (opened(), BOARD, CLOSED, entered())
    given(poll, *history).when(enter(OTHER, "cat")).then(entered(OTHER, "cat"), differed)
    given(poll, *history, entered(OTHER, "cat"), differed).when(enter(actor="cat")).then(entered(teller="cat"))


def test_the_box_is_closed_before_it_is_counted():
    for command in (enter(), restart(), confirm()):
        given(poll, opened(), BOARD).when(command).then_refused("poll_still_open")


@pytest.mark.parametrize("command", [enter(), restart(), confirm()])
def test_without_a_board_nobody_counts(command):
    given(poll, opened(), CLOSED).when(command).then_refused("no_tellers")


def test_only_tellers_count():
    given(poll, opened(), BOARD, CLOSED).when(enter(actor="dan")).then_refused("not_a_teller")
    given(poll, opened(), BOARD, CLOSED, entered()).when(restart("dan")).then_refused("not_a_teller")


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"issued": 11}, "papers_do_not_reconcile"),
        ({"returned": 8}, "papers_do_not_reconcile"),
        ({"valid": 7}, "returned_do_not_reconcile"),
        ({"issued": 12, "returned": 11, "valid": 10}, "more_papers_than_voters"),
        ({"counts": {"c1": 6, "c9": 2}}, "unknown_choice"),
        ({"counts": {"c1": 9, "c2": 0}}, "marks_do_not_fit"),
        ({"counts": {"c1": 6, "c2": 3}}, "marks_do_not_fit"),
        ({"counts": {"c1": 9, "c2": -1}}, "marks_do_not_fit"),
    ],
)
def test_papers_that_do_not_add_up_are_counted_again(figures, code):
    count = COUNT.model_copy(update=figures)
    given(poll, opened(), BOARD, CLOSED).when(enter(count)).then_refused(code)


def test_what_was_agreed_stands_until_the_board_counts_again():
    history = (opened(), BOARD, CLOSED, entered(), entered(teller="cat"), AGREED)
    given(poll, *history).when(enter(actor="ana")).then_refused("count_agreed")
    restarted = CountRestarted(poll_id=VICE_CHAIR, reason="Đếm lại")
    given(poll, *history).when(restart()).then(restarted)
    given(poll, *history, restarted).when(restart()).then_nothing()
    given(poll, *history, restarted).when(enter(OTHER)).then(entered(OTHER))


def test_the_head_of_the_board_makes_the_agreed_count_the_result():
    history = (opened(), BOARD, CLOSED, entered(), entered(teller="cat"), AGREED)
    given(poll, *history).when(confirm("ben")).then_refused("not_head_of_tellers")
    given(poll, *history).when(confirm()).then(RESULT)
    given(poll, *history, RESULT).when(confirm()).then_nothing()
    given(poll, *history, RESULT).when(restart()).then_refused("already_counted")


def test_one_count_is_not_a_result():
    given(poll, opened(), BOARD, CLOSED).when(confirm()).then_refused("count_not_agreed")
    given(poll, opened(), BOARD, CLOSED, entered()).when(confirm()).then_refused("count_not_agreed")


def test_no_other_count_than_the_tellers_is_the_result_of_a_secret_ballot():
    forged = stamp(TallyPoll, poll_id=VICE_CHAIR, counts={"c1": 10})
    given(poll, opened(), CLOSED).when(forged).then_refused("counted_by_tellers")


def test_a_poll_that_is_not_there_or_was_cancelled_is_not_counted():
    given(poll).when(appoint()).then_refused("no_such_poll")
    cancelled = PollCancelled(poll_id=VICE_CHAIR, reason="Phiếu in sai")
    given(poll, opened(), cancelled).when(appoint()).then_refused("poll_cancelled")


def test_a_box_can_be_closed_or_the_ballot_cancelled_while_a_board_is_appointed():
    given(poll, opened(), BOARD).when(stamp(ClosePoll, poll_id=VICE_CHAIR)).then(CLOSED)
    cancelled = PollCancelled(poll_id=VICE_CHAIR, reason="Phiếu in sai")
    given(poll, opened(), BOARD).when(stamp(CancelPoll, poll_id=VICE_CHAIR, reason="Phiếu in sai")).then(cancelled)


def test_so_few_voters_have_no_secret():
    few = opened(roll=ROLL[:4])
    command = stamp(OpenPoll, **{name: getattr(few, name) for name in PollOpened.model_fields})
    given(poll).when(command).then_refused("too_few_for_secrecy")


def test_papers_have_no_weight():
    heavy = opened(weights={ROLL[0]: 2}, rule_card=HALF.model_copy(update={"allows_weights": True}))
    command = stamp(OpenPoll, **{name: getattr(heavy, name) for name in PollOpened.model_fields})
    given(poll).when(command).then_refused("weights_not_allowed")


COUNTS = st.builds(
    PaperCount,
    issued=st.integers(0, 30),
    returned=st.integers(0, 12),
    unused=st.integers(0, 12),
    spoiled=st.integers(0, 5),
    valid=st.integers(0, 12),
    invalid=st.integers(0, 5),
    counts=st.fixed_dictionaries({}, optional={"c1": st.integers(0, 12), "c2": st.integers(0, 12)}),
)


@hypothetically(COUNTS, COUNTS)
def test_figures_differ_exactly_when_the_papers_do(one, other):
    def figures(count: PaperCount) -> dict[str, int]:
        return {name: value for name, value in count if name != "counts"} | {
            mark: count.counts.get(mark, 0) for mark in ("c1", "c2")
        }

    mine, theirs = figures(one), figures(other)
    assert set(differences(one, other)) == {name for name in mine if mine[name] != theirs[name]}


def test_the_breakdown_of_a_secret_ballot_is_published_when_it_tells_on_nobody():
    assert disclosure.withheld(opened(), RESULT) is None
    assert disclosure.withheld(opened(secret=False), RESULT) is None


@pytest.mark.parametrize(
    ("counts", "cast", "reason"),
    [
        ({"c1": 3, "c2": 1}, 4, "few_papers"),
        ({"c1": 8, "c2": 0}, 8, "unanimous"),
        ({"c1": 0, "c2": 5}, 8, "unanimous"),
    ],
)
def test_a_breakdown_that_tells_how_each_voted_is_withheld(counts, cast, reason):
    poll_opened = opened(method=Election(minimum=0, maximum=1, posts=1))
    tally = tallied(poll_opened, counts, cast=cast)
    assert disclosure.withheld(poll_opened, tally) == reason
    open_card = poll_opened.model_copy(update={"rule_card": HALF.model_copy(update={"min_anonymity": 1})})
    assert disclosure.withheld(open_card, tally) is None


def test_a_published_result_is_no_longer_counted():
    published = ResultPublished(poll_id=VICE_CHAIR)
    history = (opened(), BOARD, CLOSED, entered(), entered(teller="cat"), AGREED, RESULT, published)
    given(poll, *history).when(enter()).then_refused("already_counted")
