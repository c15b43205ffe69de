"""Publishes the log to the bus, from its checkpoint, in order, at least once. Nothing else publishes facts."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from kernel.follow import measure_lag
from kernel.messages import Recorded
from kernel.ports import EventStore, StoreUnavailable
from kernel.progress import Progress

BATCH = 256
RETRY_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5)
NAME = "relay"

log = structlog.get_logger()


class BusUnavailable(Exception):
    """The broker did not take it (all); what it did take may be published again."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`heard`: some service reacts to it, so that an unroutable one must wait."""

    exchange: str
    key: str
    id: str
    body: bytes
    heard: bool


class Publisher(Protocol):
    """Each method may raise `BusUnavailable`."""

    def lead(self) -> bool:
        """Whether we hold the lease, which only one publisher can."""

    def publish(self, facts: Sequence[Fact]) -> None:
        """Returns once the broker has confirmed them all."""

    def beat(self) -> None:
        """To be called every few seconds when there is nothing to publish; notices a broker that is gone."""

    def close(self) -> None: ...


class Relay:
    """`exchanges`: where each event type goes; `heard`: the types that some service reacts to.

    Only the relay that holds the lease publishes; the others wait to take over.
    """

    def __init__(
        self,
        *,
        store: EventStore,
        progress: Progress,
        publisher: Publisher,
        exchanges: Mapping[str, str],
        heard: frozenset[str],
    ) -> None:
        self.leading = False
        self._store = store
        self._progress = progress
        self._publisher = publisher
        self._exchanges = exchanges
        self._heard = heard
        self._stopping = threading.Event()
        measure_lag(NAME, store, lambda: progress.get(NAME))

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until it is asked to stop; then what the broker has confirmed is in the checkpoint."""
        failures = 0
        while not self._stopping.is_set():
            try:
                self._lead()
                failures = 0
            except (BusUnavailable, StoreUnavailable) as error:
                log.warning("relay_waits", because=str(error))
                self._stopping.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1
        self._publisher.close()

    def _lead(self) -> None:
        """Publishes for as long as it holds the lease."""
        if not self._publisher.lead():
            self._stopping.wait(1)
            return
        position = self._progress.get(NAME)
        log.info("relay_leads", position=position)
        self.leading = True
        try:
            while not self._stopping.is_set():
                position = self._step(position)
        finally:
            self.leading = False

    def _step(self, position: int) -> int:
        batch = self._store.read_all(position, BATCH)
        if batch:
            self._publisher.publish([self._fact(each) for each in batch])
            position = batch[-1].position
            self._progress.put(NAME, position)
        else:
            self._publisher.beat()
            self._store.wait(position, timeout=1.0)
        return position

    def _fact(self, recorded: Recorded) -> Fact:
        exchange = self._exchanges[recorded.type]
        body = json.dumps(envelope(recorded, exchange.removesuffix(".events")), ensure_ascii=False).encode()
        return Fact(exchange, recorded.type, str(recorded.id), body, heard=recorded.type in self._heard)


def envelope(recorded: Recorded, service: str) -> dict[str, Any]:
    """CloudEvents 1.0, JSON format. Names of extensions are lower-case letters and digits (section 3.1), and their
    integers have 32 bits (3.2), which a position may exceed."""
    traceparent = json.loads(recorded.meta).get("traceparent")
    return {
        "specversion": "1.0",
        "id": str(recorded.id),
        "source": f"//{recorded.deployment}/{service}",
        "type": recorded.type,
        "subject": recorded.stream,
        "time": recorded.recorded_at.isoformat(),
        "datacontenttype": "application/json",
        "data": json.loads(recorded.data),
        "position": str(recorded.position),
        "streamversion": recorded.version,
        "actor": recorded.actor,
        "deployment": recorded.deployment,
        "correlationid": str(recorded.correlation_id),
        "causationid": str(recorded.causation_id),
        **({"traceparent": traceparent} if traceparent else {}),
    }
