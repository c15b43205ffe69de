"""The tree's hashes in tiles of 256 (C2SP tlog-tiles).

Tile (level, n) holds the roots of 256 neighbouring subtrees of 256**level leaves each.
"""

from collections.abc import Callable, Iterable, Iterator

from ledger.tree import Hash, NoSuchLeaf, fold_complete

HASH_BYTES = 32
WIDTH = 256
HEIGHT = 8
"""Levels of the tree that one level of tiles spans."""

LONGEST_NUMBER = 21
"""Digits of a tile's number in a tree of up to 2**63 leaves, filled up to whole groups."""

ReadTile = Callable[[int, int], bytes]
"""The hashes of tile (level, n), as many as there are; empty when there is none."""


class BadAddress(ValueError):
    """Not how a tile's number is written."""


class Tiles:
    """The complete subtrees of a tree whose tiles are read by `read`."""

    def __init__(self, read: ReadTile) -> None:
        self._read = read

    def subtree(self, level: int, index: int) -> Hash:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        n, offset = divmod(first, WIDTH)
        tile = self._read(tile_level, n)
        wanted = tile[offset * HASH_BYTES : (offset + (1 << height)) * HASH_BYTES]
        if len(wanted) < HASH_BYTES << height:
            raise NoSuchLeaf(f"subtree {index} of level {level}")
        return fold_complete(hashes(wanted))


def hashes(tile: bytes) -> list[Hash]:
    return [tile[i : i + HASH_BYTES] for i in range(0, len(tile), HASH_BYTES)]


def grown(read: ReadTile, size: int, leaves: Iterable[Hash]) -> Iterator[tuple[int, int, bytes]]:
    """Each tile that changes when leaf hashes are added to a tree of `size`: (level, n, hashes)."""
    added, level, first = list(leaves), 0, size
    while added:
        n, offset = divmod(first, WIDTH)
        row = read(level, n)[: offset * HASH_BYTES] + b"".join(added)
        parents: list[Hash] = []
        for i in range(0, len(row), WIDTH * HASH_BYTES):
            tile = row[i : i + WIDTH * HASH_BYTES]
            yield level, n + i // (WIDTH * HASH_BYTES), tile
            if len(tile) == WIDTH * HASH_BYTES:
                parents.append(fold_complete(hashes(tile)))
        added, level, first = parents, level + 1, first // WIDTH


def tile_path(n: int) -> str:
    """`N` of a tile's address: 1234067 is `x001/x234/067` (C2SP tlog-tiles)."""
    path = f"{n % 1000:03}"
    while n >= 1000:
        n //= 1000
        path = f"x{n % 1000:03}/{path}"
    return path


def tile_number(path: str) -> int:
    """The reverse of `tile_path`; raises `BadAddress` for any other spelling."""
    digits = path.replace("x", "").replace("/", "")[:LONGEST_NUMBER]
    if not (digits.isascii() and digits.isdigit()) or tile_path(int(digits)) != path:
        raise BadAddress(path)
    return int(digits)
