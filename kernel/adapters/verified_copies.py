"""Documents whose bytes have been verified, kept on this machine's disk for those who read them again."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from kernel.scratch import Scratch


class Copies:
    """Verified bytes in files of this process, the least recently read removed first; gone when it ends."""

    def __init__(self, limit: int) -> None:
        self._scratch = Scratch()
        self.folder = self._scratch.folder
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
