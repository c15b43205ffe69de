"""Commands to services in other processes, by nameko's RPC protocol: one connection, one reply queue, any thread.

Ballots go in batches, several of which may be under way.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError
from pika.spec import Basic, BasicProperties
from pydantic import TypeAdapter

from gateway.breaker import Breaker, Unanswered
from gateway.problems import TryLater
from kernel import ports, trace
from kernel.bus_address import bus_address
from kernel.decider import Refused
from kernel.messages import Accepted, Command
from services.voting.messages import CastBallot
from services.voting.urn import Receipt

EXCHANGE = "nameko-rpc"
RETRY_AFTER_SECONDS = 2
RECONNECT_SECONDS = (0.1, 0.5, 1, 2)
HEARTBEAT_SECONDS = 10

RECEIPT = TypeAdapter(Receipt)

log = structlog.get_logger()

ERRORS: Mapping[str, Callable[..., Exception]] = {
    "kernel.decider.Refused": Refused,
    **{
        f"kernel.ports.{each.__name__}": each
        for each in (
            ports.AppendError,
            ports.IdConflict,
            ports.PartialDuplicate,
            ports.Unacceptable,
            ports.StoreUnavailable,
            ports.BlobsUnavailable,
            ports.StoreBroken,
        )
    },
    "kernel.ports.Conflict": lambda stream, current: ports.Conflict(stream, int(current)),
}
"""What crosses intact; nameko sends exceptions as their positional arguments, numbers as text."""


class ServiceFailed(Exception):
    """The service raised what it should not; its log says more."""


class RpcClients:
    """The same interface as the in-process `Clients`. An answer that does not come in time means 'try again':
    commands carry ids, so what was done after all is then only answered."""

    batches = 4

    def __init__(
        self,
        url: str,
        timeout_seconds: float,
        exchanges: Sequence[str] = (),
        on_fact: Callable[[], None] = lambda: None,
    ) -> None:
        self._line = Line(url, exchanges, on_fact)
        self._on_fact = on_fact
        self._timeout = timeout_seconds
        self._breakers: dict[str, Breaker] = {}

    def start(self) -> None:
        logging.getLogger("pika").setLevel(logging.CRITICAL)  # eight lines for each failed attempt; ours is one
        self._line.start()

    def stop(self) -> None:
        self._line.stop()

    def execute(self, command: Command) -> Accepted:
        service = type(command).__module__.split(".")[1]
        done = accepted(self._call(service, "execute", [type(command).__name__, command.model_dump_json()]))
        self._on_fact()  # sooner than by the bus: the person waits to see it
        return done

    def cast(self, commands: Sequence[CastBallot], under: Sequence[str]) -> list[Receipt | Refused]:
        """All in one message. Whoever of them is not answered in time is to try again, under the same id."""
        answers = self._call("voting", "cast", [[each.model_dump_json() for each in commands], list(under)])
        self._on_fact()
        return [answered(each) for each in answers]

    def _call(self, service: str, method: str, arguments: Sequence[object]) -> Any:
        call = Call(f"{service}.{method}", json.dumps({"args": arguments, "kwargs": {}}).encode(), trace.current())
        with self._breakers.setdefault(service, Breaker(service)).call():
            reply = self._answer(call, service)
        if reply["error"]:
            raise rebuilt(reply["error"])
        return reply["result"]

    def _answer(self, call: "Call", service: str) -> dict[str, Any]:
        self._line.send(call, self._timeout)
        try:
            return call.reply.result(self._timeout)
        except TimeoutError as error:
            log.warning("service_silent", service=service, seconds=self._timeout)
            raise Unanswered("unavailable", RETRY_AFTER_SECONDS) from error
        finally:
            self._line.forget(call)


def accepted(answer: Mapping[str, Any]) -> Accepted:
    return Accepted(answer["position"], tuple(UUID(each) for each in answer["event_ids"]))


def rebuilt(error: Mapping[str, Any]) -> Exception:
    known = ERRORS.get(error["exc_path"])
    return known(*error["exc_args"]) if known else ServiceFailed(error["exc_type"], error["value"])


def answered(answer: Mapping[str, Any]) -> Receipt | Refused:
    return Refused(*answer["refused"]) if "refused" in answer else RECEIPT.validate_python(answer)


@dataclass(eq=False)
class Call:
    key: str
    body: bytes
    traceparent: str
    id: str = field(default_factory=lambda: str(uuid4()))
    reply: "Future[dict[str, Any]]" = field(default_factory=Future)


class Line:
    """The connection and its thread. While it is down, calls fail at once; it comes back by itself.

    Besides replies it hears that something was published to one of `exchanges`, whatever it was: `on_fact`.
    """

    def __init__(self, url: str, exchanges: Sequence[str], on_fact: Callable[[], None]) -> None:
        self._url = url
        self._exchanges = exchanges
        self._on_fact = on_fact
        self._open: tuple[pika.BlockingConnection, BlockingChannel, str] | None = None
        self._calls: dict[str, Call] = {}
        self._up = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rpc", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def send(self, call: Call, timeout: float) -> None:
        """Raises `TryLater` when there is no connection; a broken one fails the call's reply."""
        if not self._up.wait(min(timeout, 1.0)) or (line := self._open) is None:
            raise TryLater("unavailable", RETRY_AFTER_SECONDS)
        connection, channel, replies = line
        self._calls[call.id] = call
        properties = BasicProperties(
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=replies,
            correlation_id=call.id,
            expiration=str(int(timeout * 1000)),  # nobody waits for it any longer: the caller was told to try again
            headers={"nameko.traceparent": call.traceparent} if call.traceparent else {},
        )

        def publish() -> None:
            channel.basic_publish(EXCHANGE, call.key, call.body, properties, mandatory=True)

        try:
            connection.add_callback_threadsafe(publish)
        except AMQPError as error:
            self.forget(call)
            raise TryLater("unavailable", RETRY_AFTER_SECONDS) from error

    def forget(self, call: Call) -> None:
        self._calls.pop(call.id, None)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._serve()
                failures = 0
            except (AMQPError, OSError) as error:
                failures = 0 if self._up.is_set() else failures
                self._lost(error)
                self._stopping.wait(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])
                failures += 1

    def _serve(self) -> None:
        address = bus_address(self._url)
        parameters = pika.URLParameters(address.url)
        parameters.heartbeat = HEARTBEAT_SECONDS
        if context := address.context:
            parameters.ssl_options = pika.SSLOptions(context, address.host)
        connection = pika.BlockingConnection(parameters)
        channel = connection.channel()
        replies = channel.queue_declare("", exclusive=True, auto_delete=True).method.queue
        channel.queue_bind(replies, EXCHANGE, replies)
        channel.basic_consume(replies, self._on_reply, auto_ack=True)
        self._listen(channel)
        channel.add_on_return_callback(self._on_return)
        channel.add_on_cancel_callback(lambda _frame: connection.close())
        self._open = connection, channel, replies
        self._up.set()
        self._on_fact()
        while connection.is_open and not self._stopping.is_set():
            connection.process_data_events(time_limit=1)  # of a connection that a callback closed: ValueError
        self._up.clear()
        connection.close()  # says so by an AMQPError where it was closed already

    def _listen(self, channel: BlockingChannel) -> None:
        """One message is enough to wake up, so the queue holds no more."""
        facts = channel.queue_declare("", exclusive=True, auto_delete=True, arguments={"x-max-length": 1}).method.queue
        for exchange in self._exchanges:
            channel.queue_bind(facts, exchange, "#")
        channel.basic_consume(facts, lambda *_message: self._on_fact(), auto_ack=True)

    def _on_reply(self, _channel: object, _method: object, properties: BasicProperties, body: bytes) -> None:
        call = self._calls.pop(properties.correlation_id or "", None)
        if call is not None:
            call.reply.set_result(json.loads(body))

    def _on_return(self, _channel: object, _method: Basic.Return, properties: BasicProperties, _body: bytes) -> None:
        """There is no queue of this service: it was never set up on this broker."""
        call = self._calls.pop(properties.correlation_id or "", None)
        if call is not None:
            call.reply.set_exception(Unanswered("unavailable", RETRY_AFTER_SECONDS))

    def _lost(self, error: Exception) -> None:
        """Whether the services got the calls under way is unknown, so each is to be tried again."""
        log.warning("bus_lost", because=f"{type(error).__name__} {error}")
        self._up.clear()
        self._open = None
        calls, self._calls = self._calls, {}
        for call in calls.values():
            call.reply.set_exception(TryLater("unavailable", RETRY_AFTER_SECONDS))
