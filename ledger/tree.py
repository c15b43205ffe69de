"""The Merkle tree of RFC 9162, section 2.1 (the tree of RFC 6962): roots, proofs and their verification.

A tree of `size` leaves is split at the largest power of two below its size. `Subtree(level, index)` gives the hash of
the complete subtree of 2**level leaves that begins at leaf index * 2**level; everything else is computed from those.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Hash = bytes
Subtree = Callable[[int, int], Hash]

EMPTY_ROOT: Hash = sha256(b"").digest()
MAX_PROOF = 63
"""Hashes of a proof in a tree of up to 2**63 leaves."""


class NoSuchLeaf(ValueError):
    """The index or size asked for lies outside the tree."""


class BadProof(ValueError):
    """The proof does not prove what it should."""


def leaf_hash(leaf: bytes) -> Hash:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def fold_complete(hashes: Sequence[Hash]) -> Hash:
    """The root over 2**n hashes of neighbouring subtrees of equal height."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def root(size: int, subtree: Subtree) -> Hash:
    return range_hash(0, size, subtree) if size else EMPTY_ROOT


def range_hash(begin: int, end: int, subtree: Subtree) -> Hash:
    """The hash over the leaves from `begin` to `end`, a range that some split of a tree makes."""
    size = end - begin
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtree(level, begin >> level)
    middle = begin + split(size)
    return node_hash(range_hash(begin, middle, subtree), range_hash(middle, end, subtree))


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[Hash]:
    """From the leaf's neighbour upward (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise NoSuchLeaf(f"leaf {index} of {size}")
    path: list[Hash] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(begin, middle, subtree))
            begin = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[Hash]:
    """That the first `old` leaves of the tree of `new` are the tree of `old` (RFC 9162, 2.1.4.1)."""
    if not 0 <= old <= new:
        raise NoSuchLeaf(f"{old} leaves of {new}")
    if old in (0, new):
        return []
    path: list[Hash] = []
    begin, end = 0, new
    while old != end:
        middle = begin + split(end - begin)
        if old <= middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(begin, middle, subtree))
            begin = middle
    if begin:
        path.append(range_hash(begin, end, subtree))
    return path[::-1]


def root_from_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash]) -> Hash:
    """The root that the proof leads to (RFC 9162, 2.1.3.2); raises `BadProof` when its length cannot be right."""
    if not 0 <= index < size:
        raise BadProof(f"leaf {index} of {size}")
    place, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    return found


def verify_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash], expected: Hash) -> None:
    if root_from_inclusion(leaf, index, size, proof) != expected:
        raise BadProof("the leaf is not in this tree")


def verify_consistency(old: int, new: int, proof: Sequence[Hash], old_root: Hash, new_root: Hash) -> None:
    """Raises `BadProof` unless the tree of `new` only adds to that of `old` (RFC 9162, 2.1.4.2).

    An empty tree is the beginning of every tree, with an empty proof.
    """
    if not 0 <= old <= new:
        raise BadProof(f"{old} leaves of {new}")
    if old in (0, new):
        if proof or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise BadProof("trees of these sizes need no proof, and these roots differ")
        return
    if not proof:
        raise BadProof("the proof is empty")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = path[0]
    for each in path[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            was, now = node_hash(each, was), node_hash(each, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, each)
        place, last = place >> 1, last >> 1
    if last or was != old_root or now != new_root:
        raise BadProof("the newer tree does not contain the older one")
