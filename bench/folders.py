"""Where rounds keep their files: on the disk that holds the checkout, since a folder in memory knows no fsync."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path("build/bench") if os.geteuid() != 0 else Path("/var/tmp/dienhong-bench")
"""PostgreSQL does not run as root, and its user may not enter root's own folders."""


@contextmanager
def folder() -> Iterator[Path]:
    """Empty, and gone afterwards; other users may enter it."""
    ROOT.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=ROOT.absolute()))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
