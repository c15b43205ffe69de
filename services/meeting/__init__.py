"""Meetings, from the plan to the published minutes.

Owns: streams `meeting-`, `sitting-`, `conclusion-`, `minutes-`. Takes: plan, agenda, dossier, approval, publication,
answers; roll call, floor, notes; conclusions; minutes. Announces: the past tense of these.
Reacts to: its own `SessionOpened`, which ends the preparation.
"""
