"""Verification of the whole log by the product's own code: leaves, root, signatures, streams, ids, erasures."""

import json
import struct
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from audit.findings import Report
from audit.records import BadRecord, Record
from audit.sources import Source
from ledger.leaf import EPOCH, MICROSECOND, BadLeaf, Leaf, commit, decode, leaf_of
from ledger.note import BadNote, Checkpoint, VerifierKey, parse, parse_checkpoint, verify
from ledger.policy import Policy
from ledger.store import Entry
from ledger.tree import EMPTY_ROOT, Hash, leaf_hash, node_hash
from services.directory.erasure import PERSONAL

ERASURE_ORDER = "EventErased"
REPORTED_EVERY = 10_000


@dataclass(frozen=True)
class Believed:
    """A checkpoint that a known log has signed; `signers` with the time that a cosignature states."""

    head: Checkpoint
    signers: dict[VerifierKey, int | None]


def believed(report: Report, signed: str, policy: Policy, quorum: bool = True) -> Believed | None:
    """Reports what is wrong with the signatures."""
    try:
        note = parse(signed)
        head, signers = parse_checkpoint(note.text), verify(note, policy.keys)
    except BadNote as error:
        report.add("bad_checkpoint", str(error))
        return None
    if not any(log.key in signers and log.key.name == head.origin for log in policy.logs):
        report.add("not_signed", head.origin)
        return None
    if quorum and not policy.satisfied_by(signers):
        report.add("few_witnesses", f"{head.origin} {head.size}")
    return Believed(head, signers)


class Tree:
    """Grows leaf by leaf; keeps only the roots of its complete subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[Hash] = []

    def add(self, leaf: Hash) -> None:
        size, subtree = self.size, leaf
        while size & 1:
            subtree, size = node_hash(self._peaks.pop(), subtree), size >> 1
        self._peaks.append(subtree)
        self.size += 1

    @property
    def root(self) -> Hash:
        if not self._peaks:
            return EMPTY_ROOT
        *others, found = self._peaks
        for each in reversed(others):
            found = node_hash(each, found)
        return found


@dataclass
class Reading:
    """What the records so far say. `roots` at the sizes that were asked for."""

    report: Report
    wanted: Collection[int]
    tree: Tree = field(default_factory=Tree)
    roots: dict[int, Hash] = field(default_factory=lambda: {0: EMPTY_ROOT})
    ids: set[UUID] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)
    erased: dict[UUID, int] = field(default_factory=dict)
    ordered: set[UUID] = field(default_factory=set)

    def take(self, record: Record) -> None:
        recorded, entry = record.recorded, record.entry
        if entry is None:
            self.report.add("event_unlogged", f"{recorded.stream} {recorded.version}" if recorded else "")
            return
        index = self.tree.size
        if entry.index != index:
            self.report.add("wrong_index", str(entry.index), index)
        self._compare(record, entry, index)
        self.tree.add(leaf_hash(entry.leaf))
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = self.tree.root

    def _compare(self, record: Record, entry: Entry, index: int) -> None:
        try:
            leaf = decode(entry.leaf)
        except BadLeaf as error:
            self.report.add("not_a_record", str(error), index)
            return
        recorded = record.recorded
        if entry.salt is None:
            self.erased[leaf.event_id] = index
            if leaf.type not in PERSONAL:
                self.report.add("unlawful_erasure", leaf.type, index)
        elif recorded is None:
            self.report.add("event_missing", f"{leaf.type} {leaf.event_id}", index)
        elif _leaf_of(record, entry.salt) != entry.leaf:
            self.report.add("altered", difference(record, leaf, entry.salt), index)
        elif recorded.type == ERASURE_ORDER:
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                self.ordered.add(UUID(json.loads(recorded.data)["event_id"]))
        if entry.salt is None and recorded is not None and envelope(record) != _envelope_of(leaf):
            self.report.add("altered", difference(record, leaf, None), index)
        self._place(leaf, index)

    def _place(self, leaf: Leaf, index: int) -> None:
        if leaf.event_id in self.ids:
            self.report.add("duplicate_id", str(leaf.event_id), index)
        self.ids.add(leaf.event_id)
        if leaf.version != self.versions.get(leaf.stream, -1) + 1:
            self.report.add("stream_gap", f"{leaf.stream} {leaf.version}", index)
        self.versions[leaf.stream] = leaf.version

    def finish(self) -> None:
        self.roots[self.tree.size] = self.tree.root
        for event_id, index in self.erased.items():
            if event_id not in self.ordered:
                self.report.add("erased_without_order", str(event_id), index)


Envelope = tuple[UUID, str, int, str, int]


def envelope(record: Record) -> Envelope:
    assert record.recorded is not None
    recorded = record.recorded
    moment = (recorded.recorded_at - EPOCH) // MICROSECOND
    return recorded.id, recorded.stream, recorded.version, recorded.type, moment


def _envelope_of(leaf: Leaf) -> Envelope:
    return leaf.event_id, leaf.stream, leaf.version, leaf.type, leaf.recorded_at


def _leaf_of(record: Record, salt: bytes) -> bytes:
    """Empty where the event can have no leaf at all."""
    assert record.recorded is not None
    try:
        return leaf_of(record.recorded, salt)
    except (BadLeaf, ValueError, ArithmeticError, struct.error):
        return b""


def difference(record: Record, leaf: Leaf, salt: bytes | None) -> str:
    """Which parts are not those that the leaf commits to."""
    assert record.recorded is not None
    names = ("id", "stream", "version", "type", "recorded_at")
    pairs = zip(names, envelope(record), _envelope_of(leaf), strict=True)
    changed = [name for name, now, was in pairs if now != was]
    if salt is not None:
        changed += ["data"] if commit(salt, record.recorded.data) != leaf.data_commit else []
        changed += ["meta"] if commit(salt, record.recorded.meta) != leaf.meta_commit else []
    return ", ".join(changed)


def verify_log(
    report: Report,
    source: Source,
    policy: Policy,
    known: Sequence[str] = (),
    progress: Callable[[int], None] = lambda _size: None,
    see: Callable[[Record], None] = lambda _record: None,
) -> None:
    """`known`: checkpoints that somebody kept from before. `see` gets each record as it is read."""
    latest = believed(report, source.checkpoints[-1], policy)
    older = [believed(report, each, policy, quorum=False) for each in (*source.checkpoints[:-1], *known)]
    heads = [each.head for each in older if each]
    reading = Reading(report, {each.size for each in heads} | ({latest.head.size} if latest else set()))
    for record in _records(report, source):
        reading.take(record)
        see(record)
        if reading.tree.size % REPORTED_EVERY == 0:
            progress(reading.tree.size)
    reading.finish()
    if latest:
        _compare_heads(report, latest.head, heads, reading)
    report.facts |= {
        "size": reading.tree.size,
        "root": reading.tree.root.hex(),
        "streams": len(reading.versions),
        "checkpoints": len(heads) + (latest is not None),
        "signers": [{"name": key.name, "at": at} for key, at in (latest.signers if latest else {}).items()],
        "erased": sorted(reading.erased.values()),
    }


def _records(report: Report, source: Source) -> Iterator[Record]:
    try:
        yield from source.records()
    except BadRecord as error:
        report.add("not_a_record", str(error)[:80])


def _compare_heads(report: Report, latest: Checkpoint, heads: list[Checkpoint], reading: Reading) -> None:
    if reading.tree.size != latest.size:
        report.add("size_differs", f"{reading.tree.size}, {latest.size}")
    if reading.roots.get(latest.size, latest.root) != latest.root:
        report.add("root_differs", str(latest.size))
    for head in sorted(heads, key=lambda each: each.size):
        if head.origin != latest.origin:
            report.add("checkpoint_contradicts", f"{head.origin} {head.size}")
        elif head.size > latest.size:
            report.add("rolled_back", f"{head.size}, {latest.size}")
        elif reading.roots.get(head.size, head.root) != head.root:
            report.add("checkpoint_contradicts", str(head.size))
            break  # every later one does too: what was altered lies between this one and the one before
