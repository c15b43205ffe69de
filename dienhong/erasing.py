"""Lawful erasure of personal data from one event: its bytes in the log, its salt in the ledger, what people see."""

import json
from uuid import UUID

from pydantic import ValidationError

from dienhong.console import Fault
from dienhong.orders import Order, opened, remove_views, wrong_field
from gateway.edge import utc_now
from kernel.ids import uuid7
from kernel.messages import Recorded
from kernel.ports import CannotErase, ErasableStore, EventStore
from kernel.settings import Settings
from kernel.wiring import open_erasable_store
from services.directory.messages import EraseEvent
from services.directory.service import DirectoryService

ERASED = "[đã xóa]"


def erase(settings: Settings, position: int, fields: tuple[str, ...], order: Order) -> None:
    """Repeated after an interruption, it ends what was begun."""
    with opened(settings, _open_log) as ours:
        found = _event(ours.store, position)
        by, also_by = ours.signed(order)
        left = without(found, fields)
        ours.seal()  # the leaf must stand before the bytes that it commits to are gone
        DirectoryService(ours.store, settings.deployment).execute(_command(found, fields, order.basis, by, also_by))
        ours.seal()
        if ours.ledger is not None:
            ours.ledger.file.erase(position)
        ours.store.erase(position, left)
        if found.stream.startswith("person-") and "full_name" in fields:
            ours.identity.forget_name(found.stream.removeprefix("person-"))
        remove_views(settings)


def without(recorded: Recorded, fields: tuple[str, ...]) -> bytes:
    """The event's data with these texts replaced: what may be erased at all leaves an event that is read as before."""
    data = json.loads(recorded.data)
    unknown = sorted(each for each in fields if not isinstance(data.get(each), str))
    if unknown:
        raise Fault(f"The {recorded.type} at position {recorded.position} has no text {', '.join(unknown)}.")
    return json.dumps(data | dict.fromkeys(fields, ERASED), ensure_ascii=False, separators=(",", ":")).encode()


def _open_log(settings: Settings) -> ErasableStore:
    try:
        return open_erasable_store(settings)
    except CannotErase as error:
        raise Fault(f"Nothing can be erased from this log. {error}.") from error


def _command(found: Recorded, fields: tuple[str, ...], basis: str, by: str, also_by: str) -> EraseEvent:
    try:
        return EraseEvent(
            id=uuid7(),
            actor=by,
            at=utc_now(),
            event_id=found.id,
            event_type=found.type,
            stream=found.stream,
            position=found.position,
            fields=fields,
            basis=basis,
            confirmed_by=UUID(also_by),
        )
    except ValidationError as error:
        raise wrong_field(error) from error


def _event(store: EventStore, position: int) -> Recorded:
    found = store.read_all(position - 1, 1)
    if not found or found[0].position != position:
        raise Fault(f"There is no event at position {position}.")
    return found[0]
