"""What the kernel needs from outside, and how each may fail."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from kernel.messages import NewEvent, Recorded

NO_STREAM = -1
"""The expected version of a stream that must not exist yet."""

MAX_EVENT_BYTES = 1024 * 1024
MAX_EVENTS_PER_APPEND = 500


class AppendError(Exception):
    """The append was refused and nothing of it is stored."""


class Conflict(AppendError):
    """Another writer was first: `current` is the stream's version now (-1: it does not exist)."""

    def __init__(self, stream: str, current: int) -> None:
        super().__init__(stream, current)
        self.stream = stream
        self.current = current


class IdConflict(AppendError):
    """An id of these events already names a different event."""


class PartialDuplicate(AppendError):
    """Only some of these events are already stored."""


class Unacceptable(AppendError):
    """Too large, too many, or not storable text; refused before any write."""


class StoreUnavailable(Exception):
    """The store cannot write now (disk full, read-only); it recovers by itself once the cause is gone."""


class StoreBroken(Exception):
    """A sync to disk failed: what the disk holds is unknown, and the process must restart before it writes again."""


class Stopping(StoreUnavailable):
    """This process is about to end and has not tried; another one, or its successor, will."""


class StoreInUse(Exception):
    """Another process holds this store."""


class Append(NamedTuple):
    """Events for one stream, whose last version must be `expected`."""

    stream: str
    events: Sequence[NewEvent]
    expected: int


class Appended(NamedTuple):
    """Where the events stand. `idempotent`: they stood there before and nothing was written now."""

    first_position: int
    last_position: int
    version: int
    idempotent: bool = False


class EventStore(Protocol):
    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        """The stream's events with a version above `after`, in order; none if there is no such stream."""

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        """Store durably or raise an `AppendError`. Repeating the same append succeeds and writes nothing."""

    def append_each(self, appends: Sequence[Append]) -> list[Appended | AppendError]:
        """Independent outcomes in one durable commit, in the order given."""

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        """At most `limit` events of the whole log with a position above `after`, in log order."""

    def wait(self, after: int, timeout: float) -> int:
        """The last position, as soon as it is above `after` or `timeout` seconds have passed."""


class CannotErase(Exception):
    """This kind of store never changes an event, whoever orders it; the text says why."""


class ErasableStore(EventStore, Protocol):
    def erase(self, position: int, data: bytes) -> None:
        """By a lawful order, durably puts these bytes in the place of an event's contents; the old ones are gone.

        The only write that changes an event, while nobody else has the log in use. Raises `StoreUnavailable` where
        that is not certain; the same again then ends what was begun.
        """

    def close(self) -> None: ...


class Corrupt(Exception):
    """The bytes found under a key do not have its SHA-256; they are never served."""


class NotStored(Exception):
    """There are no bytes under this key."""


class LengthMismatch(Exception):
    """The bytes received are not as long, or not of the SHA-256, as announced."""


class BlobsUnavailable(StoreUnavailable):
    """Where documents' bytes are kept cannot be reached now, for reading or writing; nothing half is ever visible."""


class BlobHeld(Exception):
    """Bytes that their store must keep: under an object lock, whose words are given."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes named by their hash: `sha256` in lower-case hex, `size` in bytes."""

    sha256: str
    size: int


class Blobs(Protocol):
    """Documents' bytes. Write-once: a key is the SHA-256 of its bytes."""

    def put(self, chunks: Iterable[bytes], size: int | None = None, sha256: str | None = None) -> Blob:
        """Store durably while streaming; raises `LengthMismatch` if an announced `size` or `sha256` differs."""

    def read(self, sha256: str) -> bytes:
        """All bytes, verified; raises `NotStored` or `Corrupt`."""

    def chunks(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """The bytes from `start`; the whole is verified before the first is given."""

    def has(self, sha256: str) -> bool: ...


class ErasableBlobs(Blobs, Protocol):
    def held(self, sha256: str) -> str:
        """Until when the store must keep these bytes; empty where it may delete them, or has none."""

    def erase(self, sha256: str) -> None:
        """By a lawful order, deletes the bytes and every earlier version of them; nothing where there are none.

        Raises `BlobHeld`. Repeated after an interruption, it ends what was begun.
        """
