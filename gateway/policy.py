"""Who may do what: one table of actions. What is not in it, or not allowed by it, is denied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from sqlite3 import Connection

from services.directory import views as directory
from services.meeting import sitting_views as sittings
from services.meeting import preparation_views as meetings


@dataclass(frozen=True)
class Subject:
    """The signed-in person. `roles` are (role, unit id or None for the whole deployment)."""

    person_id: str
    full_name: str
    roles: frozenset[tuple[str, str | None]] = frozenset()
    unit_id: str | None = None

    def has(self, role: str, unit_id: str | None = None) -> bool:
        """Holds the role for this unit, or in the whole deployment."""
        return (role, None) in self.roles or (unit_id is not None and (role, unit_id) in self.roles)

    def has_anywhere(self, role: str) -> bool:
        return any(held == role for held, _unit in self.roles)


@dataclass(frozen=True)
class Resource:
    """The facts about the thing in question that rules may look at, gathered by the loaders below.

    `see` names the action that one must be allowed to know of the thing at all; without it people get 404.
    """

    see: str | None = None
    body_id: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def with_facts(self, **facts: object) -> "Resource":
        return replace(self, facts={**self.facts, **facts})


Rule = Callable[[Subject, Resource], bool]
Loader = Callable[[Connection, str, Resource, datetime], Resource | None]
"""Adds to the resource what is known of one id; None when there is no such thing."""


def anyone(_subject: Subject, _resource: Resource) -> bool:
    return True


def administrator(subject: Subject, _resource: Resource) -> bool:
    """Of the whole deployment: one who could give roles everywhere could give themself any role."""
    return subject.has("administrator")


def keeps_contacts(subject: Subject, _resource: Resource) -> bool:
    """Administrators, and records clerks, who must reach the people they invite."""
    return subject.has("administrator") or subject.has_anywhere("records_clerk")


def inspects(subject: Subject, _resource: Resource) -> bool:
    return subject.has("administrator") or subject.has_anywhere("auditor")


def prepares(subject: Subject, resource: Resource) -> bool:
    """The records clerk and the administrator of the body prepare its meetings."""
    return subject.has("records_clerk", resource.body_id) or subject.has("administrator", resource.body_id)


def directs(subject: Subject, resource: Resource) -> bool:
    """Holds an office in the body, or has one in this meeting."""
    offices = ("presiding_officer", "leader", "minute_taker")
    return any(subject.has(role, resource.body_id) for role in offices) or subject.person_id in (
        resource.facts.get("presiding_officer_id"),
        resource.facts.get("minute_taker_id"),
        resource.facts.get("leader_id"),
    )


def invited(subject: Subject, resource: Resource) -> bool:
    is_invited = resource.facts.get("is_invited")
    return callable(is_invited) and bool(is_invited(subject.person_id))


def sees_meeting(subject: Subject, resource: Resource) -> bool:
    """First those who prepare and direct, once published the invited too; a closed sitting only these and the clerk."""
    if not resource.facts.get("published"):
        return prepares(subject, resource) or directs(subject, resource)
    if resource.facts.get("closed_sitting"):
        return invited(subject, resource) or subject.has("records_clerk", resource.body_id)
    return (
        invited(subject, resource)
        or prepares(subject, resource)
        or directs(subject, resource)
        or subject.has("auditor", resource.body_id)
    )


def prepares_meeting(subject: Subject, resource: Resource) -> bool:
    return prepares(subject, resource) and sees_meeting(subject, resource)


def presides_or_prepares(subject: Subject, resource: Resource) -> bool:
    presides = subject.person_id == resource.facts.get("presiding_officer_id")
    return presides or prepares_meeting(subject, resource)


def approves_dossier(subject: Subject, resource: Resource) -> bool:
    """Any leader of the body may try; that it is the one asked is a fact of the stream."""
    return subject.has("leader", resource.body_id) or subject.person_id == resource.facts.get("leader_id")


def presides(subject: Subject, resource: Resource) -> bool:
    """The officer named for the meeting, or one of the body's who takes the chair in their place."""
    named = subject.person_id == resource.facts["presiding_officer_id"]
    return named or (subject.has("presiding_officer", resource.body_id) and sees_meeting(subject, resource))


def keeps_the_roll(subject: Subject, resource: Resource) -> bool:
    """The minute taker and the records clerk record what happens in the hall; so may whoever presides."""
    named = subject.person_id == resource.facts["minute_taker_id"]
    clerk = any(subject.has(role, resource.body_id) for role in ("records_clerk", "minute_taker"))
    return named or presides(subject, resource) or (clerk and sees_meeting(subject, resource))


def own_request_or_keeps_the_roll(subject: Subject, resource: Resource) -> bool:
    return subject.person_id == resource.facts["requester_id"] or keeps_the_roll(subject, resource)


def sees_notes(subject: Subject, resource: Resource) -> bool:
    return keeps_the_roll(subject, resource) or subject.has("auditor", resource.body_id)


RULES: dict[str, Rule] = {
    "plan_meeting": prepares,
    "see_meeting": sees_meeting,
    "prepare_meeting": prepares_meeting,
    "cancel_meeting": presides_or_prepares,
    "publish_meeting": presides_or_prepares,
    "approve_dossier": approves_dossier,
    "answer_invitation": invited,
    "see_sitting": sees_meeting,
    "check_in": sees_meeting,
    "request_floor": sees_meeting,
    "withdraw_floor_request": own_request_or_keeps_the_roll,
    "take_roll_call": keeps_the_roll,
    "lead_discussion": keeps_the_roll,
    "take_notes": keeps_the_roll,
    "see_notes": sees_notes,
    "hold_session": presides,
    "sign_in": anyone,
    "see_directory": anyone,
    "see_contacts": keeps_contacts,
    "manage_directory": administrator,
    "see_policy": inspects,
}


def _unit(connection: Connection, unit_id: str, resource: Resource, _now: datetime) -> Resource | None:
    return resource if directory.unit(connection, unit_id) else None


def _person(connection: Connection, person_id: str, resource: Resource, _now: datetime) -> Resource | None:
    return resource if directory.person(connection, person_id) else None


def _body(connection: Connection, body_id: str, resource: Resource, _now: datetime) -> Resource | None:
    unit = directory.unit(connection, body_id)
    return replace(resource, body_id=unit.id) if unit and unit.is_body else None


def _meeting(connection: Connection, meeting_id: str, resource: Resource, _now: datetime) -> Resource | None:
    meeting = meetings.meeting(connection, meeting_id)
    if meeting is None:
        return None
    return replace(resource, see=resource.see or "see_meeting", body_id=meeting.body_id).with_facts(
        published=meeting.published_at is not None,
        closed_sitting=meeting.closed_sitting,
        presiding_officer_id=meeting.presiding_officer_id,
        minute_taker_id=meeting.minute_taker_id,
        leader_id=meeting.leader_id,
        is_invited=lambda person_id: meetings.is_invited(connection, meeting_id, person_id),
    )


def _floor_request(connection: Connection, request_id: str, resource: Resource, _now: datetime) -> Resource | None:
    request = sittings.request(connection, request_id)
    if request is None or request.meeting_id != resource.facts.get("meeting_id"):
        return None
    return resource.with_facts(requester_id=request.person_id)


LOADERS: dict[str, Loader] = {
    "request_id": _floor_request,
    "body_id": _body,
    "meeting_id": _meeting,
    "unit_id": _unit,
    "person_id": _person,
}
"""By the name of the id in the route or body, such as `meeting_id`."""


def load(connection: Connection, ids: Mapping[str, str], now: datetime) -> Resource | None:
    resource: Resource | None = Resource()
    for name, value in ids.items():
        if name in LOADERS and resource is not None:
            resource = LOADERS[name](connection, value, resource, now)
    return resource


def allowed(action: str, subject: Subject, resource: Resource) -> bool:
    rule = RULES.get(action)
    return rule is not None and rule(subject, resource)
