"""Another key for the provable log, by the order of two people, while nobody keeps the ledger.

Embedded the product is stopped; as processes of their own the ledger's process alone.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from dienhong.folder import using
from dienhong.two_people import MAY_CONFIRM, MAY_ORDER, Signature, signer
from gateway.edge import utc_now
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from kernel.ids import uuid7
from kernel.ports import EventStore
from kernel.settings import Settings
from kernel.wiring import open_store
from ledger.keeping import Ledger
from ledger.keys import next_log_keys, public_keys
from ledger.note import VerifierKey
from ledger.rotation import Handover
from services.directory.messages import RotateLogKey
from services.directory.service import DirectoryService


def next_key(settings: Settings) -> list[str]:
    """What will sign after the next rotation: made now, so that witnesses and watchers can name it before."""
    with using(settings.data_dir / "keys"):
        return public_keys(next_log_keys(settings.data_dir / "keys", settings.deployment))


def rotate(settings: Settings, ordered: Signature, confirmed: Signature) -> VerifierKey:
    """The key that signs from now on. Repeated after an interruption, it ends what was begun."""
    with _opened(settings) as (store, identity, ledger):
        by = signer(store, identity, ordered, MAY_ORDER)
        also_by = signer(store, identity, confirmed, MAY_CONFIRM)

        def record(handover: Handover, statement: str) -> None:
            command = RotateLogKey(
                id=uuid7(),
                actor=by,
                at=utc_now(),
                origin=handover.origin,
                old_key=str(handover.old),
                new_key=str(handover.new),
                size=handover.size,
                statement=statement,
                confirmed_by=UUID(also_by),
            )
            DirectoryService(store, settings.deployment).execute(command)

        return ledger.hand_on(record)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[EventStore, Identity, Ledger]]:
    folder = settings.data_dir
    with ExitStack() as closing:
        with using(folder / "events.db"):
            store = open_store(settings)
        closing.callback(store.close)
        with using(folder / "identity.db"):
            identity = Identity(open_identity_store(settings), settings, utc_now)
        closing.callback(identity.close)
        with using(folder / "ledger.db"):
            ledger = Ledger(store, folder, settings.deployment, settings.ledger_post_quantum)
        closing.callback(ledger.stop)
        yield store, identity, ledger
