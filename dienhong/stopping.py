"""A process is asked to stop: by SIGTERM, or by SIGINT from a terminal."""

import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue


def when_asked_to_stop(act: Callable[[], None]) -> None:
    """`act` is called once, in a thread of its own.

    A handler runs between any two steps of the main thread, also of another handler, so that one that takes a lock may
    wait for ever for what its own thread holds. `SimpleQueue.put` is the one way of telling that may be used there.
    """
    asked: SimpleQueue[int] = SimpleQueue()

    def wait() -> None:
        asked.get()
        act()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, _frame: asked.put(number))
    threading.Thread(target=wait, name="asked to stop", daemon=True).start()
