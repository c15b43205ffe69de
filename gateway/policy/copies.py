"""Electronic copies that a body makes."""

from gateway.policy.officials import AUDIT, ISSUE, closed_to, holds
from gateway.policy.subject import Subject
from gateway.resources import Resource

KEEPERS = (*ISSUE, *AUDIT)


def sees_copy(subject: Subject, resource: Resource) -> bool:
    """Who keeps or leads the body's papers; once it is issued, also the people of the units that it went to."""
    received_by = resource.facts.get("copy_received_by", ())
    assert isinstance(received_by, tuple)
    issued = bool(resource.facts.get("copy_issued"))
    working = subject.unit_id in received_by or any(unit in received_by for _role, unit in subject.roles)
    return keeps_copies(subject, resource) or (issued and working)


def keeps_copies(subject: Subject, resource: Resource) -> bool:
    """An extract's recipients are not shown the paper that it was taken from; nor is what follows from a closed
    sitting shown to leaders who may not see that sitting.
    """
    return holds(subject, KEEPERS, resource.body_id) and not closed_to(subject, resource)
