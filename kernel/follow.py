"""Feed recorded events to one subscriber, in order, from its checkpoint."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from kernel import metrics, trace
from kernel.codec import Codec
from kernel.messages import Event, Recorded
from kernel.ports import EventStore

BATCH = 500
SKIPPED = 2000
"""Positions without anything to react to, after which the checkpoint moves all the same: they are only read again."""
RETRY_SECONDS = (0.1, 0.5, 2, 5, 30)

log = structlog.get_logger()


class Positions(Protocol):
    """Where each follower's last finished position is kept."""

    def get(self, follower: str) -> int: ...

    def put(self, follower: str, position: int) -> None: ...


class Checkpoints:
    """The last position each follower has finished. Losing the file costs a replay, never a fact."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS checkpoints (follower TEXT PRIMARY KEY, position INTEGER NOT NULL)"
        )
        self._access = threading.Lock()

    def get(self, follower: str) -> int:
        with self._access:
            row = self._connection.execute(
                "SELECT position FROM checkpoints WHERE follower = ?", (follower,)
            ).fetchone()
        return int(row[0]) if row else 0

    def put(self, follower: str, position: int) -> None:
        with self._access:
            self._connection.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", (follower, position))

    def close(self) -> None:
        with self._access:
            self._connection.close()


def lag_seconds(store: EventStore, position: int) -> float:
    """Age of the oldest event after `position`. Positions themselves are bytes in some stores."""
    waiting = store.read_all(position, 1)
    return max(0.0, time.time() - waiting[0].recorded_at.timestamp()) if waiting else 0.0


def measure_lag(follower: str, store: EventStore, position: Callable[[], int]) -> None:
    metrics.watch(metrics.FOLLOWER_LAG, follower, lambda: max(0, store.wait(0, 0) - position()))
    metrics.watch(metrics.FOLLOWER_WAIT, follower, lambda: lag_seconds(store, position()))


class Follower:
    """One thread that gives a service the events of the types it reacts to.

    What fails is tried again, ever more slowly, and nothing after it is skipped: `failing` says so in the health page.
    An event whose content cannot be read goes to `unreadable`, where there is one: trying again would change nothing.
    """

    def __init__(
        self,
        name: str,
        store: EventStore,
        codec: Codec,
        checkpoints: Positions,
        types: frozenset[str],
        on_event: Callable[[Recorded, Event], None],
        unreadable: Callable[[Recorded, ValueError], None] | None = None,
    ) -> None:
        self.name = name
        self.failing: str | None = None
        self.position = self._kept = checkpoints.get(name)
        self._store = store
        self._codec = codec
        self._checkpoints = checkpoints
        self._types = types
        self._on_event = on_event
        self._unreadable = unreadable
        self._moved = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        measure_lag(name, store, lambda: self.position)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then waits for the thread."""
        self._stopping.set()

    def stop(self) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    def wait_for(self, position: int, timeout: float) -> bool:
        """True once everything up to `position` has been handled."""
        with self._moved:
            return self._moved.wait_for(lambda: self.position >= position, timeout)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self.step()
                failures, self.failing = 0, None
                self._store.wait(self.position, timeout=0.5)
            except Exception as error:  # whatever a subscriber raises must stop only this follower
                self.failing = f"{type(error).__name__} after position {self.position}"
                log.exception("follower_failed", follower=self.name, after=self.position)
                self._stopping.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    def step(self) -> None:
        """Handle all that is recorded now."""
        while batch := self._store.read_all(self.position, BATCH):
            for recorded in batch:
                if recorded.type not in self._types:
                    continue
                if self._stopping.is_set():
                    return
                self._moved_to(recorded.position - 1)
                with trace.caused_by(recorded):
                    self._handle(recorded)
                self._keep(recorded.position)
                self._moved_to(recorded.position)
            self._moved_to(batch[-1].position)
            if self.position - self._kept >= SKIPPED:
                self._keep(self.position)

    def _keep(self, position: int) -> None:
        self._checkpoints.put(self.name, position)
        self._kept = position

    def _handle(self, recorded: Recorded) -> None:
        try:
            event = self._codec.decode(recorded)
        except ValueError as error:
            if self._unreadable is None:
                raise
            self._unreadable(recorded, error)
        else:
            self._on_event(recorded, event)

    def _moved_to(self, position: int) -> None:
        with self._moved:
            self.position = position
            self._moved.notify_all()
