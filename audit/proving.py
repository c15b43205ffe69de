"""What the log proves of a file: the events that name it, and the inclusion proof of the last of them."""

import base64
from functools import lru_cache
from hashlib import sha256

from audit.check import ALONE, How, Reading, verify_log
from audit.findings import TAMPERED, Report
from audit.papers import Paper, report_paper
from audit.pieces import SEGMENT
from audit.records import Record
from audit.sources import Source
from audit.subtree import levels_over
from audit.verbs import readable
from ledger.policy import Policy
from ledger.proof import extra_of
from ledger.receipt import Receipt
from ledger.tree import Hash, fold_complete, inclusion_proof, leaf_hash, verify_inclusion

HEIGHT = SEGMENT.bit_length() - 1


def check_paper(report: Report, source: Source, policy: Policy, contents: bytes, how: How = ALONE) -> Receipt | None:
    """Which events name these bytes; the proof of the last one, where nothing speaks against the log."""
    reading = verify_log(report, source, policy, how=how)
    paper = Paper(sha256(contents).hexdigest())
    for record in readable(source):
        paper.take(record)
    report_paper(report, paper, contents)
    if not paper.namings or report.exit == TAMPERED:
        return None
    receipt = proof_of(paper.namings[-1].record, source, reading)
    report.facts["proof"] = [base64.b64encode(each).decode() for each in receipt.proof]
    return receipt


def proof_of(record: Record, source: Source, reading: Reading) -> Receipt:
    """To take home, under the newest checkpoint; `reading` is a verification that found no tampering."""
    entry, recorded = record.entry, record.recorded
    assert entry is not None and recorded is not None
    pieces = {piece.first // SEGMENT: piece for piece in source.pieces()}

    @lru_cache(2)
    def levels(piece: int) -> list[list[Hash]]:
        return levels_over([leaf_hash(leaf) for leaf in pieces[piece].leaves()])

    def subtree(level: int, index: int) -> Hash:
        if level >= HEIGHT:
            first = index << level - HEIGHT
            return fold_complete(reading.subtrees[first : first + (1 << level - HEIGHT)])
        piece, within = divmod(index, SEGMENT >> level)
        return levels(piece)[level][within]

    proof = inclusion_proof(entry.index, reading.size, subtree)
    verify_inclusion(leaf_hash(entry.leaf), entry.index, reading.size, proof, reading.roots[reading.size])
    return Receipt(entry.index, tuple(proof), source.checkpoints[-1], extra_of(recorded, entry))
