"""Documents that arrived, as people see them: a table folded from the log."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from kernel import search
from kernel.messages import Event, Recorded
from services.signing.messages.incoming import (
    IncomingAcknowledged,
    IncomingReceived,
    IncomingRegistered,
    IncomingReturned,
    IncomingRouted,
    RegistrationRequested,
    SignaturesChecked,
)
from services.signing.searched import searchable

INCOMING_SCHEMA = """
CREATE TABLE IF NOT EXISTS incoming (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    receiver_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sender TEXT NOT NULL,
    sender_words TEXT NOT NULL,
    sender_id TEXT,
    symbol TEXT NOT NULL,
    issued_on TEXT,
    summary TEXT NOT NULL,
    words TEXT NOT NULL,
    urgency TEXT NOT NULL,
    official_id TEXT,
    received_at TEXT NOT NULL,
    verdict TEXT,
    finding TEXT NOT NULL DEFAULT '',
    signers TEXT NOT NULL DEFAULT '[]',
    number INTEGER,
    entered_on TEXT,
    unit_id TEXT,
    person_id TEXT,
    instruction TEXT NOT NULL DEFAULT '',
    due_on TEXT,
    acknowledged_at TEXT,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS incoming_by_position ON incoming (position);
CREATE INDEX IF NOT EXISTS incoming_of_receiver ON incoming (receiver_id, stage);
CREATE INDEX IF NOT EXISTS incoming_of_unit ON incoming (unit_id, stage);
CREATE INDEX IF NOT EXISTS incoming_of_person ON incoming (person_id, stage);
CREATE INDEX IF NOT EXISTS incoming_of_document ON incoming (document_id);
CREATE INDEX IF NOT EXISTS incoming_of_official ON incoming (official_id);
"""


def _change(connection: sqlite3.Connection, incoming_id: object, **columns: object) -> None:
    places = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE incoming SET {places} WHERE id = ?", (*columns.values(), str(incoming_id)))


def _received(connection: sqlite3.Connection, recorded: Recorded, event: IncomingReceived) -> None:
    sent = event.sent
    connection.execute(
        """INSERT INTO incoming (id, position, stage, receiver_id, document_id, sha256, sender, sender_words, sender_id,
            symbol, issued_on, summary, words, urgency, official_id, received_at)
        VALUES (?, ?, 'received', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            str(event.incoming_id),
            recorded.position,
            str(event.receiver_id),
            str(event.document_id),
            event.sha256,
            sent.sender,
            searchable(sent.sender),
            str(sent.sender_id) if sent.sender_id else None,
            sent.symbol,
            sent.issued_on.isoformat() if sent.issued_on else None,
            sent.summary,
            searchable(sent.symbol, sent.summary),
            sent.urgency,
            str(sent.official_id) if sent.official_id else None,
            recorded.recorded_at.isoformat(),
        ),
    )
    title = f"{sent.symbol} {sent.summary}".strip()
    search.index(connection, "incoming", str(event.incoming_id), title, sent.sender, number=sent.symbol)


def _checked(connection: sqlite3.Connection, _recorded: Recorded, event: SignaturesChecked) -> None:
    found = {"verdict": event.verdict, "finding": event.finding, "signers": json.dumps(event.signers)}
    _change(connection, event.incoming_id, **found)


def _asked(connection: sqlite3.Connection, _recorded: Recorded, event: RegistrationRequested) -> None:
    _change(connection, event.incoming_id, stage="registering")


def _registered(connection: sqlite3.Connection, _recorded: Recorded, event: IncomingRegistered) -> None:
    entered_on = event.entered_on.isoformat()
    _change(connection, event.incoming_id, stage="registered", number=event.number, entered_on=entered_on)
    number = (f" {event.number}", str(event.incoming_id))
    connection.execute("UPDATE incoming SET words = ? || words WHERE id = ?", number)


def _routed(connection: sqlite3.Connection, _recorded: Recorded, event: IncomingRouted) -> None:
    _change(
        connection,
        event.incoming_id,
        stage="routed",
        unit_id=str(event.unit_id),
        person_id=str(event.person_id) if event.person_id else None,
        instruction=event.instruction,
        due_on=event.due_on.isoformat() if event.due_on else None,
    )


def _acknowledged(connection: sqlite3.Connection, recorded: Recorded, event: IncomingAcknowledged) -> None:
    _change(connection, event.incoming_id, acknowledged_at=recorded.recorded_at.isoformat())


def _returned(connection: sqlite3.Connection, _recorded: Recorded, event: IncomingReturned) -> None:
    _change(connection, event.incoming_id, stage="returned", reason=event.reason)


INCOMING_PROJECTIONS: Mapping[type[Event], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    IncomingReceived: _received,
    SignaturesChecked: _checked,
    RegistrationRequested: _asked,
    IncomingRegistered: _registered,
    IncomingRouted: _routed,
    IncomingAcknowledged: _acknowledged,
    IncomingReturned: _returned,
}
