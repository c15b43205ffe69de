"""The rule cards that bodies have added themselves, as people see them."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kernel.messages import Event, Recorded
from services.voting.cards import Card
from services.voting.messages.cards import (
    ProposedCard,
    RuleCardApproved,
    RuleCardProposed,
    RuleCardRejected,
    RuleCardRetired,
    RuleCardWithdrawn,
)

Id = UUID | str
State = Literal["proposed", "approved", "rejected", "withdrawn"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS body_cards (
    rule_card_id TEXT PRIMARY KEY,
    body_id TEXT NOT NULL,
    state TEXT NOT NULL,
    card TEXT NOT NULL,
    retired_to TEXT,
    proposed_by TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    reason TEXT,
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS cards_of_body ON body_cards (body_id, position);
"""


@dataclass(frozen=True)
class BodyCard:
    """`proposed_by` and `decided_by` are person ids, with names beside them. `retired_to`: the last day of use."""

    rule_card_id: str
    body_id: str
    state: State
    card: Card
    proposed_by_id: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    at = recorded.recorded_at.isoformat()
    match event:
        case RuleCardProposed():
            values = (str(event.rule_card_id), str(event.body_id), event.card.model_dump_json(), event.proposed_by)
            connection.execute(
                "INSERT INTO body_cards (rule_card_id, body_id, state, card, proposed_by, proposed_at, position)"
                " VALUES (?, ?, 'proposed', ?, ?, ?, ?)",
                (*values, at, recorded.position),
            )
        case RuleCardApproved():
            _decided(connection, event.rule_card_id, "approved", event.approved_by, at)
        case RuleCardRejected():
            _decided(connection, event.rule_card_id, "rejected", recorded.actor, at, event.reason)
        case RuleCardWithdrawn():
            _decided(connection, event.rule_card_id, "withdrawn", recorded.actor, at)
        case RuleCardRetired():
            connection.execute(
                "UPDATE body_cards SET retired_to = ? WHERE rule_card_id = ?",
                (event.valid_to.isoformat(), str(event.rule_card_id)),
            )


def _decided(
    connection: sqlite3.Connection, rule_card_id: UUID, state: State, by: str, at: str, reason: str | None = None
) -> None:
    connection.execute(
        "UPDATE body_cards SET state = ?, decided_by = ?, decided_at = ?, reason = ? WHERE rule_card_id = ?",
        (state, by, at, reason, str(rule_card_id)),
    )


CARDS = """
SELECT body_cards.*, COALESCE(proposers.full_name, proposed_by) AS proposer,
    COALESCE(deciders.full_name, decided_by) AS decider
FROM body_cards
LEFT JOIN people AS proposers ON proposers.id = proposed_by
LEFT JOIN people AS deciders ON deciders.id = decided_by
"""


def body_cards(connection: sqlite3.Connection, body_id: Id) -> list[BodyCard]:
    """The newest first, those that were never approved too."""
    rows = connection.execute(f"{CARDS} WHERE body_id = ? ORDER BY position DESC", (str(body_id),))
    return [_body_card(row) for row in rows]


def body_card(connection: sqlite3.Connection, rule_card_id: Id) -> BodyCard | None:
    row = connection.execute(f"{CARDS} WHERE rule_card_id = ?", (str(rule_card_id),)).fetchone()
    return _body_card(row) if row else None


def cards_in_force(connection: sqlite3.Connection, body_id: Id, day: date) -> tuple[Card, ...]:
    found = (each.card for each in body_cards(connection, body_id) if each.state == "approved")
    return tuple(card for card in found if card.in_force(day))


def _body_card(row: sqlite3.Row) -> BodyCard:
    proposed = ProposedCard.model_validate_json(row["card"])
    retired_to = date.fromisoformat(row["retired_to"]) if row["retired_to"] else proposed.valid_to
    rule = proposed.rule(UUID(row["rule_card_id"]))
    return BodyCard(
        rule_card_id=row["rule_card_id"],
        body_id=row["body_id"],
        state=row["state"],
        card=Card(
            **rule.model_dump(),
            note=proposed.note,
            methods=proposed.methods,
            valid_from=proposed.valid_from,
            valid_to=retired_to,
            example=proposed.examples,
        ),
        proposed_by_id=row["proposed_by"],
        proposed_by=row["proposer"],
        proposed_at=datetime.fromisoformat(row["proposed_at"]),
        decided_by=row["decider"],
        decided_at=datetime.fromisoformat(row["decided_at"]) if row["decided_at"] else None,
        reason=row["reason"],
    )
