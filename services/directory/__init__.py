"""Who there is: units and bodies with their validity, people, mandates, roles and accounts.

Streams `unit-<id>`, `person-<id>`, `login-<login>` (a login belongs to one person for ever), `erasure-<event>`,
`export-<id>`, `state-<day>+<replica>` (what people are shown) and `ledger-1` (who signs the provable log).
Takes the commands and announces the events of `messages`; it reacts to no other service.
Dates are whole days at the seat of the body; `valid_to` is the last day on which a unit or mandate holds.
"""
