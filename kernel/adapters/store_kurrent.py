"""The log in EventStoreDB (22.10 or later) or KurrentDB.

A server knows an event's id only within its stream, and compares nothing but ids when an append is repeated. What
the port promises beyond that is kept here: each id is claimed for one stream (stream `id-<event id>`), in the same
transaction as its event where the server appends to several streams at once (KurrentDB 25.1 or later) and before it
elsewhere; and every append is read back from the leader before it is acknowledged. A claim without its event, left by
a writer that died or lost a race, only keeps the id for that stream.

Positions are the server's: increasing, not gapless. Everything that touches grpc runs under `kernel.offload`.
"""

from collections.abc import Sequence

from kernel.adapters.appending import check_acceptable
from kernel.adapters.kurrent_client import IMPORTED_PATCHED, connection_string
from kernel.adapters.kurrent_log import RETRY_SECONDS, Log, Outcome
from kernel.messages import NewEvent, Recorded
from kernel.offload import blocking, blocking_each, patched
from kernel.ports import NO_STREAM, Append, Appended, AppendError


class KurrentStore:
    """`url` is the client's connection string: `kurrentdb://` or `esdb://`, with `+discover` for a cluster by DNS.

    `retry_seconds`: pauses between tries of an append whose answer was lost.
    """

    def __init__(self, url: str, retry_seconds: Sequence[float] = RETRY_SECONDS) -> None:
        if patched() and not IMPORTED_PATCHED:
            raise RuntimeError("kernel.adapters.store_kurrent was imported before eventlet patched this process")
        self._log = Log(connection_string(url), retry_seconds)

    def close(self) -> None:
        blocking(self._log.close)

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        return blocking(self._log.read, stream, after)

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        return blocking(self._log.read_all, after, limit)

    def wait(self, after: int, timeout: float) -> int:
        return blocking(self._log.wait, after, timeout)

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        outcome = self.append_each([Append(stream, events, expected)])[0]
        if isinstance(outcome, AppendError):
            raise outcome
        return outcome

    def append_each(self, appends: Sequence[Append]) -> list[Outcome]:
        """Unlike a local store's, this is not one commit: each outcome is durable by itself when all are known."""
        outcomes: dict[int, Outcome] = {}
        for index, append in enumerate(appends):
            try:
                check_acceptable(append)
            except AppendError as error:
                outcomes[index] = error
        rest = {index: append for index, append in enumerate(appends) if index not in outcomes}
        written = self._together(list(rest.values())) or self._apart(list(rest.values()))
        outcomes.update(zip(rest, written, strict=True))
        return [outcomes[index] for index in range(len(appends))]

    def _together(self, appends: Sequence[Append]) -> list[Outcome] | None:
        """All in one transaction; None if the server cannot, or if it must be decided for each by itself."""
        ids = [event.id for append in appends for event in append.events]
        alone = len({append.stream for append in appends}) == len(appends) and len(set(ids)) == len(ids)
        if not appends or not alone or not blocking(self._log.write_together, appends):
            return None
        seen = blocking_each(self._log.written, appends)
        return None if None in seen else [each for each in seen if each is not None]

    def _apart(self, appends: Sequence[Append]) -> list[Outcome]:
        """Streams at once, the appends of one stream in turn."""
        wanted = {event.id: append.stream for append in reversed(appends) for event in reversed(append.events)}
        owners = dict(zip(wanted, blocking_each(self._log.claim, list(wanted.items())), strict=True))
        turns: dict[str, list[int]] = {}
        for index, append in enumerate(appends):
            turns.setdefault(append.stream, []).append(index)

        def in_turn(indexes: Sequence[int]) -> list[Outcome]:
            fresh = {each for each, owner in owners.items() if owner is None}
            outcomes = []
            for append in (appends[index] for index in indexes):
                outcomes.append(self._log.place(append, wanted, owners, fresh))
                fresh -= {event.id for event in append.events}
            return outcomes

        outcomes = dict[int, Outcome]()
        for indexes, found in zip(turns.values(), blocking_each(in_turn, list(turns.values())), strict=True):
            outcomes.update(zip(indexes, found, strict=True))
        return [outcomes[index] for index in range(len(appends))]
