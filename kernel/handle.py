"""The only write path: read, fold, decide, append."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog

from kernel import metrics, trace
from kernel.codec import Codec
from kernel.decider import Decider, Refused
from kernel.folded import FoldedStreams
from kernel.messages import Accepted, Command
from kernel.ports import NO_STREAM, Conflict, EventStore, IdConflict

State = TypeVar("State")
log = structlog.get_logger()

ATTEMPTS = 20


class CommandHandler:
    """Writes one service's streams. Writers of one stream take turns in the process and retry across processes."""

    def __init__(self, service: str, store: EventStore, codec: Codec, deployment: str) -> None:
        self.service = service
        self.store = store
        self.codec = codec
        self.deployment = deployment
        self._locks = StreamLocks()
        self._folded = FoldedStreams()

    def handle(self, decider: Decider[State], stream: str, command: Command) -> Accepted:
        """A command whose id already caused events in the stream is answered with those, whatever happened since.

        Raises `IdConflict` when it was another request that had this id.
        """
        for attempt in range(ATTEMPTS):
            try:
                with self._locks.of(stream), observed(self.service, command, stream):
                    return self._once(decider, stream, command)
            except Conflict:
                metrics.APPEND_CONFLICTS.inc()
                time.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 6)))
        raise Conflict(stream, NO_STREAM)

    def _once(self, decider: Decider[State], stream: str, command: Command) -> Accepted:
        known = self._folded.of(stream, decider)
        known.take_in(self.store.read(stream, after=known.version), self.codec)
        caused = known.caused.get(command.id)
        if caused is not None:
            if caused.correlation_id != (command.correlation_id or command.id):
                raise IdConflict(str(command.id))
            return Accepted(caused.position, caused.event_ids)
        events = decider.decide(command, known.state)
        if not events:
            return Accepted(known.position)
        under = trace.current()
        new = [self.codec.encode(event, command, i, self.deployment, under) for i, event in enumerate(events)]
        appended = self.store.append(stream, new, known.version)
        return Accepted(appended.last_position, tuple(each.id for each in new))


@contextmanager
def observed(service: str, command: Command, stream: str) -> Iterator[None]:
    """One log line and one count per command, with its outcome; never its contents."""
    name, outcome, began = type(command).__name__, "failed", time.perf_counter()
    try:
        yield
        outcome = "accepted"
    except Refused as refusal:
        outcome = f"refused:{refusal.code}"
        raise
    except Conflict:
        outcome = "conflict"
        raise
    finally:
        seconds = time.perf_counter() - began
        metrics.COMMANDS.labels(service, name, outcome.partition(":")[0]).inc()
        metrics.COMMAND_SECONDS.labels(service).observe(seconds)
        log.info("command", command=name, stream=stream, outcome=outcome, ms=round(seconds * 1000, 1))


class StreamLocks:
    """One lock per stream while somebody uses it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, stream: str) -> Iterator[None]:
        with self._guard:
            lock, users = self._held.get(stream, (threading.Lock(), 0))
            self._held[stream] = lock, users + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._held[stream]
                if users == 1:
                    del self._held[stream]
                else:
                    self._held[stream] = lock, users - 1
