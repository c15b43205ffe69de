"""Once a poll is closed its ballots are counted."""

from collections import Counter
from collections.abc import Iterable

from kernel.ids import derived
from kernel.messages import Recorded
from services.voting.messages import BallotCast, PollClosed, PollOpened, TallyPoll


def react(
    closed: Recorded, event: PollClosed, opened: PollOpened, ballots: Iterable[tuple[int, BallotCast]]
) -> list[TallyPoll]:
    """`ballots` with their positions; those behind the close were never acknowledged and are not counted."""
    counted = [ballot for position, ballot in ballots if position < closed.position]
    chair_choice = next((ballot.choice for ballot in counted if ballot.voter_id == opened.chair_id), None)
    return [
        TallyPoll(
            id=derived(closed.id, 0),
            actor=closed.actor,
            at=closed.recorded_at,
            correlation_id=closed.correlation_id,
            poll_id=event.poll_id,
            counts=dict(Counter(ballot.choice for ballot in counted)),
            chair_choice=chair_choice,
        )
    ]
