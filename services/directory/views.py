"""The directory as people see it: tables folded from the log, and the queries on them."""

import sqlite3
from typing import assert_never
from uuid import UUID

from kernel import search
from kernel.messages import Event, Recorded
from services.directory.export_queries import LogExport, log_export, log_exports
from services.directory.messages import (
    AccountClosed,
    AccountOpened,
    LogExported,
    MandateEnded,
    MandateGranted,
    MeetingRulesSet,
    PersonCorrected,
    PersonRegistered,
    RoleAssigned,
    RoleWithdrawn,
    UnitDissolved,
    UnitEstablished,
    UnitRenamed,
)
from services.directory.people_queries import (
    Mandate,
    Member,
    Person,
    RoleHeld,
    mandates_of,
    members_of,
    people,
    people_of_unit,
    people_with_role,
    person,
    person_names,
    person_of_login,
    role_holders,
    roles_of,
)
from services.directory.unit_queries import (
    Unit,
    UnitName,
    UnitNode,
    bodies,
    names_of_unit,
    rules_of,
    unit,
    unit_tree,
    units,
)

__all__ = [
    "SCHEMA",
    "LogExport",
    "Mandate",
    "Member",
    "Person",
    "RoleHeld",
    "Unit",
    "UnitName",
    "UnitNode",
    "bodies",
    "log_export",
    "log_exports",
    "mandates_of",
    "members_of",
    "names_of_unit",
    "people",
    "people_of_unit",
    "people_with_role",
    "person",
    "person_names",
    "person_of_login",
    "project",
    "role_holders",
    "roles_of",
    "rules_of",
    "unit",
    "unit_tree",
    "units",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS units (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    parent_id TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    legal_basis TEXT NOT NULL DEFAULT '',
    agency_code TEXT NOT NULL,
    rules TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS unit_names (
    unit_id TEXT NOT NULL,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS unit_names_of ON unit_names (unit_id);
CREATE TABLE IF NOT EXISTS unit_successions (
    predecessor_id TEXT NOT NULL,
    successor_id TEXT NOT NULL,
    PRIMARY KEY (predecessor_id, successor_id)
) STRICT;
CREATE TABLE IF NOT EXISTS people (
    id TEXT PRIMARY KEY,
    full_name TEXT NOT NULL,
    position TEXT NOT NULL,
    unit_id TEXT,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    login TEXT,
    account_open INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS people_of_unit ON people (unit_id);
CREATE UNIQUE INDEX IF NOT EXISTS people_login ON people (login);
CREATE TABLE IF NOT EXISTS mandates (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    title TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    end_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS mandates_of_body ON mandates (body_id);
CREATE INDEX IF NOT EXISTS mandates_of_person ON mandates (person_id);
CREATE TABLE IF NOT EXISTS roles (
    person_id TEXT NOT NULL,
    role TEXT NOT NULL,
    unit_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (person_id, role, unit_id)
) STRICT;
CREATE INDEX IF NOT EXISTS roles_by_name ON roles (role, unit_id);
CREATE TABLE IF NOT EXISTS log_exports (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    at TEXT NOT NULL,
    size INTEGER NOT NULL,
    root TEXT NOT NULL,
    documents INTEGER NOT NULL
) STRICT;
"""


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    match event:
        case UnitEstablished() | UnitRenamed() | UnitDissolved() | MeetingRulesSet():
            _project_unit(connection, recorded, event)
        case PersonRegistered() | PersonCorrected() | AccountOpened() | AccountClosed():
            _project_person(connection, event)
        case MandateGranted() | MandateEnded() | RoleAssigned() | RoleWithdrawn():
            _project_duties(connection, event)
        case LogExported():
            connection.execute(
                "INSERT INTO log_exports VALUES (?, ?, ?, ?, ?, ?)",
                (
                    str(event.export_id),
                    recorded.actor,
                    recorded.recorded_at.isoformat(),
                    event.size,
                    event.root,
                    event.documents,
                ),
            )


def _project_unit(
    connection: sqlite3.Connection,
    recorded: Recorded,
    event: UnitEstablished | UnitRenamed | UnitDissolved | MeetingRulesSet,
) -> None:
    unit_id = str(event.unit_id)
    match event:
        case UnitEstablished():
            connection.execute(
                "INSERT INTO units (id, name, short_name, kind, tier, parent_id, valid_from, agency_code)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    unit_id,
                    event.name,
                    event.short_name,
                    event.kind,
                    event.tier,
                    _text(event.parent_id),
                    event.valid_from.isoformat(),
                    event.agency_code,
                ),
            )
            _named(connection, unit_id, event.name, event.short_name, event.valid_from.isoformat())
            _succeed(connection, [(each, event.unit_id) for each in event.predecessor_ids])
        case UnitRenamed():
            connection.execute(
                "UPDATE units SET name = ?, short_name = ? WHERE id = ?", (event.name, event.short_name, unit_id)
            )
            _named(connection, unit_id, event.name, event.short_name, recorded.recorded_at.isoformat())
        case UnitDissolved():
            connection.execute(
                "UPDATE units SET valid_to = ?, legal_basis = ? WHERE id = ?",
                (event.valid_to.isoformat(), event.legal_basis, unit_id),
            )
            _succeed(connection, [(event.unit_id, each) for each in event.successor_ids])
        case MeetingRulesSet():
            connection.execute("UPDATE units SET rules = ? WHERE id = ?", (event.rules.model_dump_json(), unit_id))
        case _:
            assert_never(event)


def _named(connection: sqlite3.Connection, unit_id: str, name: str, short_name: str, since: str) -> None:
    connection.execute("INSERT INTO unit_names VALUES (?, ?, ?, ?)", (unit_id, name, short_name, since))


def _succeed(connection: sqlite3.Connection, pairs: list[tuple[UUID, UUID]]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO unit_successions VALUES (?, ?)", [(str(before), str(after)) for before, after in pairs]
    )


def _project_person(
    connection: sqlite3.Connection, event: PersonRegistered | PersonCorrected | AccountOpened | AccountClosed
) -> None:
    person_id = str(event.person_id)
    match event:
        case PersonRegistered() | PersonCorrected():
            connection.execute(
                "INSERT INTO people (id, full_name, position, unit_id, email, phone) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name, position = excluded.position,"
                " unit_id = excluded.unit_id, email = excluded.email, phone = excluded.phone",
                (person_id, event.full_name, event.position, _text(event.unit_id), event.email, event.phone),
            )
            search.index(connection, "person", person_id, event.full_name, event.position, unit_id=event.unit_id)
        case AccountOpened():
            connection.execute("UPDATE people SET login = ?, account_open = 1 WHERE id = ?", (event.login, person_id))
        case AccountClosed():
            connection.execute("UPDATE people SET account_open = 0 WHERE id = ?", (person_id,))
        case _:
            assert_never(event)


def _project_duties(
    connection: sqlite3.Connection, event: MandateGranted | MandateEnded | RoleAssigned | RoleWithdrawn
) -> None:
    person_id = str(event.person_id)
    match event:
        case MandateGranted():
            connection.execute(
                "INSERT INTO mandates (id, person_id, body_id, title, valid_from, valid_to) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    str(event.mandate_id),
                    person_id,
                    str(event.body_id),
                    event.title,
                    event.valid_from.isoformat(),
                    _text(event.valid_to),
                ),
            )
        case MandateEnded():
            connection.execute(
                "UPDATE mandates SET valid_to = ?, end_reason = ? WHERE id = ?",
                (event.valid_to.isoformat(), event.reason, str(event.mandate_id)),
            )
        case RoleAssigned():
            connection.execute(
                "INSERT INTO roles VALUES (?, ?, ?)", (person_id, event.role, _text(event.unit_id) or "")
            )
        case RoleWithdrawn():
            connection.execute(
                "DELETE FROM roles WHERE person_id = ? AND role = ? AND unit_id = ?",
                (person_id, event.role, _text(event.unit_id) or ""),
            )
        case _:
            assert_never(event)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
