"""The tables of opinion forms in the views file."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS opinion_forms (
    form_id TEXT PRIMARY KEY,
    body_id TEXT NOT NULL,
    state TEXT NOT NULL,
    drafted_by TEXT NOT NULL,
    drafted_position INTEGER NOT NULL,
    chair_id TEXT NOT NULL,
    title TEXT NOT NULL,
    question TEXT NOT NULL,
    choices TEXT NOT NULL,
    clauses TEXT NOT NULL,
    due_at TEXT NOT NULL,
    rule_card TEXT NOT NULL,
    silence_basis TEXT NOT NULL,
    submitted_at TEXT,
    return_reason TEXT NOT NULL DEFAULT '',
    circulated_at TEXT,
    circulated_position INTEGER,
    members INTEGER,
    serving INTEGER,
    closed_at TEXT,
    withdrawn_reason TEXT NOT NULL DEFAULT '',
    result TEXT,
    announced_at TEXT,
    announced_position INTEGER,
    synthesis_sha256 TEXT,
    reported_at TEXT,
    reported_to TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS opinion_forms_of_body ON opinion_forms (body_id, drafted_position);
CREATE INDEX IF NOT EXISTS opinion_forms_by_state ON opinion_forms (state);
CREATE INDEX IF NOT EXISTS opinion_forms_reported ON opinion_forms (reported_to) WHERE reported_to IS NOT NULL;
CREATE TABLE IF NOT EXISTS opinion_documents (
    form_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    title TEXT NOT NULL,
    version INTEGER,
    place INTEGER NOT NULL,
    PRIMARY KEY (form_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS opinion_documents_by_document ON opinion_documents (document_id);
CREATE TABLE IF NOT EXISTS opinion_voters (
    form_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    answered_at TEXT,
    reminded_at TEXT,
    PRIMARY KEY (form_id, voter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS opinion_voters_by_voter ON opinion_voters (voter_id);
CREATE TABLE IF NOT EXISTS opinion_answers (
    form_id TEXT NOT NULL,
    voter_id TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    choice TEXT NOT NULL,
    reason TEXT NOT NULL,
    comments TEXT NOT NULL,
    at TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (form_id, voter_id, submitted)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opinion_comments (
    form_id TEXT NOT NULL,
    comment_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    voter_id TEXT NOT NULL,
    clause_key TEXT NOT NULL,
    text TEXT NOT NULL,
    resolution TEXT,
    explanation TEXT NOT NULL DEFAULT '',
    text_before TEXT NOT NULL DEFAULT '',
    text_after TEXT NOT NULL DEFAULT '',
    resolved_by TEXT,
    resolved_at TEXT,
    PRIMARY KEY (form_id, comment_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opinion_reminders (
    form_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    occasion TEXT NOT NULL,
    members INTEGER NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (form_id, position)
) STRICT, WITHOUT ROWID;
"""
