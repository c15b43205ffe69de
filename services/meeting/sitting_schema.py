"""Tables of the sitting's views."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS sittings (
    meeting_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    seats INTEGER NOT NULL,
    numerator INTEGER NOT NULL,
    denominator INTEGER NOT NULL,
    roll_opened_at TEXT NOT NULL,
    opened_at TEXT,
    opened_present INTEGER,
    closed_at TEXT,
    item_id TEXT,
    item_begun_at TEXT,
    position INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sitting_people (
    meeting_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    voting INTEGER NOT NULL,
    state TEXT NOT NULL,
    recorded_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    arrived_at TEXT,
    since TEXT,
    departed_at TEXT,
    PRIMARY KEY (meeting_id, person_id)
) STRICT;
CREATE TABLE IF NOT EXISTS sitting_moves (
    position INTEGER NOT NULL,
    meeting_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    voting INTEGER NOT NULL,
    PRIMARY KEY (position, person_id)
) STRICT;
CREATE INDEX IF NOT EXISTS sitting_moves_of ON sitting_moves (meeting_id, position);
CREATE TABLE IF NOT EXISTS sitting_items (
    position INTEGER PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sitting_items_of ON sitting_items (meeting_id);
CREATE TABLE IF NOT EXISTS sitting_pauses (
    position INTEGER PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    suspended_at TEXT NOT NULL,
    resumed_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS floor_requests (
    request_id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    item_id TEXT,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    requested_position INTEGER NOT NULL,
    given_at TEXT,
    seconds INTEGER NOT NULL DEFAULT 0,
    ended_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS floor_requests_of ON floor_requests (meeting_id, state);
CREATE TABLE IF NOT EXISTS discussion_notes (
    note_id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    text TEXT NOT NULL,
    person_id TEXT,
    item_id TEXT,
    author_id TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    noted_position INTEGER NOT NULL,
    corrected_at TEXT,
    corrected_by TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS discussion_notes_of ON discussion_notes (meeting_id);
"""
