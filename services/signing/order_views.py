"""Who is asked to sign what, and whose signatures there are: tables folded from the log."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from kernel.messages import Event, Recorded
from services.signing import copy_views
from services.signing.messages.orders import (
    DelegationRevoked,
    ProofRenewed,
    SignatureMade,
    SigningCancelled,
    SigningCompleted,
    SigningDeclined,
    SigningDelegated,
    SigningOrderOpened,
    Step,
)

ORDER_SCHEMA = """
CREATE TABLE IF NOT EXISTS signing_orders (
    id TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    document_id TEXT NOT NULL,
    official_id TEXT,
    purpose TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    steps TEXT NOT NULL,
    at_step INTEGER NOT NULL DEFAULT 0,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    reason TEXT NOT NULL DEFAULT '',
    provable_until TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS signing_orders_of_document ON signing_orders (document_id);
CREATE INDEX IF NOT EXISTS signing_orders_of_official ON signing_orders (official_id);
CREATE INDEX IF NOT EXISTS signing_orders_by_proof ON signing_orders (stage, provable_until);
CREATE TABLE IF NOT EXISTS signing_signers (
    person_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    official_id TEXT,
    PRIMARY KEY (person_id, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS signing_signers_of_official ON signing_signers (person_id, official_id);
CREATE TABLE IF NOT EXISTS signing_waits (
    order_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    act TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (order_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS signing_waits_of_person ON signing_waits (person_id);
CREATE TABLE IF NOT EXISTS signatures (
    order_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    step INTEGER NOT NULL,
    act TEXT NOT NULL,
    signer_id TEXT NOT NULL,
    on_behalf_of TEXT,
    delegation_id TEXT,
    seen_sha256 TEXT NOT NULL,
    signed_sha256 TEXT NOT NULL,
    subject TEXT NOT NULL,
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,
    key TEXT NOT NULL,
    level TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    PRIMARY KEY (order_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signing_delegations (
    id TEXT PRIMARY KEY,
    from_id TEXT NOT NULL,
    to_id TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    basis TEXT NOT NULL,
    revoked_at TEXT,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS signing_delegations_to ON signing_delegations (to_id);
"""


def _at(recorded: Recorded) -> str:
    return recorded.recorded_at.isoformat()


def _opened(connection: sqlite3.Connection, recorded: Recorded, event: SigningOrderOpened) -> None:
    steps = [json.loads(each.model_dump_json()) for each in event.steps]
    connection.execute(
        """INSERT INTO signing_orders (id, stage, document_id, official_id, purpose, title, sha256, steps, opened_by,
            opened_at) VALUES (?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            str(event.order_id),
            str(event.document_id),
            str(event.official_id) if event.official_id else None,
            event.purpose,
            event.title,
            event.sha256,
            json.dumps(steps),
            recorded.actor,
            _at(recorded),
        ),
    )
    asked = {str(each) for step in event.steps for each in step.signer_ids}
    of = (str(event.order_id), str(event.official_id) if event.official_id else None)
    connection.executemany("INSERT INTO signing_signers VALUES (?, ?, ?)", [(each, *of) for each in sorted(asked)])
    _wait(connection, recorded, str(event.order_id), event.steps[0])


def _wait(connection: sqlite3.Connection, recorded: Recorded, order_id: str, step: Step) -> None:
    connection.executemany(
        "INSERT INTO signing_waits VALUES (?, ?, ?, ?)",
        [(order_id, str(each), step.act, _at(recorded)) for each in step.signer_ids],
    )


def _made(connection: sqlite3.Connection, recorded: Recorded, event: SignatureMade) -> None:
    order_id = str(event.order_id)
    order = connection.execute("SELECT steps, at_step FROM signing_orders WHERE id = ?", (order_id,)).fetchone()
    at_step, certificate = order["at_step"], event.certificate
    connection.execute(
        "INSERT INTO signatures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order_id,
            recorded.position,
            at_step,
            event.act,
            str(event.signer_id),
            str(event.on_behalf_of) if event.on_behalf_of else None,
            str(event.delegation_id) if event.delegation_id else None,
            event.seen_sha256,
            event.signed_sha256,
            certificate.subject,
            certificate.issuer,
            certificate.serial,
            event.key,
            event.level,
            event.signed_at.isoformat(),
        ),
    )
    until = event.provable_until.isoformat() if event.provable_until else None
    connection.execute(
        "UPDATE signing_orders SET sha256 = ?, provable_until = ? WHERE id = ?", (event.signed_sha256, until, order_id)
    )
    signed_for = str(event.on_behalf_of or event.signer_id)
    connection.execute("DELETE FROM signing_waits WHERE order_id = ? AND person_id = ?", (order_id, signed_for))
    _go_on(connection, recorded, order_id, [Step.model_validate(each) for each in json.loads(order["steps"])], at_step)


def _go_on(connection: sqlite3.Connection, recorded: Recorded, order_id: str, steps: list[Step], at_step: int) -> None:
    """To the next step once this one has its signatures."""
    count = "SELECT count(*) FROM signatures WHERE order_id = ? AND step = ?"
    if connection.execute(count, (order_id, at_step)).fetchone()[0] < steps[at_step].needed:
        return
    connection.execute("DELETE FROM signing_waits WHERE order_id = ?", (order_id,))
    connection.execute("UPDATE signing_orders SET at_step = at_step + 1 WHERE id = ?", (order_id,))
    if at_step + 1 < len(steps):
        _wait(connection, recorded, order_id, steps[at_step + 1])


def _completed(connection: sqlite3.Connection, recorded: Recorded, event: SigningCompleted) -> None:
    _end(connection, recorded, str(event.order_id), "completed", "")


def _declined(connection: sqlite3.Connection, recorded: Recorded, event: SigningDeclined) -> None:
    _end(connection, recorded, str(event.order_id), "declined", event.reason)


def _cancelled(connection: sqlite3.Connection, recorded: Recorded, event: SigningCancelled) -> None:
    _end(connection, recorded, str(event.order_id), "cancelled", event.reason)


def _end(connection: sqlite3.Connection, recorded: Recorded, order_id: str, stage: str, reason: str) -> None:
    connection.execute("DELETE FROM signing_waits WHERE order_id = ?", (order_id,))
    connection.execute(
        "UPDATE signing_orders SET stage = ?, reason = ?, ended_at = ?, ended_by = ? WHERE id = ?",
        (stage, reason, _at(recorded), recorded.actor, order_id),
    )


def _renewed(connection: sqlite3.Connection, _recorded: Recorded, event: ProofRenewed) -> None:
    connection.execute(
        "UPDATE signing_orders SET sha256 = ?, provable_until = ? WHERE id = ?",
        (event.stamped_sha256, event.provable_until.isoformat(), str(event.order_id)),
    )
    copy_views.stamped_again(connection, event)


def _delegated(connection: sqlite3.Connection, _recorded: Recorded, event: SigningDelegated) -> None:
    connection.execute(
        "INSERT INTO signing_delegations VALUES (?, ?, ?, ?, ?, ?, NULL, '')",
        (
            str(event.delegation_id),
            str(event.from_id),
            str(event.to_id),
            event.valid_from.isoformat(),
            event.valid_until.isoformat(),
            event.basis,
        ),
    )


def _revoked(connection: sqlite3.Connection, recorded: Recorded, event: DelegationRevoked) -> None:
    connection.execute(
        "UPDATE signing_delegations SET revoked_at = ?, reason = ? WHERE id = ?",
        (_at(recorded), event.reason, str(event.delegation_id)),
    )


ORDER_PROJECTIONS: Mapping[type[Event], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    SigningOrderOpened: _opened,
    SignatureMade: _made,
    SigningCompleted: _completed,
    SigningDeclined: _declined,
    SigningCancelled: _cancelled,
    ProofRenewed: _renewed,
    SigningDelegated: _delegated,
    DelegationRevoked: _revoked,
}
