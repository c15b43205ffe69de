"""Whoever starts the processes may itself be killed: then none of them goes on without anybody who watches it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dienhong.nodes.holding import MARK
from tests.distributed.waiting import eventually
from tests.nodes import open_folder

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow]


def test_nothing_outlives_a_killed_supervisor() -> None:
    with open_folder() as folder:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.distributed.supervised", str(folder)],
            env={**os.environ, MARK: str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with supervisor:
            assert supervisor.stdout is not None
            assert supervisor.stdout.readline() == b"ready\n"
            assert {"postgres", "beam.smp", "python"} <= set(running(folder))
            supervisor.kill()
        eventually(lambda: running(folder) == [])


def running(folder: Path) -> list[str]:
    """Programs started from there, by the mark that each inherits; one that has ended has no environment any more."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "comm").read_text().strip())
        except OSError:
            continue
    return found
