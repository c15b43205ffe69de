"""Questions about units and bodies. Days are given by the caller; nothing here reads a clock."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.directory.messages import BODY_KINDS, MeetingRules, Tier, UnitKind
from services.directory.names import alphabetical

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


def unit(connection: sqlite3.Connection, unit_id: Id) -> Unit | None:
    row = connection.execute("SELECT * FROM units WHERE id = ?", (str(unit_id),)).fetchone()
    return _unit(row, _successions(connection)) if row else None


def units(connection: sqlite3.Connection, on: date | None = None) -> list[Unit]:
    """By name, the units valid on that day; all that ever were when no day is given."""
    successions = _successions(connection)
    found = [_unit(row, successions) for row in connection.execute("SELECT * FROM units ORDER BY valid_from, id")]
    listed = [each for each in found if on is None or each.valid_on(on)]
    return sorted(listed, key=lambda each: alphabetical(each.name))


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


def day_of(text: str | None) -> date | None:
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
        valid_to=day_of(row["valid_to"]),
        legal_basis=row["legal_basis"],
        agency_code=row["agency_code"],
        predecessor_ids=tuple(before for before, after in successions if after == row["id"]),
        successor_ids=tuple(after for before, after in successions if before == row["id"]),
    )
