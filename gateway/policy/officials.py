"""Official documents that go out and arrive, their registers and signatures."""

from gateway.policy.subject import Subject
from gateway.resources import Resource


def drafts_official(subject: Subject, resource: Resource) -> bool:
    """Whoever works for the unit that drafts, or for the body that issues."""
    roles = ("officer", "leader", "records_clerk", "minute_taker", "presiding_officer")
    units = (resource.body_id, resource.facts.get("drafter_id"))
    return any(subject.has(role, unit) for role in roles for unit in units if isinstance(unit, str))


def writes_official(subject: Subject, resource: Resource) -> bool:
    """Who drafted it, and the records clerk of the body that issues."""
    return subject.person_id == resource.facts.get("drafted_by") or keeps_register(subject, resource)


def keeps_register(subject: Subject, resource: Resource) -> bool:
    """The records clerk numbers, seals, issues and keeps; nobody else does (Decree 30/2020, article 32)."""
    return subject.has("records_clerk", resource.body_id)


def works_on_official(subject: Subject, resource: Resource) -> bool:
    """Who drafts it, is asked to sign it, or leads the body that issues or the unit that drafts."""
    is_signer = resource.facts.get("is_signer")
    signs = callable(is_signer) and is_signer(subject.person_id)
    drafter = resource.facts.get("drafter_id")
    leads = any(subject.has(role, resource.body_id) for role in ("leader", "presiding_officer"))
    heads = isinstance(drafter, str) and any(subject.has(role, drafter) for role in ("leader", "officer"))
    return writes_official(subject, resource) or bool(signs) or leads or heads


def sees_official(subject: Subject, resource: Resource) -> bool:
    """Who works on it; once it is issued the people of the units that it went to, and auditors."""
    if works_on_official(subject, resource):
        return True
    received_by = resource.facts.get("received_by", ())
    assert isinstance(received_by, tuple)
    issued = bool(resource.facts.get("official_issued"))
    return issued and (subject.unit_id in received_by or subject.has("auditor", resource.body_id))


def sees_incoming(subject: Subject, resource: Resource) -> bool:
    """The clerk and who leads the unit that received it, and those to whom it went."""
    roles = ("records_clerk", "leader", "presiding_officer", "auditor")
    if any(subject.has(role, resource.body_id) for role in roles):
        return True
    routed = resource.facts.get("routed_to")
    working = isinstance(routed, str) and any(subject.has(role, routed) for role in ("leader", "officer"))
    return working or subject.person_id == resource.facts.get("routed_person")


def routes_incoming(subject: Subject, resource: Resource) -> bool:
    """Who leads the unit that received it, and its clerk for them."""
    return any(subject.has(role, resource.body_id) for role in ("records_clerk", "leader", "presiding_officer"))


def sees_register(subject: Subject, resource: Resource) -> bool:
    roles = ("records_clerk", "leader", "presiding_officer", "auditor", "administrator")
    return any(subject.has(role, resource.body_id) for role in roles)


def sees_signing_order(subject: Subject, resource: Resource) -> bool:
    """Whoever is asked to sign, asked for the signatures, or works on the official document that they are for."""
    opened = subject.person_id == resource.facts.get("order_opened_by")
    return opened or works_on_official(subject, resource)


def signs(subject: Subject, resource: Resource) -> bool:
    """Whose signature is awaited, or who signs in their place; that it is their turn is a fact of the stream."""
    is_awaited = resource.facts.get("is_awaited")
    return callable(is_awaited) and bool(is_awaited(subject.person_id))


def delegates_signing(subject: Subject, resource: Resource) -> bool:
    """Everybody for themselves; what was given can be taken back by who gave it."""
    return resource.facts.get("delegated_by", subject.person_id) == subject.person_id
