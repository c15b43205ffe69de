"""Six years of a real city council's recorded votes, replayed as polls through the public commands."""

import csv
import gzip
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import structlog

from gateway.views import Views, contents
from kernel import search
from kernel.adapters.store_sqlite import SqliteStore
from kernel.follow import Checkpoints, Follower
from kernel.ids import uuid7
from services.directory import views as directory_views
from services.voting import views as voting_views
from services.voting.ballot_box import Receipt
from services.voting.cards import catalogue
from services.voting.messages import CastBallot, ClosePoll, OpenPoll, PublishResult, QuorumSnapshot
from services.voting.service import CODEC, REACTS_TO, VotingService
from tests.stamps import ids, stamp

ROLL_CALLS = Path(__file__).parents[3] / "shared" / "data" / "rollcalls" / "toronto-2009-2014.csv.gz"
POLLS, BALLOTS = 3_751, 137_904
HALF = next(card for card in catalogue().card if card.card_id == "council_more_than_half")
CHOICES = catalogue().choices[0].choice
MEANING = {"Y": "for", "N": "against"}

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.needs("shared-data"), pytest.mark.timeout(600)]


@dataclass(frozen=True)
class RollCall:
    """One recorded vote: what each named member said; who is not in it was absent or no member then."""

    item: str
    poll_id: UUID
    said: dict[UUID, str]

    def count(self, choice: str) -> int:
        return sum(said == choice for said in self.said.values())


def roll_calls() -> tuple[tuple[UUID, ...], list[RollCall]]:
    with gzip.open(ROLL_CALLS, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        members = tuple(ids(f"member {name}") for name in next(rows)[1:])
        return members, [
            RollCall(
                item=item,
                poll_id=uuid7(),
                said={who: MEANING[cell] for who, cell in zip(members, cells, strict=True) if cell in MEANING},
            )
            for item, *cells in rows
        ]


class Chamber:
    """The voting service with its log, its follower and its views, as the embedded product composes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqliteStore(folder / "events.db")
        self.service = VotingService(self.store, "test.dienhong")
        self.checkpoints = Checkpoints(folder / "followers.db")
        self.follower = Follower("voting.tally", self.store, CODEC, self.checkpoints, REACTS_TO, self.service.on_event)
        self.views = self.open_views("views.db")
        self.views.start()
        self.follower.start()

    def open_views(self, name: str) -> Views:
        schemas = [search.SCHEMA, directory_views.SCHEMA, voting_views.SCHEMA]
        return Views(self.folder / name, self.store, CODEC, schemas, [voting_views.project])

    def replay(self, roll: tuple[UUID, ...], call: RollCall) -> list[Receipt]:
        everybody = QuorumSnapshot(seats=len(roll), needed=1, present=len(call.said), as_of=1)
        self.service.execute(
            stamp(
                OpenPoll,
                poll_id=call.poll_id,
                meeting_id=ids("council"),
                question=call.item,
                roll=roll,
                choices=CHOICES,
                rule_card=HALF.rule,
                members=len(roll),
                quorum=everybody,
            )
        )
        answers = self.service.cast(
            [
                stamp(CastBallot, poll_id=call.poll_id, voter_id=voter_id, choice=choice)
                for voter_id, choice in call.said.items()
            ]
        )
        self.service.execute(stamp(ClosePoll, poll_id=call.poll_id))
        return [answer for answer in answers if isinstance(answer, Receipt)]

    def settle(self) -> None:
        """Until the tallies, too, have been counted and shown."""
        while True:
            head = self.store.wait(0, 0)
            assert self.follower.wait_for(head, 300), self.follower.failing
            assert self.views.wait_for(head, 300), self.views.failing
            if self.store.wait(0, 0) == head:
                return

    def close(self) -> None:
        self.follower.stop()
        self.views.stop()
        self.checkpoints.close()
        self.store.close()


@pytest.fixture
def chamber(tmp_path: Path) -> Iterator[Chamber]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    chamber = Chamber(tmp_path)
    yield chamber
    chamber.close()
    structlog.reset_defaults()


def test_every_real_roll_call_is_tallied_as_it_was_recorded(
    chamber: Chamber, capsys: pytest.CaptureFixture[str]
) -> None:
    roll, calls = roll_calls()
    assert len(calls) == POLLS
    began = time.perf_counter()
    receipts: list[Receipt] = []
    for number, call in enumerate(calls, start=1):
        receipts += chamber.replay(roll, call)
        if number % 250 == 0 or number == POLLS:
            with capsys.disabled():
                print(f"  {number} of {POLLS} roll calls replayed", file=sys.stderr)
    chamber.settle()
    for call in calls:
        chamber.service.execute(stamp(PublishResult, poll_id=call.poll_id))
    chamber.settle()
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(
            f"  {POLLS} polls and {len(receipts)} ballots in {seconds:.1f} s:"
            f" {POLLS / seconds:.0f} polls/s, {len(receipts) / seconds:.0f} ballots/s",
            file=sys.stderr,
        )

    assert len(receipts) == len({(each.poll_id, each.voter_id) for each in receipts}) == BALLOTS
    shown = chamber.views.reader()
    assert shown.execute("SELECT COUNT(*) FROM ballots").fetchone()[0] == BALLOTS
    for call in calls:
        tally = voting_views.result(shown, call.poll_id)
        assert tally is not None, call.item
        assert tally.counts == {"for": call.count("for"), "against": call.count("against"), "not_voting": 0}
        assert tally.not_cast == len(roll) - len(call.said)
        assert tally.passed == (call.count("for") * 2 > len(roll))
        assert {
            UUID(each.voter_id): each.choice
            for each in voting_views.ballots_by_voter(shown, call.poll_id)
            if each.choice is not None
        } == call.said
    rebuilt = chamber.open_views("rebuilt.db")
    rebuilt.catch_up()
    rebuilt.stop()
    assert contents(chamber.folder / "rebuilt.db") == contents(chamber.folder / "views.db")
