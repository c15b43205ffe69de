"""The tree against the published vectors, an independent implementation and the definition itself."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ledger.tiles import BadAddress, Tiles, grown, tile_number, tile_path
from ledger.tree import (
    EMPTY_ROOT,
    BadProof,
    NoSuchLeaf,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

CERTIFICATE_TRANSPARENCY = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
SIZE_EIGHT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
SIZES = st.integers(1, 700)


class Memory:
    """A tree in memory, grown in batches of any size."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.subtree = Tiles(self.read).subtree

    def read(self, level: int, n: int) -> bytes:
        return self.tiles.get((level, n), b"")

    def add(self, leaves: list[bytes]) -> None:
        self.tiles.update({(level, n): tile for level, n, tile in grown(self.read, self.size, map(leaf_hash, leaves))})
        self.size += len(leaves)


def tree_of(size: int, batch: int = 1000) -> Memory:
    tree = Memory()
    for begin in range(0, size, batch):
        tree.add([b"%d" % i for i in range(begin, min(size, begin + batch))])
    return tree


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def test_the_root_of_the_eight_leaves_of_certificate_transparency():
    tree = Memory()
    tree.add(CERTIFICATE_TRANSPARENCY)
    assert root(8, tree.subtree).hex() == SIZE_EIGHT


def test_an_empty_tree_has_the_hash_of_nothing():
    assert root(0, Memory().subtree) == EMPTY_ROOT == sha256(b"").digest()


@given(size=SIZES, batch=st.integers(1, 300))
def test_the_root_follows_the_definition_however_the_tree_grew(size, batch):
    assert root(size, tree_of(size, batch).subtree) == defined_root([b"%d" % i for i in range(size)])


def oracle(size: int) -> InmemoryTree:
    return InmemoryTree.init_from_entries([b"%d" % i for i in range(size)], algorithm="sha256")


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_001])
def test_roots_at_the_edges_of_tiles_agree_with_another_implementation(size):
    assert root(size, tree_of(size, 5000).subtree) == oracle(size).get_root(size)


@given(size=SIZES, data=st.data())
def test_proofs_agree_with_another_implementation_and_verify(size, data):
    index = data.draw(st.integers(0, size - 1))
    tree, leaf = tree_of(size), leaf_hash(b"%d" % index)
    proof = inclusion_proof(index, size, tree.subtree)
    theirs = oracle(size).prove_inclusion(index + 1, size).path
    assert proof == theirs[1:]
    verify_inclusion(leaf, index, size, proof, root(size, tree.subtree))


@given(new=SIZES, data=st.data())
def test_a_tree_that_only_grew_is_proved_to_have_only_grown(new, data):
    old, tree = data.draw(st.integers(0, new)), tree_of(new)
    before = defined_root([b"%d" % i for i in range(old)])
    verify_consistency(old, new, consistency_proof(old, new, tree.subtree), before, root(new, tree.subtree))


@given(new=st.integers(2, 300), data=st.data())
def test_no_other_root_old_or_new_is_accepted(new, data):
    old, tree = data.draw(st.integers(1, new)), tree_of(new)
    before, after = root(old, tree.subtree), root(new, tree.subtree)
    proof, other = consistency_proof(old, new, tree.subtree), sha256(b"other").digest()
    for roots in ((other, after), (before, other)):
        with pytest.raises(BadProof):
            verify_consistency(old, new, proof, *roots)


@given(size=st.integers(1, 300), data=st.data())
def test_a_proof_changed_in_any_way_proves_nothing(size, data):
    index = data.draw(st.integers(0, size - 1))
    tree, leaf = tree_of(size), leaf_hash(b"%d" % index)
    proof, expected = inclusion_proof(index, size, tree.subtree), root(size, tree.subtree)
    changed = data.draw(st.sampled_from(list(mutations(proof))))
    with pytest.raises(BadProof):
        verify_inclusion(leaf, index, size, changed, expected)


def mutations(proof: list[bytes]):
    yield [*proof, sha256(b"more").digest()]
    for i, each in enumerate(proof):
        yield proof[:i] + proof[i + 1 :]
        yield [*proof[:i], bytes([each[0] ^ 1]) + each[1:], *proof[i + 1 :]]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_a_leaf_outside_the_tree_has_no_proof(index, size):
    with pytest.raises(NoSuchLeaf):
        inclusion_proof(index, size, tree_of(5).subtree)
    with pytest.raises(BadProof):
        verify_inclusion(leaf_hash(b"0"), index, size, [], EMPTY_ROOT)


def test_a_tree_does_not_shrink():
    with pytest.raises(NoSuchLeaf):
        consistency_proof(6, 5, tree_of(5).subtree)
    with pytest.raises(BadProof):
        verify_consistency(6, 5, [], EMPTY_ROOT, EMPTY_ROOT)


@pytest.mark.parametrize(
    ("number", "path"), [(0, "000"), (67, "067"), (1000, "x001/000"), (1_234_067, "x001/x234/067")]
)
def test_the_address_of_a_tile(number, path):
    assert tile_path(number) == path and tile_number(path) == number


@pytest.mark.parametrize("path", ["", "1", "0067", "x000/067", "001/067", "x001/x067", "x001", "-01", "x1/000"])
def test_another_spelling_addresses_nothing(path):
    with pytest.raises(BadAddress):
        tile_number(path)
