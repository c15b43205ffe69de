"""Live screens: how long after a change the last of thousands has heard of it."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.folders import folder
from bench.hall import Hall, embedded_hall
from bench.load import connected, parsed, post
from bench.peers import nchan
from bench.server import Server, product, running
from bench.shape import Benchmark, Gate, Outcome, Side, Wrong
from bench.watching import get, watching

OURS = "Diên Hồng, embedded"
STARLETTE = "sse-starlette"
NCHAN = "nginx with nchan"
CHANGES = 5
PAUSE_SECONDS = 0.5
"""Between changes, so that each is a frame of its own."""

Serve = Callable[[Path], AbstractContextManager[Server]]


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    return [screens(each) for each in ([1_000] if quick else [1_000, 5_000])]


def screens(count: int) -> Benchmark[int]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[int]]]:
        with folder() as path:
            hall = embedded_hall(path / "hall", count, 1)
            yield [
                Side(OURS, partial(ours, hall)),
                Side(STARLETTE, partial(published, count, sse_starlette)),
                Side(NCHAN, partial(published, count, nchan.running), nchan.missing()),
            ]

    def check(heard: int) -> None:
        if heard != CHANGES * count:
            raise Wrong(f"{heard} frames for {CHANGES} changes and {count} streams")

    return Benchmark(
        name=f"{count:,} live screens",
        unit="ms until the last has heard",
        more_is_better=False,
        sides=sides,
        check=check,
        gates=[Gate(OURS, STARLETTE, 4), Gate(OURS, NCHAN, 0.9)],
        words="From the moment a change is sent in until the last stream has its frame; the median of five changes a"
        " round. Ours is a ballot by HTTP: checked, made durable and shown by the views before the screens hear of it,"
        " and each stream is one signed-in person's. The peers only pass on what they are sent, to anybody: a queue"
        " for each client on sse-starlette's EventSourceResponse; nchan's publisher and subscriber, one worker, in C.",
        limit="One write to a socket for each stream, from Python; and before the first of them the ballot's checks,"
        " its commit and the views, which the peers do not do.",
    )


def ours(hall: Hall) -> Outcome[int]:
    requests = [get(f"/stream?topics=meeting-{hall.meeting_id}", token) for token in hall.tokens]
    with folder() as path:
        hall.copied(path)
        with product(path) as server:
            ballots = [
                post(f"/api/v1/polls/{hall.polls[0]}/ballots", json.dumps({"choice": "for"}).encode(), token)
                for token in hall.tokens[:CHANGES]
            ]
            return measured(server.address, requests, ballots)


def published(count: int, serve: Serve) -> Outcome[int]:
    publishing = [post("/publish", str(each).encode(), "").replace(b"\r\n\r\n", NAMED, 1) for each in range(CHANGES)]
    with folder() as path, serve(path) as server:
        return measured(server.address, [get("/stream")] * count, publishing)


NAMED = b"\r\nX-EventSource-Event: ballots\r\n\r\n"
"""How nchan is told the frame's name."""


def measured(address: str, requests: Sequence[bytes], changes: Sequence[bytes]) -> Outcome[int]:
    waits = []
    with watching(address, requests) as watchers:
        for change in changes:
            time.sleep(PAUSE_SECONDS)
            began = time.perf_counter()
            sent(address, change)
            waits.append((watchers.heard() - began) * 1000)
    return Outcome(median(waits), len(waits) * len(requests), {"slowest ms": max(waits)})


def sent(address: str, request: bytes) -> None:
    line = connected(address)
    line.sendall(request)
    received = b""
    while (answer := parsed(received)) is None:
        received += line.recv(65536)
    line.close()
    if answer[0] >= 300:
        raise Wrong(f"the change was refused: {answer}")


def sse_starlette(_folder: Path) -> AbstractContextManager[Server]:
    return running(["bench.peers.sse_starlette_screens"], {})
