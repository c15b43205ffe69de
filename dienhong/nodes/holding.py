"""One run at a time in a folder, and the end of what a run left behind when it was killed."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "STARTED_FROM"
"""A variable in the environment of everything that a run starts, children of children included: its folder."""
STOP_SECONDS = 25


class Held(Exception):
    """A run is under way in this folder: its process id."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """For as long as the run lasts. The lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pid").open("a+") as pid:
        try:
            fcntl.flock(pid, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(int((folder / "pid").read_text())) from None
        pid.truncate(0)
        pid.write(str(os.getpid()))
        pid.flush()
        os.environ[MARK] = str(folder)
        yield


def end(folder: Path) -> bool:
    """Ends the run in this folder and waits for it; False when there was none."""
    pid = _holder(folder)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    while _holder(folder) == pid:
        time.sleep(0.1)
    return True


def end_leftovers(folder: Path) -> list[int]:
    """Which processes of an earlier run still ran; they are asked to stop, and killed after a while."""
    left = _left(folder)
    for pid in left:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while remaining := _left(folder):
        if time.monotonic() > deadline:
            for pid in remaining:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    return left


def _holder(folder: Path) -> int | None:
    try:
        with (folder / "pid").open() as pid:
            fcntl.flock(pid, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((folder / "pid").read_text())
    return None


def _left(folder: Path) -> list[int]:
    wanted = f"{MARK}={folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another user's
            continue
        if wanted in variables and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found
