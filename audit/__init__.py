"""Auditing the log: exports that anyone can check, and their verification.

`records` pairs events with their leaves, `export` writes them out, `check` verifies them with the product's own code.
`verifier` is the auditor's own file: it imports nothing of ours and travels inside every export (docs/audit.md).
"""
