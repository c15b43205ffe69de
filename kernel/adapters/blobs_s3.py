"""Documents' bytes in an S3 bucket: one object per SHA-256, written once and served only after it has been verified.

The server is trusted with nothing but keeping bytes. What is written is hashed here first and, in one request, by the
server too, or else read back; what is read is copied to this machine, verified as a whole, and served from that copy.
No address of an object is ever given away: bytes pass the gateway's access checks.
"""

import base64
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

import certifi
import structlog
from minio import Minio
from minio.datatypes import Object
from minio.error import S3Error

from kernel.adapters.s3_server import NOT_OFFERED, Report, connections, held_until, keeps_versions, lock_of, reaching
from kernel.adapters.verified_copies import Copies
from kernel.ports import Blob, BlobHeld, BlobsUnavailable, Corrupt, LengthMismatch, NotStored

CHUNK_BYTES = 1024 * 1024
PART_BYTES = 16 * 1024 * 1024
"""What is larger goes up in parts of this size, one in memory at a time."""
COPIES_BYTES = 256 * 1024 * 1024
"""Verified copies kept on this machine's disk, so that a reader who asks for ranges has them fetched once."""
KEY = re.compile(r"[0-9a-f]{64}")
EMPTY = hashlib.sha256(b"").hexdigest()

ABSENT = {"NoSuchKey", "NoSuchObject", "NotFound"}
FIRST_THERE = {"PreconditionFailed", "ConditionalRequestConflict"}

log = structlog.get_logger()


class S3Blobs:
    """`s3+https://key:secret@host:port/bucket[/folder]`, with `?region=` and `?ca=<file>` where they are needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url.removeprefix("s3+"))
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        bucket, _, folder = parts.path.strip("/").partition("/")
        if not parts.hostname or not bucket or not options.keys() <= {"region", "ca"}:
            raise ValueError("the address of an object store is s3+https://key:secret@host:port/bucket")
        self._secure = parts.scheme == "https"
        self._bucket = bucket
        self._folder = f"{folder}/sha256" if folder else "sha256"
        self._client = Minio(
            parts.netloc.rpartition("@")[2],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            secure=self._secure,
            region=options.get("region", "us-east-1"),
            http_client=connections(options.get("ca", certifi.where())),
        )
        self._copies = Copies(COPIES_BYTES)
        self._probing = threading.Lock()
        self._report: Report | None = None

    def probe(self) -> Report:
        """Asks the server once what it can do, by looking and by writing the blob of no bytes twice."""
        with self._probing:
            if self._report is None:
                with reaching():
                    self._report = self._ask()
                log.info("object_store", found=self._report.sentence)
            return self._report

    def put(self, chunks: Iterable[bytes], size: int | None = None, sha256: str | None = None) -> Blob:
        with tempfile.TemporaryFile() as file:
            blob = _spool(chunks, file)
            if (size is not None and size != blob.size) or (sha256 is not None and sha256 != blob.sha256):
                raise LengthMismatch(blob.size, blob.sha256)
            report = self.probe()
            with reaching():
                self._keep(blob, file, report)
        return blob

    def read(self, sha256: str) -> bytes:
        with self._verified(sha256) as file:
            return file.read()

    def chunks(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """Fetches and verifies at once, so a missing or damaged blob is known before the first chunk is asked for."""
        file = self._verified(sha256)
        file.seek(start)
        return _chunks(file)

    def has(self, sha256: str) -> bool:
        return bool(KEY.fullmatch(sha256)) and self._size(sha256) is not None

    def held(self, sha256: str) -> str:
        with reaching():
            return next(filter(None, (held_until(self._client, each) for each in self._versions(sha256))), "")

    def erase(self, sha256: str) -> None:
        """Every version of the object: where versions are kept, deleting it would only hide them."""
        if held := self.held(sha256):
            raise BlobHeld(held)
        with reaching():
            for each in self._versions(sha256):
                self._client.remove_object(self._bucket, self._name(sha256), each.version_id)
        self._copies.forget(sha256)

    def _versions(self, sha256: str) -> list[Object]:
        if not KEY.fullmatch(sha256):
            return []
        name = self._name(sha256)
        listed = self._client.list_objects(self._bucket, name, include_version=True)
        return [each for each in listed if each.object_name == name]

    def _keep(self, blob: Blob, file: BinaryIO, report: Report) -> None:
        """Sound bytes that are there stay; damaged ones are replaced by these."""
        there = self._size(blob.sha256) is not None
        if there and self._sound(blob.sha256):
            return
        if blob.size > PART_BYTES:
            self._write_parts(blob, file, report)
        elif not self._write(blob.sha256, _all(file), report, only_new=not there) and not self._sound(blob.sha256):
            self._write(blob.sha256, _all(file), report, only_new=False)

    def _write(self, sha256: str, data: bytes, report: Report, only_new: bool) -> bool:
        """In one request, hashed by the server; False if another writer was first."""
        headers: dict[str, str | list[str] | tuple[str]] = {
            "Content-Type": "application/octet-stream",
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode(),
        }
        if only_new and report.conditional_writes:
            headers["If-None-Match"] = "*"
        if report.object_lock and not report.retention:
            headers["x-amz-object-lock-legal-hold"] = "ON"
        try:
            self._client._put_object(self._bucket, self._name(sha256), data, headers)  # the public one drops headers
        except S3Error as error:
            if error.code in FIRST_THERE:
                return False
            raise
        return True

    def _write_parts(self, blob: Blob, file: BinaryIO, report: Report) -> None:
        """The object appears when all its parts are there, never before; then it is read back."""
        file.seek(0)
        self._client.put_object(
            self._bucket,
            self._name(blob.sha256),
            file,
            blob.size,
            part_size=PART_BYTES,
            num_parallel_uploads=1,
            legal_hold=report.object_lock and not report.retention,
        )
        if not self._sound(blob.sha256):
            raise BlobsUnavailable(f"{blob.sha256} was written and reads back otherwise")

    def _ask(self) -> Report:
        if not self._client.bucket_exists(self._bucket):
            raise BlobsUnavailable(f"there is no bucket {self._bucket}")
        object_lock, retention = lock_of(self._client, self._bucket)
        report = Report(
            "", self._bucket, self._secure, True, keeps_versions(self._client, self._bucket), object_lock, retention
        )
        try:
            self._write(EMPTY, b"", report, only_new=True)
            conditional = not self._write(EMPTY, b"", report, only_new=True)
        except S3Error as error:
            if error.code not in NOT_OFFERED:
                raise
            conditional = False
        server = self._client._execute("HEAD", self._bucket).headers.get("server", "")
        return Report(server, self._bucket, self._secure, conditional, report.versions, object_lock, retention)

    def _size(self, sha256: str) -> int | None:
        with reaching():
            try:
                return self._client.stat_object(self._bucket, self._name(sha256)).size
            except S3Error as error:
                if error.code in ABSENT:
                    return None
                raise

    def _sound(self, sha256: str) -> bool:
        try:
            with tempfile.TemporaryFile() as file:
                return self._fetch(sha256, file) == sha256
        except NotStored:
            return False

    def _verified(self, sha256: str) -> BinaryIO:
        if not KEY.fullmatch(sha256):
            raise NotStored(sha256)
        if copy := self._copies.open(sha256):
            return copy
        handle, name = tempfile.mkstemp(dir=self._copies.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                if self._fetch(sha256, file) != sha256:
                    raise Corrupt(sha256)
            return self._copies.keep(sha256, Path(name))
        finally:
            Path(name).unlink(missing_ok=True)

    def _fetch(self, sha256: str, file: BinaryIO) -> str:
        """Copies the object into `file`; the SHA-256 of what came."""
        digest = hashlib.sha256()
        with reaching():
            try:
                response = self._client.get_object(self._bucket, self._name(sha256))
            except S3Error as error:
                if error.code in ABSENT:
                    raise NotStored(sha256) from error
                raise
            try:
                for chunk in response.stream(CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
            finally:
                response.close()
                response.release_conn()
        return digest.hexdigest()

    def _name(self, sha256: str) -> str:
        return f"{self._folder}/{sha256}"


def _spool(chunks: Iterable[bytes], file: BinaryIO) -> Blob:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        with reaching():
            file.write(chunk)
    return Blob(digest.hexdigest(), size)


def _all(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
