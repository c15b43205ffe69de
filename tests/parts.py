"""Installs the outside parts that the tests use from Debian's packages, when root; says what is missing otherwise."""

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

PARTS: dict[str, Callable[[], object]] = {
    "chromium": lambda: shutil.which("chromium"),
    "poppler-utils": lambda: shutil.which("pdftoppm") and shutil.which("pdfsig"),
    "softhsm2": lambda: shutil.which("softhsm2-util"),
    # The browser driver's own node is linked against it, and a minimal Debian is without it.
    "libatomic1": lambda: ctypes.util.find_library("atomic"),
    "postgresql": lambda: shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    "rabbitmq-server": lambda: shutil.which("rabbitmq-server"),
    # For promtool, which judges the alert rules.
    "prometheus": lambda: shutil.which("promtool"),
}


def install(parts: Mapping[str, Callable[[], object]]) -> None:
    """`parts`: how to find out whether each package is there."""
    missing = [package for package, there in parts.items() if not there()]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"not on this machine, so what needs it is skipped: {', '.join(missing)}", file=sys.stderr)
        return
    print(f"installing: {', '.join(missing)}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    still = [package for package in missing if not parts[package]()]
    if still:
        print(f"could not be installed, so what needs it is skipped: {', '.join(still)}", file=sys.stderr)


if __name__ == "__main__":
    install(PARTS)
