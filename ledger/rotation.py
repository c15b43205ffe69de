"""The log passes to another key: a statement that the old key and the new one sign, recorded as an event of the log.

The old key's last checkpoint holds the event and nothing after it, and both keys sign it. So whoever believes one of
the keys, and has the log, can believe the other one.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from kernel.messages import Recorded
from kernel.ports import EventStore
from ledger.note import Algorithm, BadNote, Note, Signature, Signer, VerifierKey, parse, parse_key, verify
from ledger.receipt import BadReceipt, number

HEADER = "dienhong-log-key/1"
"""The first line; the second is no size, so that nobody can take a statement for a checkpoint."""

STREAM = "ledger-1"
EVENT = "LogKeyRotated"


@dataclass(frozen=True, slots=True)
class Handover:
    """`size`: leaves under the checkpoint that the old key had signed last when it was written.

    `others` are new keys that sign beside `new`, as a post-quantum one.
    """

    origin: str
    size: int
    old: VerifierKey
    new: VerifierKey
    others: tuple[VerifierKey, ...] = ()

    @property
    def text(self) -> str:
        lines = (HEADER, self.origin, str(self.size), *map(str, (self.old, self.new, *self.others)))
        return "\n".join((*lines, ""))


@dataclass(frozen=True, slots=True)
class Term:
    """Checkpoints of `first` to `last` leaves, both included, are for this key to sign; None: it still does."""

    key: VerifierKey
    first: int
    last: int | None

    def holds(self, size: int) -> bool:
        return self.first <= size and (self.last is None or size <= self.last)


def stated(handover: Handover, old: Signer, new: Signer) -> str:
    """Signed by both: the old key says who comes after it, the new one who came before."""
    signatures = (
        Signature(each.key.name, each.key.key_id, each.private.sign(handover.text.encode())) for each in (old, new)
    )
    return Note(handover.text, tuple(signatures)).signed


def read_statement(statement: str) -> Handover:
    """Raises `BadNote` for anything but a statement in its one spelling that both keys have signed."""
    note = parse(statement)
    lines = note.text.split("\n")
    if len(lines) < 6 or lines[0] != HEADER or lines[-1]:
        raise BadNote("not a statement about the key of a log")
    try:
        old, new, *others = map(parse_key, lines[3:-1])
        handover = Handover(lines[1], number(lines[2]), old, new, tuple(others))
    except BadReceipt as error:
        raise BadNote(str(error)) from error
    keys = (old, new)
    if any((key.name, key.algorithm) != (handover.origin, Algorithm.log_ed25519) for key in keys) or old == new:
        raise BadNote("not two keys of the log")
    if len(verify(note, keys)) != len(keys):
        raise BadNote("not signed by both keys")
    return handover


def terms(
    origin: str, statements: Iterable[tuple[int, str]], believed: Collection[VerifierKey]
) -> tuple[list[Term], list[int]]:
    """Who signs which sizes, the first key first, by the statements in the log, each with the index of its leaf.

    Anybody can sign statements about keys of their own: only those count that lead to or from a `believed` key. Also
    the leaves of those that do not hold: not signed by both keys, or not by the key that had its turn.
    """
    chains: list[list[tuple[int, Handover]]] = []
    bad: list[int] = []
    for index, statement in statements:
        try:
            handover = read_statement(statement)
        except BadNote:
            bad.append(index)
            continue
        if handover.origin != origin:  # of a tree that this deployment kept under another name
            continue
        chain = next((each for each in chains if each[-1][1].new == handover.old), None)
        if handover.size > index or (chain and handover.new in _keys(chain)):
            bad.append(index)
        elif chain:
            chain.append((index, handover))
        else:
            chains.append([(index, handover)])
    ours = next((each for each in chains if not _keys(each).isdisjoint(believed)), [])
    bad += [index for each in chains if each is not ours for index, _ in each]
    return _terms(ours), sorted(bad)


def _keys(chain: Iterable[tuple[int, Handover]]) -> set[VerifierKey]:
    return {key for _, each in chain for key in (each.old, each.new)}


def _terms(chain: Iterable[tuple[int, Handover]]) -> list[Term]:
    found: list[Term] = []
    for index, each in chain:
        first = found.pop().first if found else 0
        found += [Term(each.old, first, index + 1), Term(each.new, index + 1, None)]
    return found


def statement_in(data: bytes) -> str:
    """Empty where the event holds none, which no key has signed."""
    try:
        return str(json.loads(data)["statement"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def position_of(store: EventStore, new: VerifierKey) -> int | None:
    """Of the event by which the log passed to this key."""
    for each in store.read(STREAM):
        with suppress(BadNote):
            if read_statement(statement_in(each.data)).new == new:
                return each.position
    return None


def keys_of(store: EventStore, origin: str, own: Collection[VerifierKey]) -> list[VerifierKey]:
    """That the log tells of beside our `own`: the one that signs now first. None where the key was never rotated."""
    recorded: Sequence[Recorded] = store.read(STREAM)
    # A leaf's index is never above its event's position less one, which serves for comparing here.
    found, _bad = terms(origin, [(each.position - 1, statement_in(each.data)) for each in recorded], own)
    return [each.key for each in reversed(found)]
