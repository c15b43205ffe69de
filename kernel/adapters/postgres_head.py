"""How far the log has come: by our own appends, by the server's notifications, and by asking."""

import threading
from collections.abc import Callable
from contextlib import suppress

from kernel.adapters.postgres_sessions import LOST, Session, open_session
from kernel.offload import blocking
from kernel.ports import StoreUnavailable

CHANNEL = "dienhong_events"
POLL_SECONDS = 0.5
"""Asks again after this long without a notification, because one may be lost with its session."""


class Head:
    """`read` asks the server for the last position. Listening begins with the first `wait`."""

    def __init__(self, url: str, read: Callable[[], int]) -> None:
        self._url = url
        self._read = read
        self._position = 0
        self._moved = threading.Condition()
        self._session: Session | None = None
        self._listener: threading.Thread | None = None
        self._closing = threading.Event()

    def moved_to(self, position: int) -> None:
        with self._moved:
            if position > self._position:
                self._position = position
                self._moved.notify_all()

    def wait(self, after: int, timeout: float) -> int:
        """Without a server it waits the whole time and answers with what was known last."""
        self._listen()
        self._ask()
        with self._moved:
            self._moved.wait_for(lambda: self._position > after, timeout)
            return self._position

    def close(self) -> None:
        self._closing.set()
        if self._listener is not None:
            self._listener.join()

    def _listen(self) -> None:
        with self._moved:
            if self._listener is None:
                self._listener = threading.Thread(target=self._follow, name="postgres.head", daemon=True)
                self._listener.start()

    def _ask(self) -> None:
        with suppress(StoreUnavailable):
            self.moved_to(self._read())

    def _follow(self) -> None:
        while not self._closing.is_set():
            try:
                blocking(self._until_notified)
            except (*LOST, StoreUnavailable):
                self._drop()
                self._closing.wait(POLL_SECONDS)
            self._ask()
        self._drop()

    def _until_notified(self) -> None:
        if self._session is None:
            self._session = open_session(self._url)
            self._session.execute(f"LISTEN {CHANNEL}")
            return
        for _ in self._session.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
