"""The product's verification and the auditor's own file judge alike, and neither is deceived."""

import os
from hashlib import sha256
from random import Random

import pytest

from audit import verifier
from ledger.leaf import leaf_of
from ledger.note import Algorithm, BadNote, Checkpoint, parse, parse_checkpoint, parse_key, signed_note, signer, verify
from ledger.policy import BadPolicy, parse_policy
from ledger.proof import prove, verify_proof
from ledger.receipt import BadReceipt, Receipt, parse_receipt, verify_receipt
from ledger.tiles import Tiles, grown
from ledger.tree import (
    BadProof,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from tests.audit.logs import LOG as OFFICE_LOG
from tests.audit.logs import Office
from tests.audit.mutations import changed_hashes, changed_text
from tests.ledger.known import known_event, known_tree
from tests.ledger.test_leaf import DATA_COMMIT, LEAF, META_COMMIT
from tests.ledger.test_note import AT, C2SP_KEY, C2SP_NOTE, CITY, KNOWN, LOG, LOG_KEY, POST_QUANTUM, WITNESS_KEY

MUTATIONS = int(os.environ.get("AUDIT_MUTATIONS", "50000"))
"""Of all kinds together."""

SIZE = 40
LEAVES = [leaf_hash(leaf_of(*known_event(n))) for n in range(SIZE)]
TILES = {(level, n): tile for level, n, tile in grown(lambda *_: b"", 0, LEAVES)}
SUBTREE = Tiles(lambda level, n: TILES.get((level, n), b"")).subtree
ROOTS = [root(size, SUBTREE) for size in range(SIZE + 1)]
OURS = [LOG.key, CITY.key, POST_QUANTUM.key]
THEIRS = [verifier.read_key(str(key)) for key in OURS]
REFUSED = (BadNote, BadProof, BadReceipt, BadPolicy)


def record(n: int) -> dict[str, object]:
    event, salt = known_event(n)
    return {
        "index": n,
        "id": str(event.id),
        "stream": event.stream,
        "version": event.version,
        "type": event.type,
        "recorded_at": 1767225600000000 + n,
        "salt": salt.hex(),
        "data": event.data.decode(),
        "meta": event.meta.decode(),
    }


def test_the_known_leaf_and_commitments():
    assert verifier.commit(bytes(32), b'{"n":0}').hex() == DATA_COMMIT
    assert verifier.commit(bytes(32), b"{}").hex() == META_COMMIT
    assert verifier.leaf_of(record(0)).hex() == LEAF
    assert verifier.leaf_hash(bytes.fromhex(LEAF)).hex() == (
        "057eec0fa2e56325663144732b656baa03463b447439bba45e0f253aa4421d04"
    )
    assert verifier.read_leaf(bytes.fromhex(LEAF)).stream == "meeting-1"


def test_the_known_roots():
    peaks: list[bytes] = []
    for n in range(3):
        verifier.grow(peaks, n, verifier.leaf_hash(verifier.leaf_of(record(n))))
    assert verifier.root_of(peaks) == known_tree()
    peaks = []
    words = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    for n, each in enumerate(words):
        verifier.grow(peaks, n, verifier.leaf_hash(bytes.fromhex(each)))
    assert verifier.root_of(peaks).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert verifier.root_of([]) == sha256(b"").digest()


def test_the_known_checkpoint_with_its_cosignature():
    log, city = verifier.read_key(LOG_KEY), verifier.read_key(WITNESS_KEY)
    note = verifier.read_note(KNOWN)
    assert verifier.signed_by(note, [log, city]) == {log: None, city: AT}
    assert verifier.read_checkpoint(note.text).root == known_tree()
    theirs = verifier.read_key(C2SP_KEY)
    assert verifier.signed_by(verifier.read_note(C2SP_NOTE), [theirs]) == {theirs: None}


@pytest.mark.parametrize("line", range(14))
def test_policies_are_understood_alike(line):
    """Whole, and with each of its lines lost or twice."""
    lines = example_policy().split("\n")
    for text in (lines, lines[:line] + lines[line + 1 :], lines[: line + 1] + lines[line:]):
        ours = judged(lambda text=text: parse_policy("\n".join(text)))
        theirs = judged(lambda text=text: verifier.read_policy("\n".join(text)))
        assert (ours is None) == (theirs is None), text
        if ours is None or theirs is None:
            continue
        for chosen in range(64):
            keys = [each.key for n, each in enumerate(ours.witnesses) if chosen >> n & 1]
            there = [verifier.read_key(str(key)) for key in keys]
            assert ours.satisfied_by(keys) == theirs.met_by(there)


def example_policy() -> str:
    names = ("city", "district", "ward2", "ward3")
    keys = {
        name: signer(f"{name}.example/witness", Algorithm.cosigner_ed25519, bytes([n]) * 32).key
        for n, name in enumerate((*names, "audit", "university"), start=1)
    }
    witnesses = [f"witness {name} {keys[name]}" for name in names]
    others = [f"witness {name} {keys[name]}" for name in ("audit", "university")]
    groups = ["group gov 2 city district ward2 ward3", *others, "group indep any audit university"]
    return "\n".join([f"log {LOG.key}", *witnesses, *groups, "group q all gov indep", "quorum q", "# end"])


def judged(judge):
    try:
        return judge()
    except (*REFUSED, verifier.Bad):
        return None


def same(ours, theirs):
    """Both accept or both refuse; what it was when they accept."""
    accepted, also = judged(ours), judged(theirs)
    assert (accepted is None) == (also is None)
    return accepted


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mutated_inclusion_proofs_prove_nothing_else():
    random = Random(1)
    for _ in range(MUTATIONS // 5):
        size = random.randint(1, SIZE)
        index = random.randrange(size)
        proof = changed_hashes(inclusion_proof(index, size, SUBTREE), random)
        index, size = index + random.choice((0, 0, 1, -1)), size + random.choice((0, 0, 1, -1))
        leaf, head = random.choice(LEAVES[:size] or LEAVES), random.choice((ROOTS[min(size, SIZE)], ROOTS[SIZE]))
        accepted = same(
            lambda: verify_inclusion(leaf, index, size, proof, head) or True,  # noqa: B023
            lambda: verifier.check_inclusion(leaf, index, size, proof, head) or True,  # noqa: B023
        )
        assert not accepted or (LEAVES[index] == leaf and ROOTS[size] == head)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mutated_consistency_proofs_prove_nothing_else():
    random = Random(2)
    for _ in range(MUTATIONS // 5):
        new = random.randint(0, SIZE)
        old = random.randint(0, new)
        proof = changed_hashes(consistency_proof(old, new, SUBTREE), random)
        old, new = old + random.choice((0, 0, 0, 1, -1)), new + random.choice((0, 0, 0, 1, -1))
        roots = random.choice(((old, new), (old, new), (new, old), (random.randint(0, SIZE), new)))
        was, now = (ROOTS[max(0, min(each, SIZE))] for each in roots)
        accepted = same(
            lambda: verify_consistency(old, new, proof, was, now) or True,  # noqa: B023
            lambda: verifier.check_consistency(old, new, proof, was, now) or True,  # noqa: B023
        )
        if accepted and old:  # sizes are bound to roots by the signature, not by this proof
            assert ROOTS.index(was) <= ROOTS.index(now)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mutated_notes_are_judged_alike():
    random = Random(3)
    head = Checkpoint(LOG.key.name, SIZE, ROOTS[SIZE])
    good = signed_note(head, [each.sign(head, AT) for each in (LOG, CITY, POST_QUANTUM)])
    for _ in range(MUTATIONS // 5):
        text = changed_text(good, random)
        signers = same(
            lambda: verify(parse(text), OURS),  # noqa: B023
            lambda: verifier.signed_by(verifier.read_note(text), THEIRS),  # noqa: B023
        )
        if signers is not None:
            found = verifier.signed_by(verifier.read_note(text), THEIRS)
            assert {str(key): at for key, at in signers.items()} == {vkey(key): at for key, at in found.items()}
            assert not signers or parse(text).text == parse(good).text
        same(
            lambda: parse_checkpoint(parse(text).text),  # noqa: B023
            lambda: verifier.read_checkpoint(verifier.read_note(text).text),  # noqa: B023
        )


def vkey(key: verifier.Key) -> str:
    return next(str(each) for each in OURS if (each.name, int(each.algorithm)) == (key.name, key.kind))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mutated_receipts_are_judged_alike_and_none_deceives():
    random = Random(4)
    head = Checkpoint(LOG.key.name, SIZE, ROOTS[SIZE])
    signed = signed_note(head, [LOG.sign(head, AT), CITY.sign(head, AT)])
    for _ in range(MUTATIONS // 5):
        index = random.randrange(SIZE)
        extra = random.choice((b"", b"a note"))
        good = Receipt(index, tuple(inclusion_proof(index, SIZE, SUBTREE)), signed, extra).text
        text = changed_text(good, random)
        accepted = same(
            lambda: verify_receipt(parse_receipt(text), LEAVES[index], OURS),  # noqa: B023
            lambda: verifier.check_receipt(verifier.read_receipt(text), LEAVES[index], THEIRS),  # noqa: B023
        )
        if accepted is not None and accepted[1]:
            assert accepted[0] == head and parse_receipt(text).index == index


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mutated_proofs_of_events_are_judged_alike_and_none_deceives(tmp_path):
    with Office(tmp_path / "data") as office:
        office.session()
        proofs = [prove(office.file, each) for each in office.store.read_all(0, 1000)]
        true = {each.index: verify_proof(each.text, [OFFICE_LOG.key]) for each in proofs if each}
    random, key = Random(5), verifier.read_key(str(OFFICE_LOG.key))
    for _ in range(MUTATIONS // 5):
        index = random.choice(list(true))
        text = changed_text(proofs[index].text, random)
        accepted = same(
            lambda: verify_proof(text, [OFFICE_LOG.key]),  # noqa: B023
            lambda: proved(text, key),  # noqa: B023
        )
        if accepted is not None and accepted.signers:
            was = true[accepted.index]
            assert (accepted.leaf, accepted.contents) == (was.leaf, was.contents)


def proved(text: str, key: verifier.Key):
    try:
        receipt = verifier.read_receipt(text)
        leaf, _ = verifier.read_extra(receipt.extra)
        return verifier.check_receipt(receipt, verifier.leaf_hash(leaf), [key])
    except verifier.MALFORMED as error:
        raise verifier.Bad(str(error)) from error


@pytest.mark.parametrize("text", ["", "name", LOG_KEY[:-4], LOG_KEY.replace("41fd", "41fe"), f"a b+{LOG_KEY}"])
def test_what_is_no_key_is_none_for_both(text):
    assert same(lambda: parse_key(text), lambda: verifier.read_key(text)) is None
