"""Facts for extending a roll that is open already: who is not on it yet, and whether with a vote."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from gateway.api.directory import find_people
from gateway.edge import Context
from gateway.web.pages import local
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.meeting.messages import Invitee
from services.meeting.preparation_views import Meeting


@dataclass(frozen=True)
class Candidate:
    """`voting`: has a mandate of the body today, so that the roll gives a vote."""

    person: directory.Person
    voting: bool


def today(edge: Context) -> date:
    return local(edge.now).date()


def with_mandate(edge: Context, body_id: str) -> set[str]:
    """Who votes in this body today."""
    return {each.person_id for each in directory.members_of(edge.views, body_id, on=today(edge))}


def candidates(edge: Context, meeting: Meeting, words: str) -> list[Candidate]:
    """Who is not on the roll, or stands on it without the vote that a mandate of today gives; by name."""
    votes = with_mandate(edge, meeting.body_id)
    listed = {each.person_id: each.voting for each in sittings.attendance(edge.views, meeting.id)}
    found = find_people(edge, words, None, None)
    return [
        Candidate(each, each.id in votes)
        for each in found
        if each.id not in listed or (each.id in votes and not listed[each.id])
    ]


def to_invite(edge: Context, meeting: Meeting, people: Iterable[UUID]) -> tuple[Invitee, ...]:
    """Who was not invited, and who was invited without the vote that a mandate of today gives."""
    votes = with_mandate(edge, meeting.body_id)
    invited = {each.person_id: each.voting for each in meetings.invitees(edge.views, meeting.id)}
    return tuple(
        Invitee(person_id=each, voting=str(each) in votes)
        for each in dict.fromkeys(people)
        if str(each) not in invited or (str(each) in votes and not invited[str(each)])
    )
