"""The newest events of a log, kept as they were written: whoever follows it closely needs no query."""

import threading
from collections.abc import Sequence

from kernel.messages import Recorded

KEPT = 4096
KEPT_BYTES = 16 * 1024 * 1024


class Tail:
    """Gapless up to the end of the log. `head`: the last position before the first event that is added."""

    def __init__(self, head: int) -> None:
        self._events: list[Recorded] = []
        self._before = head
        self._bytes = 0
        self._access = threading.Lock()

    def add(self, events: Sequence[Recorded]) -> None:
        with self._access:
            self._events.extend(events)
            self._bytes += sum(len(each.data) for each in events)
            if len(self._events) > 2 * KEPT or self._bytes > KEPT_BYTES:
                self._forget()

    def after(self, position: int, limit: int) -> list[Recorded] | None:
        """At most `limit` events behind this position, in order; None when some of them are kept no more."""
        with self._access:
            start = position - self._before
            return self._events[start : start + limit] if start >= 0 else None

    def _forget(self) -> None:
        """The older half, so that it is done seldom; and what is still too large."""
        gone = len(self._events) // 2
        left = sum(len(each.data) for each in self._events[gone:])
        while left > KEPT_BYTES // 2:
            left -= len(self._events[gone].data)
            gone += 1
        self._before += gone
        self._bytes = left
        del self._events[:gone]
