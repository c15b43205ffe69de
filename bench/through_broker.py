"""Ballots through gateway, RabbitMQ, nameko and PostgreSQL: every service a process of its own."""

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any
from urllib.request import urlopen

from psycopg import connect

from bench.ballots import CHOICES, Recorded, check
from bench.folders import folder
from bench.hall import Hall, filled
from bench.http_ballots import Key, requests
from bench.load import drive, quantile
from bench.server import DEPLOYMENT, running
from bench.shape import Benchmark, Gate, Outcome, Side, Wrong
from dienhong.bus import setup
from dienhong.nodes.distributed import Composition
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.postgres import programs as postgres_programs
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode, free_port
from dienhong.nodes.rabbitmq import program as rabbit_program
from kernel.settings import Settings
from kernel.wiring import open_store

ONE = "Diên Hồng, one gateway, one voting service"
TWO = "Diên Hồng, two gateways, two voting services"
PEER = "nameko's standalone RPC, one call per ballot"
CONNECTIONS = 256
SETTLED_SECONDS = 60


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    voters, polls, rounds = (1_000, 4, 3) if quick else (5_000, 4, 3)

    @contextmanager
    def sides() -> Iterator[Sequence[Side[Recorded]]]:
        missing = absent()
        with ExitStack() as ending:
            if missing:
                yield [Side(name, unable, missing) for name in (ONE, PEER, TWO)]
                return
            platform = ending.enter_context(opened(voters, 2 * polls * rounds))
            naive = [
                ending.enter_context(running(["bench.peers.naive_service", platform.bus, platform.store], {})),
                ending.enter_context(running(["bench.peers.naive_gateway", platform.bus], {})),
            ][1]
            yield [
                Side(ONE, partial(platform.cast, polls, 1)),
                Side(PEER, partial(platform.cast_naively, naive.address, 300 if quick else 1_000)),
                Side(TWO, partial(platform.cast, polls, 2)),
            ]

    return [
        Benchmark(
            name="Ballots through RabbitMQ and nameko, 256 connections",
            unit="ballots/s",
            more_is_better=True,
            sides=sides,
            check=check,
            gates=[Gate(ONE, PEER, 100), Gate(TWO, ONE, 1)],
            words="The product's own processes: gateway, RabbitMQ, the nameko service, PostgreSQL with fsync, views"
            " that follow. The peer is what a tutorial builds: a FastAPI route in a thread, nameko's standalone client"
            " (one for each thread), a nameko service with one transaction per ballot in the same PostgreSQL, no other"
            " check at all. Load generator, gateways, broker, services and database share the cores of one machine, so"
            " that a second gateway and a second voting service can only help where cores are left.",
            limit="The gateway's process again (the same work as embedded, and the views of its replica), then the"
            " cores: gateways, voting services, RabbitMQ, PostgreSQL, relay, four more services and the load"
            " generator share them.",
            rounds=rounds,
        )
    ]


def absent() -> str:
    return ", ".join(
        name
        for name, found in (("postgresql", postgres_programs()), ("rabbitmq-server", rabbit_program()))
        if not found
    )


def unable() -> Outcome[Recorded]:
    raise Wrong("a part is missing")


class Platform:
    """The servers, and a hall in the log; each round takes polls that nobody has voted in."""

    def __init__(self, settings: Settings, hall: Hall) -> None:
        self.bus, self.store = settings.bus_url, settings.store_url
        self._settings = settings
        self._hall = hall
        self._polls = list(hall.polls)

    def cast(self, polls: int, replicas: int) -> Outcome[Recorded]:
        mine, self._polls = self._polls[:polls], self._polls[polls:]
        keys = keys_of(self._hall, [str(each) for each in mine])
        with composed(self._settings, replicas) as addresses:
            outcome = timed(addresses, self._hall, keys)
            settled(addresses)
        return Outcome(outcome[0], Recorded(outcome[1], self._stored({str(each) for each in mine})), outcome[2])

    def cast_naively(self, address: str, count: int) -> Outcome[Recorded]:
        with connect(self.store, autocommit=True) as administrator:
            administrator.execute("TRUNCATE naive_ballots")
            keys = keys_of(self._hall, [str(self._hall.polls[0])])[:count]
            rate, acknowledged, also = timed([address], self._hall, keys)
            found = administrator.execute("SELECT poll_id, voter_id, choice FROM naive_ballots").fetchall()
        return Outcome(rate, Recorded(acknowledged, [(str(a), str(b), str(c)) for a, b, c in found]), also)

    def _stored(self, polls: set[str]) -> list[Key]:
        found, after = list[Key](), 0
        with closing(open_store(self._settings)) as store:
            while page := store.read_all(after, 5_000):
                after = page[-1].position
                cast = [json.loads(each.data) for each in page if each.type == "BallotCast"]
                found += [(each["poll_id"], each["voter_id"], each["choice"]) for each in cast]
        return [each for each in found if each[0] in polls]


def keys_of(hall: Hall, polls: Sequence[str]) -> list[Key]:
    return [
        (poll, str(voter), CHOICES[number % len(CHOICES)]) for poll in polls for number, voter in enumerate(hall.voters)
    ]


def timed(addresses: Sequence[str], hall: Hall, keys: list[Key]) -> tuple[float, list[Key], dict[str, float]]:
    answers = drive(addresses, requests(hall, keys), CONNECTIONS)
    wrong = [each for each in answers if each.status != 200]
    if wrong:
        raise Wrong(f"{len(wrong)} of {len(answers)} not acknowledged: {wrong[0].status} {wrong[0].body[:300]!r}")
    seconds = max(each.ended for each in answers) - min(each.began for each in answers)
    waits = [(each.ended - each.began) * 1000 for each in answers]
    also = {"p50 ms": quantile(waits, 0.5), "p99 ms": quantile(waits, 0.99)}
    return len(answers) / seconds, [keys[each.number] for each in answers], also


@contextmanager
def opened(voters: int, polls: int) -> Iterator[Platform]:
    with folder() as path, ExitStack() as ending:
        postgres, rabbit = PostgresNode(path / "postgres"), RabbitNode(path / "rabbitmq")
        for node in (postgres, rabbit):
            ending.callback(node.stop)
            node.start()
        settings = Settings(
            data_dir=path / "data",
            deployment=DEPLOYMENT,
            store_url=postgres.url,
            bus_url=rabbit.url("bench"),
            bus_admin_url=rabbit.admin_url,
        )
        setup(settings)
        yield Platform(settings, filled(settings, voters, polls))


@contextmanager
def composed(settings: Settings, replicas: int) -> Iterator[list[str]]:
    """The processes, so many gateways and voting services among them; the addresses of the gateways."""
    lines: list[str] = []
    composition = Composition(environment(settings), (), lines.append)
    for replica in range(replicas):
        composition.add_gateway(str(replica + 1), free_port())
    others = [another_voting(composition, replica, lines) for replica in range(2, replicas + 1)]
    try:
        composition.start()
        yield composition.addresses
    finally:
        for other in others:
            other.stop()
        composition.stop()


def another_voting(composition: Composition, replica: int, lines: list[str]) -> Child:
    port = free_port()
    name = f"voting-{replica}"
    own = {"DIENHONG_HOST": "127.0.0.1", "DIENHONG_HEALTH_PORT": str(port)}
    child = Child(name, ["dienhong.hosting", "voting"], {**composition.environment, **own}, lines.append)
    composition.children[name] = child
    composition.probes[name] = f"http://127.0.0.1:{port}/ready"
    return child


def settled(addresses: Sequence[str]) -> None:
    """Until what people see has caught up, so that the next round does not pay for this one."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while any(behind(each) for each in addresses):
        if time.monotonic() > deadline:
            raise Wrong("the views have not caught up")
        threading.Event().wait(0.1)


def behind(address: str) -> bool:
    with urlopen(f"{address}/ready", timeout=10) as answer:
        state = json.load(answer)
    return bool(state["views_position"] < state["log_position"])


def environment(settings: Settings) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("DIENHONG_")}
    names = ("data_dir", "deployment", "store_url", "bus_url", "bus_admin_url")
    return {**mine, **{f"DIENHONG_{name.upper()}": str(getattr(settings, name)) for name in names}}
