"""What stores that plan positions themselves share: limits, where each event goes, commits shared by many callers."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from kernel.messages import NewEvent
from kernel.ports import (
    MAX_EVENT_BYTES,
    MAX_EVENTS_PER_APPEND,
    NO_STREAM,
    Append,
    Appended,
    AppendError,
    Conflict,
    IdConflict,
    PartialDuplicate,
    StoreUnavailable,
    Unacceptable,
)

Outcome = Appended | AppendError


class Placed(NamedTuple):
    """An event at its place in the log; of one that was read back to be compared, `meta` does not matter."""

    position: int
    stream: str
    version: int
    event: NewEvent


class Planner:
    """Decides where each append of one commit goes, seeing what the earlier ones of the same commit placed.

    `known` holds the stored events with any of the appends' ids, or is None while all are taken for new; `versions`
    the last version of each of their streams that exists, `head` the last position of the log.
    """

    def __init__(self, head: int, known: Mapping[UUID, Placed] | None, versions: Mapping[str, int]) -> None:
        self.head = head
        self.placed: list[Placed] = []
        self._known = None if known is None else dict(known)
        self._versions = dict(versions)

    def place(self, append: Append) -> Outcome:
        try:
            check_acceptable(append)
            return self._already(append) or self._new(append)
        except AppendError as error:
            return error

    def _already(self, append: Append) -> Appended | None:
        if self._known is None:
            return None
        known = [self._known.get(event.id) for event in append.events]
        if known.count(None) == len(known):
            return None
        for offset, (event, found) in enumerate(zip(append.events, known, strict=True), start=1):
            if found is None:
                raise PartialDuplicate(append.stream)
            same_place = found.stream == append.stream and found.version == append.expected + offset
            if not same_place or found.event.type != event.type or found.event.data != event.data:
                raise IdConflict(str(event.id))
        positions = [found.position for found in known if found is not None]
        return Appended(positions[0], positions[-1], append.expected + len(positions), idempotent=True)

    def _new(self, append: Append) -> Appended:
        stream, events, expected = append
        version = self._versions.get(stream, NO_STREAM)
        if version != expected:
            raise Conflict(stream, version)
        for position, event in enumerate(events, start=self.head + 1):
            version += 1
            placed = Placed(position, stream, version, event)
            self.placed.append(placed)
            if self._known is not None:
                self._known[event.id] = placed
        self._versions[stream] = version
        first, self.head = self.head + 1, self.head + len(events)
        return Appended(first, self.head, version)


class Waiting:
    """One caller's appends and, once they are `done`, their outcomes. `must_commit`: this caller, for all who wait.

    `called` is let go when one of both is so: a bare lock, which takes a fraction of what an `Event` takes to make,
    to wait for and to set.
    """

    __slots__ = ("appends", "outcomes", "failure", "done", "must_commit", "called")

    def __init__(self, appends: Sequence[Append]) -> None:
        self.appends = appends
        self.outcomes: list[Outcome] = []
        self.failure: Exception | None = None
        self.done = False
        self.must_commit = False
        self.called = threading.Lock()
        self.called.acquire()


class SharedCommits:
    """Appends that queue up while a commit is under way go together into the next one.

    `commit` stores durably what it can of many callers' appends and gives each its outcome, in order. One caller at a
    time commits for all that wait, then calls the first of those that came meanwhile. A plain lock instead would go to
    whoever has just been served, who would commit alone while the others still wake up.
    """

    def __init__(self, commit: Callable[[Sequence[Append]], list[Outcome]]) -> None:
        self._commit = commit
        self._queue: list[Waiting] = []
        self._under_way = False
        self._access = threading.Lock()

    def append(self, append: Append) -> Appended:
        outcome = self.append_each([append])[0]
        if isinstance(outcome, AppendError):
            raise outcome
        return outcome

    def append_each(self, appends: Sequence[Append]) -> list[Outcome]:
        mine = Waiting(appends)
        with self._access:
            self._queue.append(mine)
            must_wait, self._under_way = self._under_way, True
        if must_wait:
            self._wait(mine)
        if not mine.done:
            self._commit_queue()
        if mine.failure is not None:
            raise mine.failure
        return mine.outcomes

    def _wait(self, mine: Waiting) -> None:
        try:
            mine.called.acquire()
        except BaseException:  # ended while it waits: it must neither be stored nor keep the turn
            with self._access:
                self._queue = [each for each in self._queue if each is not mine]
            if mine.must_commit:
                self._call([])
            raise

    def _commit_queue(self) -> None:
        with self._access:
            batch, self._queue = self._queue, []
        try:
            outcomes = iter(self._commit([each for waiting in batch for each in waiting.appends]))
            for waiting in batch:
                waiting.outcomes = [next(outcomes) for _ in waiting.appends]
        except Exception as failure:  # raised again by each caller whose appends share this commit
            for waiting in batch:
                waiting.failure = failure
        except BaseException:  # the one who commits is being ended; the others must not take that for an answer
            for waiting in batch:
                waiting.failure = StoreUnavailable("the commit was interrupted")
            raise
        finally:
            self._call(batch)

    def _call(self, done: Sequence[Waiting]) -> None:
        for waiting in done:
            waiting.done = True
        with self._access:
            self._under_way = bool(self._queue)
            following = self._queue[:1]
            for waiting in following:
                waiting.must_commit = True
        for waiting in (*done, *following):
            waiting.called.release()


def check_acceptable(append: Append) -> None:
    """Limits of one append, refused before any write (413/422 on the wire)."""
    events = append.events
    if not events or len(events) > MAX_EVENTS_PER_APPEND:
        raise Unacceptable(f"an append holds 1 to {MAX_EVENTS_PER_APPEND} events")
    if len(events) > 1 and len({event.id for event in events}) != len(events):
        raise Unacceptable("an append names one id twice")
    check_name(append.stream)
    for event in events:
        check_name(event.type)
        if len(event.data) > MAX_EVENT_BYTES:
            raise Unacceptable(f"an event holds at most {MAX_EVENT_BYTES} bytes")
        if b"\0" in event.data or b"\0" in event.meta:
            raise Unacceptable("event data holds no NUL")
        try:
            event.data.decode()
            event.meta.decode()
        except UnicodeDecodeError as error:
            raise Unacceptable("event data is UTF-8 text") from error


def check_name(text: str) -> None:
    if not text or not text.isprintable() or len(text) > 255:
        raise Unacceptable("stream and type are 1 to 255 printable characters")
