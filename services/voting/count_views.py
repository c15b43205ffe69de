"""How far the tellers of a secret ballot are. What one of them keyed in alone is nobody's to see, not even here."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from kernel.messages import Event, Recorded
from services.voting.messages.count import (
    CountAgreed,
    CountEntered,
    CountRestarted,
    CountsDiffered,
    PaperCount,
    TellersAppointed,
)
from services.voting.messages.poll import PollTallied

State = Literal["waiting", "entered_once", "agreed", "confirmed"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS paper_counts (
    poll_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    head_id TEXT NOT NULL,
    member_ids TEXT NOT NULL,
    entered_by TEXT,
    differing TEXT NOT NULL,
    restart_reason TEXT NOT NULL,
    count TEXT,
    agreed_by TEXT,
    confirmed_at TEXT
) STRICT;
"""


@dataclass(frozen=True)
class Counting:
    """`differing`: the figures in which the last two entries were not the same. `count` once two tellers agree."""

    poll_id: str
    state: State
    head_id: str
    member_ids: tuple[str, ...]
    entered_by: str | None
    differing: tuple[str, ...]
    restart_reason: str
    count: PaperCount | None
    agreed_by: tuple[str, ...]
    confirmed_at: datetime | None

    @property
    def teller_ids(self) -> tuple[str, ...]:
        return (self.head_id, *self.member_ids)


def counting(connection: sqlite3.Connection, poll_id: UUID | str) -> Counting | None:
    """None before a board is appointed."""
    row = connection.execute("SELECT * FROM paper_counts WHERE poll_id = ?", (str(poll_id),)).fetchone()
    if row is None:
        return None
    return Counting(
        poll_id=row["poll_id"],
        state=row["state"],
        head_id=row["head_id"],
        member_ids=tuple(json.loads(row["member_ids"])),
        entered_by=row["entered_by"],
        differing=tuple(json.loads(row["differing"])),
        restart_reason=row["restart_reason"],
        count=PaperCount.model_validate_json(row["count"]) if row["count"] else None,
        agreed_by=tuple(json.loads(row["agreed_by"] or "[]")),
        confirmed_at=datetime.fromisoformat(row["confirmed_at"]) if row["confirmed_at"] else None,
    )


def counted_by(connection: sqlite3.Connection, poll_id: UUID | str, person_id: str) -> bool:
    """Whether this person is on the poll's board of tellers."""
    found = counting(connection, poll_id)
    return found is not None and person_id in found.teller_ids


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    match event:
        case TellersAppointed():
            members = json.dumps([str(each) for each in event.member_ids])
            connection.execute(
                "INSERT OR REPLACE INTO paper_counts VALUES (?, 'waiting', ?, ?, NULL, '[]', '', NULL, NULL, NULL)",
                (str(event.poll_id), str(event.head_id), members),
            )
        case CountEntered():
            _set(connection, event.poll_id, "entered_once", entered_by=str(event.teller_id))
        case CountsDiffered():
            _set(connection, event.poll_id, "waiting", entered_by=None, differing=json.dumps(event.figures))
        case CountRestarted():
            _set(
                connection,
                event.poll_id,
                "waiting",
                entered_by=None,
                differing="[]",
                restart_reason=event.reason,
                count=None,
                agreed_by=None,
            )
        case CountAgreed():
            by = json.dumps([str(each) for each in event.teller_ids])
            _set(connection, event.poll_id, "agreed", count=event.count.model_dump_json(), agreed_by=by, differing="[]")
        case PollTallied():
            _set(connection, event.poll_id, "confirmed", confirmed_at=recorded.recorded_at.isoformat())


def _set(connection: sqlite3.Connection, poll_id: UUID, state: State, **columns: str | None) -> None:
    changes = "".join(f", {name} = :{name}" for name in columns)
    connection.execute(
        f"UPDATE paper_counts SET state = :state{changes} WHERE poll_id = :poll_id",
        {"state": state, "poll_id": str(poll_id), **columns},
    )
