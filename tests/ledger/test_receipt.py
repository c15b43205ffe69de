"""Receipts: what is written is read, what is changed proves nothing."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.leaf import leaf_of
from ledger.note import Algorithm, Checkpoint, signed_note, signer
from ledger.receipt import BadReceipt, Receipt, parse_receipt, verify_receipt
from ledger.tiles import Tiles, grown
from ledger.tree import inclusion_proof, leaf_hash, root
from tests.ledger.known import known_event

LOG = signer("ward-1.example/council-log/1", Algorithm.log_ed25519, bytes(32))
LEAVES = [leaf_hash(leaf_of(*known_event(n))) for n in range(20)]


def receipt(index: int, size: int = 20, extra: bytes = b"") -> Receipt:
    tiles = {(level, n): tile for level, n, tile in grown(lambda *_: b"", 0, LEAVES[:size])}
    subtree = Tiles(lambda level, n: tiles.get((level, n), b"")).subtree
    checkpoint = Checkpoint(LOG.key.name, size, root(size, subtree))
    proof = inclusion_proof(index, size, subtree)
    return Receipt(index, tuple(proof), signed_note(checkpoint, [LOG.sign(checkpoint, 0)]), extra)


@given(st.integers(0, 19), st.binary(max_size=50))
def test_a_receipt_is_read_as_it_was_written_and_proves_its_leaf(index, extra):
    written = receipt(index, extra=extra)
    assert parse_receipt(written.text) == written
    checkpoint, signers = verify_receipt(written, LEAVES[index], [LOG.key])
    assert checkpoint.size == 20 and list(signers) == [LOG.key]


def test_a_tree_of_one_leaf_needs_no_hashes():
    assert verify_receipt(parse_receipt(receipt(0, 1).text), LEAVES[0], [LOG.key])[0].size == 1


@given(st.integers(0, 19), st.integers(0, 19))
def test_a_receipt_proves_no_other_leaf(index, other):
    if index != other:
        with pytest.raises(BadReceipt):
            verify_receipt(receipt(index), LEAVES[other], [LOG.key])


@given(st.data())
def test_a_changed_receipt_proves_nothing_by_the_log(data):
    text = receipt(7).text
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters(codec="utf-8")) + text[at + 1 :]
    with suppress(BadReceipt):
        _, signers = verify_receipt(parse_receipt(changed), LEAVES[7], [LOG.key])
        assert changed == text or not signers


@given(st.text(max_size=300))
def test_whatever_text_comes_it_is_a_receipt_or_refused(text):
    for each in (text, "c2sp.org/tlog-proof@v1\n" + text):
        with suppress(BadReceipt):
            assert parse_receipt(each).text == each


@pytest.mark.parametrize("index", ["index 07", "index -1", "index ", "index 9223372036854775808", "index ٣", "7"])
def test_another_spelling_of_the_index_is_refused(index):
    with pytest.raises(BadReceipt):
        parse_receipt(receipt(7).text.replace("index 7", index))
