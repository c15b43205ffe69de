"""Ballots by HTTP, each acknowledged only when it is durable: a hall at its tablets."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.ballots import CHOICES, Recorded, asked, check
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.hall import Hall, embedded_hall
from bench.load import Answer, drive, post, quantile
from bench.server import Server, product, running
from bench.shape import Benchmark, Gate, Limit, Outcome, Side, Wrong
from bench.slow_disk import DELAY_MS, missing, slowed
from kernel.adapters.store_sqlite import SqliteStore

OURS = "Diên Hồng, embedded"
PEER = "eventsourcing, one save per ballot"
PEER_BATCHED = "eventsourcing, same batching"
RAW = "raw SQLite, same batching"
BARE = "raw SQLite in a loop, without HTTP"

LIMIT = (
    "One Python process, one interpreter lock: reading the request, the checks, the commit's rows, the answer, and the"
    " views, the ledger and the screens that follow the log all take turns (the profile below). Of a ballot's"
    " processor time nearly half is checks and commit, a quarter the connection, a fifth views, a twelfth the ledger."
    " What the peer spends on one save, its processor time and a sync for each ballot, is the smaller the faster the"
    " disk syncs: where a sync takes some thirty microseconds, ten times the peer would be forty thousand ballots a"
    " second, more than a server in Python answers that does nothing but parse requests by ASGI."
)

Key = tuple[str, str, str]
Serve = Callable[..., AbstractContextManager[Server]]
"""Of a folder, and of what else its process is to have in its `environment`."""
Stored = Callable[[Path], list[Key]]


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    voters = 1_000 if quick else 5_000
    bursts = [1_000] if quick else [1_000, 5_000]
    polls = 10 if quick else 6
    return [saturation(voters, polls), slow_disk(1_000, polls), *(burst(each) for each in bursts)]


@dataclass(frozen=True)
class Cast:
    """`processor_us`: of the server, for one ballot."""

    answers: Sequence[Answer]
    evidence: Recorded
    processor_us: float


def saturation(voters: int, polls: int) -> Benchmark[Recorded]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Recorded]]]:
        with folder() as path:
            hall = embedded_hall(path / "hall", voters, polls)
            yield [
                Side(name, partial(saturated, hall, serve, stored, polls if fast else 1))
                for name, serve, stored, fast in SERVERS
            ] + [Side(BARE, partial(in_fresh_process, committed, 256 * (voters * polls // 256)))]

    return Benchmark(
        name="Ballots by HTTP, 256 connections",
        unit="ballots/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[Gate(OURS, PEER, 10), Gate(OURS, RAW, 0.5), Gate(OURS, BARE, 0.5), Limit(OURS, "p99 ms", 50)],
        words="The product started as a process, its real route with every check (session, standing in the hall, roll,"
        " right to see the meeting), views, ledger and live screens following. The peers are bare ASGI handlers on the"
        " same server program, which look the session and the roll up in a dictionary and do nothing else: they have"
        " no receipt, no view and no proof, and pay for every request what ASGI costs, which ours passes by. The first"
        " peer saves one ballot a call, as its documentation shows; the second, which nobody has written but us, saves"
        " all ballots that queued up. Raw SQLite inserts the product's rows, in the product's table, unseen: once"
        " behind the same server, and once in a plain loop that commits 256 at a time without any HTTP.",
        limit=LIMIT,
    )


def slow_disk(voters: int, polls: int) -> Benchmark[Recorded]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Recorded]]]:
        absent = missing()
        with folder() as path:
            hall = embedded_hall(path / "hall", voters, polls)
            slow = {} if absent else slowed(path)
            yield [
                Side(name, partial(saturated, hall, partial(serve, environment=slow), stored, asked), absent)
                for name, serve, stored, asked in ((*SERVERS[0][:3], polls), (*SERVERS[1][:3], 1))
            ]

    return Benchmark(
        name=f"Ballots by HTTP where a sync takes {DELAY_MS} ms more (simulated)",
        unit="ballots/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[Gate(OURS, PEER, 10)],
        words=f"The same two servers on the same disk, but every fsync and fdatasync of both returns {DELAY_MS} ms"
        " later, by one small library loaded before each: about what a disk without a cache of its own takes. It"
        " shows what sharing a sync is worth where syncs cost something; on the disk of this run they cost little.",
        limit=LIMIT,
    )


def burst(connections: int) -> Benchmark[Recorded]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Recorded]]]:
        with folder() as path:
            hall = embedded_hall(path / "hall", connections, 1)
            yield [
                Side(name, partial(bursted, hall, serve, stored, connections)) for name, serve, stored, _ in SERVERS[:2]
            ]

    return Benchmark(
        name=f"Burst of {connections:,} ballots",
        unit="ms until the last acknowledgement",
        more_is_better=False,
        sides=sides,
        check=check,
        gates=[Gate(OURS, PEER, 7)],
        words="So many open connections, one ballot on each at the same instant.",
        limit=LIMIT,
    )


def saturated(hall: Hall, serve: Serve, stored: Stored, polls: int) -> Outcome[Recorded]:
    cast = casting(hall, serve, stored, polls, connections=256)
    answers = cast.answers
    seconds = max(each.ended for each in answers) - min(each.began for each in answers)
    waits = [(each.ended - each.began) * 1000 for each in answers]
    also = {"p50 ms": quantile(waits, 0.5), "p99 ms": quantile(waits, 0.99), "µs of processor each": cast.processor_us}
    return Outcome(len(answers) / seconds, cast.evidence, also)


def bursted(hall: Hall, serve: Serve, stored: Stored, connections: int) -> Outcome[Recorded]:
    cast = casting(hall, serve, stored, 1, connections)
    began = min(each.began for each in cast.answers)
    waits = [(each.ended - began) * 1000 for each in cast.answers]
    return Outcome(max(waits), cast.evidence, {"p50 ms": quantile(waits, 0.5)})


def casting(hall: Hall, serve: Serve, stored: Stored, polls: int, connections: int) -> Cast:
    """On a copy of the hall; the acknowledged ballots beside what the store holds once the server has ended."""
    keys = [
        (str(poll), str(voter), CHOICES[number % len(CHOICES)])
        for poll in hall.polls[:polls]
        for number, voter in enumerate(hall.voters)
    ]
    with folder() as path:
        hall.copied(path)
        (path / "hall.json").write_text(json.dumps([list(map(str, hall.voters)), list(hall.tokens)]))
        with serve(path) as server:
            used = server.processor_seconds()
            answers = drive([server.address], requests(hall, keys), connections)
            used = server.processor_seconds() - used
        wrong = [each for each in answers if each.status != 200]
        if wrong:
            raise Wrong(f"{len(wrong)} of {len(answers)} not acknowledged: {wrong[0].status} {wrong[0].body[:300]!r}")
        evidence = Recorded([keys[each.number] for each in answers], stored(path))
        return Cast(answers, evidence, used / len(answers) * 1e6)


def requests(hall: Hall, keys: Sequence[Key]) -> list[bytes]:
    token = {str(voter): token for voter, token in zip(hall.voters, hall.tokens, strict=True)}
    return [
        post(f"/api/v1/polls/{poll}/ballots", json.dumps({"choice": choice}).encode(), token[voter])
        for poll, voter, choice in keys
    ]


def stored_by_us(path: Path) -> list[Key]:
    """Straight from the log, without the code under test."""
    with closing(SqliteStore(path / "events.db", read_only=True)) as store:
        cast = [json.loads(each.data) for each in store.read_all(0, 10_000_000) if each.type == "BallotCast"]
    return [(each["poll_id"], each["voter_id"], each["choice"]) for each in cast]


def stored_by_eventsourcing(path: Path) -> list[Key]:
    from bench.peers import eventsourcing_store as peer

    with closing(peer.opened(path / "peer.db")) as ballots:
        return [(str(each.poll_id), str(each.voter_id), each.choice) for each in peer.stored(ballots)]


def stored_raw(path: Path) -> list[Key]:
    with closing(SqliteStore(path / "raw.db", read_only=True)) as store:
        cast = [json.loads(each.data) for each in store.read_all(0, 10_000_000)]
    return [(each["poll_id"], each["voter_id"], each["choice"]) for each in cast]


def committed(count: int) -> Outcome[Recorded]:
    from bench.peers.raw_sqlite import RawLog

    ballots = asked(count)
    with folder() as path:
        log = RawLog(path / "raw.db")
        began = time.perf_counter()
        for at in range(0, count, 256):
            log.save(ballots[at : at + 256])
        seconds = time.perf_counter() - began
        log.close()
        keys = [(str(each.poll_id), str(each.voter_id), each.choice) for each in ballots]
        return Outcome(count / seconds, Recorded(keys, stored_raw(path)))


def peer_server(kind: str) -> Serve:
    def serve(path: Path, environment: Mapping[str, str] = MappingProxyType({})) -> AbstractContextManager[Server]:
        return running(["bench.peers.http_ballots", kind, str(path)], environment)

    return serve


SERVERS: tuple[tuple[str, Serve, Stored, bool], ...] = (
    (OURS, product, stored_by_us, True),
    (PEER, peer_server("each"), stored_by_eventsourcing, False),
    (PEER_BATCHED, peer_server("batched"), stored_by_eventsourcing, True),
    (RAW, peer_server("raw"), stored_raw, True),
)
