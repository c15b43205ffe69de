"""Official documents, signing orders and registers as people see them: tables folded from the log."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from kernel import search
from kernel.messages import Event, Recorded
from services.signing.copy_views import COPY_PROJECTIONS, COPY_SCHEMA
from services.signing.incoming_views import INCOMING_PROJECTIONS, INCOMING_SCHEMA
from services.signing.messages.official import (
    CommentAnswered,
    Described,
    DraftAbandoned,
    DraftCommented,
    NumberRequested,
    OfficialArchived,
    OfficialDrafted,
    OfficialIssued,
    OfficialNumbered,
    OfficialReturned,
    OfficialRevised,
    OfficialSealed,
    OfficialSigned,
    OfficialSubmitted,
    OfficialWithdrawn,
    SealAsked,
    SubmissionRecalled,
)
from services.signing.numbering import printed
from services.signing.order_views import ORDER_PROJECTIONS, ORDER_SCHEMA
from services.signing.register_views import REGISTER_PROJECTIONS, REGISTER_SCHEMA
from services.signing.searched import searchable

OFFICIAL_SCHEMA = """
CREATE TABLE IF NOT EXISTS officials (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    issuer_id TEXT NOT NULL,
    drafter_id TEXT NOT NULL,
    summary TEXT NOT NULL,
    words TEXT NOT NULL,
    document_id TEXT NOT NULL,
    signatory_id TEXT NOT NULL,
    urgency TEXT NOT NULL,
    meeting_id TEXT,
    described TEXT NOT NULL,
    drafted_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    order_id TEXT,
    sha256 TEXT,
    number INTEGER,
    symbol TEXT,
    entered_on TEXT,
    issued_at TEXT,
    withdrawal TEXT,
    successor_id TEXT,
    reason TEXT NOT NULL DEFAULT '',
    file_code TEXT,
    retention_years INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS officials_by_position ON officials (position);
CREATE INDEX IF NOT EXISTS officials_of_document ON officials (document_id);
CREATE INDEX IF NOT EXISTS officials_of_meeting ON officials (meeting_id);
CREATE INDEX IF NOT EXISTS officials_of_issuer ON officials (issuer_id, stage);
CREATE INDEX IF NOT EXISTS officials_of_drafter ON officials (drafter_id, stage);
CREATE INDEX IF NOT EXISTS officials_of_signatory ON officials (signatory_id, stage);
CREATE INDEX IF NOT EXISTS officials_drafted_by ON officials (drafted_by, stage);
CREATE TABLE IF NOT EXISTS official_recipients (
    unit_id TEXT NOT NULL,
    official_id TEXT NOT NULL,
    PRIMARY KEY (unit_id, official_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS official_comments (
    id TEXT PRIMARY KEY,
    official_id TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    accepted INTEGER,
    answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS official_comments_of ON official_comments (official_id, at);
CREATE TABLE IF NOT EXISTS official_course (
    official_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (official_id, position)
) STRICT, WITHOUT ROWID;
"""

SCHEMA = OFFICIAL_SCHEMA + REGISTER_SCHEMA + ORDER_SCHEMA + INCOMING_SCHEMA + COPY_SCHEMA


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    apply = PROJECTIONS.get(type(event))
    if apply is None:
        return
    apply(connection, recorded, event)
    if (official_id := getattr(event, "official_id", None)) is not None and recorded.stream.startswith("official-"):
        reason = getattr(event, "reason", "")
        connection.execute(
            "INSERT INTO official_course VALUES (?, ?, ?, ?, ?, ?)",
            (str(official_id), recorded.position, recorded.type, recorded.actor, _at(recorded), reason),
        )


def _at(recorded: Recorded) -> str:
    return recorded.recorded_at.isoformat()


def _columns(described: Described) -> dict[str, object]:
    return {
        "kind": described.kind,
        "issuer_id": str(described.issuer_id),
        "drafter_id": str(described.drafter_id),
        "summary": described.summary,
        "words": searchable(described.summary),
        "document_id": str(described.document_id),
        "signatory_id": str(described.signatory.person_id),
        "urgency": described.urgency,
        "meeting_id": str(described.meeting_id) if described.meeting_id else None,
        "described": described.model_dump_json(),
    }


def _drafted(connection: sqlite3.Connection, recorded: Recorded, event: OfficialDrafted) -> None:
    row = {
        "id": str(event.official_id),
        "stage": "draft",
        **_columns(event.described),
        "drafted_by": recorded.actor,
        "changed_at": _at(recorded),
        "position": recorded.position,
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO officials ({names}) VALUES ({marks})", tuple(row.values()))


def _change(connection: sqlite3.Connection, recorded: Recorded, official_id: object, **columns: object) -> None:
    changes = {**columns, "changed_at": _at(recorded), "position": recorded.position}
    places = ", ".join(f"{name} = ?" for name in changes)
    connection.execute(f"UPDATE officials SET {places} WHERE id = ?", (*changes.values(), str(official_id)))


def _revised(connection: sqlite3.Connection, recorded: Recorded, event: OfficialRevised) -> None:
    _change(connection, recorded, event.official_id, **_columns(event.described))


def _commented(connection: sqlite3.Connection, recorded: Recorded, event: DraftCommented) -> None:
    connection.execute(
        "INSERT INTO official_comments (id, official_id, author, at, text) VALUES (?, ?, ?, ?, ?)",
        (str(event.comment_id), str(event.official_id), recorded.actor, _at(recorded), event.text),
    )


def _answered(connection: sqlite3.Connection, _recorded: Recorded, event: CommentAnswered) -> None:
    connection.execute(
        "UPDATE official_comments SET accepted = ?, answer = ? WHERE id = ?",
        (int(event.accepted), event.answer, str(event.comment_id)),
    )


def _abandoned(connection: sqlite3.Connection, recorded: Recorded, event: DraftAbandoned) -> None:
    _change(connection, recorded, event.official_id, stage="abandoned", reason=event.reason)


def _submitted(connection: sqlite3.Connection, recorded: Recorded, event: OfficialSubmitted) -> None:
    _change(
        connection,
        recorded,
        event.official_id,
        stage="in_signing",
        order_id=str(event.order_id),
        sha256=event.sha256,
        reason="",
    )


def _back(connection: sqlite3.Connection, recorded: Recorded, event: SubmissionRecalled | OfficialReturned) -> None:
    """To the drafter before it was signed; to the clerk when the seal was declined."""
    numbered = connection.execute("SELECT number FROM officials WHERE id = ?", (str(event.official_id),)).fetchone()[0]
    stage = "draft" if numbered is None else "numbered"
    _change(connection, recorded, event.official_id, stage=stage, order_id=None, reason=event.reason)


def _signed(connection: sqlite3.Connection, recorded: Recorded, event: OfficialSigned) -> None:
    _change(connection, recorded, event.official_id, stage="signed", order_id=None, sha256=event.sha256)


def _numbering(connection: sqlite3.Connection, recorded: Recorded, event: NumberRequested) -> None:
    _change(connection, recorded, event.official_id, stage="numbering")


def _numbered(connection: sqlite3.Connection, recorded: Recorded, event: OfficialNumbered) -> None:
    number = {"number": event.number, "symbol": event.symbol, "entered_on": event.entered_on.isoformat()}
    _change(connection, recorded, event.official_id, stage="numbered", **number)
    as_said = searchable(f"{event.number}/{event.symbol}", printed(event.number, event.symbol))
    connection.execute("UPDATE officials SET words = ? || words WHERE id = ?", (as_said, str(event.official_id)))


def _seal_asked(connection: sqlite3.Connection, recorded: Recorded, event: SealAsked) -> None:
    _change(
        connection,
        recorded,
        event.official_id,
        stage="sealing",
        order_id=str(event.order_id),
        sha256=event.sha256,
        reason="",
    )


def _sealed(connection: sqlite3.Connection, recorded: Recorded, event: OfficialSealed) -> None:
    _change(connection, recorded, event.official_id, stage="sealed", order_id=None, sha256=event.sha256)


def _issued(connection: sqlite3.Connection, recorded: Recorded, event: OfficialIssued) -> None:
    _change(connection, recorded, event.official_id, stage="issued", issued_at=_at(recorded))
    connection.executemany(
        "INSERT OR IGNORE INTO official_recipients VALUES (?, ?)",
        [(str(each.unit_id), str(event.official_id)) for each in event.recipients if each.unit_id],
    )
    symbol = printed(event.number, event.symbol)
    search.index(connection, "official", str(event.official_id), f"{symbol} {event.summary}", "", number=symbol)


def _withdrawn(connection: sqlite3.Connection, recorded: Recorded, event: OfficialWithdrawn) -> None:
    successor = str(event.successor_id) if event.successor_id else None
    fields = {"withdrawal": event.how, "successor_id": successor, "reason": event.reason}
    _change(connection, recorded, event.official_id, stage="withdrawn", **fields)


def _archived(connection: sqlite3.Connection, recorded: Recorded, event: OfficialArchived) -> None:
    kept = {"file_code": event.file_code, "retention_years": event.retention_years}
    _change(connection, recorded, event.official_id, **kept)


PROJECTIONS: Mapping[type[Event], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    OfficialDrafted: _drafted,
    OfficialRevised: _revised,
    DraftCommented: _commented,
    CommentAnswered: _answered,
    DraftAbandoned: _abandoned,
    OfficialSubmitted: _submitted,
    SubmissionRecalled: _back,
    OfficialReturned: _back,
    OfficialSigned: _signed,
    NumberRequested: _numbering,
    OfficialNumbered: _numbered,
    SealAsked: _seal_asked,
    OfficialSealed: _sealed,
    OfficialIssued: _issued,
    OfficialWithdrawn: _withdrawn,
    OfficialArchived: _archived,
    **REGISTER_PROJECTIONS,
    **ORDER_PROJECTIONS,
    **INCOMING_PROJECTIONS,
    **COPY_PROJECTIONS,
}
