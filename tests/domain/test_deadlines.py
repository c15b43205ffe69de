"""Working days of Vietnam: weekends, Tết, make-up Saturdays; and what counts as due soon."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kernel.vietnam import VIETNAM, day_of
from services.tasks.deadlines import (
    DueState,
    add_working_days,
    falls_on_a_day_off,
    is_provisional,
    is_working_day,
    open_state,
    shortcuts,
    soon_until,
    working_days_left,
)

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def at(day: int, hour: int = 8, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 24), False),
        (date(2026, 9, 2), False),
        (date(2026, 8, 31), False),
        (date(2026, 8, 22), True),
        (date(2026, 2, 17), False),
        (date(2025, 5, 2), False),
        (date(2025, 4, 26), True),
    ],
)
def test_working_days_follow_the_decreed_calendar(day: date, working: bool):
    assert is_working_day(day) is working


def test_a_make_up_saturday_counts_as_a_working_day():
    assert add_working_days(date(2026, 8, 21), 1) == date(2026, 8, 22)


def test_three_working_days_step_over_sunday_and_culture_day():
    assert add_working_days(date(2026, 11, 22), 3) == date(2026, 11, 26)


def test_days_left_count_the_due_day_and_not_today():
    assert working_days_left(at(23), at(23, 17)) == 0
    assert working_days_left(at(23), at(25, 17)) == 1
    assert working_days_left(at(20), at(23, 17)) == 1
    assert working_days_left(at(27), at(23)) == -3


def test_no_working_day_is_left_before_a_day_off_that_is_not_today():
    culture_day = at(24, 17)
    assert working_days_left(at(23), culture_day) == 0 and falls_on_a_day_off(culture_day)
    assert not falls_on_a_day_off(at(23, 17))


def test_the_day_is_that_of_vietnam_not_of_utc():
    assert day_of(datetime(2026, 11, 22, 18, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_task_is_due_soon_within_three_working_days_and_overdue_after_its_moment():
    now = at(20)
    assert open_state(at(27, 17), now) is DueState.in_time
    assert open_state(at(26, 17), now) is DueState.due_soon
    assert open_state(now, now) is DueState.due_soon
    assert open_state(now, now + timedelta(seconds=1)) is DueState.overdue


def test_a_report_that_waits_for_its_judgement_is_not_made_late_by_waiting():
    assert open_state(at(23), at(30), delivered_at=at(22)) is DueState.in_time
    assert open_state(at(23), at(30), delivered_at=at(24)) is DueState.overdue


def test_shortcuts_end_on_working_days_at_the_end_of_work():
    for shortcut in shortcuts(at(22)):
        assert is_working_day(day_of(shortcut.due_at))
        assert shortcut.due_at.astimezone(VIETNAM).hour == 17
        assert shortcut.working_days == working_days_left(at(22), shortcut.due_at)
    assert [each.working_days for each in shortcuts(at(22)) if each.unit == "working_day"] == [3, 5, 10]


def test_the_end_of_the_month_is_never_behind_us():
    (end,) = [each for each in shortcuts(at(30, 18)) if each.unit == "month_end"]
    assert day_of(end.due_at) == date(2026, 12, 31)


def test_days_off_of_a_year_that_is_not_decreed_yet_are_provisional():
    assert is_provisional(datetime(2027, 3, 1, tzinfo=VIETNAM))
    assert not is_provisional(at(30))


@for_all(MOMENTS, st.integers(min_value=1, max_value=30))
def test_adding_working_days_and_counting_them_agree(now: datetime, count: int):
    due = datetime.combine(add_working_days(day_of(now), count), now.timetz(), VIETNAM)
    assert working_days_left(now, due) == count
    assert working_days_left(due, now) <= 0


@for_all(MOMENTS, MOMENTS)
def test_due_soon_means_at_most_three_working_days_left(now: datetime, due_at: datetime):
    if due_at >= now:
        assert (due_at <= soon_until(now)) == (open_state(due_at, now) is DueState.due_soon)
        if working_days_left(now, due_at) > 3:
            assert open_state(due_at, now) is DueState.in_time
