"""Facts to RabbitMQ: persistent, confirmed, and refused where somebody should hear them but no queue is bound."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import amqp
from amqp.exceptions import AMQPError, NotAllowed, NotFound, ResourceLocked

from kernel.bus_address import bus_address
from kernel.relay import BusUnavailable, Fact

CONFIRM_SECONDS = 5.0
"""A broker that has run out of disk or memory blocks its publishers; then the facts wait in the log."""

HEARTBEAT_SECONDS = 10
LEASE = "relay.lease"
PROBE = amqp.Message(
    "{}",
    content_type="application/json",
    content_encoding="utf-8",
    delivery_mode=1,
    expiration="0",
    reply_to="nobody",  # should a service begin to listen at this very moment
)
PERSISTENT = 2


class RabbitPublisher:
    """One connection, used by one thread. Connects when first used and after each `BusUnavailable`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: amqp.Connection | None = None
        self._channel: amqp.Channel | None = None
        self._unsettled: set[int] = set()
        self._refused: list[str] = []

    def lead(self) -> bool:
        """The lease is an exclusive queue, which the broker frees with its holder's connection.

        It needs no clock, works over every store, and whoever has lost the broker cannot publish in any case.
        """
        if self._channel is not None:
            return True
        try:
            self._connect()
        except ResourceLocked:
            self.close()
            return False
        except (OSError, AMQPError) as error:
            self._drop()
            raise BusUnavailable(str(error)) from error
        return True

    def publish(self, facts: Sequence[Fact]) -> None:
        channel = self._channel
        assert channel is not None and self._connection is not None
        self._refused.clear()
        try:
            for number, fact in enumerate(facts, start=self._next):
                self._unsettled.add(number)
                channel.basic_publish(_message(fact), fact.exchange, fact.key, mandatory=fact.heard)
            self._next += len(facts)
            deadline = time.monotonic() + CONFIRM_SECONDS
            while self._unsettled:
                _read(self._connection, deadline)
        except (OSError, AMQPError) as error:
            self._drop()
            raise BusUnavailable(f"{type(error).__name__} {error}") from error
        if self._refused:
            self.close()
            raise BusUnavailable(f"not taken: {', '.join(sorted(set(self._refused)))}")

    def beat(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.heartbeat_tick()
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=0.001)
        except (OSError, AMQPError) as error:
            self._drop()
            raise BusUnavailable(str(error)) from error

    def close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(OSError, AMQPError, AttributeError):  # py-amqp's own state is half gone after a lost line
                connection.close()

    def _drop(self) -> None:
        """Without a farewell, which a broker that blocks its publishers would never answer."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.collect()

    def _connect(self) -> None:
        self._connection = connected(self._url)
        channel = self._connection.channel()
        channel.queue_declare(LEASE, exclusive=True, auto_delete=True)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._settled)
        channel.events["basic_nack"].add(self._not_taken)
        channel.events["basic_return"].add(self._returned)
        self._next = 1
        self._unsettled.clear()
        self._channel = channel

    def _settled(self, number: int, multiple: bool) -> None:
        self._unsettled -= {each for each in self._unsettled if each <= number} if multiple else {number}

    def _not_taken(self, number: int, multiple: bool) -> None:
        self._settled(number, multiple)
        self._refused.append("refused by the broker")

    def _returned(self, _error: Exception, exchange: str, key: str, _message: amqp.Message) -> None:
        self._refused.append(f"no queue for {exchange} {key}")


class Topology:
    """Declares what is missing. Whoever declares a queue otherwise than it is gets `BusUnavailable`."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()

    def exchange(self, name: str) -> None:
        self._channel.exchange_declare(name, "topic", durable=True, auto_delete=False)

    def queue(self, name: str, exchange: str, key: str) -> None:
        self._channel.queue_declare(name, durable=True, auto_delete=False)
        self._channel.queue_bind(name, exchange, key)

    def consumers(self, name: str) -> int | None:
        """None: there is no such queue."""
        try:
            return int(self._channel.queue_declare(name, passive=True).consumer_count)
        except NotFound:  # which also closes the channel
            self._channel = self._connection.channel()
            return None

    def remove(self, name: str) -> None:
        self._channel.queue_delete(name)


@contextmanager
def topology(url: str) -> Iterator[Topology]:
    with reaching(), connected(url) as connection:
        yield Topology(connection)


def leaderless(url: str, names: Sequence[str]) -> list[str]:
    """Which of these queues, all there and without consumers, take nothing.

    A quorum queue whose broker was killed within a second of its declaration may come back without a leader: it stays
    declared and bound, and takes and gives nothing for ever. A message to each, gone at once, shows it.
    """
    waiting = set(names)

    def settled(name: str) -> Callable[[int, bool], None]:
        return lambda _number, _multiple: waiting.discard(name)

    with reaching():
        connection = connected(url)
        for name in names:  # each on a channel of its own, which such a queue would block
            channel = connection.channel()
            channel.confirm_select()
            channel.events["basic_ack"].add(settled(name))
            channel.basic_publish(PROBE, "", name)
        deadline = time.monotonic() + CONFIRM_SECONDS
        with suppress(TimeoutError):
            while waiting:
                _read(connection, deadline)
        connection.collect()
    return [each for each in names if each in waiting]


@contextmanager
def reaching() -> Iterator[None]:
    try:
        yield
    except NotAllowed as error:
        raise BusUnavailable(f"{error.reply_text}: run `dienhong bus setup`") from error
    except (OSError, AMQPError) as error:
        raise BusUnavailable(f"{type(error).__name__} {error}") from error


def _read(connection: amqp.Connection, deadline: float) -> None:
    """One frame, which may be a heartbeat; `TimeoutError` past the deadline, whatever came meanwhile."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the broker did not answer in time")
    connection.blocking_read(left)


def connected(url: str) -> amqp.Connection:
    address = bus_address(url)
    connection = amqp.Connection(
        host=f"{address.host}:{address.port}",
        userid=address.user,
        password=address.password,
        virtual_host=address.virtual_host,
        ssl=address.tls,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=5,
    )
    connection.connect()
    return connection


def _message(fact: Fact) -> amqp.Message:
    return amqp.Message(
        fact.body,
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=PERSISTENT,
        message_id=fact.id,
        application_headers={},
    )
