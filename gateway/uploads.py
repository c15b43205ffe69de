"""Receiving a file: streamed to disk within the limit, examined, stored, and only then named by an event."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from gateway.edge import Gate
from kernel.decider import Refused
from kernel.ports import LengthMismatch
from kernel.scratch import remove_abandoned
from services.documents import views as documents
from services.documents.intake import Examined

CHUNK_BYTES = 1024 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Upload:
    """What a sender announced: `size` and `sha256` are verified where they are given."""

    file_name: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True)
class Stored:
    examined: Examined
    sha256: str
    size: int


def announced(request: Request) -> Upload:
    """`X-File-Name` is percent-encoded UTF-8, because header fields are ASCII."""
    length = request.headers.get("content-length", "")
    sha256 = request.headers.get("x-sha256", "").lower()
    if sha256 and not SHA256.fullmatch(sha256):
        raise Refused("length_mismatch", "X-Sha256 is no SHA-256")
    return Upload(
        file_name=unquote(request.headers.get("x-file-name", ""), errors="replace") or "tai-lieu",
        size=int(length) if re.fullmatch("[0-9]{1,18}", length) else None,
        sha256=sha256 or None,
    )


async def receive(request: Request, gate: Gate, upload: Upload) -> Stored:
    """Raises `Refused`; then nothing of the file is kept."""
    limit = gate.settings.upload_limit_mib * 1024 * 1024
    if upload.size is not None and upload.size > limit:
        raise Refused("file_too_large", str(upload.size))
    with _temporary(gate.settings.data_dir / "incoming") as path:
        await _write(request, path, limit)
        return await run_in_threadpool(_examine_and_store, gate, path, upload)


async def _write(request: Request, path: Path, limit: int) -> None:
    size = 0
    with path.open("wb") as file:
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise Refused("file_too_large", f"more than {limit}")
                await run_in_threadpool(file.write, chunk)
        except ClientDisconnect as error:
            raise Refused("bad_request", "the sender is gone") from error


async def in_memory(request: Request, most: int) -> bytes:
    """A small body whole. Refuses `file_too_large` above `most` bytes."""
    received = bytearray()
    try:
        async for chunk in request.stream():
            received += chunk
            if len(received) > most:
                raise Refused("file_too_large", f"more than {most}")
    except ClientDisconnect as error:
        raise Refused("bad_request", "the sender is gone") from error
    return bytes(received)


def _examine_and_store(gate: Gate, path: Path, upload: Upload) -> Stored:
    examined = gate.examine(path, upload.file_name)
    _refuse_erased(gate, path)
    try:
        blob = gate.blobs.put(_chunks(path), size=upload.size, sha256=upload.sha256)
    except LengthMismatch as error:
        raise Refused("length_mismatch", str(error)) from error
    return Stored(examined, blob.sha256, blob.size)


def _refuse_erased(gate: Gate, path: Path) -> None:
    """Nobody brings back by mistake what an order had deleted."""
    views = gate.views.reader()
    if not documents.anything_erased(views):
        return
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if documents.is_erased(views, sha256):
        raise Refused("bytes_erased", sha256)


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    remove_abandoned(folder)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
