"""Power cuts at any I/O operation of log and ledger: what was acknowledged is there, what was signed is unchanged."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest

from kernel.adapters import store_sqlite
from kernel.adapters.store_sqlite import SqliteStore
from kernel.messages import NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, StoreBroken, StoreUnavailable
from ledger import store as ledger_store
from ledger.book import Book
from ledger.leaf import leaf_of
from ledger.note import Algorithm, Checkpoint, Signature, signer
from ledger.store import Entry, LedgerFile, LedgerInconsistent
from tests.distributed.rounds import ROUNDS
from tests.faults.cut_disk import CutDisk, PowerCut
from tests.faults.cut_sqlite import CutSqlite

TRIALS = 20_000 if ROUNDS >= 20 else 300
CONTROL_TRIALS = 1_000 if ROUNDS >= 20 else 60

ENDED = (PowerCut, sqlite3.Error, StoreBroken, StoreUnavailable)
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
ORIGIN = "ward-1.example/council-log/1"
KEY = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))
META = b'{"actor":"a","deployment":"d","correlation_id":"' + str(UUID(int=1)).encode() + b'","causation_id":null}'
ALL = 100_000


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


class Promises:
    """Signs as the log does, and notes what the ledger has promised by then."""

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


WORK: tuple[Callable[[Council], None], ...] = (ballots, batches, long_texts, restarts_and_erased_salts)


def show_unless_cut(unraisable: "sys.UnraisableHookArgs") -> None:
    """Where SQLite goes on after an error, as in a roll-back, APSW can raise it nowhere."""
    if not isinstance(unraisable.exc_value, PowerCut):
        sys.__unraisablehook__(unraisable)


@pytest.fixture
def sqlite(monkeypatch: pytest.MonkeyPatch) -> Iterator[CutSqlite]:
    sqlite = CutSqlite()
    monkeypatch.setattr(store_sqlite, "sqlite3", sqlite)
    monkeypatch.setattr(ledger_store, "sqlite3", sqlite)
    monkeypatch.setattr(sys, "unraisablehook", show_unless_cut)
    yield sqlite
    sqlite.drop()


def worked(sqlite: CutSqlite, work: Callable[[Council], None], disk: CutDisk, told: Told) -> None:
    sqlite.vfs.disk = disk
    try:
        work(Council(sqlite, told))
    except ENDED:
        if not disk.dead:
            raise
    sqlite.drop()


def crash_points(sqlite: CutSqlite) -> list[tuple[Callable[[Council], None], int]]:
    """Every I/O operation of every work, opening and closing the files included."""
    found = []
    for work in WORK:
        disk = CutDisk()
        worked(sqlite, work, disk, Told())
        found += [(work, n) for n in range(1, disk.operations + 1)]
    return found


def faults_after_cut(sqlite: CutSqlite, work: Callable[[Council], None], cut_at: int, seed: int) -> list[str]:
    luck, told, disk = Random(seed), Told(), CutDisk(cut_at)
    worked(sqlite, work, disk, told)
    for _ in range(luck.choice((0, 0, 1, 2))):
        disk = disk.left(luck, cut_at=luck.randint(1, 40))
        worked(sqlite, lambda council: None, disk, Told())
    sqlite.vfs.disk = disk.left(luck)
    try:
        return list(faults(sqlite, told))
    except (sqlite3.Error, LedgerInconsistent) as error:
        return [f"will not open or go on: {error!r}"]
    finally:
        sqlite.drop()


def faults(sqlite: CutSqlite, told: Told) -> Iterator[str]:
    council = Council(sqlite, Told())
    recorded = council.store.read_all(0, ALL)
    yield from (f"unsound: {each}" for each in sqlite.unsound())
    yield from faults_of_log(recorded, told)
    yield from faults_of_ledger(council.file, recorded, told)
    council.sign()
    entries = council.file.entries(0, ALL)
    for each, entry in zip(recorded, entries, strict=True):
        if entry.salt is not None and leaf_of(each, entry.salt) != entry.leaf:
            yield f"leaf {entry.index} is of another event"
    whole = len(recorded) > sum(len(each.events) for commit in told.commits for each in commit)
    for outcome in council.store.append_each(told.under_way) if told.under_way else ():
        if not isinstance(outcome, Appended) or outcome.idempotent != whole:
            yield f"tried again: {outcome!r}"


def faults_of_log(recorded: list[Recorded], told: Told) -> Iterator[str]:
    acknowledged = [key for commit in told.commits for each in commit for key in keys(each)]
    under_way = [key for each in told.under_way for key in keys(each)]
    found = [(each.stream, each.version, each.id, each.type, each.meta) for each in recorded]
    if found[: len(acknowledged)] != acknowledged:
        yield f"lost acknowledged events: {len(set(acknowledged) - set(found))} of {len(acknowledged)}"
    if found[len(acknowledged) :] not in ([], under_way):
        yield "a part of a batch"
    if [each.position for each in recorded] != list(range(1, len(recorded) + 1)):
        yield "a gap in the positions"
    contents = {
        event.id: event.data for commit in [*told.commits, told.under_way] for a in commit for event in a.events
    }
    for each in recorded:
        if contents.get(each.id) != each.data:
            yield f"other contents at {each.position}"


def keys(append: Append) -> list[tuple[str, int, UUID, str, bytes]]:
    return [(append.stream, version, each.id, each.type, each.meta) for version, each in enumerate(append.events)]


def faults_of_ledger(file: LedgerFile, recorded: list[Recorded], told: Told) -> Iterator[str]:
    entries = file.entries(0, ALL)
    if [each.position for each in entries] != [each.position for each in recorded][: len(entries)]:
        yield "leaves without events"
    for size, root in told.roots.items():
        if file.size < size or file.root(size) != root:
            yield f"another root for the promised size {size}"
    if file.signed_size() < told.signed_size:
        yield f"lost the checkpoint of {told.signed_size}"
    for known, found in zip(told.entries, entries, strict=False):
        gone = known.position in told.erased or (known.position in told.erasing and found.salt is None)
        if found != (Entry(known.index, known.position, known.leaf, None) if gone else known):
            yield f"leaf {known.index} or its salt is not what it was"
    if len(entries) < len(told.entries):
        yield f"lost leaves: {len(told.entries) - len(entries)} of {len(told.entries)}"


def tried(sqlite: CutSqlite, trials: int) -> dict[tuple[str, int, int], list[str]]:
    """What was found wrong, by work, crash point and seed; the crash points in turn, evenly when they are more."""
    points = crash_points(sqlite)
    wrong = {}
    for seed in range(trials):
        work, cut_at = points[seed % len(points) if trials >= len(points) else seed * len(points) // trials]
        found = faults_after_cut(sqlite, work, cut_at, seed)
        if found:
            wrong[work.__name__, cut_at, seed] = found
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_power_cut_loses_what_was_acknowledged_or_changes_what_was_signed(sqlite: CutSqlite) -> None:
    assert tried(sqlite, TRIALS) == {}


def test_without_a_sync_at_each_commit_the_same_cuts_lose_acknowledged_commits(sqlite: CutSqlite) -> None:
    sqlite.synchronous = "NORMAL"
    lost = [each for each, found in tried(sqlite, CONTROL_TRIALS).items() if any("lost acknowledged" in line for line in found)]
    assert lost
