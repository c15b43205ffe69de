"""One open live stream: it is given frames as they come, or, where its line is slower, the latest of each kind."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """A kind of change up to `position`, as every listener of its topic gets it."""

    name: str
    position: int
    text: bytes


def frame(name: str, position: int, data: str) -> Frame:
    return Frame(name, position, f"event: {name}\nid: {position}\ndata: {data}\n\n".encode())


STILL_HERE = b": still here\n\n"


class Listener:
    """`push` sends bytes and says what to wait for if the line is full. Only the event loop's thread may use it."""

    def __init__(
        self, topics: frozenset[str], push: Callable[[bytes], Awaitable[None] | None], holder: str = ""
    ) -> None:
        self.topics = topics
        self.holder = holder
        self.due = 0.0
        self.ended = asyncio.Event()
        self._push = push
        self._latest: dict[str, Frame] = {}
        self._waiting: asyncio.Task[None] | None = None

    def tell(self, frames: Sequence[Frame], together: bytes) -> None:
        """`together`: all the frames. Nothing queues up: while the line is full, the latest of each kind is kept."""
        if self._waiting is None:
            self._send(together)
        else:
            self._latest.update((each.name, each) for each in frames)

    def keep_open(self) -> None:
        if self._waiting is None:
            self._send(STILL_HERE)

    def end(self) -> None:
        self.ended.set()

    def _send(self, text: bytes) -> None:
        """Mostly the line has room and this is all; a task costs several times as much as the writing itself."""
        if not self.ended.is_set() and (room := self._push(text)) is not None:
            self._waiting = asyncio.ensure_future(self._go_on(room))

    async def _go_on(self, room: Awaitable[None]) -> None:
        await room
        self._waiting = None
        if self._latest:
            latest, self._latest = self._latest, {}
            self._send(in_order(latest.values()))


def in_order(frames: Iterable[Frame]) -> bytes:
    """In the order of the log."""
    return b"".join(each.text for each in sorted(frames, key=lambda each: each.position))
