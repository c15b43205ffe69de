"""Has the state of the views recorded once a day, in a process beside this one, never while the product starts."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from gateway.regular import Regular
from gateway.shown_state import ROOT, State, made_by
from kernel.ids import uuid7
from kernel.messages import Accepted, Command
from kernel.vietnam import day_of
from services.directory.messages import RecordState

SECONDS = 60
AFTER_START = timedelta(hours=1)
"""A session often begins soon after somebody has switched the machine on."""
ACTOR = "views.state"

log = structlog.get_logger()


class StateRecorder(Regular):
    """One for each copy of the views, which `replica` names."""

    def __init__(
        self, views: Path, replica: str, execute: Callable[[Command], Accepted], clock: Callable[[], datetime]
    ) -> None:
        super().__init__("state", SECONDS, failure="state_not_recorded")
        self._views, self._replica = views, replica
        self._execute, self._clock = execute, clock
        self._started = clock()
        self._done: date | None = None
        self._access = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then waits for the thread."""
        super().ask_to_stop()
        with self._access:
            if self._process is not None:
                self._process.kill()

    def tick(self) -> bool:
        """Records what is due; whether it was."""
        now = self._clock()
        day = day_of(now)
        if self._done == day or now - self._started < AFTER_START:
            return False
        state = self._computed()
        if state is None:
            return False
        self._execute(
            RecordState(
                id=uuid7(),
                actor=ACTOR,
                at=now,
                day=day,
                replica=self._replica,
                position=state.position,
                made_by=made_by(),
                tables=state.tables,
            )
        )
        self._done = day
        return True

    def _computed(self) -> State | None:
        """None where it was stopped."""
        command = [sys.executable, "-m", "gateway.shown_state", str(self._views)]
        with self._access:
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
            )
        said, _ = self._process.communicate()
        if self._process.returncode != 0:
            if self._stopping.is_set():
                return None
            raise subprocess.CalledProcessError(self._process.returncode, command)
        return State(**json.loads(said))
