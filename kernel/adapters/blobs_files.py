"""Documents' bytes in a folder: one file per SHA-256, written once and read only after it has been verified."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from kernel.ports import Blob, Corrupt, LengthMismatch, NotStored, StoreUnavailable
from kernel.scratch import remove_abandoned

CHUNK_BYTES = 1024 * 1024
KEY = re.compile(r"[0-9a-f]{64}")


class FileBlobs:
    """`folder/ab/abcdef…`. Files under `incoming` are uploads under way; what a crash left there is swept."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)
        self._incoming = self._folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self._incoming)

    def put(self, chunks: Iterable[bytes], size: int | None = None, sha256: str | None = None) -> Blob:
        try:
            return self._put(chunks, size, sha256)
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    def read(self, sha256: str) -> bytes:
        with self._verified(sha256) as file:
            return file.read()

    def chunks(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """Verifies at once, so a missing or damaged blob is known before the first chunk is asked for."""
        self._verified(sha256).close()
        return _chunks(self._path(sha256), start)

    def has(self, sha256: str) -> bool:
        return bool(KEY.fullmatch(sha256)) and self._path(sha256).is_file()

    def held(self, sha256: str) -> str:
        return ""

    def erase(self, sha256: str) -> None:
        """The bytes are overwritten first, as far as the disk lets itself be told where to write."""
        if not self.has(sha256):
            return
        path = self._path(sha256)
        try:
            path.chmod(0o640)
            left = path.stat().st_size
            with path.open("r+b") as file:
                while left > 0:
                    left -= file.write(bytes(min(CHUNK_BYTES, left)))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            _sync_folder(path.parent)
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    def _put(self, chunks: Iterable[bytes], size: int | None, sha256: str | None) -> Blob:
        handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                blob = _copy(chunks, file)
                file.flush()
                os.fsync(file.fileno())
            if (size is not None and size != blob.size) or (sha256 is not None and sha256 != blob.sha256):
                raise LengthMismatch(blob.size, blob.sha256)
            self._keep(temporary, self._path(blob.sha256))
            return blob
        finally:
            temporary.unlink(missing_ok=True)

    def _keep(self, temporary: Path, path: Path) -> None:
        """Link under the key unless sound bytes are there already; damaged ones are replaced by these."""
        path.parent.mkdir(exist_ok=True)
        temporary.chmod(0o440)
        if path.is_file() and _sha256(path) == path.name:
            return
        temporary.replace(path)
        _sync_folder(path.parent)
        _sync_folder(self._folder)

    def _verified(self, sha256: str) -> BufferedReader:
        try:
            file = self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotStored(sha256) from error
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            raise Corrupt(sha256)
        file.seek(0)
        return file

    def _path(self, sha256: str) -> Path:
        if not KEY.fullmatch(sha256):
            raise NotStored(sha256)
        return self._folder / sha256[:2] / sha256


def _copy(chunks: Iterable[bytes], file: BinaryIO) -> Blob:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    return Blob(digest.hexdigest(), size)


def _chunks(path: Path, start: int) -> Iterator[bytes]:
    """No file stays open between chunks: whoever reads may leave at any time."""
    while True:
        with path.open("rb") as file:
            file.seek(start)
            chunk = file.read(CHUNK_BYTES)
        if not chunk:
            return
        start += len(chunk)
        yield chunk


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """A new name is durable only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
