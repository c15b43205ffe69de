"""The whole distributed product on this machine: private servers, every service, two gateways and the relay.

`python -m dienhong.nodes.distributed [--demo] [PORT…]`, a gateway for each port; `… down` ends it.
"""

import os
import shlex
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from dienhong.bus import SERVICES, setup
from dienhong.console import FOUND_PROBLEMS, IN_USE, Fault, expected_failures
from dienhong.demo import ACCOUNTS, prepare
from dienhong.demo.people import PASSWORD
from dienhong.moving import move_in
from dienhong.nodes import minio, postgres, rabbitmq
from dienhong.nodes.holding import Held, end, end_leftovers, held
from dienhong.nodes.log_lines import OneLog
from dienhong.nodes.postgres import PostgresNode, can_enter
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode
from dienhong.nodes.reserving import Places
from dienhong.stopping import when_asked_to_stop
from kernel.settings import Settings
from kernel.wiring import open_store

FOLDER = Path("var/distributed").absolute()
VHOST = "dienhong"
BUS_PORT = 25672
STORE_PORT = 25432
BLOBS_PORT = 29000
GATEWAY_PORTS = (8001, 8002)
READY_SECONDS = 120
RELAY = ("relay", ["dienhong", "relay"])
LEDGER = ("ledger", ["dienhong", "ledger", "serve"])

Say = Callable[[str], None]


class NotReady(Exception):
    """A part did not become ready in time; the log says why."""


class Composition:
    """The processes of the product over given servers. `environment` holds the servers' addresses.

    A gateway's port 0 takes a free one. That and the ports of health are nobody else's until `stop`.
    """

    def __init__(self, environment: Mapping[str, str], gateway_ports: Sequence[int], say: Say) -> None:
        self.environment = dict(environment)
        self.addresses: list[str] = []
        self.children: dict[str, Child] = {}
        self._say = say
        self._places = Places()
        self.probes: dict[str, str] = {}
        for name in SERVICES:
            self.add_service(name, name)
        self._add_probed(*RELAY)
        self._add_ledger()
        for i, port in enumerate(gateway_ports, start=1):
            self.add_gateway(str(i), port)

    def add_service(self, service: str, name: str) -> Child:
        """One process of the service; not started yet."""
        return self._add_probed(name, ["dienhong.hosting", service])

    def _add_ledger(self) -> None:
        port = str(self._places.port())
        self._add_probed(*LEDGER, DIENHONG_PORT=port)
        self.environment["DIENHONG_LEDGER_URL"] = f"http://127.0.0.1:{port}"

    def add_gateway(self, replica: str, port: int) -> Child:
        """Not started yet; it answers at the last of `addresses`."""
        port = port or self._places.port()
        address = f"http://127.0.0.1:{port}"
        self.addresses.append(address)
        self.probes[f"gateway-{replica}"] = f"{address}/ready"
        public = self.environment.get("DIENHONG_PUBLIC_URL", address)
        own = {"DIENHONG_REPLICA": replica, "DIENHONG_PORT": str(port), "DIENHONG_PUBLIC_URL": public}
        return self._add(f"gateway-{replica}", ["dienhong", "gateway"], **own)

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
        for probe in self.probes.values():
            while not _answers(probe):
                if time.monotonic() > deadline:
                    raise NotReady(probe)
                time.sleep(0.1)

    def stop(self) -> dict[str, int]:
        """Exit code by name."""
        for child in self.children.values():
            child.ask_to_stop()
        codes = {name: child.stop() for name, child in self.children.items()}
        self._places.close()
        return codes

    def _add_probed(self, name: str, arguments: list[str], **own: str) -> Child:
        port = self._places.port()
        self.probes[name] = f"http://127.0.0.1:{port}/ready"
        return self._add(name, arguments, DIENHONG_HOST="127.0.0.1", DIENHONG_HEALTH_PORT=str(port), **own)

    def _add(self, name: str, arguments: list[str], **own: str) -> Child:
        self.children[name] = Child(name, arguments, {**self.environment, **own}, self._say)
        return self.children[name]


def up(folder: Path, ports: Sequence[int], say: Say, demo: bool, stopping: threading.Event) -> None:
    began = time.monotonic()
    with ExitStack() as ending:
        environment = _servers(folder, ending)
        demo = demo and _fill(environment, say)
        composition = Composition(environment, ports, say)
        _write_environment(folder / "environment", composition.environment)
        ending.callback(composition.stop)
        composition.start()
        for name, probe in composition.probes.items():
            say(f"Health and metrics of {name}: {probe.removesuffix('/ready')}")
        if demo:
            say(f"Accounts, all with the password {PASSWORD}: {', '.join(login for login, _, _ in ACCOUNTS)}")
        say(f"In {folder}: this log, the same as JSON lines (log.jsonl), its addresses and passwords (environment).")
        say("Ctrl+C or `make distributed-down` ends it.")
        say(f"Ready after {time.monotonic() - began:.0f} s: {' and '.join(composition.addresses)}")
        stopping.wait()
        say("Stopping…")


def down(folder: Path) -> str:
    """Ends what `up` runs from this folder, and what an `up` that was killed has left behind; says what it did."""
    ended = end(folder)
    left = end_leftovers(folder)
    if ended:
        return "Ended."
    return f"Ended what an earlier run had left behind: processes {left}." if left else "Nothing was running."


def _servers(folder: Path, ending: ExitStack) -> dict[str, str]:
    """Starts the private servers; an address that is already in the environment wins."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("DIENHONG_TEST_")}
    environment = {**given, "DIENHONG_DATA_DIR": str(folder / "data")}
    if "DIENHONG_STORE_URL" not in environment:
        database = PostgresNode(_postgres_folder(folder), _free(STORE_PORT))
        ending.callback(database.stop)
        database.start()
        environment["DIENHONG_STORE_URL"] = database.url
    if "DIENHONG_BUS_URL" not in environment:
        rabbit = RabbitNode(folder / "rabbitmq", _free(BUS_PORT))
        ending.callback(rabbit.stop)
        rabbit.start()
        environment["DIENHONG_BUS_URL"] = rabbit.url(VHOST)
        environment["DIENHONG_BUS_ADMIN_URL"] = rabbit.admin_url
    if "DIENHONG_BLOBS_URL" not in environment and minio.program():
        objects = minio.MinioNode(folder / "minio", _free(BLOBS_PORT))
        ending.callback(objects.stop)
        objects.start()
        objects.make_bucket("documents")
        environment["DIENHONG_BLOBS_URL"] = objects.url("documents")
    return environment


def _write_environment(path: Path, environment: Mapping[str, str]) -> None:
    """For a shell that asks the running product: `set -a; . var/distributed/environment; dienhong bus check`."""
    ours = {name: value for name, value in environment.items() if name.startswith("DIENHONG_")}
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in ours.items()))


def _fill(environment: Mapping[str, str], say: Say) -> bool:
    """Founds the demo council in the empty log, with its events' own times; False where it cannot be."""
    if not environment["DIENHONG_STORE_URL"].startswith("postgres"):
        say("Without the demo council: its log can be moved into PostgreSQL only.")
        return False
    settings = Settings(
        data_dir=Path(environment["DIENHONG_DATA_DIR"]),
        store_url=environment["DIENHONG_STORE_URL"],
        blobs_url=environment.get("DIENHONG_BLOBS_URL", ""),
        identity_url=environment.get("DIENHONG_IDENTITY_URL", ""),
    )
    with closing(open_store(settings)) as store:
        if store.wait(0, 0) == 0:
            prepare(settings.model_copy(update={"store_url": "", "blobs_url": ""}), say)
            move_in(settings)
            for moved in list(settings.data_dir.glob("*.db*")):  # a log that nobody writes any more would mislead
                if not moved.name.startswith(("ledger.db", "witness.db")):
                    moved.unlink()
    return True


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _postgres_folder(folder: Path) -> Path:
    """PostgreSQL refuses to run as root, and the user who runs it for root may not enter root's own folders."""
    inside = folder / "postgres"
    if can_enter(folder):
        return inside
    if not inside.is_symlink():
        elsewhere = Path(tempfile.mkdtemp(prefix="dienhong-postgres-", dir="/var/tmp"))
        elsewhere.chmod(0o755)
        inside.symlink_to(elsewhere)
    return inside.resolve()


def _free(port: int) -> int:
    """The port, or 0 (any that is free) where another program has it."""
    return 0 if _taken(port) else port


def _taken(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return False
    except OSError:
        return True


def main(arguments: Sequence[str]) -> None:
    if "down" in arguments:
        print(down(FOLDER))
        return
    ports = [int(each) for each in arguments if each.isdecimal()] or GATEWAY_PORTS
    stopping = threading.Event()
    when_asked_to_stop(stopping.set)
    try:
        with held(FOLDER), OneLog(FOLDER) as log:
            if left := end_leftovers(FOLDER):
                log.say(f"Ended what an earlier run had left behind: processes {left}.")
            if taken := [port for port in ports if _taken(port)]:
                raise Fault(f"Another program has port {taken[0]}. Choose: make distributed PORTS='8011 8012'.", IN_USE)
            up(FOLDER, ports, log.say, "--demo" in arguments, stopping)
    except Held as run:
        raise Fault(f"It runs already, as process {run.args[0]}; `make distributed-down` ends it.", IN_USE) from run
    except (postgres.NodeFailed, rabbitmq.NodeFailed, minio.NodeFailed, NotReady) as error:
        raise Fault(f"It could not be started: {error.args[0]}", FOUND_PROBLEMS) from error
    except (postgres.PostgresMissing, rabbitmq.RabbitMissing) as error:
        raise Fault(
            f"The package {error.args[0]} is missing: apt-get install {error.args[0]}", FOUND_PROBLEMS
        ) from error


if __name__ == "__main__":
    with expected_failures():
        main(sys.argv[1:])
