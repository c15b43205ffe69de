"""Documents: what the stored bytes are, their versions, and the text that people read and search.

Owns: streams `document-<id>`. Takes: add, add a version, describe, record an extraction, report damage.
Announces: the past tense of these. Bytes are stored before any event names them.
Reacts to: its own `DocumentAdded` and `VersionAdded`, by extracting text and page images in a process of their own;
to `SigningCompleted` and `ProofRenewed`, by keeping the signed bytes as the newest version.
"""
