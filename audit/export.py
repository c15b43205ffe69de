"""An export: everything that somebody without trust in us needs to check the log, as files or as one tar stream.

The same log gives the same bytes: files come in one order and bear no time. docs/audit.md describes each of them.
"""

import json
import tarfile
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile

from audit.documents import named_documents
from audit.records import LedgerReader, Record, line, paired
from kernel.ports import Blobs, Corrupt, EventStore, NotStored
from ledger.note import parse, parse_checkpoint

FORMAT = "dienhong-export/1"
SEGMENT = 1 << 14
"""Leaves in one file: an aligned subtree, which can be checked without the others."""

VERIFIER = Path(__file__).with_name("verifier.py")
IN_MEMORY = 8 * 1024 * 1024
CHUNK = 1024 * 1024

Read = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Member:
    """One file. Its size is known before its first byte, as a tar stream needs."""

    name: str
    size: int
    read: Read


class Exporting:
    """One export. `blobs` None leaves the documents out.

    `missing`: documents that are not there. `damaged`: whose bytes are not those that the log names.
    """

    def __init__(self, store: EventStore, ledger: LedgerReader, policy: str, blobs: Blobs | None = None) -> None:
        self._store, self._ledger, self._policy, self._blobs = store, ledger, policy, blobs
        self._checkpoints = ledger.checkpoints()
        self.head = parse_checkpoint(parse(self._checkpoints[-1]).text)
        self.missing: list[str] = []
        self.damaged: list[str] = []
        self._named: set[str] = set()

    def members(self, progress: Callable[[int], None] = lambda _done: None) -> Iterator[Member]:
        """Each is to be read before the next is asked for."""
        yield of_bytes("manifest.json", self._manifest())
        yield of_bytes("checkpoint", self._checkpoints[-1].encode())
        older = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in self._checkpoints[:-1])
        yield of_bytes("checkpoints.jsonl", older.encode())
        yield of_bytes("policy", self._policy.encode())
        yield of_bytes("verifier.py", VERIFIER.read_bytes())
        yield from self._segments(progress)
        yield from self._documents(self._named)
        yield of_bytes("damaged.json", json.dumps(self.damaged).encode() + b"\n")

    def _manifest(self) -> bytes:
        manifest = {
            "format": FORMAT,
            "origin": self.head.origin,
            "size": self.head.size,
            "blobs": self._blobs is not None,
        }
        return json.dumps(manifest, indent=1).encode() + b"\n"

    def _segments(self, progress: Callable[[int], None]) -> Iterator[Member]:
        """Files of 2^14 leaves each; an event without a leaf stands before the next leaf."""
        records = paired(self._store, self._ledger, self.head.size)
        for first in range(0, self.head.size, SEGMENT):
            with SpooledTemporaryFile(IN_MEMORY) as held:
                for record in _leaves(records, SEGMENT):
                    held.write(line(record))
                    if record.recorded is not None and not record.erased:
                        self._named |= named_documents(record.recorded)
                size = held.tell()

                def read(held: "SpooledTemporaryFile[bytes]" = held) -> Iterator[bytes]:
                    held.seek(0)
                    while chunk := held.read(CHUNK):
                        yield chunk

                yield Member(f"events/{first // SEGMENT:08}.jsonl", size, read)
            progress(min(first + SEGMENT, self.head.size))

    def _documents(self, named: Set[str]) -> Iterator[Member]:
        if self._blobs is None:
            return
        for sha256 in sorted(named):
            try:
                size = sum(len(chunk) for chunk in self._blobs.chunks(sha256))
            except NotStored:
                self.missing.append(sha256)
                continue
            except Corrupt:
                self.damaged.append(sha256)
                continue
            yield Member(f"blobs/{sha256[:2]}/{sha256}", size, partial(self._blob, sha256))

    def _blob(self, sha256: str) -> Iterator[bytes]:
        assert self._blobs is not None
        yield from self._blobs.chunks(sha256)


def _leaves(records: Iterator[Record], count: int) -> Iterator[Record]:
    """As many records as hold so many leaves."""
    for record in records:
        yield record
        count -= record.entry is not None
        if not count:
            return


def of_bytes(name: str, contents: bytes) -> Member:
    return Member(name, len(contents), lambda: iter([contents]))


def to_folder(members: Iterator[Member], folder: Path) -> None:
    """Into a folder that is not there yet."""
    folder.mkdir(parents=True)
    for member in members:
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(member.read())


def tar_stream(members: Iterator[Member]) -> Iterator[bytes]:
    """An uncompressed tar file, byte by byte the same for the same log; nothing is held but one file of it."""
    written = 0
    for member in members:
        header = tarfile.TarInfo(member.name)
        header.size, header.mode = member.size, 0o644
        block, padding = header.tobuf(tarfile.PAX_FORMAT), bytes(-member.size % tarfile.BLOCKSIZE)
        yield block
        yield from member.read()
        yield padding
        written += len(block) + member.size + len(padding)
    yield bytes(2 * tarfile.BLOCKSIZE)
    yield bytes(-(written + 2 * tarfile.BLOCKSIZE) % tarfile.RECORDSIZE)
