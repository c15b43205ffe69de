"""How far a log of KurrentDB has come, followed by a live subscription. For native threads, with native locks."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kernel.adapters.kurrent_client import failures
from kernel.ports import StoreUnavailable

RESUBSCRIBE_SECONDS = 0.5


class Tail:
    """`head` asks for the last position; `subscribe` opens a subscription after one, again whenever it breaks."""

    def __init__(self, head: Callable[[], int], subscribe: Callable[[int], Any], threading: Any) -> None:
        self._ask = head
        self._subscribe = subscribe
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="kurrent-tail", daemon=True)
        self._started = self._stopped = False
        self._head = 0
        self._events: Any = None

    def wait(self, after: int, timeout: float) -> int:
        with self._moved:
            first, self._started = not self._started, True
        if first:
            with suppress(StoreUnavailable):
                self._move(self._ask())
            self._thread.start()
        with self._moved:
            self._moved.wait_for(lambda: self._head > after or self._stopped, timeout)
            return self._head

    def stop(self) -> None:
        with self._moved:
            self._stopped = True
            self._moved.notify_all()
        if self._events is not None:
            self._events.stop()

    def _run(self) -> None:
        while not self._stopped:
            with suppress(failures.KurrentDBClientError, StoreUnavailable, ValueError):  # told by the next read
                self._follow()
            with self._moved:
                self._moved.wait_for(lambda: self._stopped, RESUBSCRIBE_SECONDS)

    def _follow(self) -> None:
        self._move(self._ask())
        self._events = self._subscribe(self._head)
        with self._events:
            for event in self._events:
                self._move(event.commit_position)

    def _move(self, position: int) -> None:
        with self._moved:
            self._head = max(self._head, position)
            self._moved.notify_all()
