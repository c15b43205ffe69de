"""A disk in memory, under SQLite, whose power is cut at any I/O operation.

Each file has the image that is safe and the writes that no sync has made safe yet. At the cut each of these is dropped,
kept, or torn: every sector of it lands or does not. Names are safe once the folder is synced, which SQLite on Unix does
with the first sync of a journal or WAL. Nothing here lies: what was synced stays.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import apsw

SECTOR = 512
FATES = ("dropped", "kept", "torn")
LUCK = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (4, 1, 1), (1, 4, 1))
"""How likely each fate is: one of these for a whole cut, as some lose all that is not synced and some nothing."""

SYNCED_WITH_FOLDER = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class PowerCut(apsw.IOError):
    """There is no disk any more."""


@dataclass(frozen=True, slots=True)
class Write:
    offset: int
    content: bytes

    def onto(self, image: bytearray) -> None:
        image.extend(bytes(max(0, self.offset - len(image))))
        image[self.offset : self.offset + len(self.content)] = self.content

    def torn(self, luck: Random) -> "Iterator[Write]":
        start, end = self.offset, self.offset + len(self.content)
        while start < end:
            stop = min(end, (start // SECTOR + 1) * SECTOR)
            if luck.random() < 0.5:
                yield Write(start, self.content[start - self.offset : stop - self.offset])
            start = stop


@dataclass(frozen=True, slots=True)
class Truncation:
    size: int

    def onto(self, image: bytearray) -> None:
        del image[self.size :]

    def torn(self, luck: Random) -> "Iterator[Truncation]":
        if luck.random() < 0.5:
            yield self


@dataclass(slots=True)
class Contents:
    """`seen`: what a reader finds before the cut."""

    safe: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncation] = field(default_factory=list)

    def change(self, change: Write | Truncation) -> None:
        change.onto(self.seen)
        self.pending.append(change)

    def sync(self) -> None:
        for change in self.pending:
            change.onto(self.safe)
        self.pending.clear()

    def left(self, luck: Random, weights: tuple[int, int, int]) -> "Contents":
        image = bytearray(self.safe)
        for change, fate in zip(self.pending, luck.choices(FATES, weights, k=len(self.pending)), strict=True):
            for part in {"dropped": (), "kept": (change,), "torn": change.torn(luck)}[fate]:
                part.onto(image)
        return Contents(image, bytearray(image))


class CutDisk:
    """Counts what changes it: creations, writes, truncations, syncs, deletions. The one numbered `cut_at` is under way
    when the power goes: a write may land in part, a sync has promised nothing."""

    def __init__(self, cut_at: int | None = None) -> None:
        self.cut_at = cut_at
        self.operations = 0
        self.dead = False
        self.names: dict[str, Contents] = {}
        self._safe_names: dict[str, Contents] = {}

    def left(self, luck: Random, cut_at: int | None = None) -> "CutDisk":
        """What is found when the power is back."""
        weights = luck.choice(LUCK)
        disk = CutDisk(cut_at)
        for name in sorted(self.names.keys() | self._safe_names.keys()):
            found = luck.choice((self.names.get(name), self._safe_names.get(name)))
            if found is not None:
                disk.names[name] = found.left(luck, weights)
        disk._safe_names = dict(disk.names)
        return disk

    def alive(self) -> None:
        if self.dead:
            raise PowerCut

    def create(self, name: str) -> None:
        self._begins()
        self.names[name] = Contents()
        self.alive()

    def change(self, contents: Contents, change: Write | Truncation) -> None:
        self._begins()
        contents.change(change)
        self.alive()

    def sync(self, contents: Contents, with_folder: bool) -> None:
        self._begins()
        self.alive()
        contents.sync()
        if with_folder:
            self._safe_names = dict(self.names)

    def delete(self, name: str, with_folder: bool) -> None:
        self._begins()
        self.names.pop(name, None)
        self.alive()
        if with_folder:
            self._safe_names = dict(self.names)

    def _begins(self) -> None:
        self.alive()
        self.operations += 1
        self.dead = self.operations == self.cut_at


class CutFile:
    """Says of itself what SQLite's own files on Unix do: sectors of 4,096 bytes, a write spoils no neighbour."""

    def __init__(self, disk: CutDisk, contents: Contents, with_folder: bool) -> None:
        self._disk = disk
        self._contents = contents
        self._with_folder = with_folder

    def xRead(self, amount: int, offset: int) -> bytes:
        self._disk.alive()
        return bytes(self._contents.seen[offset : offset + amount])

    def xWrite(self, content: bytes, offset: int) -> None:
        self._disk.change(self._contents, Write(offset, bytes(content)))

    def xTruncate(self, size: int) -> None:
        self._disk.change(self._contents, Truncation(size))

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._contents, self._with_folder)
        self._with_folder = False

    def xFileSize(self) -> int:
        self._disk.alive()
        return len(self._contents.seen)

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False

    def xCheckReservedLock(self) -> bool:
        return False

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xClose(self) -> None: ...


class CutVfs(apsw.VFS):
    """The file system that SQLite sees: whatever `disk` is at the moment."""

    def __init__(self) -> None:
        self.name = f"cut-{os.getpid()}-{id(self)}"
        self.disk = CutDisk()
        super().__init__(self.name, "")

    def xFullPathname(self, name: str) -> str:
        return name

    def xAccess(self, path: str, flags: int) -> bool:
        self.disk.alive()
        return path in self.disk.names

    def xDelete(self, path: str, with_folder: bool) -> None:
        self.disk.delete(path, with_folder)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> CutFile:
        self.disk.alive()
        flags[1] = flags[0]
        if name is None:
            return CutFile(self.disk, Contents(), with_folder=False)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path not in self.disk.names:
            self.disk.create(path)
        created = flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & SYNCED_WITH_FOLDER
        return CutFile(self.disk, self.disk.names[path], with_folder=bool(created))
