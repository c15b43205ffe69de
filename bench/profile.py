"""Where the time goes: the product sampled by py-spy while it does what the benchmarks measure."""

import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import http_ballots, roll_calls
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.hall import embedded_hall
from bench.load import drive
from bench.server import product

OURS = ("kernel/", "services/", "gateway/", "ledger/", "dienhong/")
LISTED = 14
SAMPLING = ("record", "--function", "--nonblocking", "--rate", "100", "--format", "raw", "--output")
WAITING = ("wait (threading", "select (selectors", "_worker (concurrent", "get (queue")
"""Innermost frames of threads that wait; the sampler takes some of them for busy."""


BALLOTS = "The embedded product, while ballots come by HTTP on 256 connections"
REBUILD = "Views rebuilt and polls counted again from the real roll calls"


@dataclass(frozen=True)
class Profile:
    """Samples by the innermost function of ours under which they fell; what none of ours called stands apart.

    `missing`: why there are none.
    """

    title: str
    samples: int
    shares: Sequence[tuple[str, float]]
    missing: str = ""


def profiles(quick: bool) -> list[Profile]:
    return [
        sampled(BALLOTS, lambda path: ballots_by_http(path, 1_000 if quick else 5_000)),
        sampled(REBUILD, lambda path: rebuild(path, 300 if quick else None), roll_calls.DATA),
    ]


def sampled(title: str, work: Callable[[Path], None], needed: Path = Path()) -> Profile:
    """`work` leaves its stacks in a folder. Whatever it fails with, the figures of the run are not lost."""
    absent = missing() or ("" if needed.exists() else str(needed))
    if absent:
        return Profile(title, 0, (), f"skipped, {absent} is not here")
    with folder() as path:
        try:
            work(path)
            return summed(title, path / "stacks")
        except Exception as error:
            return Profile(title, 0, (), f"{type(error).__name__}: {error}")


def missing() -> str:
    return "" if program() else "py-spy"


def program() -> str | None:
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


def ballots_by_http(path: Path, voters: int) -> None:
    hall = embedded_hall(path / "hall", voters, 4)
    keys = [(str(poll), str(voter), "for") for poll in hall.polls for voter in hall.voters]
    with product(hall.folder) as server:
        command = [program() or "", *SAMPLING, path / "stacks", "--duration", "600", "--pid", str(server.pid)]
        sampling = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        drive([server.address], http_ballots.requests(hall, keys), 256)
        sampling.send_signal(signal.SIGINT)
        sampling.wait()


def rebuild(path: Path, polls: int | None) -> None:
    in_fresh_process(roll_calls.written, path / "events.db", polls)
    command = [program() or "", *SAMPLING, path / "stacks", "--", sys.executable, "-m", "bench.rebuild_once", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def summed(title: str, stacks: Path) -> Profile:
    """`frame;frame;frame count` a line, the innermost last."""
    counts: Counter[str] = Counter()
    for line in stacks.read_text().splitlines():
        frames, _, count = line.rpartition(" ")
        if not any(wait in frames.rpartition(";")[2] for wait in WAITING):
            counts[place(frames.split(";"))] += int(count)
    total = sum(counts.values())
    return Profile(title, total, [(where, count / total) for where, count in counts.most_common(LISTED)])


def place(frames: Sequence[str]) -> str:
    """`function (file)`: ours if there is one, or else the library that the server runs on."""
    for frame in reversed(frames):
        name, _, file = frame.partition(" (")
        file = file.partition(":")[0].rstrip(")")
        for package in OURS:
            if package in file and "site-packages" not in file:
                return f"{package}{file.rpartition(package)[2]}: {name}"
    file = frames[-1].partition(" (")[2].rstrip(")")
    return f"{file.rpartition('site-packages/')[2].partition('/')[0].partition(':')[0]}, called by no function of ours"
