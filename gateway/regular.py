"""What a gateway does by itself again and again: reminders, archive stamps, the record of what is shown."""

import threading
from abc import ABC, abstractmethod

import structlog

log = structlog.get_logger()


class Regular(ABC):
    """Ticks every so many seconds in a thread of its own until it is asked to stop; a tick that fails is logged as
    `failure`, and the next one comes all the same.
    """

    def __init__(self, name: str, seconds: float, failure: str) -> None:
        self._seconds, self._failure = seconds, failure
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def tick(self) -> object:
        """Does what is due now."""

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then waits for the thread."""
        self._stopping.set()

    def stop(self) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self.tick()
            except Exception:  # a store, a broker or a time authority that is away must not end what it does
                log.exception(self._failure)
