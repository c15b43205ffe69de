"""Tells open pages what changed. A frame names the kind of change; the page then asks for what it may see.

Each change is encoded once for its topic, whose listeners are those who may see it, and given to all of them by one
broadcaster: a generator for each listener would cost several times as much. How many have voted stands in the frame
itself, or else a hall of thousands would ask for it five times a second.
"""

import asyncio
import json
import random
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from prometheus_client import Gauge

from gateway.listener import Frame, Listener, frame, in_order
from kernel.messages import Event, Recorded

NAMES = (
    "agenda",
    "sitting",
    "poll",
    "ballots",
    "my_ballot",
    "conclusion",
    "minutes",
    "task",
    "document",
    "opinion",
    "official",
    "directory",
)
REMEMBERED = 20_000
KEEP_ALIVE_SECONDS = (4, 8)
"""Between these, by chance, a stream is looked at: whether its person may still follow it. The line is kept open so."""
SECONDS_BETWEEN_FRAMES = 0.2

CLIENTS = Gauge("dienhong_sse_clients", "Open live streams.")

Turnout = Callable[[str], tuple[int, int]]
"""How many have voted in a poll, and how many may."""
Entitled = Callable[[Sequence[Listener]], Sequence[bool]]


About = tuple[str, str, str]
"""Topic, kind of change, and the poll if it is about ballots."""


class Change(NamedTuple):
    """`poll_id` where it is ballots of a poll that moved."""

    topic: str
    name: str
    position: int
    poll_id: str = ""


@dataclass(eq=False)
class Topic:
    """Who follows it, and what they have not been told yet."""

    listeners: set[Listener] = field(default_factory=set)
    pending: dict[str, int] = field(default_factory=dict)
    polls: set[str] = field(default_factory=set)
    turnout: dict[str, tuple[int, int]] = field(default_factory=dict)
    told_at: float = float("-inf")
    will_tell: bool = False


class Live:
    def __init__(
        self,
        meeting_of_poll: Callable[[str], str | None],
        meeting_of_official: Callable[[str], str | None] = lambda _official_id: None,
    ) -> None:
        self._meeting_of_poll = meeting_of_poll
        self._meeting_of_official = meeting_of_official
        self._meetings: dict[str, str] = {}
        self._topics: dict[str, Topic] = {}
        self._listeners: set[Listener] = set()
        self._held: Counter[str] = Counter()
        self.rights_moved_at = 0
        self._recent: OrderedDict[tuple[str, str], Change] = OrderedDict()
        self._complete_since = self._newest = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.Task[None] | None = None
        self.stopping = asyncio.Event()

    def bind(
        self,
        loop: asyncio.AbstractEventLoop,
        position: Callable[[], int],
        turnout: Turnout = lambda _poll_id: (0, 0),
        entitled: Entitled = lambda listeners: [True] * len(listeners),
    ) -> None:
        """What the views applied up to `position` was not remembered: this process was not serving yet.

        `turnout` and `entitled` may block; they are called in other threads.
        """
        self._loop = loop
        self._complete_since = position()
        self._turnout = turnout
        self._entitled = entitled

    def stop(self) -> None:
        """Ends every stream at once, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop)

    def applied(self, batch: Sequence[tuple[Recorded, Event]]) -> None:
        """Called by the views, from their thread, once the batch is visible. No ballot changes who may see what."""
        self.rights_moved_at = max(
            (recorded.position for recorded, _ in batch if recorded.type != "BallotCast"), default=self.rights_moved_at
        )
        latest = {about: recorded.position for recorded, _ in batch for about in self._about(recorded)}
        changes = [Change(topic, name, at, poll_id) for (topic, name, poll_id), at in latest.items()]
        if self._loop is not None and changes and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed, sorted(changes, key=attrgetter("position")))

    def followed_by(self, holder: str) -> int:
        """How many streams somebody has open."""
        return self._held[holder]

    def join(self, listener: Listener, after: int | None) -> None:
        """From now on it is told what changes; first, what has come after `after`."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())
        listener.due = self._next_look()
        self._listeners.add(listener)
        self._held[listener.holder] += 1
        for name in listener.topics:
            self._topics.setdefault(name, Topic()).listeners.add(listener)
        CLIENTS.set(len(self._listeners))
        if missed := self._missed(listener.topics, after):
            listener.tell(missed, in_order(missed))
        if self.stopping.is_set():
            listener.end()

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self._held[listener.holder] -= 1
        if not self._held[listener.holder]:
            del self._held[listener.holder]
        for name in listener.topics:
            topic = self._topics[name]
            topic.listeners.discard(listener)
            if not topic.listeners and not topic.will_tell:
                del self._topics[name]
        CLIENTS.set(len(self._listeners))

    def _stop(self) -> None:
        self.stopping.set()
        for listener in self._listeners:
            listener.end()
        if self._looking is not None:
            self._looking.cancel()

    def _changed(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._remember(change)
            topic = self._topics.get(change.topic)
            if topic is None:
                continue
            topic.pending[change.name] = change.position
            if change.poll_id:
                topic.polls.add(change.poll_id)
            if not topic.will_tell:
                topic.will_tell = True
                loop = asyncio.get_running_loop()
                loop.call_at(topic.told_at + SECONDS_BETWEEN_FRAMES, self._tell_soon, change.topic, topic)

    def _remember(self, change: Change) -> None:
        """The latest of each kind in each topic."""
        about = change.topic, change.name
        self._recent[about] = change
        self._recent.move_to_end(about)
        self._newest = change.position
        if len(self._recent) > REMEMBERED:
            _, forgotten = self._recent.popitem(last=False)
            self._complete_since = forgotten.position

    def _tell_soon(self, name: str, topic: Topic) -> None:
        if not topic.polls:
            self._tell(name, topic)
            return
        polls, topic.polls = topic.polls, set()
        counting = asyncio.get_running_loop().run_in_executor(None, self._counted, polls)
        counting.add_done_callback(lambda done: self._tell(name, topic, {} if done.exception() else done.result()))

    def _counted(self, polls: set[str]) -> dict[str, tuple[int, int]]:
        return {poll_id: self._turnout(poll_id) for poll_id in polls}

    def _tell(self, name: str, topic: Topic, turnout: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Whatever came up to this moment; what comes later is told after a pause."""
        topic.turnout.update(turnout or {})
        pending, topic.pending = topic.pending, {}
        frames = [frame(kind, at, data(kind, topic)) for kind, at in pending.items()]
        together = in_order(frames)
        for listener in topic.listeners:
            listener.tell(frames, together)
        topic.told_at = asyncio.get_running_loop().time()
        topic.will_tell = False
        if not topic.listeners:
            self._topics.pop(name, None)

    async def _look(self) -> None:
        """Ends the streams of those who may follow no more, and keeps the lines of the others open."""
        loop = asyncio.get_running_loop()
        while not self.stopping.is_set():
            await asyncio.sleep(1)
            due = [each for each in self._listeners if each.due <= loop.time()]
            if not due:
                continue
            for each in due:
                each.due = self._next_look()
            entitled = await loop.run_in_executor(None, self._entitled, due)
            for each, may in zip(due, entitled, strict=True):
                each.keep_open() if may else each.end()

    @staticmethod
    def _next_look() -> float:
        return asyncio.get_running_loop().time() + random.uniform(*KEEP_ALIVE_SECONDS)

    def _missed(self, topics: frozenset[str], after: int | None) -> list[Frame]:
        """For whom was away longer than is remembered, everything may have changed."""
        if after is None:
            return []
        if after < self._complete_since:
            newest = max(self._newest, self._complete_since)
            return [frame(name, newest, data(name, Topic())) for name in NAMES]
        found = [each for topic in topics for name in NAMES if (each := self._recent.get((topic, name)))]
        latest = {each.name: each for each in sorted(found, key=lambda each: each.position) if each.position > after}
        return [frame(name, each.position, data(name, self._topics[each.topic])) for name, each in latest.items()]

    def _about(self, recorded: Recorded) -> tuple[About, ...]:
        category, _, key = recorded.stream.partition("-")
        first, _, second = key.partition("+")
        match category:
            case "ballot":
                return (*self._in_meeting_of(first, "ballots", first), (f"me-{second}", "my_ballot", ""))
            case "meeting":
                return ((f"meeting-{first}", "agenda", ""),)
            case "sitting" | "conclusion" | "minutes":
                return ((f"meeting-{first}", category, ""),)
            case "poll":
                return self._in_meeting_of(first, "poll", "")
            case "dictation":
                return self._in_meeting_of(first, "ballots", first)
            case "opinionForm" | "answer" | "opinionReport":
                return (("opinions", "opinion", ""),)
            case "official":
                return ("officials", "official", ""), *self._in_meeting_of_official(first)
            case "signing" | "incoming" | "copy" | "register":
                return (("officials", "official", ""),)
            case "task" | "document":
                return (recorded.stream, category, ""), (f"{category}s", category, "")
            case _:
                return (("directory", "directory", ""),)

    def _in_meeting_of_official(self, official_id: str) -> tuple[About, ...]:
        """A draft may come to follow from another meeting, so it is asked each time."""
        meeting_id = self._meeting_of_official(official_id)
        return ((f"meeting-{meeting_id}", "official", ""),) if meeting_id else ()

    def _in_meeting_of(self, poll_id: str, name: str, about: str) -> tuple[About, ...]:
        meeting_id = self._meetings.get(poll_id) or self._meeting_of_poll(poll_id)
        if meeting_id is None:
            return ()
        self._meetings[poll_id] = meeting_id
        return ((f"meeting-{meeting_id}", name, about),)


def data(name: str, topic: Topic) -> str:
    """Of ballots, the turnout by poll. Of anything else how many are told, so that they do not all ask at once."""
    return json.dumps({"turnout": topic.turnout} if name == "ballots" else {"among": len(topic.listeners)})
