"""Due dates as people count them: in Vietnamese working days, on the calendar of Vietnam."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from kernel.vietnam import VIETNAM, day_of

END_OF_WORK = time(17, 0)
SOON_WORKING_DAYS = 3
DECREED_UNTIL = 2026
"""Days off and make-up days are decreed year by year; for later years they are computed, hence provisional."""

_CALENDAR = holidays.country_holidays("VN", years=range(2020, DECREED_UNTIL + 11))


class DueState(StrEnum):
    """The four statistical classes, with `due_soon` split off the open ones in time, and `withdrawn` beside them."""

    overdue = "overdue"
    due_soon = "due_soon"
    in_time = "in_time"
    done_on_time = "done_on_time"
    done_late = "done_late"
    withdrawn = "withdrawn"


OPEN = frozenset({DueState.overdue, DueState.due_soon, DueState.in_time})


@dataclass(frozen=True)
class Shortcut:
    """A due date that people name by its distance: `unit` is `working_day`, `week` or `month_end`."""

    unit: str
    count: int
    due_at: datetime
    working_days: int


def open_state(due_at: datetime, now: datetime, delivered_at: datetime | None = None) -> DueState:
    """While a report waits for its judgement the clock stands at its delivery: waiting is not the unit's delay."""
    if (delivered_at or now) > due_at:
        return DueState.overdue
    if delivered_at is None and due_at <= soon_until(now):
        return DueState.due_soon
    return DueState.in_time


def soon_until(now: datetime) -> datetime:
    """What is due up to here is due soon: the end of the third working day from now, today not counted."""
    day = add_working_days(day_of(now), SOON_WORKING_DAYS)
    return datetime.combine(day, time.max, VIETNAM).astimezone(UTC)


@lru_cache(maxsize=16_384)
def is_working_day(day: date) -> bool:
    """Monday to Friday without public holidays, and the Saturdays that make up for a day off."""
    return bool(_CALENDAR.is_working_day(day))


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    for _each in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def working_days_left(now: datetime, due_at: datetime) -> int:
    """Working days after today up to and including the due day; negative when it has passed, 0 when it is today."""
    today, due = day_of(now), day_of(due_at)
    first, last, sign = (today, due, 1) if due >= today else (due, today, -1)
    return sign * sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def falls_on_a_day_off(due_at: datetime) -> bool:
    """No working day may be left until then although it is not today."""
    return not is_working_day(day_of(due_at))


def is_provisional(due_at: datetime) -> bool:
    return day_of(due_at).year > DECREED_UNTIL


def shortcuts(now: datetime) -> list[Shortcut]:
    """Each at the end of work on a working day."""
    today = day_of(now)
    named = [("working_day", count, add_working_days(today, count)) for count in (3, 5, 10)]
    named += [("week", weeks, on_or_after(today + timedelta(weeks=weeks))) for weeks in (2,)]
    named.append(("month_end", 0, _last_working_day_of_month(add_working_days(today, 1))))
    return [_shortcut(unit, count, day, now) for unit, count, day in named]


def _shortcut(unit: str, count: int, day: date, now: datetime) -> Shortcut:
    due_at = datetime.combine(day, END_OF_WORK, VIETNAM)
    return Shortcut(unit, count, due_at, working_days_left(now, due_at))


def on_or_after(day: date) -> date:
    return day if is_working_day(day) else add_working_days(day, 1)


def _last_working_day_of_month(day: date) -> date:
    last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    while not is_working_day(last):
        last -= timedelta(days=1)
    return last
