"""Between a follower and a service: an event that cannot be handled is set aside, and other streams go on."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from kernel import metrics
from kernel.codec import Codec
from kernel.messages import Event, Recorded
from kernel.ports import EventStore, StoreBroken, StoreUnavailable
from kernel.progress import Parked, Progress

TRIES = 5
PAUSE_SECONDS = (0.05, 0.2, 0.5, 1.0)
SURROUNDINGS = (StoreUnavailable, StoreBroken, OSError)
"""Nothing is wrong with the event: the follower waits and tries again for as long as it takes."""

log = structlog.get_logger()


class Parking:
    """Calls `on_event` up to five times. Later events of a parked event's stream are parked behind it, in order."""

    def __init__(self, follower: str, progress: Progress, on_event: Callable[[Recorded, Event], None]) -> None:
        self._follower = follower
        self._progress = progress
        self._on_event = on_event
        metrics.watch(metrics.PARKED, follower, lambda: len(progress.parked(follower)))

    def __call__(self, recorded: Recorded, event: Event) -> None:
        ahead = [each for each in self._progress.parked(self._follower) if each.stream == recorded.stream]
        before = [each for each in ahead if each.position < recorded.position]
        if before:
            self._park(recorded, f"waits behind position {before[0].position}")
        elif self._tried(recorded, event) and ahead:
            self._progress.unpark(self._follower, recorded.position)

    def unreadable(self, recorded: Recorded, error: ValueError) -> None:
        """What the event holds cannot be read: parked at once."""
        log.error("parked", follower=self._follower, position=recorded.position, because=type(error).__name__)
        self._park(recorded, f"{type(error).__name__}: {error}")

    def _tried(self, recorded: Recorded, event: Event) -> bool:
        for pause in (*PAUSE_SECONDS, None):
            try:
                self._on_event(recorded, event)
                return True
            except SURROUNDINGS:
                raise
            except Exception as error:  # whatever a reaction raises must stop only this stream
                if not threading.main_thread().is_alive():  # the interpreter ends, and takes its pools with it
                    raise
                if pause is None:
                    log.exception("parked", follower=self._follower, position=recorded.position)
                    self._park(recorded, f"{type(error).__name__}: {error}")
                else:
                    time.sleep(pause)
        return False

    def _park(self, recorded: Recorded, error: str) -> None:
        self._progress.park(
            Parked(self._follower, recorded.position, recorded.stream, recorded.type, error[:2000], datetime.now(UTC))
        )


def replay(
    parked: Parked,
    *,
    store: EventStore,
    codec: Codec,
    progress: Progress,
    on_event: Callable[[Recorded, Event], None],
) -> None:
    """Handles one parked event again and lets it go; raises what it raises, and then it stays parked."""
    recorded = store.read_all(parked.position - 1, 1)[0]
    on_event(recorded, codec.decode(recorded))
    progress.unpark(parked.follower, parked.position)
