"""Views rebuilt and every poll counted again from the log of a real council's 137,904 votes."""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import roll_calls
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.shape import Benchmark, Outcome, Side, Within, Wrong
from dienhong.embedded import open_views
from kernel.adapters.store_sqlite import SqliteStore
from kernel.settings import Settings
from services.voting.recount import Recount

OURS = "views rebuilt, polls counted again"
PEER = "json.loads of the same bytes"


@dataclass(frozen=True)
class Found:
    """What a round came to, beside what the log had been written from."""

    ballots: int
    expected: int
    differing: int = 0


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Found]]]:
        missing = "" if roll_calls.DATA.exists() else f"the real roll calls, {roll_calls.DATA}"
        with folder() as path:
            ballots = 0 if missing else in_fresh_process(roll_calls.written, path / "events.db", 600 if quick else None)
            yield [
                Side(OURS, lambda: in_fresh_process(rebuilt, path, ballots), missing),
                Side(PEER, lambda: in_fresh_process(decoded, path, ballots), missing),
            ]

    return [
        Benchmark(
            name="Rebuild and recount of real roll calls",
            unit="s",
            more_is_better=False,
            sides=sides,
            check=check,
            gates=[Within(OURS, PEER, 4)],
            words="Toronto's 3,751 recorded votes of 2009–2014 with 137,904 ballots, polled anew by the voting service."
            " One pass over the log builds every view of the product (its own file, all services' tables) and counts"
            " every poll again, comparing with the tally on record. The peer only turns data and envelope of the same"
            " rows from JSON into Python dictionaries and throws them away.",
            limit="Each ballot becomes a row of its own with an index of text, and each poll's roll as many rows as it"
            " has members: a third of the time is SQLite's, writing them; a quarter goes to reading and validating, a"
            " sixth to the count, the rest to a row's values.",
            rounds=5,
        )
    ]


def rebuilt(path: Path, ballots: int) -> Outcome[Found]:
    with folder() as empty:
        store = SqliteStore(path / "events.db", read_only=True)
        views = open_views(Settings(data_dir=empty), store)
        recount = Recount()
        views.on_applied(recount.take_all)
        began, used = time.perf_counter(), time.process_time()
        views.replay()
        seconds, used = time.perf_counter() - began, time.process_time() - used
        shown = views.reader().execute("SELECT COUNT(*), COUNT(DISTINCT poll_id || voter_id) FROM ballots").fetchone()
        views.stop()
        store.close()
    if tuple(shown) != (recount.ballots, recount.ballots):
        raise Wrong(f"the views show {tuple(shown)} ballots and voters, the recount {recount.ballots}")
    return Outcome(seconds, Found(recount.ballots, ballots, len(recount.differing)), {"s of processor": used})


def decoded(path: Path, ballots: int) -> Outcome[Found]:
    found = 0
    with closing(sqlite3.connect(path / "events.db")) as connection:
        began, used = time.perf_counter(), time.process_time()
        for kind, data, meta in connection.execute("SELECT type, data, meta FROM events ORDER BY position"):
            json.loads(data)
            json.loads(meta)
            found += kind == "BallotCast"
        seconds, used = time.perf_counter() - began, time.process_time() - used
    return Outcome(seconds, Found(found, ballots), {"s of processor": used})


def check(found: Found) -> None:
    if found.ballots != found.expected or found.differing:
        raise Wrong(f"{found.ballots} of {found.expected} ballots, {found.differing} polls counted differently")
