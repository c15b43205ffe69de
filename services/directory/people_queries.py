"""Questions about people, mandates and roles. Days are given by the caller; nothing here reads a clock."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.directory.messages import RoleName
from services.directory.names import name_order
from services.directory.unit_queries import Id, day_of


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
            valid_to=day_of(row["valid_to"]),
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
            valid_to=day_of(row["valid_to"]),
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
