"""Whoever calls a service that has fallen silent is told so at once, instead of waiting for it in vain.

A service that is killed and comes back within the time that calls wait anyway is never silent: its queue keeps them.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil

import structlog

from gateway.problems import TryLater
from kernel import metrics

SILENCES = 5
PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""How long calls fail at once before the next trial; the last for good. Short at first, for most silences are."""

log = structlog.get_logger()


class Unanswered(TryLater):
    """The service was reached in vain; the broker being away is a plain `TryLater` and says nothing about a service."""


@dataclass(frozen=True)
class Attempt:
    began: float
    trial: bool


class Breaker:
    """One service's. Closed after an answer, whatever it says; open after `SILENCES` in a row, but for one trial at a
    time. The trial's message waits in the service's queue, so it is answered as soon as the service is back."""

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._silences = 0
        self._trials = 0
        self._trying = False
        self._answered_at = self._shut_until = clock()
        self._access = threading.Lock()
        self._show = metrics.CIRCUIT_OPEN.labels(service)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around the wait for one answer; raises `TryLater` instead where there is no use in asking now."""
        attempt = self._admitted()
        try:
            yield
        except Unanswered:
            self._silent(attempt)
            raise
        except BaseException:
            self._unknown(attempt)
            raise
        self._answered()

    def _admitted(self) -> Attempt:
        with self._access:
            now = self._clock()
            if self._silences < SILENCES:
                return Attempt(now, trial=False)
            if self._trying or now < self._shut_until:
                raise TryLater("unavailable", max(1, ceil(self._shut_until - now)))
            self._trying = True
            return Attempt(now, trial=True)

    def _silent(self, attempt: Attempt) -> None:
        with self._access:
            self._trying = self._trying and not attempt.trial
            was_open = self._silences >= SILENCES
            if attempt.began < self._answered_at or (was_open and not attempt.trial):
                return  # of a silence that is over, or known already
            self._silences += 1
            if self._silences < SILENCES:
                return
            self._trials = self._trials + 1 if was_open else 0
            pause = PAUSES_SECONDS[min(self._trials, len(PAUSES_SECONDS) - 1)]
            self._shut_until = self._clock() + pause
            self._show.set(1)
        log.warning("circuit_open", service=self._service, seconds=pause)

    def _unknown(self, attempt: Attempt) -> None:
        with self._access:
            self._trying = self._trying and not attempt.trial

    def _answered(self) -> None:
        with self._access:
            was_open = self._silences >= SILENCES
            self._silences, self._trying, self._answered_at = 0, False, self._clock()
            self._show.set(0)
        if was_open:
            log.info("circuit_closed", service=self._service)
