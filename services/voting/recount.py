"""Every poll counted once more while its log is read, and compared with the tally that was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from kernel.messages import Event, Recorded
from services.voting import policy
from services.voting.decider import tallied
from services.voting.messages import BallotCast, PollCancelled, PollClosed, PollOpened, PollTallied


@dataclass
class Urn:
    """A poll between its opening and its tally."""

    opened: PollOpened
    ballots: list[tuple[int, BallotCast]] = field(default_factory=list)
    tally: PollTallied | None = None


class Recount:
    """Takes the events of a log in order. Polls counted by tellers on paper have no ballots to be counted again."""

    def __init__(self) -> None:
        self.ballots = 0
        self.polls = 0
        self.differing: list[UUID] = []
        self._urns: dict[UUID, Urn] = {}

    def take_all(self, batch: Sequence[tuple[Recorded, Event]]) -> None:
        for recorded, event in batch:
            self.take(recorded, event)

    def take(self, recorded: Recorded, event: Event) -> None:
        match event:
            case BallotCast():
                urn = self._urns.get(event.poll_id)
                if urn is not None and urn.tally is None:
                    urn.ballots.append((recorded.position, event))
            case PollOpened(poll_id=poll_id, secret=False):
                self._urns[poll_id] = Urn(event)
            case PollClosed(poll_id=poll_id) if urn := self._urns.get(poll_id):
                self._count(urn, recorded, event)
            case PollTallied(poll_id=poll_id) if urn := self._urns.pop(poll_id, None):
                self.polls += 1
                if urn.tally != event:
                    self.differing.append(poll_id)
            case PollCancelled(poll_id=poll_id):
                self._urns.pop(poll_id, None)

    def _count(self, urn: Urn, recorded: Recorded, closed: PollClosed) -> None:
        (command,) = policy.react(recorded, closed, urn.opened, urn.ballots)
        urn.tally = tallied(urn.opened, command.counts, cast=command.cast, chair_marks=command.chair_marks)
        self.ballots += len(urn.ballots)
        urn.ballots.clear()
