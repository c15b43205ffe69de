"""Whom an export names for checking it: this log's keys, and the witnesses of the deployment's own policy."""

from kernel.ports import EventStore
from ledger.note import VerifierKey
from ledger.rotation import keys_of


def own_policy(store: EventStore, log: VerifierKey, configured: str) -> str:
    """The log by its own key and those before it, with the witnesses of the configured policy; empty for none."""
    others = [line for line in (configured or "quorum none\n").splitlines() if not line.startswith("log ")]
    earlier = [each for each in keys_of(store, log.name, [log]) if each != log]
    return "\n".join([*(f"log {each}" for each in (log, *earlier)), *others]) + "\n"
