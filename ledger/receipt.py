"""A proof for one leaf that verifies offline (C2SP tlog-proof): index, inclusion proof, cosigned checkpoint."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.note import BadNote, Checkpoint, VerifierKey, parse, parse_checkpoint, unbase64, verify
from ledger.tree import MAX_PROOF, BadProof, Hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
MAX_EXTRA_BYTES = 2_000_000


class BadReceipt(ValueError):
    """Not a receipt in its one spelling."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`signed`: the checkpoint with its signatures, word for word. `extra` is not authenticated by the proof."""

    index: int
    proof: tuple[Hash, ...]
    signed: str
    extra: bytes = b""

    @property
    def text(self) -> str:
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        hashes = [base64.b64encode(each).decode() for each in self.proof]
        return "\n".join((HEADER, *extra, f"index {self.index}", *hashes, "", self.signed))


def parse_receipt(text: str) -> Receipt:
    head, separator, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER:
        raise BadReceipt("not a proof of version 1")
    try:
        extra = unbase64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else b""
        index = number(lines.pop(0).removeprefix("index ")) if lines and lines[0].startswith("index ") else -1
        hashes = tuple(unbase64(each) for each in lines)
    except BadNote as error:
        raise BadReceipt(str(error)) from error
    if index < 0 or len(hashes) > MAX_PROOF or any(len(each) != 32 for each in hashes):
        raise BadReceipt("no index, or hashes that are none")
    receipt = Receipt(index, hashes, signed, extra)
    if receipt.text != text or len(extra) > MAX_EXTRA_BYTES:
        raise BadReceipt("another spelling")
    return receipt


def number(text: str) -> int:
    """An ASCII decimal without leading zeros, below 2**63."""
    if not (text.isascii() and text.isdigit() and len(text) < 20) or str(int(text)) != text or int(text) >= 1 << 63:
        raise BadReceipt("not a number")
    return int(text)


def verify_receipt(
    receipt: Receipt, leaf: Hash, keys: Iterable[VerifierKey]
) -> tuple[Checkpoint, dict[VerifierKey, int | None]]:
    """The checkpoint that the leaf stands under, and whose signatures it bears; whether they suffice is for a policy.

    Raises `BadReceipt` when the leaf is not proved or a known key's signature fails.
    """
    try:
        note = parse(receipt.signed)
        checkpoint = parse_checkpoint(note.text)
        signers = verify(note, keys)
        verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    except (BadNote, BadProof) as error:
        raise BadReceipt(str(error)) from error
    return checkpoint, signers
