"""Where rounds keep their files: on the disk that holds the checkout, since a folder in memory knows no fsync."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path("build/bench")


@contextmanager
def folder() -> Iterator[Path]:
    """Empty, and gone afterwards. Other users may enter it: PostgreSQL does not run as root."""
    ROOT.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=ROOT.absolute()))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
