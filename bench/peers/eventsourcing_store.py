"""PyPI's `eventsourcing` with its SQLite recorder: one aggregate for each ballot."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class Ballot(Aggregate):
    @event("Cast")
    def __init__(self, poll_id: UUID, voter_id: UUID, choice: str) -> None:
        self.poll_id = poll_id
        self.voter_id = voter_id
        self.choice = choice


class Ballots(Application[UUID]):
    """The recorder opens SQLite in WAL mode and leaves `synchronous` at FULL, SQLite's own default."""


def opened(path: Path) -> Ballots:
    return Ballots(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})


def stored(ballots: Ballots, page: int = 1000) -> Iterator[Ballot]:
    """The whole log read in order, each event mapped and applied, as its own projections do it."""
    start = 1
    while notifications := ballots.recorder.select_notifications(start, page):
        for notification in notifications:
            ballot = ballots.mapper.to_domain_event(notification).mutate(None)
            assert isinstance(ballot, Ballot)
            yield ballot
        start = notifications[-1].id + 1
