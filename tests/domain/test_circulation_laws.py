"""Laws of opinion forms: the count against a naive one, the clock against every moment, every order of events."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.messages import Recorded
from kernel.vietnam import VIETNAM, day_of
from services.tasks.deadlines import is_working_day
from services.voting import circulation_policy as policy
from services.voting.circulation_question import counted
from services.voting.messages import CloseOpinionForm, CountAnswers, RemindMembers
from services.voting.messages.circulation import AnswerSubmitted, OpinionFormCirculated, OpinionFormClosed
from services.voting.messages.poll import RuleCard
from tests.domain.test_circulation import CARD, CHAIR, CHOICES, FORM, circulated
from tests.stamps import STAMP_AT, ids, stamp

SHARES = st.sampled_from([(1, 2), (2, 3), (3, 4)])
KEYS = st.sampled_from([choice.key for choice in CHOICES])


@st.composite
def cards(draw: st.DrawFn) -> RuleCard:
    numerator, denominator = draw(SHARES)
    return CARD.model_copy(
        update={
            "base": draw(st.sampled_from(["all_members", "serving", "cast"])),
            "threshold": draw(st.sampled_from(["more_than", "at_least"])),
            "numerator": numerator,
            "denominator": denominator,
            "tie_to_chair": draw(st.booleans()),
            "silence": draw(st.sampled_from(["not_counted", "agreement"])),
        }
    )


@st.composite
def bodies(draw: st.DrawFn) -> tuple[OpinionFormCirculated, dict[UUID, str]]:
    """A body with its chair, some seats vacant, and what some of its members answered."""
    roll = (CHAIR, *(ids(f"member {n}") for n in range(draw(st.integers(0, 12)))))
    vacant = draw(st.integers(0, 3))
    sent = circulated(rule_card=draw(cards()), roll=roll, members=len(roll) + vacant, serving=len(roll))
    given_answers = {voter: draw(st.none() | KEYS) for voter in roll}
    return sent, {voter: key for voter, key in given_answers.items() if key}


def naive(sent: OpinionFormCirculated, answered: dict[UUID, str]) -> tuple[int, bool]:
    """Member by member: what each one's answer, or silence, says."""
    card = sent.rule_card
    votes = [answered.get(voter, "for" if card.silence == "agreement" else "") for voter in sent.roll]
    bases = {"all_members": sent.members, "serving": sent.serving, "cast": len([vote for vote in votes if vote])}
    base, for_it, against = bases[card.base], votes.count("for"), votes.count("against")
    if card.tie_to_chair and base and for_it == against == Fraction(base, 2):
        return for_it, votes[0] == "for"
    share = Fraction(card.numerator, card.denominator) * base
    return for_it, for_it > 0 and (for_it > share if card.threshold == "more_than" else for_it >= share)


@given(bodies())
def test_the_count_is_what_counting_member_by_member_gives(
    body: tuple[OpinionFormCirculated, dict[UUID, str]],
) -> None:
    sent, answered = body
    keys = list(answered.values())
    command = stamp(
        CountAnswers,
        form_id=FORM,
        counts={key: keys.count(key) for key in set(keys)},
        chair_choice=answered.get(CHAIR),
    )
    found = counted(command, sent)
    assert (found.votes_for, found.passed) == naive(sent, answered)
    assert found.answered + found.silent == len(sent.roll)
    assert found.silent_agreed in (0, found.silent)
    assert found.votes_for == found.counts["for"] + found.silent_agreed


@given(st.lists(st.tuples(st.integers(0, 4), KEYS), max_size=20), st.integers(0, 20))
def test_of_each_member_the_last_answer_before_the_close_counts(answers: list[tuple[int, str]], close: int) -> None:
    roll = (CHAIR, *(ids(f"member {n}") for n in range(4)))
    sent = circulated(roll=roll, members=5, serving=5)
    log = [
        (position if position < close else position + 1, AnswerSubmitted(form_id=FORM, voter_id=roll[who], choice=key))
        for position, (who, key) in enumerate(answers)
    ]
    command = policy.count(closed_at(close), OpinionFormClosed(form_id=FORM), sent, log)
    expected = dict(answers[:close])
    assert sum(command.counts.values()) == len(expected)
    assert command.chair_choice == expected.get(0)
    assert command.counts == {key: list(expected.values()).count(key) for key in set(expected.values())}


def closed_at(position: int) -> Recorded:
    return Recorded(
        id=ids("close"),
        type="OpinionFormClosed",
        stream=f"opinionForm-{FORM}",
        version=3,
        position=position,
        recorded_at=STAMP_AT,
        actor="clock",
        deployment="test",
        correlation_id=ids("close"),
        causation_id=ids("close"),
        data=b"{}",
        meta=b"{}",
    )


HOURS = st.integers(0, 24 * 40).map(lambda hours: datetime(2026, 1, 5, 2, tzinfo=VIETNAM) + timedelta(hours=hours))


def pending(sent_at: datetime, due_at: datetime, occasions: frozenset[str] = frozenset()) -> policy.Pending:
    return policy.Pending(FORM, sent_at, due_at, (ids("ana"),), 2, occasions)


@settings(max_examples=300)
@given(HOURS, HOURS, HOURS)
def test_the_clock_reminds_only_before_the_deadline_and_closes_only_after_it(
    sent_at: datetime, due_at: datetime, now: datetime
) -> None:
    [*commands] = policy.due(now, [pending(sent_at, due_at)], is_working_day)
    if now >= due_at:
        assert [type(each) for each in commands] == [CloseOpinionForm]
        return
    for each in commands:
        assert isinstance(each, RemindMembers)
        between = working_days(day_of(now), day_of(due_at))
        assert between == 0 if each.occasion == "due_day" else between <= 1
        assert day_of(now) != day_of(sent_at)


def working_days(first: date, last: date) -> int:
    """From `first` on, before `last`."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range((last - first).days))


def test_a_form_due_on_monday_reminds_on_friday_and_through_the_weekend() -> None:
    monday = datetime(2026, 3, 16, 17, tzinfo=VIETNAM)
    sent_at = monday - timedelta(days=7)
    seen = {
        days: [
            each.occasion
            for each in policy.due(monday - timedelta(days=days, hours=8), [pending(sent_at, monday)], is_working_day)
            if isinstance(each, RemindMembers)
        ]
        for days in range(7)
    }
    assert seen == {0: ["due_day"], 1: ["day_before"], 2: ["day_before"], 3: ["day_before"], 4: [], 5: [], 6: []}


def test_the_same_occasion_is_the_same_command_whoever_ticks_and_when() -> None:
    due_at = datetime(2026, 3, 18, 17, tzinfo=VIETNAM)
    form = pending(due_at - timedelta(days=5), due_at)
    first, second = (policy.due(due_at - timedelta(hours=hours), [form], is_working_day)[0].id for hours in (5, 2))
    assert first == second
    assert (
        policy.due(
            due_at - timedelta(hours=2), [pending(form.circulated_at, due_at, frozenset({"due_day"}))], is_working_day
        )
        == []
    )
    closes = {policy.due(due_at + timedelta(hours=hours), [form], is_working_day)[0].id for hours in (0, 9)}
    assert len(closes) == 1
