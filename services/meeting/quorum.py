"""Whether the body was quorate, at every moment of the sitting: a fold over the attendance of its voting members."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.meeting.messages import Quorum


@dataclass(frozen=True, slots=True)
class Move:
    """A voting member came (or came back), or left."""

    at: datetime
    person: str
    here: bool


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, until the next step, `present` voting members were there."""

    at: datetime
    present: int
    met: bool


def met(quorum: Quorum, present: int) -> bool:
    return present * quorum.denominator >= quorum.seats * quorum.numerator


def timeline(quorum: Quorum, began_at: datetime, moves: Iterable[Move]) -> Sequence[Step]:
    """One step per change of the number, beginning with nobody at `began_at`."""
    here: set[str] = set()
    steps = [Step(began_at, 0, met(quorum, 0))]
    for move in moves:
        if move.here:
            here.add(move.person)
        else:
            here.discard(move.person)
        if len(here) != steps[-1].present:
            steps.append(Step(move.at, len(here), met(quorum, len(here))))
    return steps


def gaps(steps: Sequence[Step], until: datetime | None = None) -> list[tuple[datetime, datetime | None]]:
    """The times without quorum, once it had been reached; the last one may be open-ended."""
    found: list[tuple[datetime, datetime | None]] = []
    reached = False
    lost_at: datetime | None = None
    for step in steps:
        if step.met:
            if lost_at is not None:
                found.append((lost_at, step.at))
            reached, lost_at = True, None
        elif reached and lost_at is None:
            lost_at = step.at
    if lost_at is not None:
        found.append((lost_at, until))
    return found
