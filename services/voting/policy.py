"""Once a poll is closed its ballots are counted; the papers of a secret one are counted by its tellers."""

from collections import Counter
from collections.abc import Iterable

from kernel.ids import derived
from kernel.messages import Recorded
from services.voting.messages import BallotCast, PollClosed, PollOpened, TallyPoll


def react(
    closed: Recorded, event: PollClosed, opened: PollOpened, ballots: Iterable[tuple[int, BallotCast]]
) -> list[TallyPoll]:
    """`ballots` with their positions, in the order of the log: a voter's last one before the close counts."""
    if opened.secret:
        return []
    last = {ballot.voter_id: ballot for position, ballot in ballots if position < closed.position}
    weighed = [(ballot, opened.weights.get(voter_id, 1) if opened.weights else 1) for voter_id, ballot in last.items()]
    counts: Counter[str] = Counter()
    for ballot, weight in weighed:
        for mark in ballot.marked:
            counts[mark] += weight
    chair = last.get(opened.chair_id) if opened.chair_id is not None else None
    return [
        TallyPoll(
            id=derived(closed.id, 0),
            actor=closed.actor,
            at=closed.recorded_at,
            correlation_id=closed.correlation_id,
            poll_id=event.poll_id,
            counts=dict(counts),
            chair_marks=chair.marked if chair else (),
            cast=sum(weight for _, weight in weighed),
        )
    ]
