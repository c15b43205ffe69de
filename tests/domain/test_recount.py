"""A recount reads the same log and must come to the tallies that stand in it."""

from datetime import UTC, datetime
from uuid import UUID

from kernel.ids import uuid7
from kernel.messages import Event, Recorded
from services.voting.decider import tallied
from services.voting.messages import BallotCast, PollCancelled, PollClosed, PollOpened, QuorumSnapshot
from services.voting.recount import Recount
from tests.big_hall import CHOICES, HALF
from tests.stamps import ids

POLL = ids("poll")
QUORUM = QuorumSnapshot(seats=3, needed=2, present=3, as_of=1)


def opened(secret: bool = False) -> PollOpened:
    return PollOpened(
        poll_id=POLL,
        meeting_id=ids("meeting"),
        question="Thông qua?",
        roll=(ids("ana"), ids("ben"), ids("cat")),
        choices=CHOICES,
        rule_card=HALF,
        members=3,
        quorum=QUORUM,
        secret=secret,
    )


def ballot(voter: str, choice: str) -> BallotCast:
    return BallotCast(poll_id=POLL, voter_id=ids(voter), choice=choice)


def recount(*log: Event) -> Recount:
    counted = Recount()
    for position, event in enumerate(log, start=1):
        meta = f'{{"actor":"","deployment":"","correlation_id":"{UUID(int=1)}","causation_id":"{UUID(int=1)}"}}'
        recorded = Recorded.of_row(
            str(uuid7()), type(event).__name__, f"poll-{POLL}", 0, position, datetime.now(UTC), b"{}", meta.encode()
        )
        counted.take(recorded, event)
    return counted


def test_a_tally_that_its_ballots_bear_out_is_confirmed() -> None:
    counted = recount(
        opened(),
        ballot("ana", "for"),
        ballot("ben", "for"),
        PollClosed(poll_id=POLL),
        tallied(opened(), {"for": 2}),
    )
    assert (counted.polls, counted.ballots, counted.differing) == (1, 2, [])


def test_a_tally_that_its_ballots_do_not_bear_out_is_named() -> None:
    counted = recount(opened(), ballot("ana", "for"), PollClosed(poll_id=POLL), tallied(opened(), {"for": 2}))
    assert counted.differing == [POLL]


def test_a_ballot_behind_the_close_is_not_counted_and_a_later_one_takes_the_place_of_the_first() -> None:
    counted = recount(
        opened(),
        ballot("ana", "against"),
        ballot("ana", "for"),
        PollClosed(poll_id=POLL),
        ballot("ben", "for"),
        tallied(opened(), {"for": 1}),
    )
    assert (counted.polls, counted.differing) == (1, [])


def test_papers_and_cancelled_polls_have_nothing_to_be_counted_again() -> None:
    counted = recount(
        opened(secret=True), PollClosed(poll_id=POLL), opened(), PollCancelled(poll_id=POLL, reason="Nhầm câu hỏi")
    )
    assert (counted.polls, counted.ballots) == (0, 0)
