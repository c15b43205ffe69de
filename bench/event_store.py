"""The event store as a library, from a decided ballot to a durable event, and back."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from struct import iter_unpack
from threading import Thread
from typing import Any

from bench.ballots import Asked, Recorded, asked, check
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.shape import Benchmark, Gate, Outcome, Side, Wrong
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.ports import NO_STREAM, Append, Appended
from services.voting.ballot import Cast, decider, evolve, stream_of
from services.voting.messages import BallotCast
from services.voting.service import CODEC

OURS = "SqliteStore"
PEER = "eventsourcing"
CALLERS = 64
BATCH = 256

LIMITS = {
    "one caller": "One sync to disk for one event on both sides, and the sync takes most of the time: where a disk"
    " syncs fast, as this one does, a store that did nothing else could not be half as fast again.",
    "64 concurrent callers": "One sync serves all who wait, so the disk is no limit. Each ballot costs its caller two"
    " changes of thread (it is called, then waits for Python's one interpreter lock), which take as much of the"
    " processor as making, checking and writing the ballot do. The ballots of the product do not come by a thread each:"
    " a queue hands them over in batches.",
    "equal batches of 256": "With one sync for 256 events both sides are bound by the processor. Of ours SQLite has a"
    " fifth; pydantic's command and event with their ids, content and envelope have half; the rest is limits, places,"
    " outcomes and the collector of cycles. Ids kept as bytes, smaller or larger pages and rarer checkpoints were"
    " measured and change nothing.",
    "replay": "A quarter is SQLite's, reading rows; a third pydantic's, which validates each event; the rest is the"
    " fold, the hash, the tally and an object for what was recorded. A decoder that skipped validation or the envelope"
    " would be faster, and no longer the one that the product runs.",
}

Key = tuple[str, str, str]
Save = Callable[[Sequence[Asked]], None]


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    each = 20 if quick else 100
    return [
        writing("one caller", 1_000 if quick else 5_000, 1, 1, Gate(OURS, PEER, 1.5)),
        writing("64 concurrent callers", CALLERS * each, CALLERS, 1, Gate(OURS, PEER, 12)),
        writing("equal batches of 256", BATCH * each, 1, BATCH, Gate(OURS, PEER, 4)),
        replaying(20_000 if quick else 100_000),
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
        limit=LIMITS[how],
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
        found = list(peer.stored(kept))
        kept.close()
    return Outcome(rate, Recorded([key(each) for each in ballots], [key(each) for each in found]))


def replaying(count: int) -> Benchmark[Recorded]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Recorded]]]:
        with folder() as path:
            keys = in_fresh_process(written_by_both, path, count)
            yield [
                Side(OURS, lambda: in_fresh_process(replay_ours, path, keys)),
                Side(PEER, lambda: in_fresh_process(replay_peer, path, keys)),
            ]

    return Benchmark(
        name="Event store, replay",
        unit="ballots/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[Gate(OURS, PEER, 4)],
        words="The whole log read in order on one core, each event decoded, validated, folded into the state of its"
        " ballot and tallied. Ours also compares the SHA-256 of each event's content with the one taken when it was"
        " written; the peer checks no hash, but its fold builds an aggregate with more fields than our state has.",
        limit=LIMITS["replay"],
        rounds=5,
    )


def written_by_both(path: Path, count: int) -> list[Key]:
    from bench.peers import eventsourcing_store as peer

    ballots, at = asked(count), datetime.now(UTC)
    with closing(SqliteStore(path / "events.db")) as store, (path / "hashes").open("wb") as hashes:
        for page in pages(ballots):
            appends = [appended(each, at) for each in page]
            store.append_each(appends)
            hashes.write(b"".join(sha256(event.data).digest() for each in appends for event in each.events))
    with closing(peer.opened(path / "peer.db")) as application:
        for page in pages(ballots):
            application.save(*(peer.Ballot(each.poll_id, each.voter_id, each.choice) for each in page))
    return [key(each) for each in ballots]


def pages(ballots: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    return (ballots[at : at + BATCH] for at in range(0, len(ballots), BATCH))


def replay_ours(path: Path, keys: list[Key]) -> Outcome[Recorded]:
    hashes = (path / "hashes").read_bytes()
    with closing(SqliteStore(path / "events.db", read_only=True)) as store:
        gc.freeze()  # on both sides: what was imported is not to be looked through again and again
        began = time.perf_counter()
        tally = tallied(store, hashes)
        seconds = time.perf_counter() - began
        found = [CODEC.decode(each) for each in store.read_all(0, len(keys) + 1)]
    return replayed(seconds, tally, keys, found)


def tallied(store: SqliteStore, hashes: bytes) -> Counter[str]:
    tally: Counter[str] = Counter()
    written = iter_unpack("32s", hashes)
    after = 0
    while page := store.read_all(after, 1000):
        for recorded, (digest,) in zip(page, written, strict=False):
            if sha256(recorded.data).digest() != digest:
                raise Wrong(f"position {recorded.position} is not what was written")
            ballot = evolve(decider.initial, CODEC.decode(recorded))
            assert isinstance(ballot, Cast)
            for mark in ballot.marks:
                tally[mark] += 1
        after = page[-1].position
    return tally


def replay_peer(path: Path, keys: list[Key]) -> Outcome[Recorded]:
    from bench.peers import eventsourcing_store as peer

    with closing(peer.opened(path / "peer.db")) as application:
        gc.freeze()
        began = time.perf_counter()
        tally = Counter(each.choice for each in peer.stored(application))
        seconds = time.perf_counter() - began
        found = list(peer.stored(application))
    return replayed(seconds, tally, keys, found)


def replayed(seconds: float, tally: Counter[str], keys: list[Key], found: Sequence[Any]) -> Outcome[Recorded]:
    if tally != Counter(choice for *_, choice in keys):
        raise Wrong("the tallies differ")
    return Outcome(len(keys) / seconds, Recorded(keys, [key(each) for each in found]))


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
    command = Command(id=uuid7(), actor=str(ballot.voter_id), at=at)
    cast = BallotCast(poll_id=ballot.poll_id, voter_id=ballot.voter_id, choice=ballot.choice)
    return Append(
        stream_of(ballot.poll_id, ballot.voter_id), [CODEC.encode(cast, command, 0, "bench.dienhong")], NO_STREAM
    )


def key(ballot: Any) -> Key:
    return str(ballot.poll_id), str(ballot.voter_id), ballot.choice
