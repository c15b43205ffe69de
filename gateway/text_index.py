"""Documents are found by their texts once these can be had: the store that keeps them may be away, the views go on."""

import threading
from collections.abc import Sequence

import structlog

from gateway.views import Views
from kernel.messages import Event, Recorded
from kernel.ports import Blobs, Corrupt, NotStored
from services.documents import views as documents_views
from services.documents.messages import TextExtracted

RETRY_SECONDS = 5

log = structlog.get_logger()


class TextIndex:
    """Indexes what waits in the views, in a thread of its own, each text in its own transaction."""

    def __init__(self, views: Views, blobs: Blobs) -> None:
        self.failing: str | None = None
        self._views = views
        self._blobs = blobs
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._done = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="texts", daemon=True)
        views.on_applied(self._hear)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then waits for the thread."""
        self._stopping.set()
        self._awake.set()

    def stop(self) -> None:
        """Before the views stop."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self) -> None:
        """Returns once no text waits; raises `BlobsUnavailable` while they cannot be had."""
        while waiting := documents_views.texts_waiting(self._views.reader()):
            for document_id, sha256 in waiting:
                if self._stopping.is_set():
                    return
                text = self._text(sha256)
                with self._views.writing() as connection:
                    documents_views.index_text(connection, document_id, sha256, text)
        with self._done:
            self._done.notify_all()

    def wait_until_done(self, timeout: float) -> bool:
        """True once no text waits."""
        with self._done:
            return self._done.wait_for(lambda: not documents_views.texts_waiting(self._views.reader()), timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                self.catch_up()
            except Exception as error:  # whatever it is costs hits, and is tried again
                self._tell(error)
                self._stopping.wait(RETRY_SECONDS)
            else:
                self.failing = None
                self._awake.wait()

    def _tell(self, error: Exception) -> None:
        if self.failing is None:
            log.exception("texts_wait")
        self.failing = type(error).__name__

    def _text(self, sha256: str) -> str:
        """Lost text costs its document the full-text search, and nothing else its place in the views."""
        try:
            return self._blobs.read(sha256).decode()
        except (NotStored, Corrupt):
            return ""

    def _hear(self, batch: Sequence[tuple[Recorded, Event]]) -> None:
        if any(isinstance(event, TextExtracted) for _, event in batch):
            self._awake.set()
