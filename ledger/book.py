"""Follows the log into the tree and signs what it has become: one book for each log."""

import math
import secrets
import threading
import time
from collections.abc import Callable, Collection, Sequence
from struct import unpack

import structlog

from kernel.messages import Recorded
from kernel.ports import EventStore
from ledger.leaf import SALT_BYTES, decode, leaf_of
from ledger.note import Checkpoint, Signer, parse, parse_checkpoint, signed_note, verify
from ledger.rotation import keys_of
from ledger.store import LedgerFile, LedgerInconsistent

BATCH = 2000
SECONDS_BETWEEN_SIGNATURES = 0.6
"""With the time that taking in some thousand events needs, nothing waits longer than a second for its signature."""

RETRY_SECONDS = 2.0

log = structlog.get_logger()


class Book:
    """Leaf indexes are the order of the log; every signed tree holds every earlier signed one.

    One thread at a time takes in or signs: whoever needs a signature now may ask for it beside the running book.
    """

    def __init__(
        self,
        store: EventStore,
        file: LedgerFile,
        origin: str,
        signers: Sequence[Signer],
        clock: Callable[[], float] = time.time,
        momentous: Collection[str] = (),
        on_momentous: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_momentous` is called once an event of these types is signed."""
        self._store = store
        self.file = file
        self.origin = origin
        self._signers = tuple(signers)
        self._clock = clock
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._momentous = frozenset(momentous)
        self._on_momentous = on_momentous
        self._hurries = False
        self._known = False
        self.failing = ""
        """Why the tree does not grow or is not signed, if so."""

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def stop(self) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self, until: float = math.inf) -> int:
        """Takes in everything that is recorded, or stands at positions up to `until`; how many leaves were added.

        Raises `LedgerInconsistent`.
        """
        with self._turn:
            self._recognise()
            before = self.file.size
            while not self._stopping.is_set() and (batch := self._store.read_all(self.file.position, BATCH)):
                wanted = [each for each in batch if each.position <= until]
                if wanted:
                    self._take(wanted)
                if len(wanted) < len(batch):
                    break
            return self.file.size - before

    def sign(self) -> str:
        """A checkpoint of the tree as it stands, signed by us. Raises `LedgerInconsistent`, and then signs nothing."""
        with self._turn:
            self._recognise()
            checkpoint = Checkpoint(self.origin, self.file.size, self.file.root(self.file.size))
            self.file.promise(checkpoint)
            note = signed_note(checkpoint, [signer.sign(checkpoint, int(self._clock())) for signer in self._signers])
            self.file.signed(checkpoint, note)
            hurries, self._hurries = self._hurries, False
        if hurries:
            self._on_momentous()
        return note

    def _take(self, batch: Sequence[Recorded]) -> None:
        salts = unpack(f"{SALT_BYTES}s" * len(batch), secrets.token_bytes(SALT_BYTES * len(batch)))
        leaves = [leaf_of(each, salt) for each, salt in zip(batch, salts, strict=True)]
        positions = [each.position for each in batch]
        self._hurries = self._hurries or any(each.type in self._momentous for each in batch)
        self.file.add(list(zip(positions, leaves, salts, strict=True)))

    def _recognise(self) -> None:
        """Once, before anything is added: the event of the last leaf still stands where it stood.

        A log that was put back from an old copy would otherwise go on under positions that the tree has passed.
        """
        if self._known:
            return
        self._recognise_keys()
        last = self.file.entry_at(self.file.position)
        if last is not None:
            found = self._store.read_all(last.position - 1, 1)
            if not found or found[0].position != last.position or found[0].id != decode(last.leaf).event_id:
                raise LedgerInconsistent(f"the log has another event, or none, at position {last.position}")
            if last.salt is not None and leaf_of(found[0], last.salt) != last.leaf:
                raise LedgerInconsistent(f"the event at position {last.position} is not what it was")
        self._known = True

    def _recognise_keys(self) -> None:
        """What was signed was signed by us, or by whoever handed the log on to us; and we have not handed it on."""
        own = [each.key for each in self._signers]
        handed = keys_of(self._store, self.origin, own)
        if handed and handed[0] not in own:
            raise LedgerInconsistent("this log has another key: `dienhong ledger rotate` ends what was begun")
        signed = self.file.latest()
        if signed is None:
            return
        note = parse(signed)
        if parse_checkpoint(note.text).origin != self.origin:
            raise LedgerInconsistent(f"this tree was signed under another name than {self.origin}")
        if not verify(note, [*own, *handed]):
            raise LedgerInconsistent("this tree was signed by a key that has not handed it on to ours")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.catch_up()
                if self.file.latest() is None or self.file.signed_size() < self.file.size:
                    self.sign()
                self.failing = ""
                self._stopping.wait(SECONDS_BETWEEN_SIGNATURES)
                self._wait_for_more()
            except Exception as error:  # whatever it is, the log goes on and the health page says so
                # What a driver says may hold an address, and health pages are for everybody.
                because = str(error) if isinstance(error, LedgerInconsistent) else type(error).__name__
                if self.failing != because:
                    log.exception("ledger_failed", size=self.file.size)
                self.failing = because
                self._stopping.wait(RETRY_SECONDS)

    def _wait_for_more(self) -> None:
        while not self._stopping.is_set() and self._store.wait(self.file.position, 0.5) <= self.file.position:
            pass
