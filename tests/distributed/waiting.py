"""Waiting for facts."""

import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 120.0


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns once the condition holds."""
    deadline, turn = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in {seconds:.0f} s"
        turn.wait(0.02)
