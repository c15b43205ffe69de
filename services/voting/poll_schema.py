"""Tables of the views of polls and their ballots."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS polls (
    poll_id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    item_id TEXT,
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    roll_size INTEGER NOT NULL,
    roll_votes INTEGER NOT NULL,
    members INTEGER NOT NULL,
    serving INTEGER NOT NULL,
    method TEXT NOT NULL,
    choices TEXT NOT NULL,
    lines TEXT NOT NULL,
    secret INTEGER NOT NULL,
    rule_card TEXT NOT NULL,
    quorum TEXT NOT NULL,
    chair_id TEXT,
    opened_at TEXT NOT NULL,
    opened_position INTEGER NOT NULL,
    ended_at TEXT,
    cancel_reason TEXT,
    tally TEXT,
    published_at TEXT,
    published_position INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS polls_of_meeting ON polls (meeting_id, opened_position);
CREATE TABLE IF NOT EXISTS poll_voters (
    poll_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (poll_id, voter_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS poll_representatives (
    poll_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    basis TEXT NOT NULL,
    PRIMARY KEY (poll_id, voter_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dictations (
    poll_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    marks TEXT NOT NULL,
    dictated_by TEXT NOT NULL,
    dictated_at TEXT NOT NULL,
    PRIMARY KEY (poll_id, voter_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ballots (
    poll_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    choice TEXT NOT NULL,
    marks TEXT NOT NULL,
    remote INTEGER NOT NULL,
    holder_id TEXT,
    dictated_by TEXT,
    confirmed_by TEXT,
    event_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (poll_id, voter_id)
) STRICT, WITHOUT ROWID;
"""
