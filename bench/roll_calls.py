"""Six years of a real council's recorded votes as a log, written by the voting service."""

from contextlib import closing
from pathlib import Path

from kernel.adapters.store_sqlite import SqliteStore
from tests.roll_calls import FILE, record, roll_calls

DATA = FILE


def written(path: Path, polls: int | None) -> int:
    """Every poll opened, voted, closed, counted and published; how many ballots that took."""
    calls = roll_calls()[:polls]
    with closing(SqliteStore(path)) as store:
        record(store, "bench.dienhong", calls)
    return sum(len(call.said) for call in calls)
