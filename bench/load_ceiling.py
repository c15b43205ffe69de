"""What the load generator reaches against a server that does nothing: no figure by HTTP can be above it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.load import drive, post, quantile
from bench.server import running
from bench.shape import Benchmark, Outcome, Side, Wrong


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    count = 10_000 if quick else 50_000

    @contextmanager
    def sides() -> Iterator[Sequence[Side[int]]]:
        with running(["bench.peers.nothing"], {}) as server:
            yield [Side("a server that does nothing", lambda: measured(server.address, count))]

    def check(answered: int) -> None:
        if answered != count:
            raise Wrong(f"{answered} of {count}")

    return [
        Benchmark(
            name="The load generator itself, 256 connections",
            unit="requests/s",
            more_is_better=True,
            sides=sides,
            check=check,
            gates=[],
            words="The requests of the next benchmark, sent to an asyncio protocol that answers every one at once.",
        )
    ]


def measured(address: str, count: int) -> Outcome[int]:
    request = post("/api/v1/polls/00000000-0000-0000-0000-000000000000/ballots", b'{"choice": "for"}', "x" * 43)
    answers = drive([address], [request] * count, 256)
    seconds = max(each.ended for each in answers) - min(each.began for each in answers)
    waits = [(each.ended - each.began) * 1000 for each in answers]
    also = {"p50 ms": quantile(waits, 0.5), "p99 ms": quantile(waits, 0.99)}
    return Outcome(count / seconds, sum(each.status == 200 for each in answers), also)
