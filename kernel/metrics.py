"""One registry for the process; labels are few and closed, never an id or a person."""

import math
from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("dienhong_commands", "Commands by outcome.", ["service", "command", "outcome"])
COMMAND_SECONDS = Histogram("dienhong_command_seconds", "Time to decide and append a command.", ["service"])
APPEND_CONFLICTS = Counter("dienhong_append_conflicts", "Appends that lost a race and were decided again.")
FOLLOWER_WAIT = Gauge(
    "dienhong_follower_lag_seconds", "Age of the oldest event that a follower has not handled.", ["follower"]
)
FOLLOWER_LAG = Gauge("dienhong_follower_lag_events", "Log positions a follower is behind.", ["follower"])
PARKED = Gauge("dienhong_parked_events", "Events that a follower gave up on.", ["follower"])
BALLOTS = Counter("dienhong_ballots", "Ballots answered: accepted with a receipt, or refused.", ["outcome"])
LEDGER_LEAVES = Gauge("dienhong_ledger_leaves", "Leaves of the provable log: in the tree, and signed.", ["state"])
LEDGER_PROBLEMS = Gauge(
    "dienhong_ledger_problems",
    "own: 1 while our log is not signed; evidence: requests kept as proof that another deployment's log has forked.",
    ["kind"],
)

CIRCUIT_OPEN = Gauge(
    "dienhong_circuit_open", "1 while calls to a service fail at once because it has fallen silent.", ["service"]
)


def watch(gauge: Gauge, label: str, read: Callable[[], float]) -> None:
    """Read at each scrape, so that it is true also while the follower fails or waits; NaN while it cannot be read."""

    def readable() -> float:
        try:
            return float(read())
        except Exception:  # a scrape must not fail with a store or a broker
            return math.nan

    gauge.labels(label).set_function(readable)
