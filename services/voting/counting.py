"""Finds the ballots of a closed poll in the log: voter by voter, or, for a large roll, page by page."""

from collections.abc import Iterator
from uuid import UUID

from kernel.codec import Codec
from kernel.messages import Recorded
from kernel.ports import EventStore
from services.voting import ballot
from services.voting.messages import BallotCast

PAGE = 1000
EVENTS_PER_VOTER = 4
"""A log that grew by less than this for each voter of the roll is read quicker as a whole than a stream for each."""


def ballots_of(
    store: EventStore, codec: Codec, poll_id: UUID, roll: tuple[UUID, ...], opened: Recorded, closed: Recorded
) -> Iterator[tuple[int, BallotCast]]:
    """The ballots with their positions, each voter's in the order of the log; some may stand behind the close."""
    whole = closed.position - opened.position < EVENTS_PER_VOTER * len(roll)
    found = _between(store, poll_id, opened, closed) if whole else _of_each(store, poll_id, roll)
    for recorded in found:
        cast = codec.decode(recorded)
        assert isinstance(cast, BallotCast)
        yield recorded.position, cast


def _of_each(store: EventStore, poll_id: UUID, roll: tuple[UUID, ...]) -> Iterator[Recorded]:
    for voter_id in roll:
        yield from store.read(ballot.stream_of(poll_id, voter_id))


def _between(store: EventStore, poll_id: UUID, opened: Recorded, closed: Recorded) -> Iterator[Recorded]:
    prefix, after = f"ballot-{poll_id}+", opened.position
    while after < closed.position:
        page = store.read_all(after, min(PAGE, closed.position - after))
        if not page:
            return
        yield from (each for each in page if each.stream.startswith(prefix) and each.position < closed.position)
        after = page[-1].position
