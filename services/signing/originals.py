"""Whether something may be copied: it stands, its signatures hold, and these are its bytes."""

from collections.abc import Callable
from uuid import UUID

from kernel.decider import Refused
from kernel.messages import Event
from services.signing import arrival, official
from services.signing.messages.copies import Original, Source
from services.signing.messages.incoming import Verdict

Read = Callable[[str], list[Event]]
"""The events of a stream."""


def check(original: Original, read: Read) -> None:
    """Refuses `original_withdrawn`, `original_not_registered`, `original_invalid`, `not_issued`, `stale_document`."""
    match original.source, original.source_id:
        case Source.official, UUID() as official_id:
            state = official.decider.fold(read(official.stream(official_id)))
            _refuse_withdrawn(state)
            if not isinstance(state, official.Issued):
                raise Refused("not_issued", str(official_id))
            _check_bytes(original, state.issued.sha256)
        case Source.incoming, UUID() as incoming_id:
            _check_arrival(original, incoming_id, read)


def _check_arrival(original: Original, incoming_id: UUID, read: Read) -> None:
    state = arrival.decider.fold(read(arrival.stream(incoming_id)))
    if not isinstance(state, arrival.Arrived) or state.registered is None:
        raise Refused("original_not_registered", "what is not in the register is not copied")
    if state.check is None or state.check.verdict is Verdict.invalid:
        raise Refused("original_invalid", state.check.finding if state.check else "")
    _check_bytes(original, state.received.sha256)
    if (official_id := state.received.sent.official_id) is not None:
        _refuse_withdrawn(official.decider.fold(read(official.stream(official_id))))


def _refuse_withdrawn(state: official.State) -> None:
    if isinstance(state, official.Withdrawn):
        raise Refused("original_withdrawn", state.withdrawn.how)


def _check_bytes(original: Original, sha256: str) -> None:
    if original.sha256 != sha256:
        raise Refused("stale_document", sha256)
