"""What is known of one official document, signing order or arrival, and what waits for whom; lists: `lists.py`."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from kernel.vietnam import day_of
from services.signing.messages.official import Described
from services.signing.records import (
    Comment,
    CourseEntry,
    Delegation,
    Incoming,
    Official,
    Order,
    Signature,
    SigningStep,
    Stage,
    Waited,
)

Record = TypeVar("Record")


def official(connection: sqlite3.Connection, official_id: UUID | str) -> Official | None:
    row = connection.execute("SELECT * FROM officials WHERE id = ?", (str(official_id),)).fetchone()
    return as_official(row) if row else None


def official_of_document(connection: sqlite3.Connection, document_id: UUID | str) -> Official | None:
    row = connection.execute("SELECT * FROM officials WHERE document_id = ?", (str(document_id),)).fetchone()
    return as_official(row) if row else None


def signs_official(connection: sqlite3.Connection, official_id: UUID | str, person_id: str) -> bool:
    """Whether the person is the signatory, or was ever asked to sign it."""
    found = official(connection, official_id)
    asked = (
        person_id in step.signer_ids for each in orders_of_official(connection, official_id) for step in each.steps
    )
    return found is not None and (str(found.described.signatory.person_id) == person_id or any(asked))


def comments(connection: sqlite3.Connection, official_id: UUID | str) -> list[Comment]:
    rows = connection.execute(
        "SELECT * FROM official_comments WHERE official_id = ? ORDER BY at, id", (str(official_id),)
    )
    return [
        as_record(Comment, row, accepted=None if row["accepted"] is None else bool(row["accepted"])) for row in rows
    ]


def course(connection: sqlite3.Connection, official_id: UUID | str) -> list[CourseEntry]:
    rows = connection.execute(
        "SELECT * FROM official_course WHERE official_id = ? ORDER BY position", (str(official_id),)
    )
    return [as_record(CourseEntry, row) for row in rows]


def order(connection: sqlite3.Connection, order_id: UUID | str) -> Order | None:
    row = connection.execute("SELECT * FROM signing_orders WHERE id = ?", (str(order_id),)).fetchone()
    return as_order(row) if row else None


def orders_of_document(connection: sqlite3.Connection, document_id: UUID | str) -> list[Order]:
    rows = connection.execute(
        "SELECT * FROM signing_orders WHERE document_id = ? ORDER BY opened_at, id", (str(document_id),)
    )
    return [as_order(row) for row in rows]


def orders_of_official(connection: sqlite3.Connection, official_id: UUID | str) -> list[Order]:
    rows = connection.execute(
        "SELECT * FROM signing_orders WHERE official_id = ? ORDER BY opened_at, id", (str(official_id),)
    )
    return [as_order(row) for row in rows]


def waited(connection: sqlite3.Connection, order_id: UUID | str) -> list[Waited]:
    rows = connection.execute("SELECT * FROM signing_waits WHERE order_id = ?", (str(order_id),))
    return [as_record(Waited, row) for row in rows]


def is_awaited(connection: sqlite3.Connection, order_id: UUID | str, person_id: str, now: datetime) -> bool:
    """Whether the order waits for this person, or for somebody in whose place they sign."""
    people = {each.person_id for each in waited(connection, order_id)}
    return person_id in people or stands_in(connection, person_id, people, now)


def stands_in(connection: sqlite3.Connection, person_id: str, people: Collection[str], now: datetime) -> bool:
    in_force = delegations_in_force(connection, person_id, day_of(now))
    return any(each.from_id in people for each in in_force)


def waiting_for(connection: sqlite3.Connection, person_ids: Iterable[str]) -> list[tuple[Waited, Order]]:
    """What waits for the signature of one of these people; the longest wait comes first."""
    known = tuple(person_ids)
    rows = connection.execute(
        f"""SELECT * FROM signing_waits JOIN signing_orders ON signing_orders.id = order_id
        WHERE person_id IN ({", ".join("?" * len(known))}) ORDER BY since, order_id""",
        known,
    )
    return [(as_record(Waited, row), as_order(row)) for row in rows]


def signatures(connection: sqlite3.Connection, order_id: UUID | str) -> list[Signature]:
    rows = connection.execute("SELECT * FROM signatures WHERE order_id = ? ORDER BY position", (str(order_id),))
    return [as_record(Signature, row) for row in rows]


def delegation(connection: sqlite3.Connection, delegation_id: UUID | str) -> Delegation | None:
    row = connection.execute("SELECT * FROM signing_delegations WHERE id = ?", (str(delegation_id),)).fetchone()
    return as_record(Delegation, row) if row else None


def delegations(connection: sqlite3.Connection, person_id: UUID | str) -> list[Delegation]:
    """Given by the person or to them; what begins last comes first."""
    rows = connection.execute(
        "SELECT * FROM signing_delegations WHERE ? IN (from_id, to_id) ORDER BY valid_from DESC, id", (str(person_id),)
    )
    return [as_record(Delegation, row) for row in rows]


def delegations_in_force(connection: sqlite3.Connection, to_id: UUID | str, day: date) -> list[Delegation]:
    rows = connection.execute(
        """SELECT * FROM signing_delegations
        WHERE to_id = ? AND revoked_at IS NULL AND ? BETWEEN valid_from AND valid_until ORDER BY valid_from, id""",
        (str(to_id), day.isoformat()),
    )
    return [as_record(Delegation, row) for row in rows]


def incoming(connection: sqlite3.Connection, incoming_id: UUID | str) -> Incoming | None:
    row = connection.execute("SELECT * FROM incoming WHERE id = ?", (str(incoming_id),)).fetchone()
    return as_incoming(row) if row else None


def incoming_with(connection: sqlite3.Connection, document_id: UUID | str) -> list[str]:
    rows = connection.execute("SELECT id FROM incoming WHERE document_id = ?", (str(document_id),))
    return [row["id"] for row in rows]


def incoming_of_official(connection: sqlite3.Connection, official_id: UUID | str) -> list[Incoming]:
    """Where an issued document arrived in this deployment, and what became of it there."""
    rows = connection.execute(
        "SELECT * FROM incoming WHERE official_id = ? ORDER BY received_at, id", (str(official_id),)
    )
    return [as_incoming(row) for row in rows]


def as_official(row: sqlite3.Row) -> Official:
    described = Described.model_validate_json(row["described"])
    return as_record(Official, row, stage=Stage(row["stage"]), described=described)


def as_order(row: sqlite3.Row) -> Order:
    steps = tuple(
        SigningStep(each["act"], tuple(each["signer_ids"]), each["needed"]) for each in json.loads(row["steps"])
    )
    return as_record(Order, row, steps=steps)


def as_incoming(row: sqlite3.Row) -> Incoming:
    return as_record(Incoming, row, signers=tuple(json.loads(row["signers"])))


def as_record(kind: type[Record], row: sqlite3.Row, **made: Any) -> Record:
    """The columns of the record's own names, with those given in their place."""
    columns = {each.name: row[each.name] for each in fields(kind) if each.name not in made}  # type: ignore[arg-type]
    return kind(**columns, **made)
