"""Exports over HTTP: the bytes that `dienhong audit export` writes, from any of them on.

An export is of the tree that was the newest when somebody asked for it; that they did is recorded before its first
byte. Where a download breaks off, it goes on: the same tree gives the same bytes.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from audit.export import Exporting
from audit.own_policy import own_policy
from audit.records import BATCH, NoLedger
from audit.seekable import SeekableExport
from gateway.edge import Gate
from gateway.tlog import opened
from kernel.decider import Refused
from ledger.note import parse_key
from ledger.reading import SignedTree
from ledger.store import Entry
from services.directory.views import LogExport

KEPT = 4
"""Measured exports; measuring means writing one once, to nowhere."""


class LeavesOf:
    """The ledger's tree, which every thread may read."""

    def __init__(self, file: SignedTree) -> None:
        self._file = file

    def checkpoints(self) -> list[str]:
        signed = self._file.checkpoints()
        if not signed:
            raise NoLedger("nothing is signed yet")
        return signed

    def entries(self, size: int, first: int = 0) -> Iterator[Entry]:
        while first < size and (batch := self._file.entries(first, min(BATCH, size - first))):
            yield from batch
            first = batch[-1].index + 1


class Exports:
    def __init__(self) -> None:
        self._measured: OrderedDict[tuple[int, bool], SeekableExport] = OrderedDict()
        self._one_measures = threading.Lock()

    def of(self, gate: Gate, export: LogExport) -> SeekableExport:
        """Measured now, or kept from before. Raises `integrity_error` when the tree is no longer the one recorded."""
        with self._one_measures:
            wanted = (export.size, export.documents)
            if wanted not in self._measured:
                self._measured[wanted] = _measured(gate, export)
                while len(self._measured) > KEPT:
                    self._measured.popitem(last=False)
            self._measured.move_to_end(wanted)
            return self._measured[wanted]

    def forget(self, export: LogExport) -> None:
        with self._one_measures:
            self._measured.pop((export.size, export.documents), None)


def _measured(gate: Gate, export: LogExport) -> SeekableExport:
    ledger = opened(gate)
    blobs = gate.blobs if export.documents else None
    configured = gate.settings.ledger_policy
    witnesses = Path(configured).read_text(encoding="utf-8") if configured else ""
    policy = own_policy(gate.store, parse_key(ledger.log_keys[0]), witnesses)
    exporting = Exporting(gate.store, LeavesOf(ledger.file), policy, blobs, export.size)
    if (exporting.head.size, exporting.head.root.hex()) != (export.size, export.root):
        raise Refused("integrity_error", str(export.size))
    return SeekableExport(exporting)
