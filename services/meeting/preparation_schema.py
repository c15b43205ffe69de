"""Tables of meetings in preparation, and how values stand in them."""

from datetime import UTC, datetime
from uuid import UUID

SCHEMA = """
CREATE TABLE IF NOT EXISTS meetings (
    id TEXT PRIMARY KEY,
    body_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    presiding_officer_id TEXT NOT NULL,
    minute_taker_id TEXT NOT NULL,
    closed_sitting INTEGER NOT NULL,
    phase TEXT NOT NULL,
    leader_id TEXT,
    papers_due_at TEXT,
    late INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    published_at TEXT,
    opened_at TEXT,
    closed_at TEXT,
    sequence INTEGER NOT NULL DEFAULT 0,
    changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS meetings_by_phase ON meetings (phase, starts_at);
CREATE INDEX IF NOT EXISTS meetings_by_body ON meetings (body_id, starts_at);
CREATE TABLE IF NOT EXISTS agenda_items (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    parent_id TEXT,
    place INTEGER NOT NULL,
    title TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    presenter_id TEXT,
    presenter_text TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS agenda_items_of_meeting ON agenda_items (meeting_id, parent_id, place);
CREATE TABLE IF NOT EXISTS dossier_documents (
    meeting_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_id TEXT,
    for_person_id TEXT,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    late INTEGER NOT NULL,
    attached_at TEXT NOT NULL,
    attached_position INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, document_id)
) STRICT;
CREATE INDEX IF NOT EXISTS dossier_documents_by_document ON dossier_documents (document_id);
CREATE TABLE IF NOT EXISTS invitations (
    meeting_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    voting INTEGER NOT NULL,
    invited_at TEXT NOT NULL,
    answer TEXT,
    reason TEXT NOT NULL DEFAULT '',
    substitute_name TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    PRIMARY KEY (meeting_id, person_id)
) STRICT;
CREATE INDEX IF NOT EXISTS invitations_of_person ON invitations (person_id);
CREATE TABLE IF NOT EXISTS meeting_history (
    meeting_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    after_publication INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, position)
) STRICT;
"""


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
