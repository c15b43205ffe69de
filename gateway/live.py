"""Tells open pages what changed. A frame names the kind of change; the page then asks for what it may see."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from prometheus_client import Gauge

from kernel.messages import Event, Recorded

NAMES = ("agenda", "sitting", "poll", "ballots", "conclusion", "minutes", "task", "document", "directory")
REMEMBERED = 2000
KEEP_ALIVE_SECONDS = 15
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
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopping = asyncio.Event()

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def stop(self) -> None:
        """Ends every stream at once, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.stopping.set)

    def applied(self, batch: Sequence[tuple[Recorded, Event]]) -> None:
        """Called by the views, from their thread, once the batch is visible."""
        latest = {(topic, name): recorded.position for recorded, _ in batch for topic, name in self._about(recorded)}
        changes = [Change(topic, name, position) for (topic, name), position in latest.items()]
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
            done, _ = await asyncio.wait(waits, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
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
        self._recent.extend(changes)
        for listener in self._listeners:
            mine = {change.name: change.position for change in changes if change.topic in listener.topics}
            if mine:
                listener.pending.update(mine)
                listener.wake.set()

    def _missed(self, topics: frozenset[str], after: int | None) -> dict[str, int]:
        if after is None or not self._recent or after >= self._recent[-1].position:
            return {}
        if after < self._recent[0].position and len(self._recent) == REMEMBERED:
            return dict.fromkeys(NAMES, self._recent[-1].position)
        return {each.name: each.position for each in self._recent if each.position > after and each.topic in topics}

    def _about(self, recorded: Recorded) -> Iterator[tuple[str, str]]:
        category, _, key = recorded.stream.partition("-")
        first = key.partition("+")[0]
        match category:
            case "meeting":
                yield f"meeting-{first}", "agenda"
            case "sitting" | "conclusion" | "minutes":
                yield f"meeting-{first}", category
            case "poll" | "ballot":
                meeting_id = self._meeting_of_poll(first)
                if meeting_id is not None:
                    yield f"meeting-{meeting_id}", "poll" if category == "poll" else "ballots"
            case "task" | "document":
                yield recorded.stream, category
                yield f"{category}s", category
            case _:
                yield "directory", "directory"
