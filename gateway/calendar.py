"""Each person's meetings as an iCalendar feed (RFC 5545) under a secret address that works without a session."""

import sqlite3
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from gateway.texts import _, translate
from kernel.settings import Settings
from kernel.vietnam import VIETNAM
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting.messages import Answer
from services.meeting.preparation_views import Meeting, Phase

PAST = timedelta(days=365)


def address(settings: Settings, secret: str) -> str:
    return f"{settings.public_url}/calendar/{secret}.ics"


def feed(views: sqlite3.Connection, person_id: str, settings: Settings, *, now: datetime, locale: str) -> bytes:
    """All meetings the person is invited to, a year back; a cancelled one stays, marked, so that calendars drop it."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Dien Hong//{settings.deployment}//VI")
    calendar.add("version", "2.0")
    calendar.add("name", translate(_("Lịch họp Diên Hồng"), locale))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for meeting in meetings.meetings(views, person_id=person_id):
        if meeting.ends_at > now - PAST:
            calendar.add_component(_event(views, meeting, person_id, settings, locale))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(views: sqlite3.Connection, meeting: Meeting, person_id: str, settings: Settings, locale: str) -> Event:
    event = Event()
    event.add("uid", f"{meeting.id}@{settings.deployment}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("dtstart", meeting.starts_at.astimezone(VIETNAM))
    event.add("dtend", meeting.ends_at.astimezone(VIETNAM))
    event.add("summary", meeting.title)
    event.add("location", meeting.place)
    event.add("url", f"{settings.public_url}/meetings/{meeting.id}")
    event.add("status", "CANCELLED" if meeting.phase is Phase.cancelled else "CONFIRMED")
    event.add("description", _description(views, meeting, person_id, locale))
    return event


def _description(views: sqlite3.Connection, meeting: Meeting, person_id: str, locale: str) -> str:
    """The agenda, unless the sitting is closed: a calendar program is not a place for it."""
    body = directory.unit(views, meeting.body_id)
    lines = [body.name] if body else []
    if meeting.reason and meeting.phase is Phase.cancelled:
        lines.append(translate(_("Đã hủy: {reason}"), locale).format(reason=meeting.reason))
    invitation = meetings.invitation(views, meeting.id, person_id)
    if invitation and invitation.answer:
        lines.append(translate(ANSWERS[invitation.answer], locale))
    if not meeting.closed_sitting:
        lines += [f"{each.number}. {each.title}" for each in meetings.agenda(views, meeting.id)]
    return "\n".join(lines)


ANSWERS = {
    Answer.coming: _("Bạn đã trả lời: sẽ dự họp"),
    Answer.absent: _("Bạn đã trả lời: vắng mặt"),
    Answer.substitute: _("Bạn đã trả lời: cử người dự thay"),
}
