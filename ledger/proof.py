"""What a person takes home to prove one event: a tlog-proof whose `extra` holds what the leaf commits to.

`extra` is JSON: `format`, `leaf` (base64), and, unless they were erased, `salt` (base64) with `data` and `meta`, the
texts exactly as the log holds them. docs/ledger.md describes how anyone checks it.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass

from kernel.messages import Recorded
from ledger.leaf import SALT_BYTES, BadLeaf, Leaf, commit, decode
from ledger.note import BadNote, Checkpoint, VerifierKey, parse, parse_checkpoint, unbase64
from ledger.reading import SignedTree
from ledger.receipt import BadReceipt, Receipt, parse_receipt, verify_receipt
from ledger.store import Entry
from ledger.tree import leaf_hash

FORMAT = "dienhong-event/1"


@dataclass(frozen=True, slots=True)
class Contents:
    """What was hidden behind the commitments: stored bytes and salt."""

    salt: bytes
    data: bytes
    meta: bytes


@dataclass(frozen=True, slots=True)
class Proved:
    """`contents` None: lawfully erased; that the event was recorded, where and when, is proved all the same."""

    index: int
    leaf: Leaf
    contents: Contents | None
    checkpoint: Checkpoint
    signers: dict[VerifierKey, int | None]


def prove(file: SignedTree, recorded: Recorded) -> Receipt | None:
    """For an event of the log; None while no signed checkpoint covers it."""
    entry = file.entry_at(recorded.position)
    if entry is None:
        return None
    for signed in (file.cosigned(), file.latest()):  # what witnesses stand behind is believed by more people
        size = parse_checkpoint(parse(signed).text).size if signed else 0
        if signed and entry.index < size:
            return Receipt(entry.index, tuple(file.inclusion(entry.index, size)), signed, extra_of(recorded, entry))
    return None


def extra_of(recorded: Recorded, entry: Entry) -> bytes:
    held = {"format": FORMAT, "leaf": base64.b64encode(entry.leaf).decode()}
    if entry.salt is not None:
        held["salt"] = base64.b64encode(entry.salt).decode()
        held |= {"data": recorded.data.decode(), "meta": recorded.meta.decode()}
    return json.dumps(held, ensure_ascii=False, indent=1).encode()


def parse_extra(extra: bytes) -> tuple[bytes, Contents | None]:
    """The leaf's bytes and what they commit to; raises `BadReceipt`."""
    try:
        held = json.loads(extra)
        if not isinstance(held, dict) or held.pop("format", None) != FORMAT:
            raise BadReceipt("not the proof of an event")
        if not all(isinstance(each, str) for each in held.values()):
            raise BadReceipt("fields that are no texts")
        leaf = unbase64(held.pop("leaf", ""))
        contents = None
        if held:
            salt = unbase64(held.pop("salt", ""))
            contents = Contents(salt, held.pop("data", "").encode(), held.pop("meta", "").encode())
    except (ValueError, RecursionError, BadNote) as error:
        raise BadReceipt(str(error)) from error
    if held or (contents is not None and len(contents.salt) != SALT_BYTES):
        raise BadReceipt("other fields, or no salt")
    return leaf, contents


def verify_proof(text: str, keys: Iterable[VerifierKey]) -> Proved:
    """Everything that the file claims, checked; whether `signers` suffice is for a policy. Raises `BadReceipt`."""
    receipt = parse_receipt(text)
    written, contents = parse_extra(receipt.extra)
    checkpoint, signers = verify_receipt(receipt, leaf_hash(written), keys)
    try:
        leaf = decode(written)
    except BadLeaf as error:
        raise BadReceipt(str(error)) from error
    if contents is not None:
        held = commit(contents.salt, contents.data), commit(contents.salt, contents.meta)
        if held != (leaf.data_commit, leaf.meta_commit):
            raise BadReceipt("the contents are not what was recorded")
    return Proved(receipt.index, leaf, contents, checkpoint, signers)
