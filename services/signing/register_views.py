"""The registers as people see them: tables folded from the log."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from kernel.messages import Event, Recorded
from services.signing.messages.registers import NumberAllotted, NumberReserved, NumberVoided

REGISTER_SCHEMA = """
CREATE TABLE IF NOT EXISTS register_entries (
    body_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    subject_id TEXT,
    symbol TEXT NOT NULL DEFAULT '',
    entered_on TEXT,
    summary TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (body_id, year, series, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS register_entries_by_state ON register_entries (body_id, year, series, state, number);
CREATE TABLE IF NOT EXISTS register_books (
    body_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    series TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (body_id, year, series)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS register_books_by_year ON register_books (year);
"""


def _entry(
    connection: sqlite3.Connection, recorded: Recorded, event: NumberAllotted | NumberReserved | NumberVoided
) -> None:
    facts = json.loads(event.model_dump_json(exclude={"in_register"}))
    state = {NumberAllotted: "allotted", NumberReserved: "reserved", NumberVoided: "voided"}[type(event)]
    kept = event.in_register
    connection.execute(
        """INSERT INTO register_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET state = excluded.state, subject_id = excluded.subject_id, symbol = excluded.symbol,
            entered_on = excluded.entered_on, summary = excluded.summary, at = excluded.at, actor = excluded.actor,
            reason = CASE excluded.reason WHEN '' THEN reason ELSE excluded.reason END""",
        (
            str(kept.body_id),
            kept.year,
            kept.series,
            event.number,
            state,
            facts.get("subject_id"),
            facts.get("symbol", ""),
            facts.get("entered_on"),
            facts.get("summary", ""),
            facts.get("reason", ""),
            recorded.recorded_at.isoformat(),
            recorded.actor,
        ),
    )
    connection.execute(
        "INSERT INTO register_books VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
        (str(kept.body_id), kept.year, kept.series, event.number),
    )


REGISTER_PROJECTIONS: Mapping[type[Event], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    NumberAllotted: _entry,
    NumberReserved: _entry,
    NumberVoided: _entry,
}
