"""The queue before the urn: all that waits while a batch is under way goes as the next one; no fixed window waits."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import structlog

from kernel import metrics, trace
from kernel.decider import Refused
from services.voting.messages import CastBallot
from services.voting.urn import Receipt, Urn

log = structlog.get_logger()


@dataclass(eq=False)
class Waiting:
    """One caller's commands, the trace that each came under and, once checked, the answers."""

    commands: Sequence[CastBallot]
    under: Sequence[str]
    answers: list[Receipt | Refused] = field(default_factory=list)
    failure: Exception | None = None
    done: bool = False


class BallotBox:
    def __init__(self, urn: Urn) -> None:
        self._urn = urn
        self._queue: list[Waiting] = []
        self._queued = threading.Lock()
        self._turn = threading.Lock()

    def put(self, commands: Sequence[CastBallot], under: Sequence[str] = ()) -> list[Receipt | Refused]:
        """One answer for each command, in order. If the store fails, nobody of the batch is answered.

        `under`: each one's `traceparent`, where they come from different requests.
        """
        mine = Waiting(commands, under or [trace.current()] * len(commands))
        with self._queued:
            self._queue.append(mine)
        with self._turn:
            if not mine.done:
                self._serve_queue()
        if mine.failure is not None:
            raise mine.failure
        return mine.answers

    def _serve_queue(self) -> None:
        with self._queued:
            batch, self._queue = self._queue, []
        began = time.perf_counter()
        try:
            commands = [command for waiting in batch for command in waiting.commands]
            answers = self._urn.answer(commands, [under for waiting in batch for under in waiting.under])
            remaining = iter(answers)
            for waiting in batch:
                waiting.answers = list(islice(remaining, len(waiting.commands)))
            observe(answers, began)
        except Exception as failure:  # raised again by each caller whose ballots share this batch
            for waiting in batch:
                waiting.failure = failure
        finally:
            for waiting in batch:
                waiting.done = True


def observe(answers: Sequence[Receipt | Refused], began: float) -> None:
    """Counts and one log line for the batch; never who or what."""
    receipts = sum(isinstance(answer, Receipt) for answer in answers)
    seconds = time.perf_counter() - began
    for result, count in (("accepted", receipts), ("refused", len(answers) - receipts)):
        metrics.COMMANDS.labels("voting", "CastBallot", result).inc(count)
        metrics.BALLOTS.labels(result).inc(count)
    metrics.COMMAND_SECONDS.labels("voting").observe(seconds)
    log.info("ballots", accepted=receipts, refused=len(answers) - receipts, ms=round(seconds * 1000, 1))
