"""The whole distributed product on this machine: private servers, every service, two gateways and the relay.

`python -m dienhong.nodes.distributed [--demo]`; `python -m dienhong.nodes.distributed down` ends it.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from dienhong.bus import SERVICES, setup
from dienhong.moving import move_in
from dienhong.nodes import minio
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode, free_port
from kernel.settings import Settings
from kernel.wiring import open_store

FOLDER = Path("var/distributed")
VHOST = "dienhong"
BUS_PORT = 25672
STORE_PORT = 25432
BLOBS_PORT = 29000
GATEWAY_PORTS = (8001, 8002)
READY_SECONDS = 120
RELAY = ("relay", ["dienhong", "relay"])

Say = Callable[[str], None]


class NotReady(Exception):
    """A part did not become ready in time; the log says why."""


class Composition:
    """The processes of the product over given servers. `environment` holds the servers' addresses."""

    def __init__(self, environment: Mapping[str, str], gateway_ports: Sequence[int], say: Say) -> None:
        self.environment = dict(environment)
        self.addresses = [f"http://127.0.0.1:{port}" for port in gateway_ports]
        self.children: dict[str, Child] = {}
        self._probes = [f"{address}/ready" for address in self.addresses]
        for name, arguments in (*((name, ["dienhong.hosting", name]) for name in SERVICES), RELAY):
            port = free_port()
            self._probes.append(f"http://127.0.0.1:{port}/ready")
            self._add(name, arguments, say, DIENHONG_HOST="127.0.0.1", DIENHONG_HEALTH_PORT=str(port))
        for i, port in enumerate(gateway_ports, start=1):
            name = f"gateway-{i}"
            self._add(name, ["dienhong", "gateway"], say, DIENHONG_REPLICA=str(i), DIENHONG_PORT=str(port))

    def start(self) -> None:
        """Declares what the broker needs, then starts every process; returns when all are ready."""
        setup(
            Settings(
                bus_url=self.environment["DIENHONG_BUS_URL"],
                bus_admin_url=self.environment.get("DIENHONG_BUS_ADMIN_URL", ""),
            )
        )
        for child in self.children.values():
            child.start()
        self.until_ready()

    def until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for probe in self._probes:
            while not _answers(probe):
                if time.monotonic() > deadline:
                    raise NotReady(probe)
                time.sleep(0.1)

    def stop(self) -> dict[str, int]:
        """Exit code by name."""
        for child in self.children.values():
            child.ask_to_stop()
        return {name: child.stop() for name, child in self.children.items()}

    def _add(self, name: str, arguments: list[str], say: Say, **own: str) -> None:
        self.children[name] = Child(name, arguments, {**self.environment, **own}, say)


def up(folder: Path, say: Say, demo: bool, stopping: threading.Event) -> None:
    began = time.monotonic()
    with ExitStack() as ending:
        environment = _servers(folder, ending)
        if demo:
            _fill(environment, say)
        composition = Composition(environment, GATEWAY_PORTS, say)
        ending.callback(composition.stop)
        composition.start()
        say(f"Ready after {time.monotonic() - began:.0f} s: {' and '.join(composition.addresses)}")
        stopping.wait()
        say("Stopping…")


def down(folder: Path) -> None:
    """Ends what `up` runs from this folder, and waits for it."""
    try:
        pid = int((folder / "pid").read_text())
        os.kill(pid, signal.SIGTERM)
        while True:
            os.kill(pid, 0)
            time.sleep(0.1)
    except (FileNotFoundError, ProcessLookupError):
        return


def _servers(folder: Path, ending: ExitStack) -> dict[str, str]:
    """Starts the private servers; an address that is already in the environment wins."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("DIENHONG_TEST_")}
    environment = {**given, "DIENHONG_DATA_DIR": str((folder / "data").absolute())}
    if "DIENHONG_STORE_URL" not in environment:
        postgres = PostgresNode((folder / "postgres").absolute(), STORE_PORT)
        ending.callback(postgres.stop)
        postgres.start()
        environment["DIENHONG_STORE_URL"] = postgres.url
    if "DIENHONG_BUS_URL" not in environment:
        rabbit = RabbitNode((folder / "rabbitmq").absolute(), BUS_PORT)
        ending.callback(rabbit.stop)
        rabbit.start()
        environment["DIENHONG_BUS_URL"] = rabbit.url(VHOST)
        environment["DIENHONG_BUS_ADMIN_URL"] = rabbit.admin_url
    if "DIENHONG_BLOBS_URL" not in environment and minio.program():
        objects = minio.MinioNode((folder / "minio").absolute(), BLOBS_PORT)
        ending.callback(objects.stop)
        objects.start()
        objects.make_bucket("documents")
        environment["DIENHONG_BLOBS_URL"] = objects.url("documents")
    return environment


def _fill(environment: Mapping[str, str], say: Say) -> None:
    """Founds the demo council in the empty log, with its events' own times."""
    from dienhong.demo import ACCOUNTS, prepare
    from dienhong.demo.people import PASSWORD

    settings = Settings(
        data_dir=Path(environment["DIENHONG_DATA_DIR"]),
        store_url=environment["DIENHONG_STORE_URL"],
        blobs_url=environment.get("DIENHONG_BLOBS_URL", ""),
    )
    with closing(open_store(settings)) as store:
        if store.wait(0, 0) == 0:
            prepare(settings.model_copy(update={"store_url": "", "blobs_url": ""}), say)
            move_in(settings)
    say(f"Demo accounts, all with the password {PASSWORD}: {', '.join(login for login, _, _ in ACCOUNTS)}")


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def main(arguments: Sequence[str]) -> None:
    if "down" in arguments:
        down(FOLDER)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "pid").write_text(str(os.getpid()))
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _signal, _frame: stopping.set())
    with (FOLDER / "log").open("a") as log:

        def say(line: str) -> None:
            print(line, flush=True)
            print(line, file=log, flush=True)

        up(FOLDER, say, "--demo" in arguments, stopping)
    (FOLDER / "pid").unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
