"""Opinion forms that circulate among members (phiếu lấy ý kiến)."""

from gateway.policy.meetings import prepares
from gateway.policy.subject import Subject
from gateway.resources import Resource


def leads_body(subject: Subject, resource: Resource) -> bool:
    """Presides over the body or leads it, or is the chair named in the opinion form."""
    named = subject.person_id == resource.facts.get("form_chair_id")
    return named or any(subject.has(role, resource.body_id) for role in ("presiding_officer", "leader"))


def sees_opinion_form(subject: Subject, resource: Resource) -> bool:
    """Who prepares it and who leads the body; once it is sent the members asked too, and auditors."""
    if prepares(subject, resource) or leads_body(subject, resource):
        return True
    sent = bool(resource.facts.get("form_sent"))
    return sent and (answers_opinion_form(subject, resource) or subject.has("auditor", resource.body_id))


def withdraws_opinion_form(subject: Subject, resource: Resource) -> bool:
    """Its clerk and its chair; that only the chair takes back what was sent is a fact of the stream."""
    return prepares(subject, resource) or leads_body(subject, resource)


def answers_opinion_form(subject: Subject, resource: Resource) -> bool:
    """Members on the roll that was frozen when the form was sent."""
    is_asked = resource.facts.get("is_asked")
    return callable(is_asked) and bool(is_asked(subject.person_id))


def resolves_comments(subject: Subject, resource: Resource) -> bool:
    """The records clerk of the body and who leads it, once the answers are closed."""
    clerk = subject.has("records_clerk", resource.body_id)
    return bool(resource.facts.get("form_closed")) and (clerk or leads_body(subject, resource))


def sees_opinion_answers(subject: Subject, resource: Resource) -> bool:
    """Nobody before the close, then who resolves the comments; everyone who sees the form, once it is announced."""
    if resource.facts.get("form_announced"):
        return sees_opinion_form(subject, resource)
    return resolves_comments(subject, resource)
