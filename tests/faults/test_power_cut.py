"""Power cuts at any I/O operation of log and ledger: what was acknowledged is there, what was signed is unchanged."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID

import pytest

from kernel.adapters import store_sqlite
from kernel.messages import Recorded
from kernel.ports import Append, Appended, StoreBroken, StoreUnavailable
from ledger import store as ledger_store
from ledger.leaf import leaf_of
from ledger.store import Entry, LedgerFile, LedgerInconsistent
from tests.distributed.rounds import ROUNDS
from tests.faults.cut_council import ALL, LEFT, WORK, Council, Told
from tests.faults.cut_disk import CutDisk, PowerCut
from tests.faults.cut_sqlite import CutSqlite

TRIALS = 20_000 if ROUNDS >= 20 else 300
CONTROL_TRIALS = 1_000 if ROUNDS >= 20 else 60

ENDED = (PowerCut, sqlite3.Error, StoreBroken, StoreUnavailable)


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
    yield from faults_of_forgetting(sqlite, council, told)


def faults_of_forgetting(sqlite: CutSqlite, council: Council, told: Told) -> Iterator[str]:
    """The same command again ends what was begun, and the old words stand nowhere on the disk."""
    words = [event.data for commit in told.commits for each in commit for event in each.events]
    for position in sorted(told.forgetting):
        council.forget(position)
        if council.store.read_all(position - 1, 1)[0].data != LEFT:
            yield f"not erased at {position}"
        if any(words[position - 1][:50] in bytes(each.seen) for each in sqlite.vfs.disk.names.values()):
            yield f"words of {position} are still on the disk"


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
        if each.position in told.forgotten:
            allowed = {LEFT}
        else:
            allowed = {contents.get(each.id)} | ({LEFT} if each.position in told.forgetting else set())
        if each.data not in allowed:
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
    lost = [
        each
        for each, found in tried(sqlite, CONTROL_TRIALS).items()
        if any("lost acknowledged" in line for line in found)
    ]
    assert lost
