"""The event store as a library, from a decided ballot to a durable event, and back."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from bench.ballots import Asked, Recorded, asked, check
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.shape import Benchmark, Gate, Outcome, Side
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from kernel.ports import NO_STREAM, Append, Appended
from services.voting.ballot import stream_of
from services.voting.messages import BallotCast, CastBallot
from services.voting.service import CODEC

OURS = "SqliteStore"
PEER = "eventsourcing"
CALLERS = 64
BATCH = 256

Key = tuple[str, str, str]
Save = Callable[[Sequence[Asked]], None]


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    each = 20 if quick else 100
    return [
        writing("one caller", 1_000 if quick else 5_000, 1, 1, Gate(OURS, PEER, 1.5)),
        writing("64 concurrent callers", CALLERS * each, CALLERS, 1, Gate(OURS, PEER, 12)),
        writing("equal batches of 256", BATCH * each, 1, BATCH, Gate(OURS, PEER, 4)),
    ]


def writing(how: str, count: int, callers: int, batch: int, gate: Gate) -> Benchmark[Recorded]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Recorded]]]:
        yield [
            Side(OURS, lambda: in_fresh_process(write_ours, count, callers, batch)),
            Side(PEER, lambda: in_fresh_process(write_peer, count, callers, batch)),
        ]

    return Benchmark(
        name=f"Event store, {how}",
        unit="ballots/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[gate],
        words="From a decided ballot (poll, voter, choice) to an event that is durable in SQLite (WAL,"
        " synchronous=FULL), typed events and their encoding included on both sides."
        + (" The peer saves 256 aggregates in one call." if batch > 1 else " The peer saves one aggregate a call."),
        rounds=5,
    )


def write_ours(count: int, callers: int, batch: int) -> Outcome[Recorded]:
    with folder() as path:
        store = SqliteStore(path / "events.db")
        at = datetime.now(UTC)

        def save(ballots: Sequence[Asked]) -> None:
            outcomes = store.append_each([appended(each, at) for each in ballots])
            assert all(isinstance(each, Appended) for each in outcomes)

        ballots = asked(count)
        rate = timed(save, ballots, callers, batch)
        store.close()
        kept = SqliteStore(path / "events.db")
        found = [CODEC.decode(each) for each in kept.read_all(0, count + 1)]
        kept.close()
    return Outcome(rate, Recorded([key(each) for each in ballots], [key(each) for each in found]))


def write_peer(count: int, callers: int, batch: int) -> Outcome[Recorded]:
    from bench.peers import eventsourcing_store as peer

    with folder() as path:
        application = peer.opened(path / "events.db")

        def save(ballots: Sequence[Asked]) -> None:
            application.save(*(peer.Ballot(each.poll_id, each.voter_id, each.choice) for each in ballots))

        ballots = asked(count)
        rate = timed(save, ballots, callers, batch)
        application.close()
        kept = peer.opened(path / "events.db")
        found = peer.stored(kept)
        kept.close()
    return Outcome(rate, Recorded([key(each) for each in ballots], [key(each) for each in found]))


def timed(save: Save, ballots: Sequence[Asked], callers: int, batch: int) -> float:
    """Ballots per second until the last caller has been answered."""
    share = len(ballots) // callers

    def call(mine: Sequence[Asked]) -> None:
        for at in range(0, len(mine), batch):
            save(mine[at : at + batch])

    threads = [Thread(target=call, args=(ballots[n * share : (n + 1) * share],)) for n in range(callers)]
    began = time.perf_counter()
    if callers == 1:
        call(ballots)
    else:
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    return len(ballots) / (time.perf_counter() - began)


def appended(ballot: Asked, at: datetime) -> Append:
    command = CastBallot(
        id=uuid7(),
        actor=str(ballot.voter_id),
        at=at,
        poll_id=ballot.poll_id,
        voter_id=ballot.voter_id,
        choice=ballot.choice,
    )
    cast = BallotCast(poll_id=ballot.poll_id, voter_id=ballot.voter_id, choice=ballot.choice)
    return Append(
        stream_of(ballot.poll_id, ballot.voter_id), [CODEC.encode(cast, command, 0, "bench.dienhong")], NO_STREAM
    )


def key(ballot: Any) -> Key:
    return str(ballot.poll_id), str(ballot.voter_id), ballot.choice
