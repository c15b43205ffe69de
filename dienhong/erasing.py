"""Lawful erasure of personal data from one event: its bytes in the log, its salt in the ledger, what people see.

Only while no product runs: its memory holds what is to be forgotten. Only where the log is SQLite in the data folder.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from pydantic import ValidationError

from dienhong.console import Fault
from dienhong.folder import using, views_file
from dienhong.two_people import MAY_CONFIRM, MAY_ORDER, Signature, signer
from gateway.edge import utc_now
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from gateway.views import remove
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from kernel.messages import Recorded
from kernel.settings import Settings
from ledger.keeping import Ledger
from services.directory.messages import EraseEvent
from services.directory.service import DirectoryService

ERASED = "[đã xóa]"


def erase(
    settings: Settings, position: int, fields: tuple[str, ...], basis: str, ordered: Signature, confirmed: Signature
) -> None:
    """Repeated after an interruption, it ends what was begun."""
    if settings.store_url:
        raise Fault("Only a log in the data folder can be erased from.")
    with _opened(settings) as (store, identity, ledger):
        found = _event(store, position)
        by = signer(store, identity, ordered, MAY_ORDER)
        also_by = signer(store, identity, confirmed, MAY_CONFIRM)
        left = without(found, fields)
        ledger.book.catch_up()  # the leaf must stand before the bytes that it commits to are gone
        DirectoryService(store, settings.deployment).execute(_order(found, fields, basis, by, also_by))
        ledger.book.catch_up()
        ledger.book.sign()
        ledger.file.erase(position)
        store.erase(position, left)
        remove(views_file(settings))


def without(recorded: Recorded, fields: tuple[str, ...]) -> bytes:
    """The event's data with these texts replaced: what may be erased at all leaves an event that is read as before."""
    data = json.loads(recorded.data)
    unknown = sorted(each for each in fields if not isinstance(data.get(each), str))
    if unknown:
        raise Fault(f"The {recorded.type} at position {recorded.position} has no text {', '.join(unknown)}.")
    return json.dumps(data | dict.fromkeys(fields, ERASED), ensure_ascii=False, separators=(",", ":")).encode()


def _order(found: Recorded, fields: tuple[str, ...], basis: str, by: str, also_by: str) -> EraseEvent:
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
        wrong = error.errors()[0]
        raise Fault(f"{wrong['loc'][0]}: {wrong['msg']}.") from error


def _event(store: SqliteStore, position: int) -> Recorded:
    found = store.read_all(position - 1, 1)
    if not found or found[0].position != position:
        raise Fault(f"There is no event at position {position}.")
    return found[0]


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[SqliteStore, Identity, Ledger]]:
    with ExitStack() as closing:
        folder = settings.data_dir
        with using(folder / "events.db"):
            store = SqliteStore(folder / "events.db")
        closing.callback(store.close)
        with using(folder / "identity.db"):
            identity = Identity(open_identity_store(settings), settings, utc_now)
        closing.callback(identity.close)
        with using(folder / "ledger.db"):
            ledger = Ledger(store, folder, settings.deployment, settings.ledger_post_quantum)
        closing.callback(ledger.stop)
        yield store, identity, ledger
