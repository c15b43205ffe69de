"""Electronic copies as people see them: tables folded from the log, and the queries on them."""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kernel.messages import Event, Recorded
from services.signing.messages.copies import (
    CopyDeclined,
    CopyIssued,
    CopyMade,
    CopyNumbered,
    CopySealed,
    DescribedCopy,
)
from services.signing.messages.orders import ProofRenewed

COPY_SCHEMA = """
CREATE TABLE IF NOT EXISTS copies (
    id TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    form TEXT NOT NULL,
    body_id TEXT NOT NULL,
    source_id TEXT,
    original_document_id TEXT NOT NULL,
    described TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    order_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    number INTEGER,
    symbol TEXT,
    entered_on TEXT,
    issued_at TEXT,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS copies_of_body ON copies (body_id, made_at);
CREATE INDEX IF NOT EXISTS copies_of_source ON copies (source_id);
CREATE INDEX IF NOT EXISTS copies_of_original ON copies (original_document_id);
CREATE INDEX IF NOT EXISTS copies_made_by ON copies (made_by, stage);
CREATE TABLE IF NOT EXISTS copy_recipients (
    copy_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    PRIMARY KEY (copy_id, unit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_for_recipient ON copy_recipients (unit_id);
CREATE TABLE IF NOT EXISTS copy_files (
    sha256 TEXT PRIMARY KEY,
    copy_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
LISTED = 200
"""So many copies, the newest ones, are listed at once; all are in the register."""


@dataclass(frozen=True)
class Copy:
    """`stage`: sealing, numbering, numbered, issued or declined; `sha256`: of the newest bytes; times are ISO UTC."""

    id: str
    stage: str
    described: DescribedCopy
    made_by: str
    made_at: str
    order_id: str
    sha256: str
    number: int | None
    symbol: str | None
    entered_on: str | None
    issued_at: str | None
    reason: str


def copy(connection: sqlite3.Connection, copy_id: UUID | str) -> Copy | None:
    row = connection.execute("SELECT * FROM copies WHERE id = ?", (str(copy_id),)).fetchone()
    return _copy(row) if row else None


def copies_of(connection: sqlite3.Connection, source_id: UUID | str) -> list[Copy]:
    """Those made from an official document or an arrival, in the order of their making."""
    rows = connection.execute("SELECT * FROM copies WHERE source_id = ? ORDER BY made_at, id", (str(source_id),))
    return [_copy(row) for row in rows]


def copies_for(connection: sqlite3.Connection, unit_ids: Collection[str]) -> list[Copy]:
    """Those that these bodies made, and issued ones that went to these units; the newest come first."""
    places, known = ", ".join("?" * len(unit_ids)), tuple(unit_ids)
    rows = connection.execute(
        f"""SELECT * FROM copies WHERE body_id IN ({places}) OR (stage = 'issued' AND id IN (
            SELECT copy_id FROM copy_recipients WHERE unit_id IN ({places})))
        ORDER BY made_at DESC, id LIMIT {LISTED}""",
        (*known, *known),
    )
    return [_copy(row) for row in rows]


def copies_to_issue(connection: sqlite3.Connection, clerk_id: str, limit: int) -> list[Copy]:
    """Sealed and numbered ones of whoever made them, the oldest first."""
    rows = connection.execute(
        "SELECT * FROM copies WHERE made_by = ? AND stage = 'numbered' ORDER BY made_at, id LIMIT ?", (clerk_id, limit)
    )
    return [_copy(row) for row in rows]


def copies_with(connection: sqlite3.Connection, document_id: UUID | str) -> list[str]:
    """The copy whose own file the document is."""
    rows = connection.execute("SELECT id FROM copies WHERE id = ?", (str(document_id),))
    return [row["id"] for row in rows]


def copies_of_scan(connection: sqlite3.Connection, document_id: UUID | str) -> list[str]:
    """Copies of the paper that the document is a scan of."""
    rows = connection.execute(
        "SELECT id FROM copies WHERE original_document_id = ? AND source_id IS NULL", (str(document_id),)
    )
    return [row["id"] for row in rows]


def copy_of_file(connection: sqlite3.Connection, sha256: str) -> Copy | None:
    """The sealed copy that has exactly these bytes, or had them before its proof was renewed."""
    row = connection.execute(
        "SELECT copies.* FROM copies JOIN copy_files ON copy_files.copy_id = copies.id WHERE copy_files.sha256 = ?",
        (sha256,),
    ).fetchone()
    return _copy(row) if row else None


def _copy(row: sqlite3.Row) -> Copy:
    described = DescribedCopy.model_validate_json(row["described"])
    shown = ("id", "stage", "made_by", "made_at", "order_id", "sha256", "number", "symbol", "entered_on", "issued_at")
    return Copy(described=described, reason=row["reason"], **{name: row[name] for name in shown})


def _made(connection: sqlite3.Connection, recorded: Recorded, event: CopyMade) -> None:
    described, original = event.described, event.described.original
    row = {
        "id": str(event.copy_id),
        "stage": "sealing",
        "form": described.form,
        "body_id": str(described.body_id),
        "source_id": str(original.source_id) if original.source_id else None,
        "original_document_id": str(original.document_id),
        "described": described.model_dump_json(),
        "made_by": recorded.actor,
        "made_at": recorded.recorded_at.isoformat(),
        "order_id": str(event.order_id),
        "sha256": event.sha256,
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO copies ({names}) VALUES ({marks})", tuple(row.values()))
    connection.executemany(
        "INSERT OR IGNORE INTO copy_recipients VALUES (?, ?)",
        [(str(event.copy_id), str(each.unit_id)) for each in described.recipients if each.unit_id],
    )


def _sealed(connection: sqlite3.Connection, _recorded: Recorded, event: CopySealed) -> None:
    _change(connection, event.copy_id, stage="numbering", sha256=event.sha256)
    connection.execute("INSERT OR IGNORE INTO copy_files VALUES (?, ?)", (event.sha256, str(event.copy_id)))


def _declined(connection: sqlite3.Connection, _recorded: Recorded, event: CopyDeclined) -> None:
    _change(connection, event.copy_id, stage="declined", reason=event.reason)


def _numbered(connection: sqlite3.Connection, _recorded: Recorded, event: CopyNumbered) -> None:
    number = {"number": event.number, "symbol": event.symbol, "entered_on": event.entered_on.isoformat()}
    _change(connection, event.copy_id, stage="numbered", **number)


def _issued(connection: sqlite3.Connection, recorded: Recorded, event: CopyIssued) -> None:
    _change(connection, event.copy_id, stage="issued", issued_at=recorded.recorded_at.isoformat())


def stamped_again(connection: sqlite3.Connection, event: ProofRenewed) -> None:
    """The same copy, with a newer archive time stamp."""
    if copy(connection, event.document_id) is None:
        return
    _change(connection, event.document_id, sha256=event.stamped_sha256)
    connection.execute("INSERT OR IGNORE INTO copy_files VALUES (?, ?)", (event.stamped_sha256, str(event.document_id)))


def _change(connection: sqlite3.Connection, copy_id: object, **columns: object) -> None:
    places = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE copies SET {places} WHERE id = ?", (*columns.values(), str(copy_id)))


COPY_PROJECTIONS: Mapping[type[Event], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    CopyMade: _made,
    CopySealed: _sealed,
    CopyDeclined: _declined,
    CopyNumbered: _numbered,
    CopyIssued: _issued,
}
