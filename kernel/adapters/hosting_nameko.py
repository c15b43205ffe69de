"""Services as nameko processes. The transport runs on eventlet's greenlets, everything of ours in ordinary threads.

Only the AMQP sockets are green. So stores, drivers and worker processes meet the very Python that they meet elsewhere.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol, TypeVar

import amqp.transport
import eventlet
import eventlet.green.socket
import eventlet.green.ssl
import eventlet.green.threading
import kombu.mixins
import kombu.pools
import kombu.utils.functional
import nameko
import nameko.amqp.consume
import structlog
from eventlet import tpool
from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider
from nameko.runners import ServiceRunner

from kernel import trace
from kernel.adapters.entrypoints_nameko import WORKERS
from kernel.bus_address import bus_address
from kernel.codec import Codec
from kernel.follow import Follower
from kernel.health import Health
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.parking import Parking
from kernel.ports import Blobs, EventStore
from kernel.settings import Settings, from_environment
from kernel.wiring import open_blobs, open_progress, open_store

PAUSE_SECONDS = 1.0
DRAIN_SECONDS = 18

log = structlog.get_logger()
T = TypeVar("T")


class Service(Protocol):
    def execute(self, command: Command) -> Accepted: ...


@dataclass(frozen=True)
class Parts:
    """What a service is made of."""

    store: EventStore
    deployment: str
    blobs: Blobs


@dataclass(frozen=True)
class Reactions:
    """What a service follows the log for."""

    follower: str
    codec: Codec
    types: frozenset[str]


def hosted(messages: ModuleType, build: Callable[[Parts], Service], reactions: Reactions | None = None) -> "Call":
    """For a host's class attribute: nameko puts a `Call` in its place for each message."""
    dependency: Any = Hosted(messages, build, reactions)
    call: Call = dependency
    return call


class Hosted(DependencyProvider):  # type: ignore[misc]
    """Keeps a service and, where it reacts to events, its follower while the process runs."""

    def __init__(
        self, messages: ModuleType, build: Callable[[Parts], Service], reactions: Reactions | None = None
    ) -> None:
        self._messages = messages
        self._build = build
        self._reactions = reactions

    def setup(self) -> None:
        settings = from_environment()
        self._running = Running(settings, self._messages, self._build, self._reactions)

    def check(self) -> object:
        """Raises when the log cannot be read."""
        return self._running.store.read_all(0, 1)

    def ask_to_stop(self) -> None:
        if self._running.follower is not None:
            self._running.follower.ask_to_stop()

    def stop(self) -> None:
        tpool.execute(self._running.stop)

    def get_dependency(self, worker_ctx: WorkerContext) -> "Call":
        return Call(self._running, str(worker_ctx.data.get("traceparent", "")))


class Running:
    def __init__(
        self,
        settings: Settings,
        messages: ModuleType,
        build: Callable[[Parts], Service],
        reactions: Reactions | None,
    ) -> None:
        self.messages = messages
        self.store = open_store(settings)
        self.service: Any = build(Parts(self.store, settings.deployment, open_blobs(settings)))
        self.progress = open_progress(settings)
        self.follower = None if reactions is None else self._follower(reactions)
        self._turn = threading.Lock()

    def follow(self) -> None:
        """Handles everything recorded since the shared checkpoint; a message only says that it is time."""
        if self.follower is None:
            return
        with self._turn:
            self.follower.position = max(self.follower.position, self.progress.get(self.follower.name))
            self.follower.step()

    def stop(self) -> None:
        if hasattr(self.service, "close"):
            self.service.close()
        self.progress.close()
        self.store.close()

    def _follower(self, reactions: Reactions) -> Follower:
        def on_event(recorded: Recorded, event: Event) -> None:
            self.service.on_event(recorded, event)

        parking = Parking(reactions.follower, self.progress, on_event)
        return Follower(
            reactions.follower,
            self.store,
            reactions.codec,
            self.progress,
            reactions.types,
            parking,
            parking.unreadable,
        )


class Call:
    """One message's way into the service."""

    def __init__(self, running: Running, traceparent: str) -> None:
        self._running = running
        self._traceparent = traceparent

    def execute(self, name: str, text: str) -> dict[str, Any]:
        accepted = self._in_thread(lambda: self._running.service.execute(self.command(name, text)))
        return {"position": accepted.position, "event_ids": [str(each) for each in accepted.event_ids]}

    def command(self, name: str, text: str) -> Command:
        known = getattr(self._running.messages, name, None)
        if not (isinstance(known, type) and issubclass(known, Command)):
            raise TypeError(f"{name} is no command of {self._running.messages.__name__}")
        return known.model_validate_json(text)

    def each(self, method: str, name: str, texts: Sequence[str], *more: object) -> Any:
        """The service's method for many commands at once."""
        asked: Any = getattr(self._running.service, method)
        return self._in_thread(lambda: asked([self.command(name, text) for text in texts], *more))

    def follow(self) -> None:
        """Raises after a pause, so that a message given again at once does not come back in a tight loop."""
        try:
            self._in_thread(self._running.follow)
        except Exception:
            eventlet.sleep(PAUSE_SECONDS)
            raise

    def _in_thread(self, function: Callable[[], T]) -> T:
        def traced() -> T:
            with trace.continued(self._traceparent):
                return function()

        result: T = tpool.execute(traced)
        return result


def prepare(bus_url: str) -> None:
    """Before any service class is hosted: what the transport waits with becomes green, and nothing else does."""
    amqp.transport.socket = eventlet.green.socket
    amqp.transport.ssl = eventlet.green.ssl
    nameko.amqp.consume.Event = eventlet.green.threading.Event
    kombu.mixins.sleep = kombu.utils.functional.sleep = eventlet.sleep
    kombu.pools.set_limit(WORKERS)  # a pool that is used up would block the thread of all greenlets
    logging.getLogger("nameko.containers").setLevel(logging.ERROR)  # it warns of every refusal and every stop
    address = bus_address(bus_url)
    nameko.config.setup({"AMQP_URI": address.url, "AMQP_SSL": address.tls, "max_workers": WORKERS, "HEARTBEAT": 10})


def run(host: type, settings: Settings) -> None:
    """Until SIGTERM: then it takes nothing more, finishes what it has taken, and ends within 20 s in any case."""
    runner = ServiceRunner()
    runner.add_service(host)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: eventlet.spawn_n(_stop, runner))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal it reaches the supervisor as well
    runner.start()
    if settings.health_port:
        Health(settings.host, settings.health_port, lambda: [each.check() for each in _hosted(runner)]).start()
    log.info("service_ready")
    runner.wait()
    log.info("service_stopped")


def _stop(runner: ServiceRunner) -> None:
    last_call = threading.Timer(DRAIN_SECONDS, os._exit, (0,))  # what is not acknowledged, the broker gives again
    last_call.daemon = True
    last_call.start()
    for each in _hosted(runner):
        each.ask_to_stop()
    runner.stop()


def _hosted(runner: ServiceRunner) -> list[Hosted]:
    return [each for container in runner.containers for each in container.dependencies if isinstance(each, Hosted)]
