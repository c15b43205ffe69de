"""Who may do what: one table of actions. What is not in it, or not allowed by it, is denied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from sqlite3 import Connection


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
    return subject.has_anywhere("administrator")


RULES: dict[str, Rule] = {
    "sign_in": anyone,
    "see_directory": anyone,
    "manage_directory": administrator,
}

LOADERS: dict[str, Loader] = {}
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
