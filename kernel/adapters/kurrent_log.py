"""The native side of the log in KurrentDB: called in native threads only, under `kernel.offload`."""

import json
import sys
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from kernel.adapters.appending import Placed, Planner
from kernel.adapters.kurrent_client import NO_POSITION, TOO_LARGE, UNREACHED, failures, kurrent, reaching
from kernel.adapters.kurrent_tail import Tail
from kernel.messages import NewEvent, Recorded
from kernel.offload import native
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

TIMEOUT_SECONDS = 10.0
SLOWEST_READ = 1000
"""Events a second; longer reads are given longer."""
RETRY_SECONDS = (0.1, 0.5, 2.0)

CLAIMS = "id-"
CLAIMED = "IdClaimed"
META = "meta"
"""Appends to several streams know metadata only as properties: this one holds ours whole, byte for byte."""

HIDDEN = (r"\$.*", f"{CLAIMS}.*")
"""Streams of $all that are not of the log: the server's own, and the claims."""

Outcome = Appended | AppendError


class Log:
    """Its locks are native, too."""

    def __init__(self, url: str, retry_seconds: Sequence[float] = RETRY_SECONDS) -> None:
        threading = native("threading")
        self._retry_seconds = retry_seconds
        self._sleep = native("time").sleep
        self._url = url
        self._connecting = threading.Lock()
        self._connected: kurrent.KurrentDBClient | None = None
        self._several_streams = True
        self._tail = Tail(self.head, self._subscribe, threading)

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

    def _subscribe(self, after: int) -> Any:
        return self.client.subscribe_to_all(
            commit_position=after or None, filter_exclude=HIDDEN, filter_by_stream_name=True
        )

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
        known = {
            each.id: Placed(
                each.position, each.stream, each.version, NewEvent(each.id, each.type, each.data, each.meta)
            )
            for each in stream
        }
        planned = Planner(0, known, {each.stream: each.version for each in stream}).place(append)
        if isinstance(planned, AppendError):
            raise planned
        return planned

    def _write(self, append: Append) -> Appended:
        """Only ever the same ids at the same expected version, so that trying again can store nothing twice."""
        events = [kurrent.NewEvent(e.type, e.data, e.meta, id=e.id) for e in append.events]
        for pause in (*self._retry_seconds, None):
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
