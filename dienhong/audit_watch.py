"""A served log, looked at from outside: each tree must contain the one that was seen before."""

import os
from pathlib import Path

from audit.check import Believed, believed
from audit.findings import TAMPERED, Report
from audit.sources import Unavailable
from dienhong.audit_witnesses import fetch
from ledger.note import Checkpoint
from ledger.policy import Policy
from ledger.tiles import HASH_BYTES, HEIGHT, WIDTH, Tiles, tile_path
from ledger.tree import BadProof, NoSuchLeaf, consistency_proof, root, verify_consistency


def look(report: Report, url: str, policy: Policy, kept: Path) -> None:
    """`kept` holds the checkpoint of the last look, and afterwards, if nothing is wrong, the one of this."""
    try:
        signed = fetch(f"{url.rstrip('/')}/checkpoint").decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        raise Unavailable("unreadable", f"{url}: {error}") from error
    now = believed(report, signed, policy)
    if now is None:
        return
    report.facts |= {"origin": now.head.origin, "size": now.head.size, "root": now.head.root.hex()}
    if kept.exists():
        was = believed(report, kept.read_text(encoding="utf-8"), policy, quorum=False)
        if was is not None:
            _compare(report, url, was, now)
    if report.exit != TAMPERED:
        fresh = kept.with_name(f"{kept.name}.new")
        fresh.write_text(signed, encoding="utf-8")
        os.replace(fresh, kept)


def _compare(report: Report, url: str, was: Believed, now: Believed) -> None:
    old, new = was.head, now.head
    report.facts["before"] = old.size
    if old.origin != new.origin:
        report.add("checkpoint_contradicts", f"{old.origin}, {new.origin}")
    elif new.size < old.size:
        report.add("rolled_back", f"{old.size}, {new.size}")
    elif new.size == old.size:
        if new.root != old.root:
            report.add("fork", str(old.size))
    elif old.size:
        _prove(report, url, old, new)


def _prove(report: Report, url: str, old: Checkpoint, new: Checkpoint) -> None:
    """By the tiles of the served tree; what they say is believed only as far as it leads to both roots."""
    subtree = Tiles(lambda level, n: _tile(url, new.size, level, n)).subtree
    try:
        proof = consistency_proof(old.size, new.size, subtree)
        verify_consistency(old.size, new.size, proof, old.root, new.root)
    except BadProof:
        honest = root(new.size, subtree) == new.root
        report.add("checkpoint_contradicts" if honest else "unreadable", f"{old.size}, {new.size}")
    except (OSError, ValueError) as error:
        raise Unavailable("unreadable", f"{url}: {error}") from error


def _tile(url: str, size: int, level: int, n: int) -> bytes:
    width = min(WIDTH, (size >> HEIGHT * level) - n * WIDTH)
    partial = "" if width == WIDTH else f".p/{width}"
    tile = fetch(f"{url.rstrip('/')}/tile/{level}/{tile_path(n)}{partial}")
    if len(tile) != width * HASH_BYTES:
        raise NoSuchLeaf(f"tile {level}/{n}")
    return tile
