"""Documents whose bytes have been verified, kept on this machine's disk for those who read them again."""

import fcntl
import os
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

PREFIX = "dienhong-verified-"
IN_USE = "in-use"
"""A file in each folder, locked as long as its process lives."""


class Copies:
    """Verified bytes in files of this process, the least recently read removed first; gone when it ends.

    A process that was killed leaves its folder behind. The next one removes it, so that nothing erased stays there.
    """

    def __init__(self, limit: int) -> None:
        _remove_orphans()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        weakref.finalize(self, _remove, self.folder, _locked(self.folder))
        self._limit = limit
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._access = threading.Lock()

    def open(self, sha256: str) -> BinaryIO | None:
        with self._access:
            if sha256 not in self._sizes:
                return None
            self._sizes.move_to_end(sha256)
            return (self.folder / sha256).open("rb")

    def keep(self, sha256: str, file: Path) -> BinaryIO:
        """Takes a verified file over and opens it; whoever reads one that is removed meanwhile reads on."""
        with self._access:
            opened = file.open("rb")
            self._sizes[sha256] = file.stat().st_size
            file.replace(self.folder / sha256)
            while sum(self._sizes.values()) > self._limit:
                oldest, _ = self._sizes.popitem(last=False)
                (self.folder / oldest).unlink()
            return opened

    def forget(self, sha256: str) -> None:
        with self._access:
            if self._sizes.pop(sha256, None) is not None:
                (self.folder / sha256).unlink()


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
