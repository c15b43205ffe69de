"""What others read of a ledger, whether it is kept in this process or in one of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ledger.policy import Witness
from ledger.store import Entry
from ledger.tiles import WIDTH
from ledger.tree import Hash
from ledger.witness import Answer


class SignedTree(Protocol):
    """The reading half of `LedgerFile`, whose methods say what each gives."""

    @property
    def size(self) -> int: ...

    def latest(self) -> str | None: ...

    def cosigned(self) -> str | None: ...

    def cosigned_by(self, witness: str) -> tuple[int, int]: ...

    def checkpoints(self) -> list[str]: ...

    def signed_size(self) -> int: ...

    def signed_position(self) -> int: ...

    def tile_of_width(self, level: int, n: int, width: int = WIDTH) -> bytes: ...

    def leaves(self, n: int, width: int = WIDTH) -> list[bytes]: ...

    def entry_at(self, position: int) -> Entry | None: ...

    def entries(self, after: int, limit: int) -> list[Entry]: ...

    def inclusion(self, index: int, size: int) -> list[Hash]: ...


class Cosigner(Protocol):
    def add_checkpoint(self, text: str) -> Answer: ...

    def cosigned_under(self, origin_sha256: str) -> str | None: ...


class Asked(Protocol):
    """The witnesses that the policy names, and why those that are failing do."""

    @property
    def named(self) -> Sequence[Witness]: ...

    @property
    def failing(self) -> Mapping[str, str]: ...


class ReadableLedger(Protocol):
    @property
    def origin(self) -> str: ...

    @property
    def file(self) -> SignedTree: ...

    @property
    def witness(self) -> Cosigner: ...

    @property
    def asker(self) -> Asked | None: ...

    @property
    def log_keys(self) -> list[str]: ...

    @property
    def witness_keys(self) -> list[str]: ...

    @property
    def failing(self) -> str: ...

    def state(self) -> dict[str, Any]:
        """For health pages, at once: `size`, `signed`, `failing`, `witnesses_failing`."""
