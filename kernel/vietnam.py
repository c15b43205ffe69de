"""The time that people here live by. The log keeps moments in UTC; days, deadlines and papers are Vietnam's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(moment: datetime) -> date:
    """The calendar day on which it falls in Vietnam, whatever zone it is told in."""
    return moment.astimezone(VIETNAM).date()
