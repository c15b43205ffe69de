"""Sends each command to the poll or ballot it changes, and counts the ballots of a closed poll."""

from collections.abc import Sequence

from kernel.codec import Codec
from kernel.decider import Refused
from kernel.handle import CommandHandler
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.ports import EventStore
from services.voting import body_cards, circulation_desk, dictation, policy, voting_rights
from services.voting.ballot_box import BallotBox
from services.voting.counting import ballots_of
from services.voting.decider import decider
from services.voting.messages import (
    EVENTS,
    CancelPoll,
    CastBallot,
    ClosePoll,
    ConfirmDictation,
    DictateBallot,
    OpenPoll,
    PollClosed,
    PollOpened,
    PublishResult,
    RecordVotingRights,
    TallyPoll,
    WithdrawDictation,
)
from services.voting.messages.cards import (
    ApproveRuleCard,
    ProposeRuleCard,
    RejectRuleCard,
    RetireRuleCard,
    WithdrawRuleCard,
)
from services.voting.messages.count import AppointTellers, ConfirmCount, EnterCount, RestartCount
from services.voting.urn import Receipt, Urn, stream_of_poll

CODEC = Codec(EVENTS)
REACTS_TO = frozenset({"PollClosed"}) | circulation_desk.REACTS_TO


class VotingService:
    def __init__(self, store: EventStore, deployment: str) -> None:
        self._store = store
        self._handler = CommandHandler("voting", store, CODEC, deployment)
        self._urn = Urn(store, CODEC, deployment)
        self._box = BallotBox(self._urn)
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
            case AppointTellers() | EnterCount() | RestartCount() | ConfirmCount():
                return self._handler.handle(decider, stream_of_poll(command.poll_id), command)
            case DictateBallot() | WithdrawDictation() | ConfirmDictation():
                return self._dictation(command)
            case RecordVotingRights():
                return self._handler.handle(voting_rights.decider, voting_rights.stream_of(command.meeting_id), command)
            case ProposeRuleCard() | ApproveRuleCard() | RejectRuleCard() | WithdrawRuleCard() | RetireRuleCard():
                return self._handler.handle(body_cards.decider, body_cards.stream_of(command.rule_card_id), command)
            case _ if isinstance(command, circulation_desk.Commands):
                return self._desk.execute(command)
            case _:
                raise TypeError(f"{type(command).__name__} is no command of the voting service")

    def cast(self, commands: Sequence[CastBallot], under: Sequence[str] = ()) -> list[Receipt | Refused]:
        """One answer for each ballot, in order: a receipt exactly when the ballot is counted."""
        return self._box.put(commands, under)

    def _dictation(self, command: DictateBallot | WithdrawDictation | ConfirmDictation) -> Accepted:
        stream = dictation.stream_of(command.poll_id, command.voter_id)
        match command:
            case DictateBallot():
                dictation.check_dictated(command, self._urn.known(command.poll_id))
            case ConfirmDictation():
                state = dictation.decider.fold(CODEC.decode(each) for each in self._store.read(stream))
                cast = self.execute(dictation.confirmed(command, state))
                self._handler.handle(dictation.decider, stream, command)
                return cast
        return self._handler.handle(dictation.decider, stream, command)

    def on_event(self, recorded: Recorded, event: Event) -> None:
        if isinstance(event, PollClosed):
            first = self._store.read(recorded.stream)[0]
            opened = CODEC.decode(first)
            assert isinstance(opened, PollOpened)
            ballots = ballots_of(self._store, CODEC, opened.poll_id, opened.roll, first, recorded)
            for command in policy.react(recorded, event, opened, ballots):
                self.execute(command)
        else:
            self._desk.on_event(recorded, event)
