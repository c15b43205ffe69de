"""Ballots on their way to the voting service: all that queue up while a batch is under way go as the next one."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from prometheus_client import Counter, Gauge

from kernel.decider import Refused
from services.voting.urn import Receipt

CAPACITY = 10_000
"""Ballots that may wait: about half a second's work of a small machine. More are told at once to come back."""
BATCH = 500

WAITING = Gauge("dienhong_ballots_waiting", "Ballots that wait for the batch under way.")
TURNED_AWAY = Counter("dienhong_ballots_turned_away", "Ballots answered with 503 because too many waited already.")

Answer = Receipt | Refused | Exception
"""`Exception`: what the whole batch failed with; its ballots may be recorded or not, and are to be sent again."""


@dataclass(eq=False, slots=True)
class Casting:
    """One ballot as it was asked for; `reply` is called in `loop` with the answer.

    `key` and `asked`: the Idempotency-Key and what it was given for.
    """

    token: str
    poll_id: UUID
    choice: str
    marks: tuple[str, ...]
    traceparent: str
    key: UUID | None
    asked: str
    loop: asyncio.AbstractEventLoop
    reply: Callable[[Answer], None]


class BallotQueue:
    """Bounded. `serve` answers a batch in a thread; `at_once` batches are under way together."""

    def __init__(
        self,
        serve: Callable[[Sequence[Casting]], Sequence[Answer]],
        rest: Callable[[], None],
        at_once: int,
        capacity: int = CAPACITY,
    ) -> None:
        self._serve = serve
        self._rest = rest
        self.capacity = capacity
        self._waiting: deque[Casting] = deque()
        self._free = at_once
        self._access = threading.Lock()
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="ballots")
        WAITING.set_function(lambda: len(self._waiting))

    def put(self, casting: Casting) -> bool:
        """False when too many wait; then nothing has been done about this ballot."""
        with self._access:
            if len(self._waiting) >= self.capacity:
                TURNED_AWAY.inc()
                return False
            self._waiting.append(casting)
            begins = self._free > 0
            self._free -= begins
        if begins:
            self._threads.submit(self._work)
        return True

    def close(self) -> None:
        self._threads.shutdown()

    def _work(self) -> None:
        while batch := self._next():
            try:
                answers = self._serve(batch)
            except Exception as failure:  # each of the batch is told, and the next batch has its own chance
                answers = [failure] * len(batch)
            deliver(batch, answers)
        self._rest()

    def _next(self) -> list[Casting]:
        with self._access:
            batch = list(islice(self._waiting, BATCH))
            for _ in batch:
                self._waiting.popleft()
            self._free += not batch
        return batch


def deliver(batch: Sequence[Casting], answers: Sequence[Answer]) -> None:
    """To the loops that wait, each woken once. One that has ended meanwhile waits for nothing."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Casting, Answer]]] = {}
    for casting, answer in zip(batch, answers, strict=True):
        by_loop.setdefault(casting.loop, []).append((casting, answer))
    for loop, answered in by_loop.items():
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(reply_to_all, answered)


def reply_to_all(answered: Sequence[tuple[Casting, Answer]]) -> None:
    for casting, answer in answered:
        casting.reply(answer)
