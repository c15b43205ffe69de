"""The queries on official documents, signing orders, registers and what arrived."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.signing.messages.official import Described
from services.signing.records import (
    Comment,
    CourseEntry,
    Delegation,
    Incoming,
    Official,
    Order,
    RegisterBook,
    RegisterEntry,
    Signature,
    SigningStep,
    Stage,
    Waited,
)

Record = TypeVar("Record")
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def official(connection: sqlite3.Connection, official_id: UUID | str) -> Official | None:
    row = connection.execute("SELECT * FROM officials WHERE id = ?", (str(official_id),)).fetchone()
    return _official(row) if row else None


def officials(connection: sqlite3.Connection, stages: Collection[str] = ()) -> list[Official]:
    """Those in these stages, or all of them; what changed last comes first."""
    chosen = f"WHERE stage IN ({', '.join('?' * len(stages))})" if stages else ""
    rows = connection.execute(f"SELECT * FROM officials {chosen} ORDER BY changed_at DESC, id", tuple(stages))
    return [_official(row) for row in rows]


def official_of_document(connection: sqlite3.Connection, document_id: UUID | str) -> Official | None:
    row = connection.execute("SELECT * FROM officials WHERE document_id = ?", (str(document_id),)).fetchone()
    return _official(row) if row else None


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
    return [_record(Comment, row, accepted=None if row["accepted"] is None else bool(row["accepted"])) for row in rows]


def course(connection: sqlite3.Connection, official_id: UUID | str) -> list[CourseEntry]:
    rows = connection.execute(
        "SELECT * FROM official_course WHERE official_id = ? ORDER BY position", (str(official_id),)
    )
    return [_record(CourseEntry, row) for row in rows]


def order(connection: sqlite3.Connection, order_id: UUID | str) -> Order | None:
    row = connection.execute("SELECT * FROM signing_orders WHERE id = ?", (str(order_id),)).fetchone()
    return _order(row) if row else None


def orders_of_document(connection: sqlite3.Connection, document_id: UUID | str) -> list[Order]:
    rows = connection.execute(
        "SELECT * FROM signing_orders WHERE document_id = ? ORDER BY opened_at, id", (str(document_id),)
    )
    return [_order(row) for row in rows]


def orders_of_official(connection: sqlite3.Connection, official_id: UUID | str) -> list[Order]:
    rows = connection.execute(
        "SELECT * FROM signing_orders WHERE official_id = ? ORDER BY opened_at, id", (str(official_id),)
    )
    return [_order(row) for row in rows]


def orders_to_renew(connection: sqlite3.Connection, before: date) -> list[Order]:
    """Complete signatures that can no longer be proved after that day unless they are stamped again; soonest first.

    Of several orders for one document, such as those for signature and seal, the last one has the bytes that stay.
    """
    rows = connection.execute(
        """SELECT * FROM signing_orders AS this WHERE stage = 'completed' AND provable_until < ? AND NOT EXISTS (
            SELECT 1 FROM signing_orders AS later
            WHERE later.document_id = this.document_id AND later.stage = 'completed' AND later.rowid > this.rowid
        ) ORDER BY provable_until, id""",
        (before.isoformat(),),
    )
    return [_order(row) for row in rows]


def waited(connection: sqlite3.Connection, order_id: UUID | str) -> list[Waited]:
    rows = connection.execute("SELECT * FROM signing_waits WHERE order_id = ?", (str(order_id),))
    return [_record(Waited, row) for row in rows]


def is_awaited(connection: sqlite3.Connection, order_id: UUID | str, person_id: str, now: datetime) -> bool:
    """Whether the order waits for this person, or for somebody in whose place they sign."""
    people = {each.person_id for each in waited(connection, order_id)}
    return person_id in people or stands_in(connection, person_id, people, now)


def stands_in(connection: sqlite3.Connection, person_id: str, people: Collection[str], now: datetime) -> bool:
    in_force = delegations_in_force(connection, person_id, now.astimezone(VIETNAM).date())
    return any(each.from_id in people for each in in_force)


def waiting_for(connection: sqlite3.Connection, person_ids: Iterable[str]) -> list[tuple[Waited, Order]]:
    """What waits for the signature of one of these people; the longest wait comes first."""
    known = tuple(person_ids)
    rows = connection.execute(
        f"SELECT * FROM signing_waits WHERE person_id IN ({', '.join('?' * len(known))}) ORDER BY since, order_id",
        known,
    ).fetchall()
    found = ((_record(Waited, row), order(connection, row["order_id"])) for row in rows)
    return [(wait, of) for wait, of in found if of is not None]


def signatures(connection: sqlite3.Connection, order_id: UUID | str) -> list[Signature]:
    rows = connection.execute("SELECT * FROM signatures WHERE order_id = ? ORDER BY position", (str(order_id),))
    return [_record(Signature, row) for row in rows]


def delegation(connection: sqlite3.Connection, delegation_id: UUID | str) -> Delegation | None:
    row = connection.execute("SELECT * FROM signing_delegations WHERE id = ?", (str(delegation_id),)).fetchone()
    return _record(Delegation, row) if row else None


def delegations(connection: sqlite3.Connection, person_id: UUID | str) -> list[Delegation]:
    """Given by the person or to them; what begins last comes first."""
    rows = connection.execute(
        "SELECT * FROM signing_delegations WHERE ? IN (from_id, to_id) ORDER BY valid_from DESC, id", (str(person_id),)
    )
    return [_record(Delegation, row) for row in rows]


def delegations_in_force(connection: sqlite3.Connection, to_id: UUID | str, day: date) -> list[Delegation]:
    rows = connection.execute(
        """SELECT * FROM signing_delegations
        WHERE to_id = ? AND revoked_at IS NULL AND ? BETWEEN valid_from AND valid_until ORDER BY valid_from, id""",
        (str(to_id), day.isoformat()),
    )
    return [_record(Delegation, row) for row in rows]


def register_books(connection: sqlite3.Connection) -> list[RegisterBook]:
    rows = connection.execute(
        """SELECT body_id, year, series, max(number) AS last FROM register_entries
        GROUP BY body_id, year, series ORDER BY year DESC, body_id, series"""
    )
    return [_record(RegisterBook, row) for row in rows]


def register_entries(
    connection: sqlite3.Connection, body_id: UUID | str, year: int, series: str
) -> list[RegisterEntry]:
    rows = connection.execute(
        "SELECT * FROM register_entries WHERE body_id = ? AND year = ? AND series = ? ORDER BY number",
        (str(body_id), year, series),
    )
    return [_record(RegisterEntry, row) for row in rows]


def incoming(connection: sqlite3.Connection, incoming_id: UUID | str) -> Incoming | None:
    row = connection.execute("SELECT * FROM incoming WHERE id = ?", (str(incoming_id),)).fetchone()
    return _incoming(row) if row else None


def incoming_of(connection: sqlite3.Connection, receiver_ids: Collection[str]) -> list[Incoming]:
    """What arrived for these units or was routed to them; the newest comes first."""
    places, known = ", ".join("?" * len(receiver_ids)), tuple(receiver_ids)
    rows = connection.execute(
        f"""SELECT * FROM incoming WHERE receiver_id IN ({places}) OR unit_id IN ({places})
        ORDER BY received_at DESC, id""",
        (*known, *known),
    )
    return [_incoming(row) for row in rows]


def incoming_with(connection: sqlite3.Connection, document_id: UUID | str) -> list[str]:
    rows = connection.execute("SELECT id FROM incoming WHERE document_id = ?", (str(document_id),))
    return [row["id"] for row in rows]


def incoming_of_official(connection: sqlite3.Connection, official_id: UUID | str) -> list[Incoming]:
    """Where an issued document arrived in this deployment, and what became of it there."""
    rows = connection.execute(
        "SELECT * FROM incoming WHERE official_id = ? ORDER BY received_at, id", (str(official_id),)
    )
    return [_incoming(row) for row in rows]


def _official(row: sqlite3.Row) -> Official:
    described = Described.model_validate_json(row["described"])
    return _record(Official, row, stage=Stage(row["stage"]), described=described)


def _order(row: sqlite3.Row) -> Order:
    steps = tuple(
        SigningStep(each["act"], tuple(each["signer_ids"]), each["needed"]) for each in json.loads(row["steps"])
    )
    return _record(Order, row, steps=steps)


def _incoming(row: sqlite3.Row) -> Incoming:
    return _record(Incoming, row, signers=tuple(json.loads(row["signers"])))


def _record(kind: type[Record], row: sqlite3.Row, **made: Any) -> Record:
    """The columns of the record's own names, with those given in their place."""
    columns = {each.name: row[each.name] for each in fields(kind) if each.name not in made}  # type: ignore[arg-type]
    return kind(**columns, **made)
