"""Six years of a real council's recorded votes as a log, written by the voting service."""

import csv
import gzip
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid5

from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from services.voting.messages import CastBallot, ClosePoll, OpenPoll, PublishResult, QuorumSnapshot
from services.voting.service import CODEC, VotingService
from services.voting.urn import stream_of_poll
from tests.big_hall import CHOICES, HALF

DATA = Path("../shared/data/rollcalls/toronto-2009-2014.csv.gz")
MEANING = {"Y": "for", "N": "against"}
NAMES = UUID("6f9d0f0c-6d36-4f5c-9b1c-3a6d4a4b6f11")
COUNCIL = uuid5(NAMES, "council")


def read(polls: int | None) -> tuple[tuple[UUID, ...], Iterator[tuple[str, dict[UUID, str]]]]:
    """The members, and what was put to the vote with what each said who was there."""
    with gzip.open(DATA, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    members = tuple(uuid5(NAMES, name) for name in rows[0][1:])
    return members, (
        (item, {who: MEANING[cell] for who, cell in zip(members, cells, strict=True) if cell in MEANING})
        for item, *cells in islice(rows, 1, polls and polls + 1)
    )


def written(path: Path, polls: int | None) -> int:
    """Every poll opened, voted, closed, counted and published; how many ballots that took."""
    members, calls = read(polls)
    with closing(SqliteStore(path)) as store:
        service = VotingService(store, "bench.dienhong")
        return sum(held(store, service, members, item, said) for item, said in calls)


def held(
    store: SqliteStore, service: VotingService, members: tuple[UUID, ...], item: str, said: dict[UUID, str]
) -> int:
    poll_id, at = uuid7(), datetime.now(UTC)
    service.execute(
        OpenPoll(
            id=uuid7(),
            actor="chair",
            at=at,
            poll_id=poll_id,
            meeting_id=COUNCIL,
            question=item,
            roll=members,
            choices=CHOICES,
            rule_card=HALF,
            members=len(members),
            quorum=QuorumSnapshot(seats=len(members), needed=1, present=len(said), as_of=1),
        )
    )
    service.cast(
        [
            CastBallot(id=uuid7(), actor=str(who), at=at, poll_id=poll_id, voter_id=who, choice=choice)
            for who, choice in said.items()
        ]
    )
    service.execute(ClosePoll(id=uuid7(), actor="chair", at=at, poll_id=poll_id))
    closed = store.read(stream_of_poll(poll_id))[-1]
    service.on_event(closed, CODEC.decode(closed))
    service.execute(PublishResult(id=uuid7(), actor="chair", at=at, poll_id=poll_id))
    return len(said)
