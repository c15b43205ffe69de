"""A council over real servers where all that can die is a process of its own: services, relay and two gateways."""

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2

from dienhong.embedded import CODEC, open_views
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode
from dienhong.nodes.reserving import Places
from gateway.text_index import TextIndex
from gateway.views import contents, remove
from kernel.messages import Recorded
from kernel.settings import Settings
from services.meeting.messages import ConclusionRecorded
from services.tasks.messages import TaskAssigned
from tests.distributed.waiting import eventually
from tests.processes import Distributed, composer, environment
from tests.world import World

SERVICES = ("directory", "documents", "meeting", "signing", "tasks", "voting")
GATEWAYS = ("gateway-1", "gateway-2")
SETTLE_SECONDS = 300.0
"""Documents come faster than they are read."""


class Deployment:
    """Prepared and looked at through a third gateway, replica 0, which lives in the test's own process."""

    def __init__(self, folder: Path, postgres: PostgresNode, rabbit: RabbitNode, **settings: str) -> None:
        self.world = World(folder, composer(postgres, rabbit), replica="0", **settings)
        self._parts: Distributed = self.world.embedded
        self.settings: Settings = self._parts.settings
        self.lines: list[str] = []
        self._places = Places()
        self.addresses: dict[str, str] = {}
        self.children = {**self._parts.processes.children, **{name: self._gateway(name) for name in GATEWAYS}}
        for name in GATEWAYS:
            self.children[name].start()
        for name in GATEWAYS:
            self.until_ready(name)

    def stop(self) -> None:
        for name in GATEWAYS:
            self.children[name].ask_to_stop()
        codes = {name: self.children[name].stop() for name in GATEWAYS}
        self.world.close()
        self._places.close()
        assert set(codes.values()) == {0}, (codes, self.lines[-20:])

    def until_ready(self, gateway: str) -> None:
        eventually(lambda: self._ready(gateway))

    def head(self) -> int:
        return self._parts.store.wait(0, 0)

    def recorded(self, after: int = 0) -> list[Recorded]:
        return self._parts.store.read_all(after, 1_000_000)

    def last_positions(self) -> dict[str, int]:
        """By the first word of the live topic that each event belongs to."""
        streams = {"person": "directory", "unit": "directory", "task": "tasks", "document": "documents"}
        return {streams.get(each.stream.partition("-")[0], ""): each.position for each in self.recorded()}

    def until_published(self, position: int) -> None:
        eventually(lambda: self._parts.progress.get("relay") >= position)

    def settle(self) -> None:
        """Until every reaction is recorded, everything published, and every gateway shows it."""
        self.world.settle(SETTLE_SECONDS)
        head = self.head()
        self.until_published(head)
        for replica in range(3):
            eventually(lambda replica=replica: shown(self._views(replica)) >= head)  # type: ignore[misc]

    def check(self) -> None:
        """Every gateway shows what a fresh replay of the log shows, and no reaction is missing, parked or repeated."""
        self.settle()
        fresh = self._views("fresh")
        remove(fresh)
        views = open_views(self.settings, self._parts.store, fresh.name)
        views.catch_up()
        TextIndex(views, self._parts.blobs).catch_up()
        views.stop()
        expected = contents(fresh)
        for replica in range(3):
            eventually(lambda replica=replica: unindexed(self._views(replica)) == 0)  # type: ignore[misc]
            found = contents(self._views(replica))
            assert [table for table in expected if found[table] != expected[table]] == [], f"replica {replica}"
            assert found.keys() == expected.keys()
        assert self._parts.progress.parked() == []
        check_reactions(self.recorded())

    def _views(self, replica: int | str) -> Path:
        return self.settings.data_dir / f"views-{replica}.db"

    def _ready(self, gateway: str) -> bool:
        try:
            return httpx2.get(f"{self.addresses[gateway]}/ready", timeout=2).status_code == 200
        except httpx2.TransportError:
            return False

    def _gateway(self, name: str) -> Child:
        port = self._places.port()
        self.addresses[name] = f"http://127.0.0.1:{port}"
        own = {
            "DIENHONG_REPLICA": name.removeprefix("gateway-"),
            "DIENHONG_PORT": str(port),
            "DIENHONG_RPC_TIMEOUT_SECONDS": "5",
        }
        return Child(name, ["dienhong", "gateway"], {**environment(self.settings), **own}, self.lines.append)


@contextmanager
def asleep(child: Child) -> Iterator[None]:
    """It is there, keeps what it has, and does nothing until the end of the `with`."""
    pid = child.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def shown(views: Path) -> int:
    """The position that this views file shows, whoever writes it."""
    with closing(sqlite3.connect(views)) as connection:
        return int(connection.execute("SELECT position FROM progress").fetchone()[0])


def unindexed(views: Path) -> int:
    """How many documents' texts this views file waits for."""
    with closing(sqlite3.connect(views)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM document_texts_waiting").fetchone()[0])


def check_reactions(recorded: Iterable[Recorded]) -> None:
    """Each document is read once, what arrives is checked once, each poll counted once, each obligation is one task."""
    happened = Counter((each.type, each.stream) for each in recorded)
    for cause, effect in (
        ("DocumentAdded", "TextExtracted"),
        ("PollClosed", "PollTallied"),
        ("SessionOpened", "PreparationEnded"),
        ("IncomingReceived", "SignaturesChecked"),
    ):
        causes = [stream.partition("-")[2] for kind, stream in happened if kind == cause]
        effects = Counter(stream.partition("-")[2] for kind, stream in happened.elements() if kind == effect)
        assert effects == Counter(causes), (cause, effect)
    told = [CODEC.decode(each) for each in recorded if each.type in ("ConclusionRecorded", "TaskAssigned")]
    obligations = [each for event in told if isinstance(event, ConclusionRecorded) for each in event.new_obligations]
    tasks = [event.source.obligation_id for event in told if isinstance(event, TaskAssigned) and event.source]
    assert sorted(tasks) == sorted(obligations)
