"""Meetings and what is held in them: dossiers, sittings, votes, conclusions and minutes."""

from gateway.policy.subject import Subject
from gateway.resources import Resource


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
    named = subject.person_id == resource.facts.get("presiding_officer_id")
    return named or (subject.has("presiding_officer", resource.body_id) and sees_meeting(subject, resource))


def keeps_the_roll(subject: Subject, resource: Resource) -> bool:
    """The minute taker and the records clerk record what happens in the hall; so may whoever presides."""
    named = subject.person_id == resource.facts.get("minute_taker_id")
    clerk = any(subject.has(role, resource.body_id) for role in ("records_clerk", "minute_taker"))
    return named or presides(subject, resource) or (clerk and sees_meeting(subject, resource))


def own_request_or_keeps_the_roll(subject: Subject, resource: Resource) -> bool:
    return subject.person_id == resource.facts.get("requester_id") or keeps_the_roll(subject, resource)


def sees_notes(subject: Subject, resource: Resource) -> bool:
    return keeps_the_roll(subject, resource) or subject.has("auditor", resource.body_id)


def concludes(subject: Subject, resource: Resource) -> bool:
    """The presiding officer, and those who write for them: the minute taker and the clerk of the body."""
    offices = (resource.facts["presiding_officer_id"], resource.facts["minute_taker_id"])
    return subject.person_id in offices or subject.has("records_clerk", resource.body_id)


def sees_tally(subject: Subject, resource: Resource) -> bool:
    """Everyone who may see the meeting, once the result is published; until then those who hold the sitting."""
    return resource.facts.get("poll_state") == "published" or keeps_the_roll(subject, resource)


def counts_papers(subject: Subject, resource: Resource) -> bool:
    """The tellers whom the meeting has chosen for this ballot, whatever else they are."""
    is_teller = resource.facts.get("is_teller")
    return callable(is_teller) and bool(is_teller(subject.person_id))


def follows_count(subject: Subject, resource: Resource) -> bool:
    """The tellers, those who hold the sitting, and auditors: the minutes of a count bear every figure."""
    audits = subject.has("auditor", resource.body_id) and sees_meeting(subject, resource)
    return counts_papers(subject, resource) or keeps_the_roll(subject, resource) or audits


def approves_rule_cards(subject: Subject, resource: Resource) -> bool:
    """Who leads the body or presides over it; whoever prepares its meetings only proposes."""
    return any(subject.has(role, resource.body_id) for role in ("leader", "presiding_officer"))


def writes_minutes(subject: Subject, resource: Resource) -> bool:
    """The minute taker of the meeting, and the body's minute takers and records clerks."""
    if subject.person_id == resource.facts.get("minute_taker_id"):
        return True
    offices = any(subject.has(role, resource.body_id) for role in ("minute_taker", "records_clerk"))
    return offices and sees_meeting(subject, resource)


def works_on_minutes(subject: Subject, resource: Resource) -> bool:
    return writes_minutes(subject, resource) or presides(subject, resource)


def sees_minutes(subject: Subject, resource: Resource) -> bool:
    """Once published: who received them, personally or as a unit, and auditors; before, only who works on them."""
    of = resource.facts.get("minutes_published_to")
    if not callable(of):
        return False
    published, received = of(subject)
    audits = published and subject.has("auditor", resource.body_id) and sees_meeting(subject, resource)
    return received or audits or works_on_minutes(subject, resource)
