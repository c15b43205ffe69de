"""A council's process over a disk whose power is cut: what it does, and what it has told others by then."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from kernel.adapters.store_sqlite import SqliteStore
from kernel.messages import NewEvent
from kernel.ports import NO_STREAM, Append, Appended
from ledger.book import Book
from ledger.note import Algorithm, Checkpoint, Signature, signer
from ledger.store import Entry, LedgerFile
from tests.faults.cut_sqlite import CutSqlite

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
ORIGIN = "ward-1.example/council-log/1"
KEY = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))
META = b'{"actor":"a","deployment":"d","correlation_id":"' + str(UUID(int=1)).encode() + b'","causation_id":null}'
ALL = 100_000
LEFT = b'"[erased]"'
"""What stands in the place of words that were erased."""


@dataclass(slots=True)
class Told:
    """What somebody was told before the cut, and what was under way: that may be there too, but whole."""

    commits: list[list[Append]] = field(default_factory=list)
    under_way: list[Append] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    signed_size: int = 0
    entries: list[Entry] = field(default_factory=list)
    erasing: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    forgetting: set[int] = field(default_factory=set)
    forgotten: set[int] = field(default_factory=set)


class Promises:
    """Signs as the log does, and notes what the ledger has promised by then."""

    key = KEY.key

    def __init__(self, told: Told) -> None:
        self._told = told

    def sign(self, checkpoint: Checkpoint, at: int) -> Signature:
        self._told.roots[checkpoint.size] = checkpoint.root
        return KEY.sign(checkpoint, at)


class Council:
    """One process over a disk: the log, and the book that follows it."""

    def __init__(self, sqlite: CutSqlite, told: Told) -> None:
        self._sqlite = sqlite
        self.told = told
        self._random = Random(1)
        self._open()

    def _open(self) -> None:
        self.store = SqliteStore(":memory:", clock=lambda: NOON)
        self.file = LedgerFile("ledger.db")
        self.book = Book(self.store, self.file, ORIGIN, [Promises(self.told)], clock=lambda: 0)  # type: ignore[list-item]

    def restart(self) -> None:
        self.store.close()
        self.file.close()
        self._sqlite.opened.clear()
        self._open()

    def append(self, *sizes: int, streams: int = 1) -> None:
        """To new streams, in one commit; each gets an event of each size."""
        self.told.under_way = [self._new(sizes) for _ in range(streams)]
        outcomes = self.store.append_each(self.told.under_way)
        assert all(isinstance(each, Appended) for each in outcomes)
        self.told.commits.append(self.told.under_way)
        self.told.under_way = []

    def _new(self, sizes: tuple[int, ...]) -> Append:
        events = [
            NewEvent(self._id(), "BallotCast", json.dumps(self._random.randbytes(size // 2).hex()).encode(), META)
            for size in sizes
        ]
        return Append(f"ballot-{self._id()}", events, NO_STREAM)

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128))

    def sign(self) -> None:
        self.book.catch_up()
        self.told.entries = self.file.entries(0, ALL)
        self.book.sign()
        self.told.signed_size = self.file.size

    def erase_salt(self, position: int) -> None:
        self.told.erasing.add(position)
        self.file.erase(position)
        self.told.erased.add(position)

    def forget(self, position: int) -> None:
        """As the command does it: the salt first, then the words."""
        self.erase_salt(position)
        self.told.forgetting.add(position)
        self.store.erase(position, LEFT)
        self.told.forgotten.add(position)


def ballots(council: Council) -> None:
    for n in range(12):
        council.append(60)
        if n % 4 == 3:
            council.sign()


def batches(council: Council) -> None:
    for _ in range(4):
        council.append(*[80] * 12, streams=3)
        council.sign()


def long_texts(council: Council) -> None:
    for _ in range(3):
        council.append(9_000, 300)
        council.append(5_000)
        council.sign()


def restarts_and_erased_salts(council: Council) -> None:
    for n in range(3):
        council.append(200, 200)
        council.sign()
        council.restart()
        council.append(100)
        council.erase_salt(1 + 3 * n)


def forgotten_words(council: Council) -> None:
    """First and last of a file, in the middle, and on pages of their own."""
    council.append(60, 6_000, 90)
    council.append(*[70] * 20)
    council.sign()
    council.restart()
    for position in (1, 2, 12, 23):
        council.forget(position)
    council.append(60)
    council.sign()


WORK: tuple[Callable[[Council], None], ...] = (
    ballots,
    batches,
    long_texts,
    restarts_and_erased_salts,
    forgotten_words,
)
