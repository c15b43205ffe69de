"""A private PostgreSQL server in a folder of its own, on loopback only, with a password."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from pwd import getpwall, struct_passwd
from typing import Any

from dienhong.nodes.leash import leashed

ROLE = "dienhong"
START_SECONDS = 60
STOP_SECONDS = 30


class PostgresMissing(Exception):
    """PostgreSQL's server programs are not on this machine; Debian has them in the package `postgresql`."""


class NodeFailed(Exception):
    """The server could not be set up or started; the text is the end of its log."""


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`: PATH's, or else the newest that Debian has installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(debian, key=lambda folder: float(folder.parent.name), default=None)


class PostgresNode:
    """`folder` must be reachable by the user who runs the server: `postgres` or `nobody` when we are root.

    `port` 0 takes a free one at the first start and keeps it.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        found = programs()
        if found is None:
            raise PostgresMissing("postgresql")
        self.folder = folder
        self.port = port
        self._programs = found
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{ROLE}:{password}@127.0.0.1:{self.port}/{ROLE}"

    def initialise(self) -> None:
        """Make the database cluster, with checksums, UTF-8 and a new password; nothing if it is there already."""
        if (self.folder / "ready").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._data, ignore_errors=True)  # left by an attempt that was cut short
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if user := _server_user():
            for path in (self.folder, password):
                shutil.chown(path, user.pw_uid, user.pw_gid)
            if not can_enter(self.folder):
                raise NodeFailed(f"{user.pw_name}, who must run the server, may not enter {self.folder}")
        layout = ("--encoding=UTF8", "--locale=C", "--data-checksums", f"--username={ROLE}")
        self._run("initdb", *layout, "--auth=scram-sha-256", f"--pwfile={password}", "-D", str(self._data))
        self._run("postgres", "--single", "-D", str(self._data), "postgres", given=f"CREATE DATABASE {ROLE}")
        (self.folder / "ready").touch()

    def start(self) -> None:
        """Returns once it accepts connections."""
        self.initialise()
        self.port = self.port or _free_port()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                leashed([self._programs / "postgres", "-D", self._data, *self._settings()], "INT"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **_as_server_user(),
            )
        self._until_ready()

    def stop(self) -> None:
        """Ends sessions, checkpoints and stops, also a server that another process has started."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-D", str(self._data), "-m", "fast", "-w", "-t", str(STOP_SECONDS))
        self._reap()

    def kill(self) -> None:
        """As a crash does it: every process of the server at once, nothing flushed."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # it must not start new processes while its old ones are being ended
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self._reap()
        while any(_runs(int(pid)) for pid in children):
            time.sleep(0.01)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        asking = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(asking, check=False).returncode != 0:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise NodeFailed((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _run(self, program: str, *arguments: str, given: str = "") -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            check=False,
            **_as_server_user(),
        )
        if done.returncode != 0:
            raise NodeFailed(done.stdout[-2000:])


def can_enter(folder: Path) -> bool:
    """Whether the user who runs the server may."""
    return subprocess.run(["test", "-x", folder], check=False, **_as_server_user()).returncode == 0


def _server_user() -> struct_passwd | None:
    """PostgreSQL refuses to run as root; any other user runs it as themselves."""
    if os.geteuid() != 0:
        return None
    users = {each.pw_name: each for each in getpwall()}
    return users.get("postgres") or users["nobody"]


def _as_server_user() -> dict[str, Any]:
    user = _server_user()
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _runs(pid: int) -> bool:
    """False also for what has ended and only waits to be asked for its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
