"""A private MinIO server in a folder of its own, on loopback only, with a password.

Its project gives out no programs any more, so `build` makes one with Go from the public module.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from minio import Minio

from dienhong.nodes.holding import MARK
from dienhong.nodes.leash import leashed

MODULE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
"""Builds with Go 1.26."""
USER = "dienhong"
START_SECONDS = 60
STOP_SECONDS = 20


class MinioMissing(Exception):
    """There is no MinIO server on this machine and no Go to build it with."""


class NodeFailed(Exception):
    """The server could not be built or started; the text is the end of what it said."""


def program() -> Path | None:
    """PATH's server, or the one that Go built for this user."""
    found = shutil.which("minio")
    built = _go_programs() / "minio"
    return Path(found) if found else built if built.is_file() else None


def build() -> Path:
    """The server, built first where it is missing: some minutes and about 2 GB of Go's caches, once."""
    if found := program():
        return found
    go = shutil.which("go")
    if go is None:
        raise MinioMissing("minio")
    done = subprocess.run([go, "install", f"{MODULE}@{VERSION}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NodeFailed(done.stderr[-2000:])
    return _go_programs() / "minio"


class MinioNode:
    """`port` 0 takes a free one at the first start and keeps it."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, bucket: str) -> str:
        return f"s3+http://{USER}:{self._password}@127.0.0.1:{self.port}/{bucket}"

    @property
    def client(self) -> Minio:
        return Minio(f"127.0.0.1:{self.port}", USER, self._password, secure=False, region="us-east-1")

    def make_bucket(self, bucket: str, object_lock: bool = False) -> None:
        """Nothing if it is there already."""
        if not self.client.bucket_exists(bucket):
            self.client.make_bucket(bucket, object_lock=object_lock)

    def start(self) -> None:
        """Returns once it can read and write."""
        server = build()
        self.folder.mkdir(parents=True, exist_ok=True)
        password = self.folder / "password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_hex(20))
        self.port = self.port or _free_port()
        address = f"127.0.0.1:{self.port}"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                leashed([server, "server", "--quiet", "--address", address, "--certs-dir", "certs", "data"]),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._until_ready()

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a crash does it."""
        self._end(signal.SIGKILL)

    @property
    def _password(self) -> str:
        return (self.folder / "password").read_text()

    def _environment(self) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", MARK) if name in os.environ},
            "HOME": str(self.folder),
            "MINIO_ROOT_USER": USER,
            "MINIO_ROOT_PASSWORD": self._password,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        }

    def _until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise NodeFailed((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/minio/health/ready", timeout=2):
                return True
        except (OSError, URLError):
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _go_programs() -> Path:
    if folder := os.environ.get("GOBIN"):
        return Path(folder)
    return Path(os.environ.get("GOPATH", Path.home() / "go")) / "bin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def main() -> None:
    """For `make test`: builds the server where that is possible, and says so where it is not."""
    try:
        print(f"MinIO: {build()}", file=sys.stderr)
    except (MinioMissing, NodeFailed) as error:
        print(f"no MinIO server, so tests that need it are skipped: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
