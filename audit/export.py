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

from audit.documents import erased_documents, named_documents
from audit.pieces import SEGMENT
from audit.records import Leaves, Record, line, paired
from kernel.ports import Blobs, Corrupt, EventStore, NotStored
from ledger.note import parse, parse_checkpoint

FORMAT = "dienhong-export/1"
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
    """One export. `blobs` None leaves the documents out; `size`: of the signed tree, the newest where it is None.

    `missing`: documents that are not there. `damaged`: whose bytes are not those that the log names.
    """

    def __init__(
        self, store: EventStore, ledger: Leaves, policy: str, blobs: Blobs | None = None, size: int | None = None
    ) -> None:
        self._store, self._ledger, self._policy, self._blobs = store, ledger, policy, blobs
        signed = ledger.checkpoints()
        self._checkpoints = signed if size is None else [each for each in signed if _size(each) <= size]
        self.head = parse_checkpoint(parse(self._checkpoints[-1]).text)
        self.missing: list[str] = []
        self.damaged: list[str] = []
        self._named: set[str] = set()
        self._ordered: set[str] = set()

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

    def segment(self, first: int) -> Iterator[Record]:
        """The leaves of one file, from `first` on; an event without a leaf stands before the next leaf."""
        return paired(self._store, self._ledger, min(first + SEGMENT, self.head.size), first)

    def blob(self, sha256: str) -> Iterator[bytes]:
        assert self._blobs is not None
        yield from self._blobs.chunks(sha256)

    def _segments(self, progress: Callable[[int], None]) -> Iterator[Member]:
        for first in range(0, self.head.size, SEGMENT):
            with SpooledTemporaryFile(IN_MEMORY) as held:
                for record in self.segment(first):
                    held.write(line(record))
                    if record.recorded is not None and not record.erased:
                        self._named |= named_documents(record.recorded)
                        self._ordered |= erased_documents(record.recorded)
                size = held.tell()

                def read(held: "SpooledTemporaryFile[bytes]" = held) -> Iterator[bytes]:
                    held.seek(0)
                    while chunk := held.read(CHUNK):
                        yield chunk

                yield Member(segment_name(first), size, read)
            progress(min(first + SEGMENT, self.head.size))

    def _documents(self, named: Set[str]) -> Iterator[Member]:
        if self._blobs is None:
            return
        for sha256 in sorted(named):
            try:
                size = sum(len(chunk) for chunk in self._blobs.chunks(sha256))
            except NotStored:
                if sha256 not in self._ordered:
                    self.missing.append(sha256)
                continue
            except Corrupt:
                self.damaged.append(sha256)
                continue
            yield Member(f"blobs/{sha256[:2]}/{sha256}", size, partial(self.blob, sha256))


def segment_name(first: int) -> str:
    return f"events/{first // SEGMENT:08}.jsonl"


def _size(note: str) -> int:
    return parse_checkpoint(parse(note).text).size


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
        block, padding = tar_header(member.name, member.size), tar_padding(member.size)
        yield block
        yield from member.read()
        yield padding
        written += len(block) + member.size + len(padding)
    yield tar_end(written)


def tar_header(name: str, size: int) -> bytes:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o644
    return header.tobuf(tarfile.PAX_FORMAT)


def tar_padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def tar_end(written: int) -> bytes:
    end = 2 * tarfile.BLOCKSIZE
    return bytes(end + -(written + end) % tarfile.RECORDSIZE)
