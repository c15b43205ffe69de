"""Six years of a real city council's recorded votes, replayed as polls through the public commands."""

import csv
import gzip
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dienhong.embedded import open_views
from gateway.edge import utc_now
from gateway.views import Views, contents
from kernel.ids import uuid7
from kernel.messages import Accepted, Command
from kernel.settings import Settings
from services.voting import views as voting_views
from services.voting.cards import catalogue
from services.voting.messages import CastBallot, ClosePoll, OpenPoll, PublishResult, QuorumSnapshot
from tests.stamps import ids, stamp

ROLL_CALLS = Path(__file__).parents[3] / "shared" / "data" / "rollcalls" / "toronto-2009-2014.csv.gz"
POLLS, BALLOTS = 3_751, 137_904
SEATS = 45
HALF = next(card for card in catalogue().card if card.card_id == "council_more_than_half")
CHOICES = catalogue().choices[0].choice
MEANING = {"Y": "for", "N": "against"}

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.needs("shared-data"), pytest.mark.timeout(900)]


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
    """The whole composition under test; each member votes from a thread of their own, as from a tablet in the hall."""

    def __init__(self, folder: Path, compose: Callable[..., Any]) -> None:
        self.composition = compose(Settings(data_dir=folder, deployment="test.dienhong", port=0), utc_now)
        self.composition.start()
        self.execute: Callable[[Command], Accepted] = self.composition.gate.clients.execute
        self.settle: Callable[..., None] = self.composition.settle
        self.views: Views = self.composition.views
        self._seats = ThreadPoolExecutor(SEATS)

    def replay(self, roll: tuple[UUID, ...], call: RollCall) -> list[UUID]:
        """Each ballot's event id."""
        everybody = QuorumSnapshot(seats=len(roll), needed=1, present=len(call.said), as_of=1)
        self.execute(
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
        ballots = [
            stamp(CastBallot, poll_id=call.poll_id, voter_id=voter_id, choice=choice)
            for voter_id, choice in call.said.items()
        ]
        receipts = [accepted.event_ids[0] for accepted in self._seats.map(self.execute, ballots)]
        self.execute(stamp(ClosePoll, poll_id=call.poll_id))
        return receipts

    def publish(self, calls: list[RollCall]) -> None:
        for _ in self._seats.map(self.execute, [stamp(PublishResult, poll_id=call.poll_id) for call in calls]):
            pass

    def rebuilt(self) -> Path:
        """A views file built anew from the log."""
        built = open_views(self.composition.settings, self.composition.store, "views-rebuilt.db")
        built.catch_up()
        built.stop()
        return built.path

    def close(self) -> None:
        self._seats.shutdown()
        self.composition.stop()


@pytest.fixture
def chamber(tmp_path: Path, compose: Callable[..., Any]) -> Iterator[Chamber]:
    chamber = Chamber(tmp_path / "data", compose)
    yield chamber
    chamber.close()


def test_every_real_roll_call_is_tallied_as_it_was_recorded(
    chamber: Chamber, capsys: pytest.CaptureFixture[str]
) -> None:
    roll, calls = roll_calls()
    assert len(calls) == POLLS
    began = time.perf_counter()
    receipts: list[UUID] = []
    for number, call in enumerate(calls, start=1):
        receipts += chamber.replay(roll, call)
        if number % 250 == 0 or number == POLLS:
            with capsys.disabled():
                print(f"  {number} of {POLLS} roll calls replayed", file=sys.stderr)
    chamber.settle(timeout=300)
    chamber.publish(calls)
    chamber.settle(timeout=300)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(
            f"  {POLLS} polls and {len(receipts)} ballots in {seconds:.1f} s:"
            f" {POLLS / seconds:.0f} polls/s, {len(receipts) / seconds:.0f} ballots/s",
            file=sys.stderr,
        )

    assert len(receipts) == len(set(receipts)) == BALLOTS
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
    assert contents(chamber.rebuilt()) == contents(chamber.views.path)
