"""Where an audit reads from: the data folder of a product that may be running, or an export."""

import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from audit.export import CHUNK, FORMAT, segment_name
from audit.pieces import SEGMENT, Held, Lines, Piece, Stored, pair_of
from audit.records import LedgerReader, Record, paired, read_line
from kernel.ports import Blobs, Corrupt, EventStore, NotStored
from ledger.note import BadNote, parse, parse_checkpoint


class Unavailable(Exception):
    """Something that the audit needs is not there: a code of findings, and what it is about."""


class Source(Protocol):
    """`checkpoints`: every signed one, word for word, the newest last. `has_blobs`: documents come with it."""

    checkpoints: list[str]
    has_blobs: bool

    @property
    def policy(self) -> Callable[[], str]:
        """Whom to believe as the source itself says; raises `Unavailable`."""

    def pieces(self) -> Iterator[Piece]:
        """Up to the newest checkpoint; raises `Unavailable` where one is not there."""

    def records(self) -> Iterator[Record]:
        """The same one by one; raises `BadRecord` for a line that is none."""

    def is_sound(self, sha256: str) -> bool:
        """Whether the document has the bytes that its name says; raises `Unavailable` where it is not there."""


class DataFolder:
    """`events`: the file of the log, where it is a file that several processes can read at once."""

    def __init__(
        self,
        store: EventStore,
        ledger: LedgerReader,
        blobs: Blobs,
        policy: Callable[[], str],
        events: Path | None = None,
    ) -> None:
        self._store, self._ledger, self._blobs, self._events = store, ledger, blobs, events
        self.policy = policy
        self.checkpoints = ledger.checkpoints()
        self.has_blobs = True

    def pieces(self) -> Iterator[Piece]:
        size = self._size()
        for first in range(0, size, SEGMENT):
            end = min(first + SEGMENT, size)
            if self._events is None:
                yield Held(first, [pair_of(each) for each in paired(self._store, self._ledger, end, first)])
            else:
                yield Stored(self._events, self._ledger.path, first, end)

    def records(self) -> Iterator[Record]:
        return paired(self._store, self._ledger, self._size())

    def _size(self) -> int:
        try:
            return parse_checkpoint(parse(self.checkpoints[-1]).text).size
        except BadNote as error:
            raise Unavailable("bad_checkpoint", str(error)) from error

    def is_sound(self, sha256: str) -> bool:
        try:
            for _ in self._blobs.chunks(sha256):
                pass
        except Corrupt:
            return False
        except NotStored as error:
            raise Unavailable("blob_missing", sha256) from error
        return True


@dataclass(frozen=True)
class Manifest:
    origin: str
    size: int
    blobs: bool


class Exported:
    """A folder or an uncompressed tar file; nothing is unpacked."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise Unavailable("file_missing", str(path))
        self._path = path
        self._tar = None if path.is_dir() else _tar(path)
        self.manifest = self._read_manifest()
        self.has_blobs = self.manifest.blobs
        self.checkpoints = [*self._older(), self._text("checkpoint")]

    def close(self) -> None:
        if self._tar is not None:
            self._tar.close()

    def policy(self) -> str:
        return self._text("policy")

    def pieces(self) -> Iterator[Piece]:
        for first in range(0, self.manifest.size, SEGMENT):
            yield self._place(segment_name(first), first)

    def records(self) -> Iterator[Record]:
        for first in range(0, self.manifest.size, SEGMENT):
            yield from map(read_line, self._lines(segment_name(first)))

    def _place(self, name: str, first: int) -> Lines:
        try:
            if self._tar is not None:
                member = self._tar.getmember(name)
                return Lines(self._path, member.offset_data, member.size, first)
            return Lines(self._path / name, 0, (self._path / name).stat().st_size, first)
        except (OSError, KeyError, tarfile.TarError) as error:
            raise Unavailable("file_missing", name) from error

    def is_sound(self, sha256: str) -> bool:
        if sha256 in json.loads(self._text("damaged.json")):
            return False
        try:
            return _hashed(self._chunks(f"blobs/{sha256[:2]}/{sha256}")) == sha256
        except Unavailable as error:
            raise Unavailable("blob_missing", sha256) from error

    def _read_manifest(self) -> Manifest:
        try:
            read = json.loads(self._text("manifest.json"))
            if read["format"] != FORMAT:
                raise Unavailable("bad_manifest", str(read["format"]))
            return Manifest(str(read["origin"]), int(read["size"]), bool(read["blobs"]))
        except (ValueError, TypeError, KeyError) as error:
            raise Unavailable("bad_manifest", str(error)) from error

    def _older(self) -> list[str]:
        older: list[str] = []
        with suppress(Unavailable):
            for each in self._lines("checkpoints.jsonl"):
                try:
                    older.append(str(json.loads(each)))
                except ValueError:
                    older.append("")  # no checkpoint, as the verification will say
        return older

    def _text(self, name: str) -> str:
        try:
            return b"".join(self._chunks(name)).decode()
        except UnicodeDecodeError as error:
            raise Unavailable("unreadable", name) from error

    def _lines(self, name: str) -> Iterator[bytes]:
        left = b""
        for chunk in self._chunks(name):
            *whole, left = (left + chunk).split(b"\n")
            yield from whole
        if left:
            yield left

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            file = (self._path / name).open("rb") if self._tar is None else self._tar.extractfile(name)
        except (OSError, KeyError, tarfile.TarError) as error:
            raise Unavailable("file_missing", name) from error
        if file is None:
            raise Unavailable("file_missing", name)
        with file:
            while chunk := file.read(CHUNK):
                yield chunk


def _tar(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:")
    except tarfile.TarError as error:
        raise Unavailable("unreadable", str(path)) from error


def _hashed(chunks: Iterator[bytes]) -> str:
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
