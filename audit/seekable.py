"""The tar stream of an export, from any byte on: what a download needs that was broken off and goes on.

It is measured once; then every file of it can be written without those before it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from audit.export import Exporting, Read, of_bytes, segment_name, tar_end, tar_header, tar_padding
from audit.pieces import SEGMENT as LEAVES
from audit.records import line

CHUNK = 256 * 1024


class Changed(Exception):
    """The log gives other bytes than when it was measured: something in it was erased meanwhile."""


@dataclass(frozen=True)
class Piece:
    """One file with its header and padding, from `start` on."""

    name: str
    size: int
    start: int
    read: Read


class SeekableExport:
    """`digest` names the bytes: SHA-256 over the names, sizes and contents of the files."""

    def __init__(self, exporting: Exporting, progress: Callable[[int], None] = lambda _done: None) -> None:
        self._exporting = exporting
        self._pieces: list[Piece] = []
        digest, start = sha256(), 0
        for member in exporting.members(progress):
            contents, read = sha256(), self._again(member.name)
            if read is None:
                held = b"".join(member.read())
                contents.update(held)
                read = of_bytes(member.name, held).read
            elif not member.name.startswith("blobs/"):  # those are named by what they contain
                for chunk in member.read():
                    contents.update(chunk)
            digest.update(f"{member.name} {member.size} {contents.hexdigest()}\n".encode())
            self._pieces.append(Piece(member.name, member.size, start, read))
            start += len(tar_header(member.name, member.size)) + member.size + len(tar_padding(member.size))
        self._end, self._end_at = tar_end(start), start
        self.size = start + len(self._end)
        self.digest = digest.hexdigest()

    def read(self, start: int = 0) -> Iterator[bytes]:
        """The bytes from `start` to the end; raises `Changed`."""
        at = max(bisect_right(self._pieces, start, key=lambda each: each.start) - 1, 0)
        skip = start - self._pieces[at].start
        for piece in self._pieces[at:]:
            if skip >= piece.size + len(tar_header(piece.name, piece.size)) + len(tar_padding(piece.size)):
                break  # in the marks of the end
            yield from _from(skip, _written(piece))
            skip = 0
        yield self._end[max(start - self._end_at, 0) :]

    def _again(self, name: str) -> Read | None:
        """How a large file is written once more; None for the small ones, which are kept."""
        folder, _, rest = name.partition("/")
        match folder:
            case "events":
                first = int(rest.removesuffix(".jsonl")) * LEAVES
                assert segment_name(first) == name
                return lambda: _lines(self._exporting, first)
            case "blobs":
                return lambda: self._exporting.blob(name.rpartition("/")[2])
            case _:
                return None


def _lines(exporting: Exporting, first: int) -> Iterator[bytes]:
    held = bytearray()
    for record in exporting.segment(first):
        held += line(record)
        if len(held) >= CHUNK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _written(piece: Piece) -> Iterator[bytes]:
    yield tar_header(piece.name, piece.size)
    left = piece.size
    for chunk in piece.read():
        left -= len(chunk)
        if left < 0:
            raise Changed(piece.name)
        yield chunk
    if left:
        raise Changed(piece.name)
    yield tar_padding(piece.size)


def _from(skip: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if skip < len(chunk):
            yield chunk[skip:]
        skip = max(skip - len(chunk), 0)
