"""Sends each command to the poll or ballot it changes, and counts the ballots of a closed poll."""

from collections.abc import Iterator, Sequence

from kernel.codec import Codec
from kernel.decider import Refused
from kernel.handle import CommandHandler
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.ports import EventStore
from services.voting import ballot, circulation_desk, policy
from services.voting.ballot_box import BallotBox, Receipt, stream_of_poll
from services.voting.decider import decider
from services.voting.messages import (
    EVENTS,
    BallotCast,
    CancelPoll,
    CastBallot,
    ClosePoll,
    OpenPoll,
    PollClosed,
    PollOpened,
    PublishResult,
    TallyPoll,
)

CODEC = Codec(EVENTS)
REACTS_TO = frozenset({"PollClosed"}) | circulation_desk.REACTS_TO


class VotingService:
    def __init__(self, store: EventStore, deployment: str) -> None:
        self._store = store
        self._handler = CommandHandler("voting", store, CODEC, deployment)
        self._box = BallotBox(store, CODEC, deployment)
        self._desk = circulation_desk.CirculationDesk(self._handler)

    def execute(self, command: Command) -> Accepted:
        match command:
            case CastBallot():
                answer = self.cast([command])[0]
                if isinstance(answer, Refused):
                    raise answer
                return Accepted(answer.position, (answer.event_id,))
            case OpenPoll() | CancelPoll() | ClosePoll() | TallyPoll() | PublishResult():
                return self._handler.handle(decider, stream_of_poll(command.poll_id), command)
            case _ if isinstance(command, circulation_desk.Commands):
                return self._desk.execute(command)
            case _:
                raise TypeError(f"{type(command).__name__} is no command of the voting service")

    def cast(self, commands: Sequence[CastBallot]) -> list[Receipt | Refused]:
        """One answer for each ballot, in order: a receipt exactly when the ballot is counted."""
        return self._box.put(commands)

    def on_event(self, recorded: Recorded, event: Event) -> None:
        if isinstance(event, PollClosed):
            opened = CODEC.decode(self._store.read(stream_of_poll(event.poll_id))[0])
            assert isinstance(opened, PollOpened)
            for command in policy.react(recorded, event, opened, self._ballots(opened)):
                self.execute(command)
        else:
            self._desk.on_event(recorded, event)

    def _ballots(self, opened: PollOpened) -> Iterator[tuple[int, BallotCast]]:
        """Every ballot of the roll with its position; late ones too."""
        for voter_id in opened.roll:
            for recorded in self._store.read(ballot.stream_of(opened.poll_id, voter_id)):
                cast = CODEC.decode(recorded)
                assert isinstance(cast, BallotCast)
                yield recorded.position, cast
