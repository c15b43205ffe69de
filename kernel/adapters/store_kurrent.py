"""The log in EventStoreDB (22.10 or later) or KurrentDB.

A server knows an event's id only within its stream, and compares nothing but ids when an append is repeated. What
the port promises beyond that is kept here: each id is claimed for one stream (stream `id-<event id>`), in the same
transaction as its event where the server appends to several streams at once (KurrentDB 25.1 or later) and before it
elsewhere; and every append is read back from the leader before it is acknowledged. A claim without its event, left by
a writer that died or lost a race, only keeps the id for that stream.

Positions are the server's: increasing, not gapless. Everything that touches grpc runs under `kernel.offload`.
"""

import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID, uuid4

from kernel.adapters.appending import Known, Planner, check_acceptable
from kernel.messages import NewEvent, Recorded
from kernel.offload import blocking, blocking_each, native, patched, unpatched
from kernel.ports import (
    NO_STREAM,
    Append,
    Appended,
    AppendError,
    Conflict,
    IdConflict,
    StoreUnavailable,
    Unacceptable,
)

with unpatched():
    for late in ("grpc._channel", "grpc._plugin_wrapping"):  # grpc itself imports them inside calls
        importlib.import_module(late)
    import kurrentdbclient as kurrent
    from kurrentdbclient import exceptions as failures
IMPORTED_PATCHED = patched()

TIMEOUT_SECONDS = 10.0
SLOWEST_READ = 1000
"""Events a second; longer reads are given longer."""
RETRY_SECONDS = (0.1, 0.5, 2.0)
RESUBSCRIBE_SECONDS = 0.5
DEFAULTS = {"ConnectionName": "dienhong", "KeepAliveInterval": "10000", "KeepAliveTimeout": "10000"}

CLAIMS = "id-"
CLAIMED = "IdClaimed"
META = "meta"
"""Appends to several streams know metadata only as properties: this one holds ours whole, byte for byte."""

HIDDEN = (r"\$.*", f"{CLAIMS}.*")
"""Streams of $all that are not of the log: the server's own, and the claims."""

UNREACHED = (
    failures.GrpcError,
    failures.DeadlineExceededError,
    failures.DiscoveryFailedError,
    failures.NodeIsNotLeaderError,
    failures.AbortedByServerError,
    failures.UnknownError,
)
"""After these an append may or may not have been written."""
NO_POSITION = (failures.InvalidCommitPositionError, failures.UnknownError)
"""What servers, newer and older, say when no event stands at the position that is to be read from."""
TOO_LARGE = (
    failures.MaximumAppendSizeExceededError,
    failures.RecordMaxSizeExceededError,
    failures.TransactionMaxSizeExceededError,
)

Outcome = Appended | AppendError


class KurrentStore:
    """`url` is the client's connection string: `kurrentdb://` or `esdb://`, with `+discover` for a cluster by DNS."""

    def __init__(self, url: str) -> None:
        if patched() and not IMPORTED_PATCHED:
            raise RuntimeError("kernel.adapters.store_kurrent was imported before eventlet patched this process")
        self._log = Log(_connection_string(url))

    def close(self) -> None:
        blocking(self._log.close)

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        return blocking(self._log.read, stream, after)

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        return blocking(self._log.read_all, after, limit)

    def wait(self, after: int, timeout: float) -> int:
        return blocking(self._log.wait, after, timeout)

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        outcome = self.append_each([Append(stream, events, expected)])[0]
        if isinstance(outcome, AppendError):
            raise outcome
        return outcome

    def append_each(self, appends: Sequence[Append]) -> list[Outcome]:
        """Unlike a local store's, this is not one commit: each outcome is durable by itself when all are known."""
        outcomes: dict[int, Outcome] = {}
        for index, append in enumerate(appends):
            try:
                check_acceptable(append)
            except AppendError as error:
                outcomes[index] = error
        rest = {index: append for index, append in enumerate(appends) if index not in outcomes}
        written = self._together(list(rest.values())) or self._apart(list(rest.values()))
        outcomes.update(zip(rest, written, strict=True))
        return [outcomes[index] for index in range(len(appends))]

    def _together(self, appends: Sequence[Append]) -> list[Outcome] | None:
        """All in one transaction; None if the server cannot, or if it must be decided for each by itself."""
        ids = [event.id for append in appends for event in append.events]
        alone = len({append.stream for append in appends}) == len(appends) and len(set(ids)) == len(ids)
        if not appends or not alone or not blocking(self._log.write_together, appends):
            return None
        seen = blocking_each(self._log.written, appends)
        return None if None in seen else [each for each in seen if each is not None]

    def _apart(self, appends: Sequence[Append]) -> list[Outcome]:
        """Streams at once, the appends of one stream in turn."""
        wanted = {event.id: append.stream for append in reversed(appends) for event in reversed(append.events)}
        owners = dict(zip(wanted, blocking_each(self._log.claim, list(wanted.items())), strict=True))
        turns: dict[str, list[int]] = {}
        for index, append in enumerate(appends):
            turns.setdefault(append.stream, []).append(index)

        def in_turn(indexes: Sequence[int]) -> list[Outcome]:
            fresh = {each for each, owner in owners.items() if owner is None}
            outcomes = []
            for append in (appends[index] for index in indexes):
                outcomes.append(self._log.place(append, wanted, owners, fresh))
                fresh -= {event.id for event in append.events}
            return outcomes

        outcomes = dict[int, Outcome]()
        for indexes, found in zip(turns.values(), blocking_each(in_turn, list(turns.values())), strict=True):
            outcomes.update(zip(indexes, found, strict=True))
        return [outcomes[index] for index in range(len(appends))]


class Log:
    """The native side: called in native threads only, with native locks of its own."""

    def __init__(self, url: str) -> None:
        threading = native("threading")
        self._sleep = native("time").sleep
        self._url = url
        self._connecting = threading.Lock()
        self._connected: kurrent.KurrentDBClient | None = None
        self._several_streams = True
        self._tail = Tail(self, threading)

    @property
    def client(self) -> kurrent.KurrentDBClient:
        with self._connecting:
            if self._connected is None:
                self._connected = kurrent.KurrentDBClient(self._url)
            return self._connected

    def close(self) -> None:
        self._tail.stop()
        if self._connected is not None:
            self._connected.close()

    def read(self, stream: str, after: int = NO_STREAM, limit: int | None = None) -> list[Recorded]:
        try:
            with reaching():
                found = self.client.get_stream(
                    stream, stream_position=after + 1, limit=limit or sys.maxsize, timeout=TIMEOUT_SECONDS
                )
        except failures.NotFoundError:
            return []
        return [_recorded(each) for each in found]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        """A server reads from an event's own position, that event included; `after` may be any number.

        So it is read from `after`, or else from the next number, as for `read_all(position - 1, …)`, or else from the
        beginning, which is slow and right.
        """
        for start in (after, after + 1, 0):
            try:
                return self._read_from(start, after, limit)
            except NO_POSITION as error:
                nowhere = error
        raise StoreUnavailable(str(nowhere)) from nowhere

    def _read_from(self, start: int, after: int, limit: int) -> list[Recorded]:
        """Once more if a leader is lost: the client finds the new one, but not while it reads on."""
        try:
            return self._read_on(start, after, limit)
        except StoreUnavailable:
            self.head()
            return self._read_on(start, after, limit)

    def _read_on(self, start: int, after: int, limit: int) -> list[Recorded]:
        found: list[Recorded] = []
        with reaching(but=NO_POSITION):
            events = self.client.read_all(
                commit_position=start or None,
                limit=limit + 1 if start else sys.maxsize,
                timeout=max(TIMEOUT_SECONDS, limit / SLOWEST_READ),
                filter_exclude=HIDDEN,
                filter_by_stream_name=True,
            )
            with events:
                for event in events:
                    if event.commit_position > after:
                        found.append(_recorded(event))
                    if len(found) == limit:
                        break
        return found

    def head(self) -> int:
        with reaching():
            return self.client.get_commit_position(
                timeout=TIMEOUT_SECONDS, filter_exclude=HIDDEN, filter_by_stream_name=True
            )

    def wait(self, after: int, timeout: float) -> int:
        return self._tail.wait(after, timeout)

    def claim(self, wanted: tuple[UUID, str]) -> str | None:
        """Keeps an event's id for a stream; None if that is new, else the stream that has it already."""
        claim = _claim(*wanted)
        with reaching():
            try:
                self.client.append_to_stream(
                    claim.stream_name,
                    events=claim.events,
                    current_version=claim.current_version,
                    timeout=TIMEOUT_SECONDS,
                )
                return None
            except failures.WrongCurrentVersionError:
                first = self.client.get_stream(claim.stream_name, limit=1, timeout=TIMEOUT_SECONDS)[0]
        return str(json.loads(first.data)["stream"])

    def write_together(self, appends: Sequence[Append]) -> bool:
        if not self._several_streams:
            return False
        parts = [_claim(event.id, append.stream) for append in appends for event in append.events]
        for append in appends:
            events = [_several(event) for event in append.events]
            parts.append(kurrent.NewEvents(append.stream, events, _state(append.expected)))
        try:
            self.client.multi_append_to_stream(parts, timeout=TIMEOUT_SECONDS)
        except (failures.KurrentDBClientError, ValueError) as error:
            self._several_streams = "StatusCode.UNIMPLEMENTED" not in str(error)
            return False
        return True

    def place(
        self, append: Append, wanted: dict[UUID, str], owners: dict[UUID, str | None], fresh: set[UUID]
    ) -> Outcome:
        """Where an append went whose ids are claimed; ids that are not `fresh` may be in the log already."""
        try:
            for event in append.events:
                if (owners[event.id] or wanted[event.id]) != append.stream:
                    raise IdConflict(str(event.id))
            if fresh.issuperset(event.id for event in append.events):
                return self._write(append)
            already = self._already(append)
            return already if already.idempotent else self._write(append)
        except AppendError as error:
            return error

    def _already(self, append: Append) -> Appended:
        stream = self.read(append.stream)
        known = {each.id: Known(each.stream, each.version, each.position, each.type, each.data) for each in stream}
        planned = Planner(0, known, {each.stream: each.version for each in stream}).place(append)
        if isinstance(planned, AppendError):
            raise planned
        return planned

    def _write(self, append: Append) -> Appended:
        """Only ever the same ids at the same expected version, so that trying again can store nothing twice."""
        events = [kurrent.NewEvent(e.type, e.data, e.meta, id=e.id) for e in append.events]
        for pause in (*RETRY_SECONDS, None):
            failure: Exception | None = None
            try:
                self.client.append_to_stream(
                    append.stream,
                    events=events,
                    current_version=_state(append.expected),
                    timeout=TIMEOUT_SECONDS,
                )
            except failures.WrongCurrentVersionError as error:
                raise Conflict(append.stream, _version(error.actual_version)) from error
            except TOO_LARGE as error:
                raise Unacceptable(str(error)) from error
            except UNREACHED as error:
                failure = error
            try:
                written = self.written(append)
            except StoreUnavailable as error:
                written, failure = None, failure or error
            if written is not None:
                return written
            if pause is None:
                raise StoreUnavailable(f"undecided whether {append.stream} was written: {failure}") from failure
            self._sleep(pause)
        raise AssertionError("the last pause is None")

    def written(self, append: Append) -> Appended | None:
        """What the leader holds where these events belong; None if they are not there."""
        found = self.read(append.stream, append.expected, limit=len(append.events))
        if [each.id for each in found] != [each.id for each in append.events]:
            return None
        for event, there in zip(append.events, found, strict=True):
            if (there.type, there.data) != (event.type, event.data):
                raise IdConflict(str(event.id))
        return Appended(found[0].position, found[-1].position, found[-1].version)


class Tail:
    """The last position of the log, followed by a live subscription that is opened again whenever it breaks."""

    def __init__(self, log: Log, threading: Any) -> None:
        self._log = log
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="kurrent-tail", daemon=True)
        self._started = self._stopped = False
        self._head = 0
        self._events: Any = None

    def wait(self, after: int, timeout: float) -> int:
        with self._moved:
            first, self._started = not self._started, True
        if first:
            with suppress(StoreUnavailable):
                self._move(self._log.head())
            self._thread.start()
        with self._moved:
            self._moved.wait_for(lambda: self._head > after or self._stopped, timeout)
            return self._head

    def stop(self) -> None:
        with self._moved:
            self._stopped = True
            self._moved.notify_all()
        if self._events is not None:
            self._events.stop()

    def _run(self) -> None:
        while not self._stopped:
            with suppress(failures.KurrentDBClientError, StoreUnavailable, ValueError):  # told by the next read
                self._follow()
            with self._moved:
                self._moved.wait_for(lambda: self._stopped, RESUBSCRIBE_SECONDS)

    def _follow(self) -> None:
        self._move(self._log.head())
        self._events = self._log.client.subscribe_to_all(
            commit_position=self._head or None, filter_exclude=HIDDEN, filter_by_stream_name=True
        )
        with self._events:
            for event in self._events:
                self._move(event.commit_position)

    def _move(self, position: int) -> None:
        with self._moved:
            self._head = max(self._head, position)
            self._moved.notify_all()


@contextmanager
def reaching(but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    try:
        yield
    except but:
        raise
    except UNREACHED as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
    except ValueError as error:  # grpc's word for a channel that another thread has just replaced
        if "channel" not in str(error).lower():
            raise
        raise StoreUnavailable(str(error)) from error


def _connection_string(url: str) -> str:
    """With keep-alive, so that a subscription notices a dead line; reads from followers are refused."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = {name.lower(): value for name, value in options.items()}
    if given.get("nodepreference", "leader").lower() != "leader":
        raise ValueError("the log is read from the leader: leave NodePreference out of the address")
    options.update({name: value for name, value in DEFAULTS.items() if name.lower() not in given})
    return urlunsplit(parts._replace(query=urlencode(options)))


def _claim(event_id: UUID, stream: str) -> kurrent.NewEvents:
    claimed = kurrent.NewEvent(CLAIMED, json.dumps({"stream": stream}).encode(), id=uuid4())
    return kurrent.NewEvents(f"{CLAIMS}{event_id}", [claimed], kurrent.StreamState.NO_STREAM)


def _several(event: NewEvent) -> kurrent.NewEvent:
    return kurrent.NewEvent(event.type, event.data, json.dumps({META: event.meta.decode()}).encode(), id=event.id)


def _state(expected: int) -> int | kurrent.StreamState:
    return kurrent.StreamState.NO_STREAM if expected == NO_STREAM else expected


def _version(state: object) -> int:
    return state if isinstance(state, int) else NO_STREAM


def _recorded(event: kurrent.RecordedEvent) -> Recorded:
    assert event.recorded_at is not None, "the server stamps every event"
    meta = event.metadata
    properties = json.loads(meta)
    if META in properties:
        meta = properties[META].encode()
    return Recorded.of_row(
        str(event.id),
        event.type,
        event.stream_name,
        event.stream_position,
        event.commit_position,
        event.recorded_at,
        event.data,
        meta,
    )
