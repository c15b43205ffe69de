"""What the figures were measured on."""

import os
import platform
import sqlite3
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "eventsourcing",
    "pymerkle",
    "sse-starlette",
    "nameko",
    "pydantic",
    "fastapi",
    "starlette",
    "uvicorn",
    "psycopg",
)
SYNCS = 2000


def description() -> list[tuple[str, str]]:
    return [
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", sys.version.split()[0]),
        ("SQLite", sqlite3.sqlite_version),
        *((name, installed(name)) for name in PACKAGES),
    ]


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def sync_rate(folder: Path) -> float:
    """4 KiB written into preallocated space and made durable, one after the other, per second: the disk's own limit."""
    path = folder / "syncs"
    with path.open("wb", buffering=0) as file:
        file.write(bytes(4096 * 1000))
        os.fdatasync(file.fileno())
        began = time.perf_counter()
        for turn in range(SYNCS):
            os.pwrite(file.fileno(), b"\1" * 4096, turn % 1000 * 4096)
            os.fdatasync(file.fileno())
        seconds = time.perf_counter() - began
    path.unlink()
    return SYNCS / seconds


def load() -> float:
    """How many processes wanted a core during the last minute; ours should be the only ones."""
    return os.getloadavg()[0]
