"""The ledger of one deployment: its keys, its book and its witness, opened and closed together."""

from collections.abc import Collection
from pathlib import Path

from kernel import metrics
from kernel.follow import measure_lag
from kernel.ports import EventStore
from ledger.asking import Asker
from ledger.book import Book
from ledger.keys import open_keys, origin_of, public_keys
from ledger.policy import Policy
from ledger.store import LedgerFile
from ledger.witness import Witness


class Ledger:
    """`policy` names the logs that this deployment cosigns; what it does not name is never believed.

    Witnesses are asked at once when an event of a `momentous` type is signed.
    """

    def __init__(
        self,
        store: EventStore,
        folder: Path,
        deployment: str,
        post_quantum: bool = False,
        policy: Policy | None = None,
        momentous: Collection[str] = (),
    ) -> None:
        keys = open_keys(folder / "keys", deployment, post_quantum)
        self._store = store
        self.origin = origin_of(deployment)
        self.log_keys = public_keys(keys.log)
        self.witness_keys = public_keys(keys.witness)
        self.file = LedgerFile(folder / "ledger.db")
        witnessed = [each.key for each in policy.logs if each.key.name != self.origin] if policy else []
        self.asker = Asker(self.file, policy) if policy else None
        hurry = self.asker.ask_soon if self.asker else lambda: None
        self.book = Book(store, self.file, self.origin, keys.log, momentous=momentous, on_momentous=hurry)
        self.witness = Witness(folder / "witness.db", witnessed, keys.witness)

    @property
    def failing(self) -> str:
        return self.book.failing

    def start(self) -> None:
        measure_lag("ledger", self._store, self.file.signed_position)
        metrics.watch(metrics.LEDGER_LEAVES, "grown", lambda: self.file.size)
        metrics.watch(metrics.LEDGER_LEAVES, "signed", self.file.signed_size)
        self.book.start()
        if self.asker:
            self.asker.start()

    def ask_to_stop(self) -> None:
        self.book.ask_to_stop()
        if self.asker:
            self.asker.ask_to_stop()

    def stop(self) -> None:
        self.book.stop()
        if self.asker:
            self.asker.stop()
        self.witness.close()
        self.file.close()
