"""Writes what the preview promised; a row that is refused after all does not stop the others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gateway.edge import Context
from gateway.people_import.fates import Entry, RowFate
from kernel.decider import Refused
from kernel.ids import derived
from kernel.messages import Command
from services.directory.messages import AssignRole, GrantMandate, OpenAccount, RegisterPerson

AT_ONCE = 8
"""Rows written side by side share the log's syncs to disk."""


@dataclass(frozen=True)
class Written:
    """`refused`: the code, when something of the row was refused; what came before it stays written."""

    number: int
    entry: Entry
    position: int
    refused: str | None = None


def write(edge: Context, rows: list[RowFate]) -> list[Written]:
    """Answers once the views show all of it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        written = list(pool.map(lambda row: _write_row(edge, row), (row for row in rows if row.entry is not None)))
    edge.gate.views.wait_for(max((each.position for each in written), default=0), timeout=60)
    return written


def _write_row(edge: Context, row: RowFate) -> Written:
    entry = row.entry
    assert entry is not None
    positions = [0]
    try:
        _send_all(edge, row.number, entry, positions)
    except Refused as refusal:
        return Written(row.number, entry, max(positions), refusal.code)
    return Written(row.number, entry, max(positions))


def _send_all(edge: Context, number: int, entry: Entry, positions: list[int]) -> None:
    send = _sender(edge, number)
    if entry.is_new:
        positions.append(
            send(
                "person",
                RegisterPerson,
                person_id=entry.person_id,
                full_name=entry.full_name,
                position=entry.position,
                unit_id=entry.unit_id,
                email=entry.email,
                phone=entry.phone,
            )
        )
    if entry.mandate is not None:
        asked = entry.mandate
        positions.append(
            send(
                "mandate",
                GrantMandate,
                person_id=entry.person_id,
                mandate_id=derived(entry.person_id, f"mandate:{asked.body_id}:{asked.valid_from}"),
                body_id=asked.body_id,
                title=asked.title,
                valid_from=asked.valid_from,
                valid_to=asked.valid_to,
            )
        )
    for role, unit_id in entry.roles:
        positions.append(send(f"{role}-{unit_id}", AssignRole, person_id=entry.person_id, role=role, unit_id=unit_id))
    if entry.login is not None:
        positions.append(send("account", OpenAccount, person_id=entry.person_id, login=entry.login))


def _sender(edge: Context, number: int) -> Callable[..., int]:
    def send(part: str, command: type[Command], **fields: object) -> int:
        stamped = command.model_validate(
            {
                "id": derived(edge.command_id, f"{number}-{part}"),
                "actor": edge.me.person_id,
                "at": edge.now,
                "correlation_id": edge.correlation_id,
                **fields,
            }
        )
        return edge.gate.clients.execute(stamped).position

    return send
