"""A private RabbitMQ server in a folder of its own, on loopback only, with a password and the management API."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from dienhong.nodes.holding import MARK
from dienhong.nodes.leash import leashed

USER = "dienhong"
PORTS = range(10_000, 30_000)
OFFERED: Iterator[int] = cycle([*PORTS[random.randrange(len(PORTS)) :], *PORTS])
"""No port twice in a row by one process, and hardly one by two: both would find it free before either uses it."""
START_SECONDS = 90
STOP_SECONDS = 30


class RabbitMissing(Exception):
    """RabbitMQ is not on this machine; Debian has it in the package `rabbitmq-server`."""


class NodeFailed(Exception):
    """The server could not be started; the text is the end of its log."""


def program() -> Path | None:
    """The server's own script: Debian's command of that name insists on the system's user and folders."""
    debian = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    found = shutil.which("rabbitmq-server")
    return debian if debian.exists() else Path(found) if found else None


class RabbitNode:
    """`port` 0 takes a free one at the first start and keeps it; the other ports are always chosen so."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        found = program()
        if found is None:
            raise RabbitMissing("rabbitmq-server")
        self.folder = folder
        self.port = port
        self._program = found
        self._ports = (0, 0, 0)
        self._server: subprocess.Popen[bytes] | None = None
        self._names: subprocess.Popen[bytes] | None = None

    def url(self, vhost: str) -> str:
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.port}/{vhost}"

    @property
    def admin_url(self) -> str:
        return f"http://{USER}:{self._password}@127.0.0.1:{self._ports[0]}"

    def start(self) -> None:
        """Returns once it accepts connections."""
        self._prepare()
        self._names = self._names or subprocess.Popen(
            leashed([_name_server(), "-port", str(self._ports[2]), "-address", "127.0.0.1"]), start_new_session=True
        )
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                leashed([self._program]),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._until_ready()

    def stop(self) -> None:
        """Stops in order: SIGTERM is RabbitMQ's own way."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGTERM)
            try:
                self._server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
            self._server = None
        if self._names is not None:
            self._names.kill()
            self._names.wait()
            self._names = None

    def kill(self) -> None:
        """As a crash does it: nothing flushed, nobody told."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def wipe(self) -> None:
        """The loss of everything that the stopped broker has stored."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def control(self, *arguments: str) -> str:
        """What RabbitMQ's own tool for operators answers."""
        tool = self._program.with_name("rabbitmqctl")
        done = subprocess.run(
            [tool, "--quiet", *arguments], env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise NodeFailed(done.stdout + done.stderr)
        return done.stdout

    @property
    def _password(self) -> str:
        return (self.folder / "password").read_text()

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        password = self.folder / "password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(24))
        self.port = self.port or free_port()
        if not any(self._ports):
            self._ports = (free_port(), free_port(), free_port())
        lines = (
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            "management.tcp.ip = 127.0.0.1",
            f"management.tcp.port = {self._ports[0]}",
            f"default_user = {USER}",
            f"default_pass = {password.read_text()}",
            "log.console = false",
            "log.file.level = warning",
        )
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n")

    def _environment(self) -> dict[str, str]:
        _, distribution, names = self._ports
        return {
            **{name: os.environ[name] for name in ("PATH", MARK) if name in os.environ},
            "HOME": str(self.folder),  # the cookie that nodes and tools know each other by
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"dienhong{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none",
        }

    def _until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server is None or self._server.poll() is not None or time.monotonic() > deadline:
                raise NodeFailed((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                pass
            with urlopen(Request(f"http://127.0.0.1:{self._ports[0]}/"), timeout=2):
                return True
        except (OSError, URLError):
            return False


def free_port() -> int:
    """Free now, and outside the range from which the system gives ports to connections: it may be used much later."""
    for port in islice(OFFERED, len(PORTS)):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise NodeFailed("no port is free")


def _name_server() -> str:
    """epmd, where Erlang nodes find each other: one of our own, so that nothing stays behind."""
    found = shutil.which("epmd") or next(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"), None)
    if found is None:
        raise RabbitMissing("epmd")
    return str(found)
