"""How messages come into a nameko service: taken, handled, and acknowledged also when the service is stopping."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import structlog
from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError
from nameko.amqp.consume import Consumer
from nameko.events import EventHandler
from nameko.exceptions import ContainerBeingKilled
from nameko.rpc import Rpc, RpcConsumer
from nameko.timer import timer

from kernel.decider import Refused
from kernel.ports import AppendError, StoreBroken, StoreUnavailable

COMMANDS_AT_ONCE = 12
EVENTS_AT_ONCE = 2
WORKERS = 64
"""Above the sum of all prefetches (12 + 2 a queue): otherwise nameko hangs when it stops with a backlog."""

GAPS_SECONDS = 15
"""How often a service looks for events whose messages the broker has lost."""

RECONNECT_SECONDS = (0.2, 0.5, 2)
"""First pause between tries, what each adds, and the longest; kombu's own grows to half a minute."""

ANSWERS = (Refused, AppendError, StoreUnavailable, StoreBroken)
Method = TypeVar("Method", bound=Callable[..., object])

log = structlog.get_logger()


class DrainingConsumer(Consumer):  # type: ignore[misc]
    """Stops taking messages first, and goes only when all taken are acknowledged; nameko's own loses those."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        self.in_flight = 0
        self.on_connected: Callable[[], object] = lambda: None
        self._consumers: list[Any] = []
        super().__init__(*args, **options)

    @property
    def should_stop(self) -> bool:
        return self.stopping and self.in_flight == 0

    @should_stop.setter
    def should_stop(self, _value: bool) -> None:
        """Kombu's mixin sets it; only `stop` counts."""

    def stop(self) -> None:
        self.stopping = True

    def get_consumers(self, consumer_cls: Any, channel: Any) -> list[Any]:
        self.in_flight = 0  # what an earlier connection had taken, the broker gives again
        self._consumers = super().get_consumers(consumer_cls, channel)
        return self._consumers

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        with self.create_connection() as connection:
            connection.ensure_connection(self.on_connection_error, None, *RECONNECT_SECONDS)
            yield connection

    def on_consume_ready(self, connection: Any, channel: Any, consumers: Any, **options: Any) -> None:
        super().on_consume_ready(connection, channel, consumers, **options)
        self.on_connected()

    def on_iteration(self) -> None:
        if self.stopping:
            consumers, self._consumers = self._consumers, []
            for each in consumers:
                each.cancel()

    def on_message(self, body: Any, message: Any) -> None:
        if self.stopping:
            message.requeue()
            return
        self.in_flight += 1
        for callback in self.callbacks:
            callback(body, message)

    def ack_message(self, message: Any) -> None:
        try:
            super().ack_message(message)
        finally:
            self.in_flight = max(0, self.in_flight - 1)

    def requeue_message(self, message: Any) -> None:
        try:
            super().requeue_message(message)
        finally:
            self.in_flight = max(0, self.in_flight - 1)


class DrainingRpcConsumer(RpcConsumer):  # type: ignore[misc]
    """A reply that the broker does not take would end nameko's whole process; here the command is given again."""

    consumer_cls = DrainingConsumer

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        try:
            replied: tuple[Any, Any] = super().handle_result(message, result, exc_info)
        except (OSError, AMQPError, OperationalError) as error:
            log.warning("reply_lost", because=f"{type(error).__name__} {error}")
            self.consumer.requeue_message(message)
            return result, exc_info
        return replied


class CommandEntrypoint(Rpc):  # type: ignore[misc]
    rpc_consumer = DrainingRpcConsumer(prefetch_count=COMMANDS_AT_ONCE)


class EventEntrypoint(EventHandler):  # type: ignore[misc]
    """Whatever ended the connection may have cost messages: each new one begins as if there were a message."""

    consumer_cls = DrainingConsumer

    def start(self) -> None:
        self.consumer.on_connected = self._look
        super().start()

    def _look(self) -> None:
        with suppress(ContainerBeingKilled):
            self.container.spawn_worker(self, ({},), {})


def command(method: Method) -> Method:
    """By RPC, from the gateway."""
    decorated: Method = CommandEntrypoint.decorator(expected_exceptions=ANSWERS)(method)
    return decorated


def on_fact(source: str, kind: str) -> Callable[[Method], Method]:
    """When the relay has published an event of this type, at least once."""
    decorate: Callable[[Method], Method] = EventEntrypoint.decorator(
        source, kind, requeue_on_error=True, reliable_delivery=True, prefetch_count=EVENTS_AT_ONCE
    )
    return decorate


def every_while(method: Method) -> Method:
    decorated: Method = timer(interval=GAPS_SECONDS, eager=True)(method)
    return decorated
