"""Six years of a real city council's recorded votes, as the commands that replay them as polls."""

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from kernel.decider import Refused
from kernel.ids import uuid7
from kernel.ports import EventStore
from services.voting.cards import catalogue
from services.voting.messages import CastBallot, ClosePoll, OpenPoll, PublishResult, QuorumSnapshot
from services.voting.service import CODEC, VotingService
from services.voting.urn import stream_of_poll
from tests.stamps import ids, stamp

FILE = Path(__file__).parents[2] / "shared" / "data" / "rollcalls" / "toronto-2009-2014.csv.gz"
POLLS, BALLOTS = 3_751, 137_904
HALF = next(card for card in catalogue().card if card.card_id == "council_more_than_half")
CHOICES = catalogue().choices[0].choice
MEANING = {"Y": "for", "N": "against"}


@dataclass(frozen=True)
class RollCall:
    """One recorded vote: what each named member said; who is not in `said` was absent or no member then."""

    item: str
    poll_id: UUID
    roll: tuple[UUID, ...]
    said: dict[UUID, str]

    def count(self, choice: str) -> int:
        return sum(said == choice for said in self.said.values())

    def opening(self) -> OpenPoll:
        return stamp(
            OpenPoll,
            poll_id=self.poll_id,
            meeting_id=ids("council"),
            question=self.item,
            roll=self.roll,
            choices=CHOICES,
            rule_card=HALF.rule,
            members=len(self.roll),
            quorum=QuorumSnapshot(seats=len(self.roll), needed=1, present=len(self.said), as_of=1),
        )

    def ballots(self) -> list[CastBallot]:
        return [
            stamp(CastBallot, poll_id=self.poll_id, voter_id=voter_id, choice=choice)
            for voter_id, choice in self.said.items()
        ]

    def closing(self) -> ClosePoll:
        return stamp(ClosePoll, poll_id=self.poll_id)

    def publishing(self) -> PublishResult:
        return stamp(PublishResult, poll_id=self.poll_id)


def record(store: EventStore, deployment: str, calls: Iterable[RollCall]) -> None:
    """By the voting service, as if nobody met in between; each poll's ballots in one commit."""
    voting = VotingService(store, deployment)
    for call in calls:
        voting.execute(call.opening())
        assert not any(isinstance(each, Refused) for each in voting.cast(call.ballots()))
        voting.execute(call.closing())
        closed = store.read(stream_of_poll(call.poll_id))[-1]
        voting.on_event(closed, CODEC.decode(closed))
        voting.execute(call.publishing())


def roll_calls() -> list[RollCall]:
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        roll = tuple(ids(f"member {name}") for name in next(rows)[1:])
        return [
            RollCall(
                item=item,
                poll_id=uuid7(),
                roll=roll,
                said={who: MEANING[cell] for who, cell in zip(roll, cells, strict=True) if cell in MEANING},
            )
            for item, *cells in rows
        ]
