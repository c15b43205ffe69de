"""Facts that the gateway gathers for a meeting: who is to be invited, when papers are due, who may read them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Connection
from uuid import UUID

from gateway.edge import Context
from kernel.decider import Refused
from kernel.vietnam import day_of
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting.messages import Invitee, MeetingKind
from services.meeting.notice import days_left, papers_due_at
from services.meeting.preparation_views import DossierDocument, Invitation, Meeting

REGULAR = (MeetingKind.session_regular, MeetingKind.committee_regular)
"""Kinds that the longer notice period applies to; thematic, urgent and briefing meetings have the shorter one."""


@dataclass(frozen=True)
class Notice:
    """`days`: the body's notice period; `left`: what members would have if papers came now."""

    days: int
    working_days: bool
    papers_due_at: datetime
    left: int
    known: bool

    @property
    def too_short(self) -> bool:
        return self.left < self.days


def notice_of(connection: Connection, meeting: Meeting, now: datetime) -> Notice:
    """By the body's own rules; a body that has set none (`known` is false) has no notice period."""
    rules = directory.rules_of(connection, meeting.body_id)
    working = rules.notice_in_working_days if rules else False
    days = 0
    if rules:
        days = rules.notice_days_regular if meeting.kind in REGULAR else rules.notice_days_urgent
    return Notice(
        days=days,
        working_days=working,
        papers_due_at=papers_due_at(meeting.starts_at, days=days, working_days=working),
        left=days_left(now, meeting.starts_at, working_days=working, most=max(days, 1)),
        known=rules is not None,
    )


def invitees_on_publication(connection: Connection, meeting: Meeting, guest_ids: Iterable[UUID]) -> tuple[Invitee, ...]:
    """Every member with a mandate on the day, whoever presides and takes the minutes, and the guests."""
    members = [UUID(each.person_id) for each in _members(connection, meeting)]
    staff = [UUID(meeting.presiding_officer_id), UUID(meeting.minute_taker_id)]
    return invitees_with_votes(connection, meeting, (*members, *staff, *guest_ids))


def invitees_with_votes(connection: Connection, meeting: Meeting, people: Iterable[UUID]) -> tuple[Invitee, ...]:
    voting = {each.person_id for each in _members(connection, meeting)}
    return tuple(Invitee(person_id=each, voting=str(each) in voting) for each in dict.fromkeys(people))


def visible_documents(edge: Context, meeting_id: UUID | str) -> list[DossierDocument]:
    """Personal papers are only for their person and for those who prepare the meeting."""
    clerk = edge.allows("prepare_meeting", meeting_id=meeting_id)
    return meetings.documents_of(edge.views, meeting_id, for_person=None if clerk else edge.me.person_id)


def visible_invitations(edge: Context, meeting_id: UUID | str) -> list[Invitation]:
    """Why somebody cannot come is only for them and for those who prepare or preside."""
    listed = meetings.invitees(edge.views, meeting_id)
    if edge.allows("publish_meeting", meeting_id=meeting_id):
        return listed
    return [each if each.person_id == edge.me.person_id else replace(each, reason="") for each in listed]


def check_known(edge: Context, *people: UUID) -> None:
    """No form lists a person who is not there, so this is a stale page or a program's mistake."""
    unknown = {str(each) for each in people} - set(directory.person_names(edge.views, people))
    if unknown:
        raise Refused("no_such_person", ", ".join(sorted(unknown)))


def _members(connection: Connection, meeting: Meeting) -> list[directory.Member]:
    return directory.members_of(connection, meeting.body_id, on=day_of(meeting.starts_at))
