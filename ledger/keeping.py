"""The ledger of one deployment: its keys, its book and its witness, opened and closed together."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from kernel import metrics
from kernel.follow import measure_lag
from kernel.holding import hold
from kernel.ports import EventStore
from ledger.asking import Asker
from ledger.book import Book
from ledger.keys import is_half_promoted, next_log_keys, open_keys, origin_of, promote_log_keys, public_keys
from ledger.note import VerifierKey
from ledger.policy import Policy
from ledger.rotation import Handover, keys_of, position_of, stated
from ledger.store import LedgerFile
from ledger.witness import Witness


class Ledger:
    """`policy` names the logs that this deployment cosigns; what it does not name is never believed.

    Witnesses are asked at once when an event of a `momentous` type is signed. One process at a time keeps the ledger of
    a folder: the others get `StoreInUse`.
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
        self._held = hold(folder / "ledger.db")
        self._keys_folder = folder / "keys"
        self._keys = keys = open_keys(self._keys_folder, deployment, post_quantum)
        self._store = store
        self._deployment = deployment
        self.origin = origin_of(deployment)
        self.witness_keys = public_keys(keys.witness)
        self.file = LedgerFile(folder / "ledger.db")
        witnessed = [each.key for each in policy.logs if each.key.name != self.origin] if policy else []
        self.asker = Asker(self.file, policy) if policy else None
        hurry = self.asker.ask_soon if self.asker else lambda: None
        self.book = Book(store, self.file, self.origin, keys.log, momentous=momentous, on_momentous=hurry)
        self.witness = Witness(folder / "witness.db", witnessed, keys.witness)

    @property
    def log_keys(self) -> list[str]:
        """The one that signs, and those that did before it."""
        own = [each.key for each in self._keys.log]
        return [*map(str, own), *(str(each) for each in keys_of(self._store, self.origin, own) if each not in own)]

    @property
    def failing(self) -> str:
        return self.book.failing

    def state(self) -> dict[str, Any]:
        """For health pages. Witnesses that are away delay what they stand behind, and nothing else."""
        return {
            "size": self.file.size,
            "signed": self.file.signed_size(),
            "failing": self.failing,
            "witnesses_failing": dict(self.asker.failing) if self.asker else {},
        }

    def start(self) -> None:
        measure_lag("ledger", self._store, self.file.signed_position)
        metrics.watch(metrics.LEDGER_LEAVES, "grown", lambda: self.file.size)
        metrics.watch(metrics.LEDGER_LEAVES, "signed", self.file.signed_size)
        metrics.watch(metrics.LEDGER_PROBLEMS, "own", lambda: bool(self.failing))
        metrics.watch(metrics.LEDGER_PROBLEMS, "evidence", self.witness.kept_evidence)
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
        self._held.close()

    def hand_on(self, record: Callable[[Handover, str], object]) -> VerifierKey:
        """The next key signs from now on; this ledger must be opened anew. `record` puts the statement into the log.

        Whatever it is interrupted by, the same again ends what was begun.
        """
        if not is_half_promoted(self._keys_folder):
            old, new = self._keys.log, next_log_keys(self._keys_folder, self._deployment)
            both = Book(self._store, self.file, self.origin, [*old, *new])
            if position_of(self._store, new[0].key) is None:
                both.catch_up()
                handover = Handover(
                    self.origin, self.file.signed_size(), old[0].key, new[0].key, tuple(each.key for each in new[1:])
                )
                record(handover, stated(handover, old[0], new[0]))
            both.catch_up(until=position_of(self._store, new[0].key) or 0)
            both.sign()
        promote_log_keys(self._keys_folder)
        return open_keys(self._keys_folder, self._deployment).log[0].key
