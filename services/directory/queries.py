"""Questions about units, people, mandates and roles. Days are given by the caller; nothing here reads a clock."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.directory.messages import BODY_KINDS, MeetingRules, RoleName, Tier, UnitKind
from services.directory.names import name_order

Id = UUID | str


@dataclass(frozen=True)
class Unit:
    """`valid_to` is the last day; successors and predecessors may have been named from either side."""

    id: str
    name: str
    short_name: str
    kind: UnitKind
    tier: Tier
    parent_id: str | None
    valid_from: date
    valid_to: date | None
    legal_basis: str
    agency_code: str
    predecessor_ids: tuple[str, ...]
    successor_ids: tuple[str, ...]

    @property
    def is_body(self) -> bool:
        return self.kind in BODY_KINDS

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class UnitNode:
    unit: Unit
    children: tuple["UnitNode", ...]


@dataclass(frozen=True)
class UnitName:
    """A name the unit bore since a day (its founding) or moment (a renaming)."""

    name: str
    short_name: str
    since: str


@dataclass(frozen=True)
class Person:
    id: str
    full_name: str
    position: str
    unit_id: str | None
    unit_name: str
    email: str
    phone: str
    login: str | None
    account_open: bool


@dataclass(frozen=True)
class Mandate:
    id: str
    person_id: str
    body_id: str
    body_name: str
    title: str
    valid_from: date
    valid_to: date | None
    end_reason: str


@dataclass(frozen=True)
class Member:
    """A voting member of a body by a mandate valid on the day asked for."""

    person_id: str
    full_name: str
    position: str
    title: str
    mandate_id: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class RoleHeld:
    """`unit_id` None: the role holds in the whole deployment."""

    person_id: str
    full_name: str
    role: RoleName
    unit_id: str | None
    unit_name: str


def unit(connection: sqlite3.Connection, unit_id: Id) -> Unit | None:
    row = connection.execute("SELECT * FROM units WHERE id = ?", (str(unit_id),)).fetchone()
    return _unit(row, _successions(connection)) if row else None


def units(connection: sqlite3.Connection, on: date | None = None) -> list[Unit]:
    """The units valid on that day; all that ever were when no day is given."""
    successions = _successions(connection)
    found = [_unit(row, successions) for row in connection.execute("SELECT * FROM units ORDER BY valid_from, name, id")]
    return [each for each in found if on is None or each.valid_on(on)]


def unit_tree(connection: sqlite3.Connection, on: date | None = None) -> list[UnitNode]:
    """Roots first. A unit whose parent was not valid on that day stands at the top rather than vanishing."""
    listed = units(connection, on)
    known = {each.id for each in listed}

    def node(each: Unit) -> UnitNode:
        return UnitNode(each, tuple(node(child) for child in listed if child.parent_id == each.id))

    return [node(each) for each in listed if each.parent_id not in known]


def bodies(connection: sqlite3.Connection, on: date) -> list[Unit]:
    return [each for each in units(connection, on) if each.is_body]


def names_of_unit(connection: sqlite3.Connection, unit_id: Id) -> list[UnitName]:
    rows = connection.execute(
        "SELECT name, short_name, since FROM unit_names WHERE unit_id = ? ORDER BY rowid", (str(unit_id),)
    )
    return [UnitName(row["name"], row["short_name"], row["since"]) for row in rows]


def rules_of(connection: sqlite3.Connection, body_id: Id) -> MeetingRules | None:
    row = connection.execute("SELECT rules FROM units WHERE id = ?", (str(body_id),)).fetchone()
    return MeetingRules.model_validate_json(row["rules"]) if row and row["rules"] else None


PEOPLE = (
    "SELECT people.*, COALESCE(units.name, '') AS unit_name FROM people LEFT JOIN units ON units.id = people.unit_id"
)


def person(connection: sqlite3.Connection, person_id: Id) -> Person | None:
    row = connection.execute(f"{PEOPLE} WHERE people.id = ?", (str(person_id),)).fetchone()
    return _person(row) if row else None


def person_of_login(connection: sqlite3.Connection, login: str) -> Person | None:
    row = connection.execute(f"{PEOPLE} WHERE people.login = ?", (login,)).fetchone()
    return _person(row) if row else None


def people(connection: sqlite3.Connection) -> list[Person]:
    return _by_name([_person(row) for row in connection.execute(PEOPLE)])


def people_of_unit(connection: sqlite3.Connection, unit_id: Id) -> list[Person]:
    return _by_name([_person(row) for row in connection.execute(f"{PEOPLE} WHERE people.unit_id = ?", (str(unit_id),))])


def person_names(connection: sqlite3.Connection, ids: Iterable[Id]) -> dict[str, str]:
    """Full names by id; an unknown id is left out."""
    wanted = sorted({str(each) for each in ids})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ", ".join("?" * len(part))
        found.update(
            (row["id"], row["full_name"])
            for row in connection.execute(f"SELECT id, full_name FROM people WHERE id IN ({marks})", part)
        )
    return found


def members_of(connection: sqlite3.Connection, body_id: Id, on: date) -> list[Member]:
    """The voting members: those whose mandate of this body is valid on that day."""
    rows = connection.execute(
        "SELECT mandates.*, people.full_name, people.position FROM mandates JOIN people ON people.id = person_id"
        " WHERE body_id = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
        (str(body_id), on.isoformat(), on.isoformat()),
    )
    members = [
        Member(
            person_id=row["person_id"],
            full_name=row["full_name"],
            position=row["position"],
            title=row["title"],
            mandate_id=row["id"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )
        for row in rows
    ]
    return sorted(members, key=lambda each: (name_order(each.full_name), each.person_id))


def mandates_of(connection: sqlite3.Connection, person_id: Id) -> list[Mandate]:
    rows = connection.execute(
        "SELECT mandates.*, COALESCE(units.name, '') AS body_name FROM mandates LEFT JOIN units ON units.id = body_id"
        " WHERE person_id = ? ORDER BY mandates.valid_from DESC, mandates.id",
        (str(person_id),),
    )
    return [
        Mandate(
            id=row["id"],
            person_id=row["person_id"],
            body_id=row["body_id"],
            body_name=row["body_name"],
            title=row["title"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            end_reason=row["end_reason"],
        )
        for row in rows
    ]


ROLES = (
    "SELECT roles.*, people.full_name, COALESCE(units.name, '') AS unit_name FROM roles"
    " JOIN people ON people.id = person_id LEFT JOIN units ON units.id = roles.unit_id"
)


def roles_of(connection: sqlite3.Connection, person_id: Id) -> list[RoleHeld]:
    rows = connection.execute(f"{ROLES} WHERE person_id = ? ORDER BY role, roles.unit_id", (str(person_id),))
    return [_role(row) for row in rows]


def role_holders(connection: sqlite3.Connection, unit_id: Id) -> list[RoleHeld]:
    """Those who hold a role that is limited to this unit."""
    rows = connection.execute(f"{ROLES} WHERE roles.unit_id = ? ORDER BY role", (str(unit_id),))
    return sorted((_role(row) for row in rows), key=lambda each: (each.role, name_order(each.full_name)))


def people_with_role(connection: sqlite3.Connection, role: RoleName | str, unit_id: Id | None = None) -> list[Person]:
    """Holders of the role in that unit or in the whole deployment; without a unit, holders anywhere."""
    holders = f"{PEOPLE} WHERE people.id IN (SELECT person_id FROM roles WHERE role = ?"
    if unit_id is None:
        rows = connection.execute(f"{holders})", (str(role),))
    else:
        rows = connection.execute(f"{holders} AND roles.unit_id IN (?, ''))", (str(role), str(unit_id)))
    return _by_name([_person(row) for row in rows])


def _by_name(found: list[Person]) -> list[Person]:
    return sorted(found, key=lambda each: (name_order(each.full_name), each.id))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _successions(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT predecessor_id, successor_id FROM unit_successions ORDER BY rowid")
    return [(row["predecessor_id"], row["successor_id"]) for row in rows]


def _unit(row: sqlite3.Row, successions: list[tuple[str, str]]) -> Unit:
    return Unit(
        id=row["id"],
        name=row["name"],
        short_name=row["short_name"],
        kind=UnitKind(row["kind"]),
        tier=Tier(row["tier"]),
        parent_id=row["parent_id"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        legal_basis=row["legal_basis"],
        agency_code=row["agency_code"],
        predecessor_ids=tuple(before for before, after in successions if after == row["id"]),
        successor_ids=tuple(after for before, after in successions if before == row["id"]),
    )


def _person(row: sqlite3.Row) -> Person:
    return Person(
        id=row["id"],
        full_name=row["full_name"],
        position=row["position"],
        unit_id=row["unit_id"],
        unit_name=row["unit_name"],
        email=row["email"],
        phone=row["phone"],
        login=row["login"],
        account_open=bool(row["account_open"]),
    )


def _role(row: sqlite3.Row) -> RoleHeld:
    return RoleHeld(
        person_id=row["person_id"],
        full_name=row["full_name"],
        role=RoleName(row["role"]),
        unit_id=row["unit_id"] or None,
        unit_name=row["unit_name"],
    )
