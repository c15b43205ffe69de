"""Tables of documents as people see them."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    number TEXT NOT NULL,
    issued_on TEXT,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    latest INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS document_versions (
    document_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    words_sha256 TEXT,
    note TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    extracted INTEGER NOT NULL DEFAULT 0,
    text_sha256 TEXT,
    pdf_sha256 TEXT,
    pages INTEGER,
    failure TEXT NOT NULL DEFAULT '',
    damaged INTEGER NOT NULL DEFAULT 0,
    erased_at TEXT,
    erased_basis TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (document_id, version)
) STRICT;
CREATE TABLE IF NOT EXISTS document_texts_waiting (
    document_id TEXT PRIMARY KEY,
    text_sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS erased_bytes (sha256 TEXT PRIMARY KEY) STRICT;
"""
