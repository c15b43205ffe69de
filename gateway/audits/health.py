"""How the provable log stands, for the auditor's first page."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.edge import Gate
from kernel.ports import StoreUnavailable
from ledger.note import Checkpoint, parse, parse_checkpoint
from ledger.reading import ReadableLedger

COUNTED = 1000
"""Events that wait are counted so far; more are many."""


@dataclass(frozen=True)
class Signed:
    """`until`: when the last event under it was recorded."""

    head: Checkpoint
    until: datetime | None

    @property
    def root(self) -> str:
        return self.head.root.hex()


@dataclass(frozen=True)
class WitnessState:
    """`size` and `at` of what it cosigned last, if anything; `failing`: why not, when it was asked last."""

    name: str
    asked: bool
    size: int
    at: datetime | None
    failing: str


@dataclass(frozen=True)
class Health:
    """`unsigned`: recorded and not signed yet, `many` when there are more than were counted."""

    origin: str
    position: int
    size: int
    signed: Signed | None
    cosigned: Signed | None
    unsigned: int
    many: bool
    failing: str
    witnesses: tuple[WitnessState, ...]
    log_keys: tuple[str, ...]
    witness_keys: tuple[str, ...]

    @property
    def unwitnessed(self) -> int:
        """Signed, and waiting for the witnesses."""
        signed = self.signed.head.size if self.signed else 0
        return signed - (self.cosigned.head.size if self.cosigned else 0)


def health(gate: Gate, ledger: ReadableLedger) -> Health | None:
    """None while the process that keeps the ledger does not answer."""
    try:
        return _health(gate, ledger)
    except StoreUnavailable:
        return None


def _health(gate: Gate, ledger: ReadableLedger) -> Health:
    waiting = len(gate.store.read_all(ledger.file.signed_position(), COUNTED + 1))
    return Health(
        origin=ledger.origin,
        position=gate.store.wait(0, 0),
        size=ledger.file.size,
        signed=_signed(gate, ledger, ledger.file.latest()),
        cosigned=_signed(gate, ledger, ledger.file.cosigned()),
        unsigned=min(waiting, COUNTED),
        many=waiting > COUNTED,
        failing=ledger.failing,
        witnesses=_witnesses(ledger),
        log_keys=tuple(map(str, ledger.log_keys)),
        witness_keys=tuple(map(str, ledger.witness_keys)),
    )


def _signed(gate: Gate, ledger: ReadableLedger, note: str | None) -> Signed | None:
    if note is None:
        return None
    head = parse_checkpoint(parse(note).text)
    last = ledger.file.entries(head.size - 1, 1) if head.size else []
    event = gate.store.read_all(last[0].position - 1, 1) if last else []
    return Signed(head, event[0].recorded_at if event else None)


def _witnesses(ledger: ReadableLedger) -> tuple[WitnessState, ...]:
    if ledger.asker is None:
        return ()
    found = []
    for each in ledger.asker.named:
        size, at = ledger.file.cosigned_by(each.name)
        moment = datetime.fromtimestamp(at, UTC) if at else None
        failing = ledger.asker.failing.get(each.name, "")
        found.append(WitnessState(each.key.name, bool(each.url), size, moment, failing))
    return tuple(found)
