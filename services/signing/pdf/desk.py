"""The one door: calls from any thread, work in processes of their own."""

import hashlib
import multiprocessing
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import Any

from kernel.decider import Refused
from kernel.ports import Stopping
from kernel.worker import Worker, WorkerFailed, end_with_parent
from services.signing.pdf.examination import Examination
from services.signing.pdf.instructions import (
    CertificateFacts,
    Consent,
    Key,
    LaterField,
    Place,
    Signed,
    SigningInstruction,
    Slot,
)
from services.signing.pdf.scanned import Scan
from services.signing.pdf.trust import Trust

READING_SECONDS = 60
"""The longest time that a file may take to be examined; what takes longer is unreadable."""


SIGNING_SECONDS = 180
"""The longest time that an act may take, waiting for a free process and for a person's consent elsewhere included."""


REMEMBERED = 10_000
"""How many files are known to hide nothing, by their SHA-256."""


class SigningDesk:
    """`processes`: how many acts at once. Each process keeps the keys that it has opened, never a PIN."""

    def __init__(self, trust: Trust, processes: int = 2) -> None:
        self._trust = trust
        self._processes = processes
        self._reading = Worker(READING_SECONDS)
        self._signing: ProcessPoolExecutor | None = None
        self._closed = False
        self._turn = threading.Lock()
        self._safe: dict[str, None] = {}

    def sign(self, document: bytes, instruction: SigningInstruction, key: Key, consent: Consent) -> Signed:
        """Refuses also what `refuse_unsafe` refuses, unless these bytes were looked at before."""
        if hashlib.sha256(document).hexdigest() not in self._safe:
            self.refuse_unsafe(document)
        signed: Signed = self._signed("making", "sign", document, instruction, key, consent)
        self._remember(signed.sha256)
        return signed

    def certificate(self, key: Key, consent: Consent) -> CertificateFacts:
        facts: CertificateFacts = self._signed("making", "certificate", key, consent)
        return facts

    def archive(self, content: bytes) -> bytes:
        stamped: bytes = self._read("archiving", "archive", content)
        return stamped

    def lay_out_fields(self, document: bytes, fields: tuple[LaterField, ...]) -> bytes:
        """With empty signature fields, for a first signature that is made elsewhere."""
        laid_out: bytes = self._read("fields", "lay_out_fields", document, fields)
        return laid_out

    def accept_returned(
        self, ours: bytes, returned: bytes, certificate_sha256: str, slot: Slot | None = None
    ) -> Signed:
        """`certificate_sha256`: of the signer's certificate as registered, DER. `slot`: None for anywhere."""
        accepted: Signed = self._read("returned", "accept_returned", ours, returned, certificate_sha256, slot)
        return accepted

    def examine(self, content: bytes) -> Examination:
        examination: Examination = self._read("examining", "examine", content)
        return examination

    def refuse_unsafe(self, document: bytes) -> None:
        self._read("shadow", "refuse_unsafe", document)
        self._remember(hashlib.sha256(document).hexdigest())

    def place_of_signature(self, document: bytes, position: str, name: str) -> Place | None:
        """None where the two lines, the position above the name, are not found on one page."""
        place: Place | None = self._read("placing", "place_of_signature", document, position, name)
        return place

    def lay_out_number(self, document: bytes, symbol: str) -> bytes:
        """With blanks for number, day and month, to be made before the first signature."""
        laid_out: bytes = self._read("blanks", "lay_out", document, symbol)
        return laid_out

    def fill_number(self, document: bytes, values: Mapping[str, str]) -> bytes:
        """Number, day and month by their names; the signatures that allow it stay valid."""
        filled: bytes = self._read("blanks", "fill", document, dict(values))
        return filled

    def copied(self, document: bytes, pages: tuple[int, ...] = ()) -> bytes:
        """A new file with these pages, counted from 1, as they are seen; no signature of the old one is in it."""
        made: bytes = self._read("copying", "copied", document, pages)
        return made

    def examine_scan(self, document: bytes) -> Scan:
        scan: Scan = self._read("scanned", "examine_scan", document)
        return scan

    def close(self) -> None:
        with self._turn:
            self._closed = True
            signing, self._signing = self._signing, None
        if signing is not None:
            signing.shutdown(wait=True, cancel_futures=True)
        self._reading.close()

    def _remember(self, sha256: str) -> None:
        with self._turn:
            self._safe[sha256] = None
            if len(self._safe) > REMEMBERED:
                del self._safe[next(iter(self._safe))]

    def _read(self, module: str, function: str, *args: object) -> Any:
        try:
            return self._reading.run(called, module, function, self._trust, args)
        except WorkerFailed as failure:
            raise Refused("unreadable_file", str(failure)) from failure

    def _signed(self, module: str, function: str, *args: object) -> Any:
        pool = self._pool()
        try:
            return pool.submit(called, module, function, self._trust, args).result(SIGNING_SECONDS)
        except (BrokenProcessPool, TimeoutError) as failure:
            self._forget(pool)
            raise Refused("key_unavailable", f"the process that held the key: {type(failure).__name__}") from failure

    def _pool(self) -> ProcessPoolExecutor:
        with self._turn:
            if self._closed:
                raise Stopping("nothing is signed here any more")
            if self._signing is None:
                context = multiprocessing.get_context("spawn")
                self._signing = ProcessPoolExecutor(self._processes, mp_context=context, initializer=stay_until_told)
            return self._signing

    def _forget(self, pool: ProcessPoolExecutor) -> None:
        with self._turn:
            if self._signing is pool:
                self._signing = None
        for process in list((pool._processes or {}).values()):
            process.kill()  # a driver that hangs never returns by itself
        pool.shutdown(wait=False, cancel_futures=True)


def stay_until_told() -> None:
    """A signal to the whole group is for the service, which finishes its act first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()


def called(module: str, function: str, trust: Trust, args: tuple[object, ...]) -> Any:
    """Runs in a process of ours; only there are the libraries for signatures loaded."""
    work: Callable[..., Any] = getattr(import_module(f"services.signing.pdf.{module}"), function)
    return work(trust, *args)
