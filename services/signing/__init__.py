"""Signing: the course of official documents, their numbers, and the signatures on any document.

Owns: streams `signing-<order>`, `delegation-<id>`, `official-<id>`, `incoming-<id>`, `copy-<id>`,
`register-<body>-<year>-<series>`.
Takes: the commands of `messages`. Announces: their past tense. `pdf` does what touches bytes: signs, checks, stamps.
Reacts to: its own events, by opening signing orders, allotting numbers, handing what is issued to its recipients.
"""
