"""Folders for passing work with documents and views, under `TMPDIR`.

A process that is killed leaves its folders behind. Whoever makes the next one removes them, so that nothing that is
erased by order stays in one.
"""

import fcntl
import os
import shutil
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

PREFIX = "dienhong-"
IN_USE = "in-use"
"""A file in each folder, locked as long as its process lives."""

ABANDONED_SECONDS = 24 * 3600


class Scratch:
    """Gone when closed, or when nobody holds it any more."""

    def __init__(self) -> None:
        _remove_orphans()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.close = weakref.finalize(self, _remove, self.folder, _locked(self.folder))

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *_error: object) -> None:
        self.close()


def remove_abandoned(folder: Path) -> None:
    """Files of a shared folder that nobody has written to for a day. Others may take theirs away meanwhile."""
    limit = time.time() - ABANDONED_SECONDS
    for each in folder.iterdir():
        with suppress(FileNotFoundError):
            if each.stat().st_mtime < limit:
                each.unlink()


def _locked(folder: Path) -> int:
    """Locked before it has its name, so that nobody takes a folder in the making for an orphan."""
    mark = os.open(folder / "begun", os.O_CREAT | os.O_CLOEXEC)
    fcntl.flock(mark, fcntl.LOCK_EX)
    (folder / "begun").rename(folder / IN_USE)
    return mark


def _remove(folder: Path, mark: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(mark)


def _remove_orphans() -> None:
    for each in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{IN_USE}"):
        with suppress(OSError), each.open("rb") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(each.parent)
