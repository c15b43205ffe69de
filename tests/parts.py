"""Installs the outside parts that the tests use from Debian's packages, when root; says what is missing otherwise."""

import os
import shutil
import subprocess
import sys

PARTS = {"chromium": "chromium", "pdftoppm": "poppler-utils"}


def main() -> None:
    missing = {program: package for program, package in PARTS.items() if shutil.which(program) is None}
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"not on this machine, so its tests are skipped: {', '.join(missing)}", file=sys.stderr)
        return
    quiet = {"stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", *missing.values()], **quiet)


if __name__ == "__main__":
    main()
