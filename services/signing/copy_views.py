"""Electronic copies as people see them: tables folded from the log, and the queries on them."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
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
from services.signing.numbering import printed
from services.signing.searched import searchable

COPY_SCHEMA = """
CREATE TABLE IF NOT EXISTS copies (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    form TEXT NOT NULL,
    body_id TEXT NOT NULL,
    source_id TEXT,
    original_document_id TEXT NOT NULL,
    words TEXT NOT NULL,
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
CREATE INDEX IF NOT EXISTS copies_by_position ON copies (position);
CREATE INDEX IF NOT EXISTS copies_of_body ON copies (body_id, stage);
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


@dataclass(frozen=True)
class Copy:
    """`stage`: sealing, numbering, numbered, issued or declined; `sha256`: of the newest bytes; times are ISO UTC.

    `position`: of its making in the log, by which lists go on.
    """

    id: str
    position: int
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
    return as_copy(row) if row else None


def copies_to_issue(connection: sqlite3.Connection, clerk_id: str, limit: int) -> list[Copy]:
    """Sealed and numbered ones of whoever made them, the oldest first."""
    rows = connection.execute(
        "SELECT * FROM copies WHERE made_by = ? AND stage = 'numbered' ORDER BY made_at, id LIMIT ?", (clerk_id, limit)
    )
    return [as_copy(row) for row in rows]


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
    return as_copy(row) if row else None


def as_copy(row: sqlite3.Row) -> Copy:
    described = DescribedCopy.model_validate_json(row["described"])
    return Copy(**{each.name: row[each.name] for each in fields(Copy)} | {"described": described})


def _made(connection: sqlite3.Connection, recorded: Recorded, event: CopyMade) -> None:
    described, original = event.described, event.described.original
    row = {
        "id": str(event.copy_id),
        "position": recorded.position,
        "stage": "sealing",
        "form": described.form,
        "body_id": str(described.body_id),
        "source_id": str(original.source_id) if original.source_id else None,
        "original_document_id": str(original.document_id),
        "words": searchable(original.symbol.lstrip("0"), original.symbol, original.summary),
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
    as_said = searchable(f"{event.number}/{event.symbol}", printed(event.number, event.symbol))
    connection.execute("UPDATE copies SET words = ? || words WHERE id = ?", (as_said, str(event.copy_id)))


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
