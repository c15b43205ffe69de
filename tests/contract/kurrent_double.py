"""A protocol double of KurrentDB, for machines where no server can be had. It is not KurrentDB.

It speaks the real gRPC messages of the client package over a real connection, keeps events in memory, and decides
appends by the server's published rules: a repeated append is known by its ids alone, in its own stream only; an id
may stand in two streams; an append at the right version is never a repetition. Filters, subscriptions, appends to
several streams, TLS and basic authentication are there as far as the adapter uses them.

What it does not prove: durability, elections and followers, the time a cluster needs, limits of sizes, how a server
shows properties of several-stream appends as metadata (it shows them as JSON here), links, deleted or scavenged
streams, persistent subscriptions, and anything that a real server does otherwise than its documents say. For that,
`DIENHONG_TEST_KURRENTDB_URL` points the same tests at a real one.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import status_pb2 as rich_status_pb2
from grpc_status import rpc_status
from kurrentdbclient.protos.v1 import gossip_pb2, gossip_pb2_grpc, shared_pb2, status_pb2, streams_pb2, streams_pb2_grpc
from kurrentdbclient.protos.v2.streams import errors_pb2 as v2_errors_pb2
from kurrentdbclient.protos.v2.streams import streams_pb2 as v2_pb2
from kurrentdbclient.protos.v2.streams import streams_pb2_grpc as v2_grpc

NO_STREAM = -1
STRIDE = 131
"""Positions are byte offsets on a server: increasing, with gaps."""


@dataclass(frozen=True)
class Held:
    id: str
    type: str
    stream: str
    version: int
    position: int
    created: int
    data: bytes
    meta: bytes


@dataclass(frozen=True)
class Proposed:
    id: str
    type: str
    data: bytes
    meta: bytes


class WrongVersion(Exception):
    def __init__(self, stream: str, expected: int, current: int) -> None:
        super().__init__(stream, expected, current)
        self.stream, self.expected, self.current = stream, expected, current


class KurrentDouble:
    """`lose` so many answers after the write is done, or `refuse` so many calls before anything is done.

    Doubles that share `events` and `moved` play the nodes of a cluster: one leads, those with a `leader` follow it.
    """

    def __init__(self, several_streams: bool = True, tls: tuple[bytes, bytes] | None = None) -> None:
        self.lose = self.refuse = 0
        self.authorizations: set[str] = set()
        self.subscriptions = 0
        self.events: list[Held] = [_system_event()]
        self.moved = threading.Condition()
        self.stopping = False
        self.leader: KurrentDouble | None = None
        self.port = 0
        self._several_streams = several_streams
        self._tls = tls
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"kurrentdb://127.0.0.1:{self.port}?tls={str(self._tls is not None).lower()}"

    def start(self) -> "KurrentDouble":
        """On the port it had before, if any."""
        self.stopping = False
        self._server = grpc.server(ThreadPoolExecutor(48), options=[("grpc.so_reuseport", 0)])
        streams_pb2_grpc.add_StreamsServicer_to_server(Streams(self), self._server)  # type: ignore[no-untyped-call]
        gossip_pb2_grpc.add_GossipServicer_to_server(Gossip(self), self._server)  # type: ignore[no-untyped-call]
        if self._several_streams:
            v2_grpc.add_StreamsServiceServicer_to_server(SeveralStreams(self), self._server)  # type: ignore[no-untyped-call]
        address = f"127.0.0.1:{self.port}"
        if self._tls is None:
            self.port = self._server.add_insecure_port(address)
        else:
            self.port = self._server.add_secure_port(address, grpc.ssl_server_credentials([self._tls]))
        self._server.start()
        return self

    def stop(self) -> None:
        with self.moved:
            self.stopping = True
            self.moved.notify_all()
        self._server.stop(grace=0).wait()

    def of(self, stream: str) -> list[Held]:
        return [each for each in self.events if each.stream == stream]

    def write(self, appends: Sequence[tuple[str, int, Sequence[Proposed]]]) -> dict[str, tuple[int, int]]:
        """All or nothing; the version and position of each stream's last event."""
        with self.moved:
            again = [self._again(*each) for each in appends]
            if not all(again):
                for (stream, expected, _), known in zip(appends, again, strict=True):
                    if known:
                        raise WrongVersion(stream, expected, len(self.of(stream)) - 1)
                for stream, _, events in appends:
                    self._store(stream, events)
                self.moved.notify_all()
            return {stream: self._end(stream, expected + len(events)) for stream, expected, events in appends}

    def _again(self, stream: str, expected: int, events: Sequence[Proposed]) -> bool:
        """Whether this append is one that was written before; `WrongVersion` if it may not be written."""
        there = self.of(stream)
        current = len(there) - 1
        if expected == current:
            return False
        ids = [each.id for each in there[expected + 1 : expected + 1 + len(events)]]
        if expected > current or ids != [each.id for each in events]:
            raise WrongVersion(stream, expected, current)
        return True

    def _store(self, stream: str, events: Sequence[Proposed]) -> None:
        version = len(self.of(stream))
        for offset, event in enumerate(events):
            position = self.events[-1].position + STRIDE + len(event.data)
            now = time.time_ns() // 100
            held = Held(event.id, event.type, stream, version + offset, position, now, event.data, event.meta)
            self.events.append(held)

    def _end(self, stream: str, version: int) -> tuple[int, int]:
        return version, self.of(stream)[version].position

    def check(self, context: Any) -> None:
        """Reads and writes alike must ask for the leader, as followers may be behind."""
        metadata = dict(context.invocation_metadata())
        self.authorizations.add(metadata.get("authorization", ""))
        if metadata.get("requires-leader") != "true":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "this test wants the leader to be asked")
        if self.leader is not None:
            leader = (("leader-endpoint-host", "127.0.0.1"), ("leader-endpoint-port", str(self.leader.port)))
            context.set_trailing_metadata(leader)
            context.abort(grpc.StatusCode.NOT_FOUND, "Leader info available")
        if self.refuse > 0:
            self.refuse -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "refused before anything was done")

    def answer(self, context: Any) -> None:
        if self.lose > 0:
            self.lose -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "the answer is lost, the write is done")


class Streams(streams_pb2_grpc.StreamsServicer):
    def __init__(self, double: KurrentDouble) -> None:
        self._double = double

    def BatchAppend(self, requests: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        for request in requests:
            self._double.check(context)
            stream = request.options.stream_identifier.stream_name.decode()
            which = request.options.WhichOneof("expected_stream_position")
            assert which in ("stream_position", "no_stream"), f"the adapter never appends with {which}"
            expected = request.options.stream_position if which == "stream_position" else NO_STREAM
            events = [
                Proposed(each.id.string, each.metadata["type"], each.data, each.custom_metadata)
                for each in request.proposed_messages
            ]
            response = streams_pb2.BatchAppendResp(correlation_id=request.correlation_id)
            try:
                version, position = self._double.write([(stream, expected, events)])[stream]
                response.success.current_revision = version
                response.success.position.commit_position = position
                response.success.position.prepare_position = position
            except WrongVersion as wrong:
                response.error.CopyFrom(_wrong_version(wrong))
            self._double.answer(context)
            yield response

    def Read(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        self._double.check(context)
        options = request.options
        if options.WhichOneof("count_option") == "subscription":
            yield from self._subscribe(options, context)
        elif options.WhichOneof("stream_option") == "stream":
            yield from self._read_stream(options)
        else:
            yield from self._read_all(options, context)

    def _read_stream(self, options: Any) -> Iterator[Any]:
        name = options.stream.stream_identifier.stream_name
        there = self._double.of(name.decode())
        if not there:
            missing = streams_pb2.ReadResp.StreamNotFound(
                stream_identifier=shared_pb2.StreamIdentifier(stream_name=name)
            )
            yield streams_pb2.ReadResp(stream_not_found=missing)
        first = options.stream.revision if options.stream.WhichOneof("revision_option") == "revision" else 0
        for each in there[first : first + min(options.count, len(there))]:
            yield _shown(each)

    def _read_all(self, options: Any, context: Any) -> Iterator[Any]:
        """From a position where no event stands, nothing can be read."""
        wanted = _wanted(options)
        events = [each for each in list(self._double.events) if wanted(each)]
        backwards = options.read_direction == streams_pb2.ReadReq.Options.Backwards
        if backwards:
            events.reverse()
        elif options.all.WhichOneof("all_option") == "position":
            first = options.all.position.commit_position
            if first not in [each.position for each in list(self._double.events)]:
                context.abort(grpc.StatusCode.UNKNOWN, "Unexpected FilteredReadAllResult: InvalidPosition")
            events = [each for each in events if each.position >= first]
        for each in events[: min(options.count, len(events))]:
            yield _shown(each)

    def _subscribe(self, options: Any, context: Any) -> Iterator[Any]:
        double, wanted = self._double, _wanted(options)
        after = options.all.position.commit_position if options.all.WhichOneof("all_option") == "position" else -1
        context.add_callback(self._woken)
        confirmation = streams_pb2.ReadResp.SubscriptionConfirmation(subscription_id="double")
        yield streams_pb2.ReadResp(confirmation=confirmation)
        double.subscriptions += 1
        while context.is_active() and not double.stopping:
            for each in [each for each in list(double.events) if each.position > after]:
                after = each.position
                if wanted(each):
                    yield _shown(each)
            with double.moved:
                while context.is_active() and not double.stopping and double.events[-1].position <= after:
                    double.moved.wait()
            if double.leader is not None:
                double.check(context)

    def _woken(self) -> None:
        with self._double.moved:
            self._double.moved.notify_all()


class Gossip(gossip_pb2_grpc.GossipServicer):
    def __init__(self, double: KurrentDouble) -> None:
        self._double = double

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        nodes = [self._double] if self._double.leader is None else [self._double.leader, self._double]
        states = gossip_pb2.MemberInfo
        return gossip_pb2.ClusterInfo(
            members=[
                gossip_pb2.MemberInfo(
                    state=states.Leader if each.leader is None else states.Follower,
                    is_alive=True,
                    http_end_point=gossip_pb2.EndPoint(address="127.0.0.1", port=each.port),
                )
                for each in nodes
            ]
        )


class SeveralStreams(v2_grpc.StreamsServiceServicer):
    def __init__(self, double: KurrentDouble) -> None:
        self._double = double

    def AppendSession(self, requests: Any, context: Any) -> Any:  # noqa: N802
        self._double.check(context)
        appends = [(r.stream, r.expected_revision, [_proposed(each) for each in r.records]) for r in requests]
        if len({stream for stream, _, _ in appends}) < len(appends):
            context.abort(grpc.StatusCode.ABORTED, "a stream is named twice")
        try:
            ends = self._double.write(appends)
        except WrongVersion as wrong:
            context.abort_with_status(_wrong_revision(wrong))
        self._double.answer(context)
        return v2_pb2.AppendSessionResponse(
            output=[
                v2_pb2.AppendResponse(stream=stream, stream_revision=version, position=position)
                for stream, (version, position) in ends.items()
            ],
            position=max(position for _, position in ends.values()),
        )


def _proposed(record: Any) -> Proposed:
    properties = {key: value.string_value for key, value in record.properties.items()}
    shown = json.dumps({"$schema.format": "Json", **properties}, indent=1)
    return Proposed(record.record_id, record.schema.name, record.data, shown.encode())


def _wanted(options: Any) -> Any:
    if options.WhichOneof("filter_option") != "filter":
        return lambda each: True
    which = options.filter.WhichOneof("filter")
    pattern = re.compile(getattr(options.filter, which).regex)
    return lambda each: pattern.search(each.stream if which == "stream_identifier" else each.type) is not None


def _shown(held: Held) -> Any:
    event = streams_pb2.ReadResp.ReadEvent.RecordedEvent(
        id=shared_pb2.UUID(string=held.id),
        stream_identifier=shared_pb2.StreamIdentifier(stream_name=held.stream.encode()),
        stream_revision=held.version,
        prepare_position=held.position,
        commit_position=held.position,
        metadata={"type": held.type, "content-type": "application/json", "created": str(held.created)},
        custom_metadata=held.meta,
        data=held.data,
    )
    return streams_pb2.ReadResp(event=streams_pb2.ReadResp.ReadEvent(event=event, commit_position=held.position))


def _wrong_version(wrong: WrongVersion) -> Any:
    details = shared_pb2.WrongExpectedVersion()
    if wrong.current == NO_STREAM:
        details.current_no_stream.SetInParent()
    else:
        details.current_stream_revision = wrong.current
    packed = any_pb2.Any()
    packed.Pack(details)
    return status_pb2.Status(message="WrongExpectedVersion", details=packed)


def _wrong_revision(wrong: WrongVersion) -> Any:
    packed = any_pb2.Any()
    packed.Pack(
        v2_errors_pb2.StreamRevisionConflictErrorDetails(
            stream=wrong.stream, expected_revision=wrong.expected, actual_revision=wrong.current
        )
    )
    code = grpc.StatusCode.FAILED_PRECONDITION.value[0]
    return rpc_status.to_status(rich_status_pb2.Status(code=code, message="revision conflict", details=[packed]))


def _system_event() -> Held:
    """A log is never empty: the server's own events come first."""
    created = time.time_ns() // 100
    return Held("00000000-0000-4000-8000-000000000001", "$metadata", "$$$settings", 0, STRIDE, created, b"{}", b"")


def main() -> None:
    """A process of its own until its input ends, so also with whoever started it; says its address."""
    double = KurrentDouble().start()
    print(double.url, flush=True)
    sys.stdin.read()
    double.stop()


if __name__ == "__main__":
    main()
