"""Every method against a naive count of the same ballots, by hand rules that know nothing of the code under test."""

from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.decider import Refused
from kernel.messages import Recorded
from services.voting import ballot, policy
from services.voting.decider import decider as poll
from services.voting.decider import is_open
from services.voting.messages import (
    BallotCast,
    CastBallot,
    Choice,
    Election,
    Line,
    PollClosed,
    PollOpened,
    PollTallied,
    QuorumSnapshot,
    Rating,
    RuleCard,
    SeveralDrafts,
    SingleChoice,
)
from services.voting.question import check_question
from tests.domain.test_voting import BUDGET, CHOICES, HALF
from tests.domain.test_voting_methods import GRADES, LINES
from tests.stamps import ids, stamp

VOTERS = tuple(ids(f"voter {number}") for number in range(9))
CLOSE = Recorded(
    id=ids("close"),
    type="PollClosed",
    stream=f"poll-{BUDGET}",
    version=1,
    position=100,
    recorded_at=datetime(2026, 11, 22, tzinfo=UTC),
    actor="clerk",
    deployment="test",
    correlation_id=ids("close"),
    causation_id=ids("close"),
    data=b"",
    meta=b"",
)
cards = st.builds(
    lambda share, threshold, base, tie: HALF.model_copy(
        update={
            "numerator": share[0],
            "denominator": share[1],
            "threshold": threshold,
            "base": base,
            "tie_to_chair": tie,
            "allows_weights": True,
        }
    ),
    share=st.sampled_from([(1, 2), (2, 3), (1, 3), (1, 4)]),
    threshold=st.sampled_from(["more_than", "at_least"]),
    base=st.sampled_from(["all_members", "serving", "cast"]),
    tie=st.booleans(),
)
CANDIDATES = tuple(Choice(key=key, label=key) for key in "abcd")


@st.composite
def elections(draw: st.DrawFn) -> dict[str, object]:
    posts = draw(st.integers(1, 3))
    maximum = draw(st.integers(1, posts))
    method = Election(minimum=draw(st.integers(0, maximum)), maximum=maximum, posts=posts)
    return {"method": method, "choices": CANDIDATES}


WAYS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "single_choice": st.just({"method": SingleChoice(), "choices": CHOICES}),
    "election": elections(),
    "rating": st.sampled_from([GRADES, GRADES[1:]]).map(
        lambda grades: {"method": Rating(), "choices": grades, "lines": LINES}
    ),
    "several_drafts": st.just({"method": SeveralDrafts(), "choices": CHOICES, "lines": LINES}),
}


@st.composite
def polls(draw: st.DrawFn, *methods: str) -> PollOpened:
    way, card, size = draw(st.one_of(*(WAYS[each] for each in methods))), draw(cards), draw(st.integers(1, 9))
    if way["method"].kind in ("election", "rating"):
        card = card.model_copy(update={"tie_to_chair": False})
    roll = VOTERS[:size]
    weights = {voter: draw(st.integers(1, 3)) for voter in roll if draw(st.booleans())}
    votes = size + sum(weight - 1 for weight in weights.values())
    serving = votes + draw(st.integers(0, 3))
    return PollOpened(
        poll_id=BUDGET,
        meeting_id=ids("meeting"),
        question="?",
        roll=roll,
        rule_card=card,
        members=serving + draw(st.integers(0, 3)),
        serving=serving,
        quorum=QuorumSnapshot(seats=size, needed=0, present=size, as_of=0),
        chair_id=roll[0],
        weights=weights,
        **way,
    )


@st.composite
def voted(draw: st.DrawFn, *methods: str) -> tuple[PollOpened, list[tuple[int, BallotCast]]]:
    """Ballots in log order, each with its position; some are changed, some come behind the close at 100."""
    opened = draw(polls(*(methods or WAYS)))
    keys = [choice.key for choice in opened.choices]
    marks = [f"{line.key}:{key}" for line in opened.lines for key in keys] or keys
    cast = draw(
        st.lists(
            st.tuples(st.sampled_from(opened.roll), st.lists(st.sampled_from(marks), max_size=3), st.integers(1, 200)),
            max_size=14,
        )
    )
    valid = []
    for voter, chosen, position in sorted(cast, key=lambda each: each[2]):
        command = stamp(CastBallot, poll_id=BUDGET, voter_id=voter, marks=tuple(chosen))
        try:
            ballot.check_entitled(command, is_open(opened))
        except Refused:
            continue
        valid.append((position, BallotCast(poll_id=BUDGET, voter_id=voter, marks=tuple(chosen))))
    return opened, valid


def tally_of(opened: PollOpened, ballots: list[tuple[int, BallotCast]]) -> PollTallied:
    check_question(opened)
    [command] = policy.react(CLOSE, PollClosed(poll_id=BUDGET), opened, ballots)
    [event] = poll.decide(command, poll.fold([opened, PollClosed(poll_id=BUDGET)]))
    assert isinstance(event, PollTallied)
    return event


def weight(opened: PollOpened, voter: UUID) -> int:
    return opened.weights.get(voter, 1)


def standing(ballots: list[tuple[int, BallotCast]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for position, cast in ballots:
        if position < 100:
            found[cast.voter_id] = list(cast.marks)
    return found


def votes_for(opened: PollOpened, ballots: list[tuple[int, BallotCast]], mark: str) -> int:
    return sum(weight(opened, voter) for voter, marks in standing(ballots).items() if mark in marks)


def base(opened: PollOpened, ballots: list[tuple[int, BallotCast]]) -> int:
    cast = sum(weight(opened, voter) for voter in standing(ballots))
    return {"all_members": opened.members, "serving": opened.serving, "cast": cast}[opened.rule_card.base]


def enough(card: RuleCard, votes: int, of: int) -> bool:
    share = Fraction(card.numerator, card.denominator) * of
    return votes > 0 and (votes > share if card.threshold == "more_than" else votes >= share)


def carried(opened: PollOpened, ballots: list[tuple[int, BallotCast]], prefix: str) -> bool:
    """For more than, or at least, the share; with exactly half for and half against, as the chair marked it."""
    count, of = votes_for(opened, ballots, f"{prefix}for"), base(opened, ballots)
    against = votes_for(opened, ballots, f"{prefix}against")
    if opened.rule_card.tie_to_chair and of and Fraction(of, 2) == count == against:
        return f"{prefix}for" in standing(ballots).get(opened.chair_id, [])
    return enough(opened.rule_card, count, of)


@settings(max_examples=400, deadline=None)
@given(case=voted())
def test_every_mark_is_counted_as_often_as_it_stands_on_the_last_ballots_before_the_close(case):
    opened, ballots = case
    event = tally_of(opened, ballots)
    assert event.counts == {mark: votes_for(opened, ballots, mark) for mark in event.counts}
    assert event.cast == sum(weight(opened, voter) for voter in standing(ballots))
    assert event.cast + event.not_cast == sum(weight(opened, voter) for voter in opened.roll)
    assert event.base_count == base(opened, ballots)


@settings(max_examples=400, deadline=None)
@given(case=voted("single_choice", "several_drafts"))
def test_questions_and_drafts_pass_exactly_when_the_words_of_the_card_say_so(case):
    opened, ballots = case
    event = tally_of(opened, ballots)
    if opened.lines:
        assert [line.passed for line in event.lines] == [carried(opened, ballots, f"{line.key}:") for line in LINES]
        assert event.passed == all(line.passed for line in event.lines)
    else:
        assert event.passed == carried(opened, ballots, "")


@settings(max_examples=400, deadline=None)
@given(case=voted("election"))
def test_an_election_fills_its_posts_from_the_top_until_equals_stand_in_the_way(case):
    opened, ballots = case
    event, of = tally_of(opened, ballots), base(opened, ballots)
    left, elected = opened.method.posts, set()
    votes = {each.key: votes_for(opened, ballots, each.key) for each in CANDIDATES}
    for step in sorted(set(votes.values()), reverse=True):
        equals = {key for key, number in votes.items() if number == step}
        if not enough(opened.rule_card, step, of) or len(equals) > left:
            break
        elected, left = elected | equals, left - len(equals)
    assert {line.key for line in event.lines if line.passed} == elected
    assert (event.open_posts, event.passed) == (left, left == 0)


@settings(max_examples=400, deadline=None)
@given(case=voted("rating"))
def test_a_rating_is_measured_by_its_low_grade_alone(case):
    opened, ballots = case
    event, of = tally_of(opened, ballots), base(opened, ballots)
    for line in event.lines:
        low = votes_for(opened, ballots, f"{line.key}:low")
        two_thirds, half = low > 0 and low >= Fraction(2, 3) * of, low > Fraction(of, 2)
        assert (line.votes, line.finding) == (low, "two_thirds_low" if two_thirds else "half_low" if half else "")
        assert line.passed == (not enough(opened.rule_card, low, of))


def test_a_paper_of_fifty_lines_is_counted_line_by_line():
    lines = tuple(Line(key=f"l{number}", title="?") for number in range(50))
    opened = PollOpened(
        poll_id=BUDGET,
        meeting_id=ids("meeting"),
        question="?",
        roll=VOTERS,
        rule_card=HALF,
        members=9,
        quorum=QuorumSnapshot(seats=9, needed=0, present=9, as_of=0),
        method=SeveralDrafts(),
        choices=CHOICES,
        lines=lines,
    )
    ballots = [
        (place, BallotCast(poll_id=BUDGET, voter_id=voter, marks=tuple(f"l{n}:for" for n in range(50) if n % 9 <= i)))
        for i, (place, voter) in enumerate(zip(range(1, 10), VOTERS, strict=True))
    ]
    event = tally_of(opened, ballots)
    assert [line.votes for line in event.lines] == [9 - number % 9 for number in range(50)]
