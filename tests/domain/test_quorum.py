"""The quorum timeline follows who is in the hall."""

from datetime import UTC, datetime, timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.meeting.messages import Quorum
from services.meeting.quorum import Move, Step, gaps, met, timeline

EIGHT = datetime(2026, 12, 9, 1, 0, tzinfo=UTC)
TWO_THIRDS_OF_SIX = Quorum(seats=6, numerator=2, denominator=3)


def minute(number: int) -> datetime:
    return EIGHT + timedelta(minutes=number)


def test_two_thirds_of_fifty_one_seats_are_thirty_four_members():
    assert Quorum(seats=51, numerator=2, denominator=3).needed == 34


def test_a_quorum_is_reached_exactly_with_the_number_needed():
    assert not met(TWO_THIRDS_OF_SIX, 3)
    assert met(TWO_THIRDS_OF_SIX, 4)


@for_all(st.integers(1, 1000), st.integers(1, 100), st.integers(1, 100), st.integers(0, 1000))
def test_met_and_needed_never_contradict_each_other(seats, numerator, denominator, present):
    quorum = Quorum(seats=seats, numerator=numerator, denominator=denominator)
    assert met(quorum, present) == (present >= quorum.needed)


def test_the_timeline_begins_with_an_empty_hall():
    assert timeline(TWO_THIRDS_OF_SIX, EIGHT, []) == [Step(EIGHT, 0, met=False)]


def test_quorum_is_reached_lost_and_reached_again():
    moves = [Move(minute(i), name, here=True) for i, name in enumerate(("an", "binh", "chi", "dung"), 1)]
    moves += [Move(minute(30), "chi", here=False), Move(minute(40), "chi", here=True)]
    steps = timeline(TWO_THIRDS_OF_SIX, EIGHT, moves)
    assert [(step.present, step.met) for step in steps] == [
        (0, False),
        (1, False),
        (2, False),
        (3, False),
        (4, True),
        (3, False),
        (4, True),
    ]
    assert gaps(steps) == [(minute(30), minute(40))]


def test_a_quorum_lost_for_good_stays_open_until_the_end():
    moves = [Move(minute(i), str(i), here=True) for i in range(4)] + [Move(minute(9), "0", here=False)]
    assert gaps(timeline(TWO_THIRDS_OF_SIX, EIGHT, moves)) == [(minute(9), None)]
    assert gaps(timeline(TWO_THIRDS_OF_SIX, EIGHT, moves), until=minute(60)) == [(minute(9), minute(60))]


def test_waiting_for_the_quorum_is_not_a_loss_of_it():
    assert gaps(timeline(TWO_THIRDS_OF_SIX, EIGHT, [Move(minute(1), "an", here=True)])) == []


def test_moving_from_online_to_the_hall_does_not_count_twice():
    moves = [Move(minute(1), "an", here=True), Move(minute(5), "an", here=True)]
    assert [step.present for step in timeline(TWO_THIRDS_OF_SIX, EIGHT, moves)] == [0, 1]


@for_all(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans())))
def test_the_last_step_counts_who_is_there(history):
    moves = [Move(minute(i), person, here=here) for i, (person, here) in enumerate(history)]
    last = dict(history)
    assert timeline(TWO_THIRDS_OF_SIX, EIGHT, moves)[-1].present == sum(last.values())
