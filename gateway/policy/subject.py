"""Who asks, and the rules that look at nothing but their roles."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.resources import Resource


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


Rule = Callable[[Subject, Resource], bool]


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


def takes_log_away(subject: Subject, _resource: Resource) -> bool:
    """The whole log tells of every body and of closed sittings: only who inspects the whole deployment."""
    return subject.has("administrator") or subject.has("auditor")
