"""The clock of what happens by itself: reminders and the close of opinion forms at their deadline.

Every gateway ticks. The commands' ids derive from form and occasion, so that several clocks have one effect.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from gateway.regular import Regular
from gateway.views import Views
from kernel.decider import Refused
from kernel.messages import Accepted, Command
from kernel.ports import AppendError
from services.tasks.deadlines import is_working_day
from services.voting import circulation_policy, circulation_queries

SECONDS = 20
log = structlog.get_logger()


class Ticker(Regular):
    def __init__(self, views: Views, execute: Callable[[Command], Accepted], clock: Callable[[], datetime]) -> None:
        super().__init__("ticker", SECONDS, failure="tick_failed")
        self._views = views
        self._execute = execute
        self._clock = clock

    def tick(self) -> int:
        """Does what is due now, and says how many commands that took."""
        forms = circulation_queries.pending(self._views.reader())
        commands = circulation_policy.due(self._clock(), forms, is_working_day)
        for command in commands:
            try:
                self._execute(command)
            except (Refused, AppendError) as known:  # the views are a little late, or another clock was first
                log.info("tick_refused", command=type(command).__name__, reason=str(known))
        return len(commands)
