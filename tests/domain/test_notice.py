"""When papers are due: calendar days for councils, Vietnamese working days for committees."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.vietnam import VIETNAM
from services.meeting.notice import days_left, is_working_day, papers_due_at


def at(year: int, month: int, day: int, hour: int = 8) -> datetime:
    return datetime(year, month, day, hour, tzinfo=VIETNAM)


def test_a_council_counts_calendar_days_back_to_the_same_hour():
    assert papers_due_at(at(2026, 11, 30), days=5, working_days=False) == at(2026, 11, 25)


def test_a_committee_counts_no_weekend():
    assert papers_due_at(at(2026, 11, 18), days=3, working_days=True) == at(2026, 11, 13)


def test_a_public_holiday_is_no_working_day():
    culture_day = date(2026, 11, 24)
    assert not is_working_day(culture_day)
    assert papers_due_at(at(2026, 11, 27), days=3, working_days=True) == at(2026, 11, 23)


def test_a_saturday_worked_to_make_up_counts_and_the_monday_given_for_it_does_not():
    assert is_working_day(date(2026, 8, 22))
    assert not is_working_day(date(2026, 8, 31))
    assert papers_due_at(at(2026, 8, 24), days=1, working_days=True) == at(2026, 8, 22)


def test_tet_is_skipped_as_a_whole():
    assert papers_due_at(at(2026, 2, 23), days=1, working_days=True) == at(2026, 2, 13)


def test_days_are_counted_in_vietnam_whatever_zone_the_time_is_written_in():
    early_on_monday = datetime.fromisoformat("2026-11-15T23:30:00+00:00")
    assert papers_due_at(early_on_monday, days=1, working_days=True) == at(2026, 11, 13, 6) + timedelta(minutes=30)


def test_no_notice_period_means_due_when_the_meeting_starts():
    assert papers_due_at(at(2026, 11, 30), days=0, working_days=True) == at(2026, 11, 30)


@pytest.mark.parametrize(
    ("now", "left"), [(at(2026, 11, 25), 5), (at(2026, 11, 25, 9), 4), (at(2026, 11, 30), 0), (at(2026, 12, 3), 0)]
)
def test_full_days_that_are_left(now: datetime, left: int):
    assert days_left(now, at(2026, 11, 30), working_days=False) == left


@given(
    starts_at=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda each: each.replace(tzinfo=VIETNAM)),
    days=st.integers(0, 20),
    working_days=st.booleans(),
)
def test_papers_given_at_the_last_moment_leave_exactly_the_notice_period(
    starts_at: datetime, days: int, working_days: bool
):
    due = papers_due_at(starts_at, days=days, working_days=working_days)
    assert days_left(due, starts_at, working_days=working_days) == days
    if days:
        assert days_left(due + timedelta(seconds=1), starts_at, working_days=working_days) == days - 1
