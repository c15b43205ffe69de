"""Tells open pages what changed. A frame names the kind of change; the page then asks for what it may see."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from prometheus_client import Gauge

from kernel.messages import Event, Recorded

NAMES = ("agenda", "sitting", "poll", "ballots", "conclusion", "minutes", "task", "document", "opinion", "directory")
REMEMBERED = 2000
KEEP_ALIVE_SECONDS = (4, 8)
"""Between these, by chance: streams that heard the same change do not all wake at the same moment later."""
SECONDS_BETWEEN_FRAMES = 0.2

CLIENTS = Gauge("dienhong_sse_clients", "Open live streams.")


@dataclass(frozen=True, slots=True)
class Change:
    topic: str
    name: str
    position: int


@dataclass(eq=False)
class Listener:
    """Holds the latest position per kind of change: a slow reader skips to the newest and nothing queues up."""

    topics: frozenset[str]
    pending: dict[str, int] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    def __init__(self, meeting_of_poll: Callable[[str], str | None]) -> None:
        self._meeting_of_poll = meeting_of_poll
        self._listeners: set[Listener] = set()
        self._recent: deque[Change] = deque(maxlen=REMEMBERED)
        self._complete_since = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopping = asyncio.Event()

    def bind(self, loop: asyncio.AbstractEventLoop, position: Callable[[], int]) -> None:
        """What the views applied up to `position` was not remembered: this process was not serving yet."""
        self._loop = loop
        self._complete_since = position()

    def stop(self) -> None:
        """Ends every stream at once, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.stopping.set)

    def applied(self, batch: Sequence[tuple[Recorded, Event]]) -> None:
        """Called by the views, from their thread, once the batch is visible."""
        latest = {(topic, name): recorded.position for recorded, _ in batch for topic, name in self._about(recorded)}
        changes = sorted((Change(*about, at) for about, at in latest.items()), key=lambda each: each.position)
        if self._loop is not None and changes and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._fan_out, changes)

    async def follow(self, topics: frozenset[str], after: int | None) -> AsyncIterator[tuple[str, int] | None]:
        """Kinds of change with their position, beginning with what came after `after`; None keeps the line open."""
        listener = Listener(topics)
        self._listeners.add(listener)
        CLIENTS.set(len(self._listeners))
        listener.pending.update(self._missed(topics, after))
        try:
            while not self.stopping.is_set():
                pending, listener.pending = listener.pending, {}
                listener.wake.clear()
                for name, position in sorted(pending.items(), key=lambda each: each[1]):
                    yield name, position
                if pending:
                    await self._wait(self.stopping, SECONDS_BETWEEN_FRAMES)
                elif not await self._wait_for_change(listener):
                    yield None
        finally:
            self._listeners.discard(listener)
            CLIENTS.set(len(self._listeners))

    async def _wait_for_change(self, listener: Listener) -> bool:
        waits = {asyncio.ensure_future(each.wait()) for each in (self.stopping, listener.wake)}
        try:
            done, _ = await asyncio.wait(
                waits, timeout=random.uniform(*KEEP_ALIVE_SECONDS), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for each in waits:
                each.cancel()
        return bool(done)

    @staticmethod
    async def _wait(event: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return

    def _fan_out(self, changes: list[Change]) -> None:
        for change in changes:
            if len(self._recent) == REMEMBERED:
                self._complete_since = self._recent[0].position
            self._recent.append(change)
        for listener in self._listeners:
            mine = {change.name: change.position for change in changes if change.topic in listener.topics}
            if mine:
                listener.pending.update(mine)
                listener.wake.set()

    def _missed(self, topics: frozenset[str], after: int | None) -> dict[str, int]:
        """In the order of the log. For whom was away longer than is remembered, everything may have changed."""
        if after is None:
            return {}
        if after < self._complete_since:
            newest = self._recent[-1].position if self._recent else self._complete_since
            return dict.fromkeys(NAMES, newest)
        return {each.name: each.position for each in self._recent if each.position > after and each.topic in topics}

    def _about(self, recorded: Recorded) -> Iterator[tuple[str, str]]:
        category, _, key = recorded.stream.partition("-")
        first = key.partition("+")[0]
        match category:
            case "meeting":
                yield f"meeting-{first}", "agenda"
            case "sitting" | "conclusion" | "minutes":
                yield f"meeting-{first}", category
            case "poll" | "ballot" | "dictation":
                meeting_id = self._meeting_of_poll(first)
                if meeting_id is not None:
                    yield f"meeting-{meeting_id}", "poll" if category == "poll" else "ballots"
            case "opinionForm" | "answer" | "opinionReport":
                yield "opinions", "opinion"
            case "task" | "document":
                yield recorded.stream, category
                yield f"{category}s", category
            case _:
                yield "directory", "directory"
