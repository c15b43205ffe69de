"""Lawful orders of erasure: two people sign, and the log, the ledger and the accounts are ours alone meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from dienhong.console import Fault
from dienhong.folder import using
from dienhong.two_people import MAY_CONFIRM, MAY_ORDER, Signature, signer
from gateway.edge import utc_now
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from gateway.views import remove
from kernel.settings import Settings
from kernel.wiring import OpenStore
from ledger.keeping import Ledger


@dataclass(frozen=True)
class Order:
    """`basis`: the decision and the article of law that it stands on."""

    basis: str
    ordered: Signature
    confirmed: Signature


Store = TypeVar("Store", bound=OpenStore)


@dataclass(frozen=True)
class Opened(Generic[Store]):
    """`ledger` None: this deployment keeps none here."""

    store: Store
    identity: Identity
    ledger: Ledger | None

    def signed(self, order: Order) -> tuple[str, str]:
        """Who orders and who confirms; raises `Refused` for a wrong password, `Fault` for somebody who may not."""
        by = signer(self.store, self.identity, order.ordered, MAY_ORDER)
        return by, signer(self.store, self.identity, order.confirmed, MAY_CONFIRM)

    def seal(self) -> None:
        """Everything that is recorded has its leaf, and is signed."""
        if self.ledger is not None:
            self.ledger.book.catch_up()
            self.ledger.book.sign()


@contextmanager
def opened(settings: Settings, open_log: Callable[[Settings], Store]) -> Iterator[Opened[Store]]:
    """While no product runs: its memory holds what is to be forgotten. Raises `StoreInUse`."""
    folder = settings.data_dir
    with ExitStack() as closing:
        with using(folder / "events.db"):
            store = open_log(settings)
        closing.callback(store.close)
        with using(folder / "identity.db"):
            identity = Identity(open_identity_store(settings), settings, utc_now)
        closing.callback(identity.close)
        ledger = None
        if settings.ledger_url and not (folder / "ledger.db").exists():
            raise Fault("The ledger is kept elsewhere: give this command where its folder is.")
        if not settings.store_url or (folder / "ledger.db").exists():
            with using(folder / "ledger.db"):
                ledger = Ledger(store, folder, settings.deployment, settings.ledger_post_quantum)
            closing.callback(ledger.stop)
        yield Opened(store, identity, ledger)


def remove_views(settings: Settings) -> None:
    """What people see is built from the log again; replicas elsewhere find the order in the log and do so too."""
    for each in settings.data_dir.glob("views*.db"):
        remove(each)


def wrong_field(error: ValidationError) -> Fault:
    wrong = error.errors()[0]
    return Fault(f"{wrong['loc'][0]}: {wrong['msg']}.")
