"""A server as a process of its own, from its first line of readiness to its end."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bench.shape import Wrong

READY = re.compile(r"Ready:\s+(http://\S+)")
START_SECONDS = 60
STOP_SECONDS = 30
DEPLOYMENT = "bench.dienhong"
"""Of every hall and of the server that opens it, or else its ledger would not go on under this name."""


@dataclass(frozen=True)
class Server:
    address: str
    pid: int

    def processor_seconds(self) -> float:
        """What it has used of the processors so far, all its threads together."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Server]:
    """`python -m …`, until the end of the `with`; it tells its address in a line `Ready: http://…`."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield Server(_address(process), process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said: list[str] = []
    patience = threading.Timer(START_SECONDS, process.kill)
    patience.start()
    for line in process.stdout:
        said.append(line)
        if found := READY.search(line):
            patience.cancel()
            threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would stop it
            return found[1]
    patience.cancel()
    raise Wrong(f"the server ended: {''.join(said[-15:])}")


@contextmanager
def product(folder: Path, environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """The embedded product on this data folder, as an office starts it, but for its log lines."""
    settings = {
        "DIENHONG_DATA_DIR": str(folder),
        "DIENHONG_DEPLOYMENT": DEPLOYMENT,
        "DIENHONG_PORT": "0",
        "COLUMNS": "200",
    }
    with running(["dienhong", "serve"], {**settings, **environment}) as server:
        yield server
