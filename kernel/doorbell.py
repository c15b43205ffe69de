"""Follow a store that others write to, without asking it all the time."""

import threading
from collections.abc import Sequence

from kernel.messages import NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, AppendError, EventStore


class Doorbell:
    """The same store, except that waiters look when somebody rings, or when their time is over."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._rung = threading.Condition()
        self._rings = 0

    def ring(self) -> None:
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def wait(self, after: int, timeout: float) -> int:
        with self._rung:
            heard = self._rings
        head = self._store.wait(after, 0)
        if head > after or timeout <= 0:
            return head
        with self._rung:
            self._rung.wait_for(lambda: self._rings > heard, timeout)
        return self._store.wait(after, 0)

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        return self._store.read(stream, after)

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        return self._store.read_all(after, limit)

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        return self._store.append(stream, events, expected)

    def append_each(self, appends: Sequence[Append]) -> list[Appended | AppendError]:
        return self._store.append_each(appends)
