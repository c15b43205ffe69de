"""One open live stream: it is given frames as they come, or, where its line is slower, the latest of each kind."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


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
    """`write` sends bytes and waits while the line is full. Only the event loop's thread may use a listener."""

    def __init__(
        self, topics: frozenset[str], write: Callable[[bytes], Coroutine[Any, Any, None]], holder: str = ""
    ) -> None:
        self.topics = topics
        self.holder = holder
        self.due = 0.0
        self.ended = asyncio.Event()
        self._write = write
        self._latest: dict[str, Frame] = {}
        self._writing: asyncio.Task[None] | None = None

    def tell(self, frames: Sequence[Frame], together: bytes) -> None:
        """`together`: all the frames. Nothing queues up: while the line is full, the latest of each kind is kept."""
        if self._writing is None:
            self._begin(together)
        else:
            self._latest.update((each.name, each) for each in frames)

    def keep_open(self) -> None:
        if self._writing is None:
            self._begin(STILL_HERE)

    def end(self) -> None:
        self.ended.set()

    def _begin(self, text: bytes) -> None:
        """Mostly the line has room and this is all; a task costs several times as much as the writing itself."""
        if self.ended.is_set():
            return
        writing = self._write(text)
        try:
            waits_for = writing.send(None)
        except StopIteration:
            return
        except (OSError, RuntimeError):  # whoever listened is gone
            self.end()
            return
        self._writing = asyncio.ensure_future(self._finish(Rest(writing, waits_for)))

    async def _finish(self, rest: Awaitable[None]) -> None:
        try:
            await rest
            while self._latest and not self.ended.is_set():
                latest, self._latest = self._latest, {}
                await self._write(in_order(latest.values()))
        except (OSError, RuntimeError):
            self.end()
        finally:
            self._writing = None


class Rest:
    """What is left of a coroutine that has run up to where it waits for something."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, None, None]:
        while True:
            yield self._waits_for
            try:
                self._waits_for = self._coroutine.send(None)
            except StopIteration:
                return


def in_order(frames: Iterable[Frame]) -> bytes:
    """In the order of the log."""
    return b"".join(each.text for each in sorted(frames, key=lambda each: each.position))
