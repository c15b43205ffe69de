"""A whole log audited, by the product and by pymerkle."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from audit import verifier
from audit.check import How
from audit.records import events
from bench.ballots import asked
from bench.event_store import pages
from bench.folders import folder
from bench.fresh import in_fresh_process
from bench.ledger import Proved, check, kept, save, verified
from bench.shape import Benchmark, Gate, Outcome, Side
from dienhong.auditing import working
from kernel.adapters.store_sqlite import SqliteStore
from ledger.leaf import leaf_of

FULL, FULL_4 = "audit verify, 1 process", "audit verify, 4 processes"
LEAVES, LEAVES_4 = "audit verify --tree-only, 1 process", "audit verify --tree-only, 4 processes"
PEER = "pymerkle, SqliteTree"

LIMIT = (
    "`--tree-only` does the peer's work. The whole check does twice its hashes, two of them over salted contents, and"
    " reads the events from one file and their leaves from another: some 4 µs an event, half of it in OpenSSL's SHA-256"
    " and a third in SQLite, where the peer takes 4 to 5 µs for what it does. No Python loop over four hashes an event"
    " comes to three times that on one core. Several processes also have to hand every id and stream name to the one"
    " that joins them, and start first; a log of 100,000 events is seven pieces, which four processes share unevenly."
)


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    return [auditing(100_000 if quick else 1_000_000)]


def auditing(count: int) -> Benchmark[Proved]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Proved]]]:
        with folder() as path:
            expected = in_fresh_process(recorded, path, count)
            ours = {FULL: (1, False), FULL_4: (4, False), LEAVES: (1, True), LEAVES_4: (4, True)}
            yield [
                *(Side(name, lambda of=of: in_fresh_process(audit, path, count, *of)) for name, of in ours.items()),
                Side(PEER, lambda: in_fresh_process(audit_peer, path, count, expected)),
            ]

    return Benchmark(
        name=f"Audit of a log of {count:,} events",
        unit="events/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[
            Gate(FULL, PEER, 3),
            Gate(FULL_4, PEER, 10),
            Gate(LEAVES, PEER, 3),
            Gate(LEAVES_4, PEER, 10),
        ],
        words="A log of ballots in SQLite, audited by cold processes until the verdict. `audit verify` makes the leaf"
        " of every event again from its envelope and its salted contents (two hashes), compares it with the leaf on"
        " record, hashes that into the tree, and checks numbering, streams, ids and the signature. `--tree-only` does"
        " what the peer does: every leaf read, hashed into the tree, the root compared. The peer has a tree of the same"
        " events, each entry an event's envelope and contents without salts, in an SQLite file of its own; it reads"
        " them all into an empty SqliteTree in memory by `append_entries`, its fastest way, and compares the root.",
        limit=LIMIT,
    )


def recorded(path: Path, count: int) -> str:
    """Writes the log for both; the peer's root by the auditor's standalone file."""
    from bench.peers import pymerkle_tree as peer

    peaks: list[bytes] = []
    with closing(SqliteStore(path / "events.db")) as store, kept(store, path) as ledger:
        for page in pages(asked(count)):
            save(store, page)
        ledger.book.catch_up()
        ledger.book.sign()
        peer.written(path / "peer.db", noted(peaks, entries(store)))
    return verifier.root_of(peaks).hex()


def entries(store: SqliteStore) -> Iterator[bytes]:
    for each in events(store):
        yield leaf_of(each, bytes(32))[:-64] + each.data + each.meta


def noted(peaks: list[bytes], leaves: Iterator[bytes]) -> Iterator[bytes]:
    for size, leaf in enumerate(leaves):
        verifier.grow(peaks, size, verifier.leaf_hash(leaf))
        yield leaf


def audit(path: Path, count: int, processes: int, tree_only: bool) -> Outcome[Proved]:
    began = time.perf_counter()
    with working(processes) as workers:
        found = verified(path, count, How(workers=workers, tree_only=tree_only))
        seconds = time.perf_counter() - began
    return Outcome(count / seconds, found)


def audit_peer(path: Path, count: int, expected: str) -> Outcome[Proved]:
    from bench.peers import pymerkle_tree as peer

    began = time.perf_counter()
    found = peer.audited(path / "peer.db")
    seconds = time.perf_counter() - began
    return Outcome(count / seconds, Proved(count, found.hex(), (count, expected)))
