"""The distributed composition for worlds: services and the relay are processes, the gateway stands in the test's own.

It offers what `Embedded` offers, so the same scenarios run on it.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from dienhong.bus import REACTS_TO
from dienhong.distributed import Gateway
from dienhong.nodes.distributed import Composition
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.ids import uuid7
from kernel.ports import EventStore
from kernel.progress import Progress
from kernel.settings import Settings
from kernel.wiring import open_progress
from tests.nodes import empty_log

FOLLOWERS = {
    "documents.extraction": REACTS_TO["documents"],
    "meeting.preparation": REACTS_TO["meeting"],
    "signing.course": REACTS_TO["signing"],
    "tasks.from_conclusions": REACTS_TO["tasks"],
    "voting.tally": REACTS_TO["voting"],
}


def addressed(settings: Settings, postgres: PostgresNode, rabbit: RabbitNode) -> Settings:
    """With an empty log and an empty virtual host of their own."""
    return settings.model_copy(
        update={
            "store_url": empty_log(postgres),
            "bus_url": rabbit.url(f"test-{uuid7().hex}"),
            "bus_admin_url": rabbit.admin_url,
            "rpc_timeout_seconds": 30,  # the first commands wait for services that are still starting
        }
    )


def environment(settings: Settings) -> dict[str, str]:
    """For child processes."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("DIENHONG_")}
    urls = ("store_url", "bus_url", "bus_admin_url", "blobs_url", "identity_url", "ledger_url")
    names = ("data_dir", "deployment", *urls, "rpc_timeout_seconds")
    return {**mine, **{f"DIENHONG_{name.upper()}": str(getattr(settings, name)) for name in names}}


class Distributed(Gateway):
    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.lines: list[str] = []
        self.others: list[Gateway] = []
        self.processes = Composition(environment(settings), (), self.lines.append)
        self.processes.start()
        super().__init__(
            settings.model_copy(update={"ledger_url": self.processes.environment["DIENHONG_LEDGER_URL"]}), clock
        )
        self._clock = clock
        self.progress = open_progress(settings)

    def gateways(self) -> list[str]:
        """The addresses of two gateways in processes of their own, started when they are first asked for."""
        if not self.processes.addresses:
            for replica in ("served-1", "served-2"):
                self.processes.add_gateway(replica, 0).start()
            self.processes.until_ready()
        return self.processes.addresses

    def second_voting_service(self) -> None:
        """From now on ballots and commands of voting go to either of two processes."""
        self.processes.add_service("voting", "voting-2").start()
        self.processes.until_ready()

    def second_gateway(self) -> Gateway:
        """In this process, with views of its own; it ends with this one."""
        gateway = Gateway(self.settings.model_copy(update={"replica": str(len(self.others) + 2)}), self._clock)
        self.others.append(gateway)
        gateway.start()
        return gateway

    def ballots_taken(self) -> dict[str, int]:
        """With a receipt, by each process of the voting service since it began."""
        return {
            name: ballots_taken(probe.removesuffix("/ready"))
            for name, probe in self.processes.probes.items()
            if name.startswith("voting")
        }

    def settle(self, timeout: float = 60.0) -> None:
        settle(self.store, self.progress, self._shows, timeout)

    def _shows(self, position: int, timeout: float) -> bool:
        return self.views.wait_for(position, timeout) and self.texts.wait_until_done(timeout)

    def stop(self) -> None:
        for gateway in self.others:
            gateway.stop()
        self.progress.close()
        super().stop()
        codes = self.processes.stop()
        assert set(codes.values()) == {0}, (codes, self.lines[-20:])


def ballots_taken(address: str) -> int:
    with urlopen(f"{address}/metrics", timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    samples = (sample for family in families for sample in family.samples)
    accepted = {"outcome": "accepted"}
    return sum(int(each.value) for each in samples if (each.name, each.labels) == ("dienhong_ballots_total", accepted))


def settle(store: EventStore, progress: Progress, seen: Callable[[int, float], bool], timeout: float) -> None:
    """Returns once every reaction to what was recorded is recorded, and seen."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        head = store.wait(0, 0)
        if not unhandled(store, progress) and seen(head, timeout) and store.wait(head, 0.02) == head:
            return
    raise TimeoutError(f"not handled after {timeout} s: {unhandled(store, progress)}")


def unhandled(store: EventStore, progress: Progress) -> list[tuple[str, int]]:
    done = {name: progress.get(name) for name in FOLLOWERS}
    later = store.read_all(min(done.values()), 1_000_000)
    return [
        (name, each.position)
        for name, types in FOLLOWERS.items()
        for each in later
        if each.type in types and each.position > done[name]
    ]


def composer(postgres: PostgresNode, rabbit: RabbitNode) -> Callable[[Settings, Callable[[], datetime]], Any]:
    return lambda settings, clock: Distributed(addressed(settings, postgres, rabbit), clock)
