"""One registry for the process; labels are few and closed, never an id or a person."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("dienhong_commands", "Commands by outcome.", ["service", "command", "outcome"])
COMMAND_SECONDS = Histogram("dienhong_command_seconds", "Time to decide and append a command.", ["service"])
APPEND_CONFLICTS = Counter("dienhong_append_conflicts", "Appends that lost a race and were decided again.")
FOLLOWER_LAG = Gauge("dienhong_follower_lag_events", "Log positions a follower is behind.", ["follower"])
BALLOTS = Counter("dienhong_ballots", "Ballots answered: accepted with a receipt, or refused.", ["outcome"])
