"""Six years of a real city council's recorded votes, replayed as polls through the public commands.

Where services are processes of their own, by two voting services and in turn through two gateways.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dienhong.embedded import open_views
from gateway.edge import utc_now
from gateway.views import contents
from kernel.messages import Accepted, Command
from kernel.settings import Settings
from services.voting import views as voting_views
from tests.roll_calls import BALLOTS, POLLS, RollCall, roll_calls

SEATS = 45

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.needs("shared-data"), pytest.mark.timeout(1800)]


class Chamber:
    """The whole composition under test; each member votes from a thread of their own, as from a tablet in the hall."""

    def __init__(self, folder: Path, compose: Callable[..., Any]) -> None:
        self.composition = compose(Settings(data_dir=folder, deployment="test.dienhong", port=0), utc_now)
        self.composition.start()
        self.gateways = [self.composition]
        self.several = hasattr(self.composition, "second_voting_service")
        if self.several:
            self.composition.second_voting_service()
            self.gateways.append(self.composition.second_gateway())
        self._ways = cycle(each.gate.clients.execute for each in self.gateways)
        self._seats = ThreadPoolExecutor(SEATS)

    def replay(self, call: RollCall) -> list[UUID]:
        """Each ballot's event id."""
        self.execute(call.opening())
        receipts = [accepted.event_ids[0] for accepted in self.at_once(call.ballots())]
        self.execute(call.closing())
        return receipts

    def execute(self, command: Command) -> Accepted:
        return self.at_once([command])[0]

    def at_once(self, commands: Sequence[Command]) -> list[Accepted]:
        """Through every gateway in turn."""
        return list(self._seats.map(lambda way, command: way(command), islice(self._ways, len(commands)), commands))

    def settle(self) -> None:
        """Until all that was recorded is handled, and shown by every gateway."""
        self.composition.settle(timeout=300)
        head = self.composition.store.wait(0, 0)
        assert all(each.views.wait_for(head, 300) for each in self.gateways)

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
    calls = roll_calls()
    assert len(calls) == POLLS
    began = time.perf_counter()
    receipts: list[UUID] = []
    for number, call in enumerate(calls, start=1):
        receipts += chamber.replay(call)
        if number % 250 == 0 or number == POLLS:
            with capsys.disabled():
                print(f"  {number} of {POLLS} roll calls replayed", file=sys.stderr)
    chamber.settle()
    chamber.at_once([call.publishing() for call in calls])
    chamber.settle()
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(
            f"  {POLLS} polls and {len(receipts)} ballots in {seconds:.1f} s:"
            f" {POLLS / seconds:.0f} polls/s, {len(receipts) / seconds:.0f} ballots/s",
            file=sys.stderr,
        )

    assert len(receipts) == len(set(receipts)) == BALLOTS
    if chamber.several:
        taken = chamber.composition.ballots_taken()
        with capsys.disabled():
            print(f"  ballots taken: {taken}", file=sys.stderr)
        assert len(taken) == 2 and min(taken.values()) > 0 and sum(taken.values()) == BALLOTS
    shown = chamber.composition.views.reader()
    assert shown.execute("SELECT COUNT(*) FROM ballots").fetchone()[0] == BALLOTS
    for call in calls:
        tally = voting_views.result(shown, call.poll_id)
        assert tally is not None, call.item
        assert tally.counts == {"for": call.count("for"), "against": call.count("against"), "not_voting": 0}
        assert tally.not_cast == len(call.roll) - len(call.said)
        assert tally.passed == (call.count("for") * 2 > len(call.roll))
        assert {
            UUID(each.voter_id): each.choice
            for each in voting_views.ballots_by_voter(shown, call.poll_id)
            if each.choice is not None
        } == call.said
    expected = contents(chamber.rebuilt())
    for gateway in chamber.gateways:
        assert contents(gateway.views.path) == expected
