"""Whether documents' bytes can be had, found out before somebody asks for them."""

import hashlib
import threading

import structlog

from kernel.ports import Blobs, BlobsUnavailable

EVERY_SECONDS = 10
NOTHING = hashlib.sha256(b"").hexdigest()

log = structlog.get_logger()


class Reachable:
    """Asks from the start on, in a thread of its own: a gateway does not wait for a document store to be useful."""

    def __init__(self, blobs: Blobs) -> None:
        self.failing: str | None = None
        self._blobs = blobs
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="documents", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._look()
            if self._stopping.wait(EVERY_SECONDS):
                return

    def _look(self) -> None:
        before = self.failing
        try:
            getattr(self._blobs, "probe", lambda: None)()  # a server is asked once what it can do
            self._blobs.has(NOTHING)
            self.failing = None
        except BlobsUnavailable as error:
            self.failing = type(error).__name__  # its words may name an address; the log may
            log.warning("documents_unavailable", because=str(error))
        if before and not self.failing:
            log.info("documents_available")
