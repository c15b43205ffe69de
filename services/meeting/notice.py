"""By when papers must reach members before a meeting. Pure.

Councils count calendar days, committees working days (Law on Organization of Local Government; how many is each body's
own rule). Working days follow the Vietnamese calendar with its substituted days off and make-up days.
"""

from datetime import date, datetime, timedelta
from functools import cache

import holidays

from kernel.vietnam import VIETNAM

ONE_DAY = timedelta(days=1)


def papers_due_at(starts_at: datetime, *, days: int, working_days: bool) -> datetime:
    """The last lawful moment: the meeting's own time of day, that many days before it, so that each counts in full."""
    begins = starts_at.astimezone(VIETNAM)
    day = _working_days_before(begins.date(), days) if working_days else begins.date() - days * ONE_DAY
    return datetime.combine(day, begins.timetz())


def days_left(now: datetime, starts_at: datetime, *, working_days: bool, most: int = 60) -> int:
    """How many full days, of the kind that counts, lie between now and the start; from 0 to `most`."""
    left = 0
    while left < most and papers_due_at(starts_at, days=left + 1, working_days=working_days) >= now:
        left += 1
    return left


def is_working_day(day: date) -> bool:
    """False on weekends, public holidays and their substitutes; true on a weekend day that is worked to make up."""
    return bool(_calendar(day.year).is_working_day(day))


def _working_days_before(day: date, count: int) -> date:
    while count > 0:
        day -= ONE_DAY
        count -= is_working_day(day)
    return day


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year)
