"""Official documents that go out and arrive, their registers and signatures."""

from gateway.policy.meetings import sees_meeting
from gateway.policy.subject import Subject
from gateway.resources import Resource
from services.signing.selection import IncomingViewer, OfficialViewer, Reach

DRAFT = ("officer", "leader", "records_clerk", "minute_taker", "presiding_officer")
KEEP = ("records_clerk",)
ISSUE = ("records_clerk", "leader", "presiding_officer")
HEAD = ("leader", "officer")
DIRECT = ("records_clerk", "administrator", "presiding_officer", "leader", "minute_taker")
AUDIT = ("auditor",)
RECEIVE = (*ISSUE, *AUDIT)
REGISTER = (*ISSUE, *AUDIT, "administrator")
"""Roles, held for the body or unit in question, with which one may draft, keep, or see what goes out and arrives."""


def holds(subject: Subject, roles: tuple[str, ...], unit_id: object) -> bool:
    return isinstance(unit_id, str) and any(subject.has(role, unit_id) for role in roles)


def reach(subject: Subject, roles: tuple[str, ...]) -> Reach:
    """The units for which `holds` says yes."""
    held = {unit_id for role, unit_id in subject.roles if role in roles}
    return Reach(frozenset(each for each in held if each is not None), None in held)


def official_viewer(subject: Subject) -> OfficialViewer:
    """What `sees_official`, `sees_copy` and `sees_signing_order` say of one, for lists of them."""
    return OfficialViewer(
        person_id=subject.person_id,
        unit_id=subject.unit_id,
        unit_ids=frozenset(filter(None, (subject.unit_id, *(unit_id for _role, unit_id in subject.roles)))),
        issuing=reach(subject, ISSUE),
        drafting=reach(subject, HEAD),
        auditing=reach(subject, AUDIT),
        keeping=reach(subject, KEEP),
        directing=reach(subject, DIRECT),
    )


def incoming_viewer(subject: Subject) -> IncomingViewer:
    """What `sees_incoming` says of one arrival, for lists of them."""
    return IncomingViewer(subject.person_id, receiving=reach(subject, RECEIVE), handling=reach(subject, HEAD))


def drafts_official(subject: Subject, resource: Resource) -> bool:
    """Whoever works for the unit that drafts, or for the body that issues."""
    units = (resource.body_id, resource.facts.get("drafter_id"))
    return any(holds(subject, DRAFT, unit_id) for unit_id in units)


def writes_official(subject: Subject, resource: Resource) -> bool:
    """Who drafted it, and the records clerk of the body that issues."""
    return subject.person_id == resource.facts.get("drafted_by") or keeps_register(subject, resource)


def keeps_register(subject: Subject, resource: Resource) -> bool:
    """The records clerk numbers, seals, issues and keeps; nobody else does (Decree 30/2020, article 32)."""
    return holds(subject, KEEP, resource.body_id)


def works_on_official(subject: Subject, resource: Resource) -> bool:
    """Who drafts it, is asked to sign it, keeps its register; who leads the body that issues or the unit that drafts.

    What follows from a closed sitting is not for leaders who may not see that sitting.
    """
    is_signer = resource.facts.get("is_signer")
    signs = callable(is_signer) and bool(is_signer(subject.person_id))
    leads = holds(subject, ISSUE, resource.body_id) or holds(subject, HEAD, resource.facts.get("drafter_id"))
    return writes_official(subject, resource) or signs or (leads and not closed_to(subject, resource))


def closed_to(subject: Subject, resource: Resource) -> bool:
    follows = resource.facts.get("follows")
    closed = isinstance(follows, Resource) and bool(follows.facts.get("closed_sitting"))
    return closed and not follows_for(subject, resource)


def follows_for(subject: Subject, resource: Resource) -> bool:
    """It follows from a meeting that this person may see."""
    follows = resource.facts.get("follows")
    return isinstance(follows, Resource) and sees_meeting(subject, follows)


def sees_official(subject: Subject, resource: Resource) -> bool:
    """Who works on it; once it is issued the people of the units that it went to, auditors, and whoever may see the
    meeting that it follows from.
    """
    if works_on_official(subject, resource):
        return True
    received_by = resource.facts.get("received_by", ())
    assert isinstance(received_by, tuple)
    issued = bool(resource.facts.get("official_issued"))
    audits = holds(subject, AUDIT, resource.body_id) and not closed_to(subject, resource)
    return issued and (subject.unit_id in received_by or audits or follows_for(subject, resource))


def sees_incoming(subject: Subject, resource: Resource) -> bool:
    """The clerk and who leads the unit that received it, and those to whom it went."""
    if holds(subject, RECEIVE, resource.body_id):
        return True
    routed = resource.facts.get("routed_to")
    return holds(subject, HEAD, routed) or subject.person_id == resource.facts.get("routed_person")


def routes_incoming(subject: Subject, resource: Resource) -> bool:
    """Who leads the unit that received it, and its clerk for them."""
    return holds(subject, ISSUE, resource.body_id)


def sees_register(subject: Subject, resource: Resource) -> bool:
    return holds(subject, REGISTER, resource.body_id)


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
