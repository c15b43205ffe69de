"""What the provable log costs beside the log alone, and how fast its tree is built."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from audit import verifier
from audit.check import How, verify_log
from audit.findings import Report
from audit.records import LedgerReader
from audit.sources import DataFolder
from bench.ballots import Asked, asked
from bench.event_store import appended, timed
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.shape import Benchmark, Gate, Outcome, Side, Wrong
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import Appended
from ledger.keeping import Ledger
from ledger.note import parse, parse_checkpoint
from ledger.policy import parse_policy
from ledger.tiles import Tiles, grown
from ledger.tree import leaf_hash, root

DEPLOYMENT = "bench.dienhong"
BATCH = 64
LEAF_BYTES = 190

WITH, WITHOUT = "log with its ledger", "log alone"
TREE, PEER_TREE = "ledger's tree, in tiles", "pymerkle, InmemoryTree"

LIMITS = {
    1: "Two threads of one process share Python's interpreter lock and one disk, and the ledger's file has a sync of"
    " its own for each of its batches.",
    BATCH: "Log and ledger share Python's interpreter lock: beside the 20 to 25 µs in which a ballot is encoded and"
    " stored, its leaf takes some 5: two commitments, the leaf, the tree, a row of its own file.",
}


@dataclass(frozen=True)
class Proved:
    """A tree's size and root in hex, as a side found them, beside what they must be."""

    size: int
    root: str
    expected: tuple[int, str]


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    return [
        appending("one event a commit", 1, 3_000 if quick else 20_000),
        appending(f"batches of {BATCH}", BATCH, BATCH * (400 if quick else 2_000)),
        building(100_000 if quick else 1_000_000),
    ]


def check(found: Proved) -> None:
    if (found.size, found.root) != found.expected:
        raise Wrong(f"{found.size} leaves, root {found.root}; must be {found.expected}")


def appending(how: str, batch: int, count: int) -> Benchmark[Proved]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Proved]]]:
        yield [
            Side(WITH, lambda: in_fresh_process(append, count, batch, True)),
            Side(WITHOUT, lambda: in_fresh_process(append, count, batch, False)),
        ]

    return Benchmark(
        name=f"Ledger, durable append, {how}",
        unit="ballots/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[Gate(WITH, WITHOUT, 0.85)],
        words="From decided ballots to durable events, by one caller, with and without the ledger following in the same"
        " process as it does in the product: leaf, salt, tree, its own durable file, a signature every 0.6 seconds."
        " After each round the whole log is audited.",
        limit=LIMITS[batch],
        rounds=5,
    )


def append(count: int, batch: int, with_ledger: bool) -> Outcome[Proved]:
    with folder() as path, closing(SqliteStore(path / "events.db")) as store, kept(store, path) as ledger:
        if with_ledger:
            ledger.start()
        rate = timed(lambda ballots: save(store, ballots), asked(count), 1, batch)
        began = time.perf_counter()
        while with_ledger and ledger.file.signed_size() < count:
            time.sleep(0.005)
        behind = time.perf_counter() - began
        if not with_ledger:
            ledger.book.catch_up()
            ledger.book.sign()
        found = verified(path, count, How())
    return Outcome(rate, found, {"s until all is signed": behind} if with_ledger else {})


@contextmanager
def kept(store: SqliteStore, path: Path) -> Iterator[Ledger]:
    ledger = Ledger(store, path, DEPLOYMENT)
    (path / "policy").write_text(f"log {ledger.log_keys[0]}\nquorum none\n")
    try:
        yield ledger
    finally:
        ledger.stop()


def verified(path: Path, count: int, how: How) -> Proved:
    """By the product's own audit, which compares the root with the signed one; raises `Wrong` for whatever it finds."""
    report = Report("verify")
    with (
        closing(SqliteStore(path / "events.db", read_only=True)) as log,
        closing(LedgerReader(path / "ledger.db")) as ledger,
    ):
        signed = parse_checkpoint(parse(ledger.checkpoints()[-1]).text)
        source = DataFolder(log, ledger, FileBlobs(path / "documents"), str, path / "events.db")
        verify_log(report, source, parse_policy((path / "policy").read_text()), how=how)
    if report.findings:
        raise Wrong(report.findings[0].sentence)
    return Proved(report.facts["size"], report.facts["root"], (count, signed.root.hex()))


def save(store: SqliteStore, ballots: Sequence[Asked]) -> None:
    at = datetime.now(UTC)
    outcomes = store.append_each([appended(each, at) for each in ballots])
    if not all(isinstance(each, Appended) for each in outcomes):
        raise Wrong("a ballot was not recorded")


def building(count: int) -> Benchmark[Proved]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Proved]]]:
        expected = in_fresh_process(root_by_the_auditor, count)
        yield [
            Side(TREE, lambda: in_fresh_process(build_ours, count, expected)),
            Side(PEER_TREE, lambda: in_fresh_process(build_peer, count, expected)),
        ]

    return Benchmark(
        name="Ledger, building the tree",
        unit="leaves/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[Gate(TREE, PEER_TREE, 7)],
        words=f"{count:,} leaves of {LEAF_BYTES} bytes hashed into a tree (RFC 9162, SHA-256) from which any proof can"
        " be drawn, and its root. Ours keeps rows of 256 hashes; the peer keeps each node as an object with links. Both"
        " roots are those of the auditor's standalone file.",
    )


def leaves_of_any(count: int) -> list[bytes]:
    random = Random(count)
    return [random.randbytes(LEAF_BYTES) for _ in range(count)]


def root_by_the_auditor(count: int) -> str:
    peaks: list[bytes] = []
    for size, leaf in enumerate(leaves_of_any(count)):
        verifier.grow(peaks, size, verifier.leaf_hash(leaf))
    return verifier.root_of(peaks).hex()


def build_ours(count: int, expected: str) -> Outcome[Proved]:
    leaves = leaves_of_any(count)
    began = time.perf_counter()
    tiles: dict[tuple[int, int], bytes] = {}
    for level, n, tile in grown(lambda level, n: b"", 0, [leaf_hash(each) for each in leaves]):
        tiles[level, n] = tile
    found = root(count, Tiles(lambda level, n: tiles[level, n]).subtree)
    seconds = time.perf_counter() - began
    return Outcome(count / seconds, Proved(count, found.hex(), (count, expected)))


def build_peer(count: int, expected: str) -> Outcome[Proved]:
    from bench.peers import pymerkle_tree as peer

    leaves = leaves_of_any(count)
    began = time.perf_counter()
    found = peer.in_memory(leaves)
    seconds = time.perf_counter() - began
    return Outcome(count / seconds, Proved(count, found.hex(), (count, expected)))
