"""Folders for passing work with documents and views, under `TMPDIR`.

A process that is killed leaves its folders behind. Whoever makes the next one removes them, so that nothing that is
erased by order stays in one.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

PREFIX = "dienhong-"
IN_USE = "in-use"
"""A file in each folder, locked as long as its process lives."""


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
