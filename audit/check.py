"""Verification of the whole log by the product's own code: leaves, root, signatures, streams, ids, erasures."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from struct import unpack
from uuid import UUID

from audit.findings import Report
from audit.pieces import SEGMENT, Piece
from audit.sources import Source
from audit.subtree import Checked, check_piece, check_tree
from audit.turns import turns
from ledger.note import BadNote, Checkpoint, VerifierKey, parse, parse_checkpoint, verify
from ledger.policy import Policy
from ledger.tree import EMPTY_ROOT, Hash, node_hash

AHEAD = 16
"""Pieces that wait for, or are with, the processes that check them."""

Progress = Callable[[int], None]


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


@dataclass
class Reading:
    """What the pieces so far say together.

    `roots` at the sizes that were asked for; `subtrees`: the root of each complete piece.
    """

    report: Report
    size: int = 0
    roots: dict[int, Hash] = field(default_factory=lambda: {0: EMPTY_ROOT})
    ids: set[bytes] = field(default_factory=set)
    versions: dict[bytes, int] = field(default_factory=dict)
    erased: dict[UUID, int] = field(default_factory=dict)
    ordered: set[UUID] = field(default_factory=set)
    handed_on: list[tuple[int, str]] = field(default_factory=list)
    subtrees: list[Hash] = field(default_factory=list)
    _peaks: list[Hash] = field(default_factory=list)

    def take(self, piece: Checked) -> None:
        self.report.findings += piece.findings
        for count, peaks in piece.peaks.items():
            self.roots[piece.first + count] = _root([*self._peaks, *peaks])
        if piece.count == SEGMENT:
            self.subtrees += piece.peaks[SEGMENT]
            self._grow(piece.first // SEGMENT, piece.peaks[SEGMENT][0])
        self.size += piece.count
        self._join_ids(piece)
        self._join_streams(piece)
        self.erased |= piece.erased
        self.ordered |= piece.ordered
        self.handed_on += piece.handed_on

    def _grow(self, pieces: int, subtree: Hash) -> None:
        while pieces & 1:
            subtree, pieces = node_hash(self._peaks.pop(), subtree), pieces >> 1
        self._peaks.append(subtree)

    def _join_ids(self, piece: Checked) -> None:
        ids = unpack("16s" * (len(piece.ids) // 16), piece.ids)
        before = len(self.ids)
        twice = [] if self.ids.isdisjoint(ids) else [each for each in ids if each in self.ids]
        self.ids.update(ids)
        if len(self.ids) != before + len(ids):
            about = ", ".join(str(UUID(bytes=each)) for each in twice[:3]) or f"{before + len(ids) - len(self.ids)}"
            self.report.add("duplicate_id", about, piece.first)

    def _join_streams(self, piece: Checked) -> None:
        if any(piece.begun) or not self.versions.keys().isdisjoint(piece.streams):
            for stream, begun in zip(piece.streams, piece.begun, strict=True):
                if begun != self.versions.get(stream, -1) + 1:
                    self.report.add("stream_gap", f"{stream.decode('utf-8', 'replace')} {begun}", piece.first)
        self.versions.update(zip(piece.streams, piece.ended, strict=True))

    def finish(self) -> None:
        for event_id, index in self.erased.items():
            if event_id not in self.ordered:
                self.report.add("erased_without_order", str(event_id), index)


def _root(peaks: Sequence[Hash]) -> Hash:
    if not peaks:
        return EMPTY_ROOT
    *others, found = peaks
    for each in reversed(others):
        found = node_hash(each, found)
    return found


@dataclass(frozen=True)
class How:
    """`workers`: processes that check pieces at the same time. `tree_only`: not what the events say."""

    progress: Progress = lambda _size: None
    workers: Executor | None = None
    tree_only: bool = False


ALONE = How()


def verify_log(report: Report, source: Source, policy: Policy, known: Sequence[str] = (), how: How = ALONE) -> Reading:
    """`known`: checkpoints that somebody kept from before."""
    texts = (*source.checkpoints[:-1], *known)
    reading = Reading(report)
    for piece in _checked(source.pieces(), _sizes((*texts, source.checkpoints[-1])), how):
        reading.take(piece)
        how.progress(reading.size)
    reading.finish()
    whose = turns(report, source.checkpoints[-1], reading.handed_on, policy)
    policy = whose.believed_by(policy)
    latest = believed(report, source.checkpoints[-1], policy)
    older = [each for text in texts if (each := believed(report, text, policy, quorum=False))]
    heads = [each.head for each in older]
    if latest:
        _compare_heads(report, latest.head, heads, reading)
    if latest and not how.tree_only:
        of_this_log = [each for each in (*older, latest) if each.head.origin == latest.head.origin]
        whose.check(report, [(each.head, each.signers) for each in of_this_log])
    report.facts |= {
        "size": reading.size,
        "root": reading.roots.get(reading.size, EMPTY_ROOT).hex(),
        "checkpoints": len(heads) + (latest is not None),
        "signers": [{"name": key.name, "at": at} for key, at in (latest.signers if latest else {}).items()],
    }
    if not how.tree_only:
        report.facts |= {"streams": len(reading.versions), "erased": sorted(reading.erased.values())}
    return reading


def _sizes(signed: Iterable[str]) -> set[int]:
    """Of the trees that these checkpoints speak of; what is none is reported when it is to be believed."""
    found = set()
    for each in signed:
        with suppress(BadNote):
            found.add(parse_checkpoint(parse(each).text).size)
    return found


def _checked(pieces: Iterable[Piece], wanted: Collection[int], how: How) -> Iterator[Checked]:
    """In order."""
    check = check_tree if how.tree_only else check_piece
    asked = ((piece, [size for size in wanted if piece.first < size <= piece.first + SEGMENT]) for piece in pieces)
    if how.workers is None:
        yield from (check(piece, cuts) for piece, cuts in asked)
        return
    waiting: deque[Future[Checked]] = deque()
    for piece, cuts in asked:
        waiting.append(how.workers.submit(check, piece, cuts))
        if len(waiting) == AHEAD:
            yield waiting.popleft().result()
    for each in waiting:
        yield each.result()


def _compare_heads(report: Report, latest: Checkpoint, heads: list[Checkpoint], reading: Reading) -> None:
    if reading.size != latest.size:
        report.add("size_differs", f"{reading.size}, {latest.size}")
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
