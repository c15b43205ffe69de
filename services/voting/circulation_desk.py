"""Takes the commands of opinion forms and their answers, and does what follows of them."""

from collections.abc import Iterator
from uuid import UUID

from kernel.codec import Codec
from kernel.decider import Refused
from kernel.handle import CommandHandler
from kernel.messages import Accepted, Event, Recorded
from kernel.ports import EventStore
from services.meeting.messages import EVENTS as MEETING_EVENTS
from services.meeting.messages import MeetingPlanned, SessionOpened
from services.voting import (
    circulation,
    circulation_answers,
    circulation_policy,
    circulation_reports,
    circulation_state,
)
from services.voting.messages.circulation import (
    AnswerSubmitted,
    OpinionFormCirculated,
    OpinionFormClosed,
    OpinionFormWithdrawn,
    OpinionResultAnnounced,
)

Commands = circulation.Commands | circulation_answers.Commands | circulation_reports.Commands
REACTS_TO = frozenset({"OpinionFormClosed", "OpinionResultAnnounced", "SessionOpened"})
MEETING_CODEC = Codec(MEETING_EVENTS)
ENDS = (OpinionFormClosed, OpinionFormWithdrawn)


class CirculationDesk:
    def __init__(self, handler: CommandHandler) -> None:
        self._handler = handler
        self._store: EventStore = handler.store

    def execute(self, command: Commands) -> Accepted:
        if isinstance(command, circulation_answers.Commands):
            return self._answer(command)
        if isinstance(command, circulation_reports.Commands):
            return self._handler.handle(
                circulation_reports.decider, circulation_reports.stream(command.body_id), command
            )
        return self._handler.handle(circulation.decider, circulation_state.stream(command.form_id), command)

    def _answer(self, command: circulation_answers.Commands) -> Accepted:
        """Append, then check: an answer is acknowledged exactly when it stands before the form's end."""
        sent, end = self._sent(command.form_id)
        if end is None:
            circulation_answers.check(command, sent)
        elif not self._known(command):
            raise Refused("form_closed", str(command.form_id))
        decider = circulation_answers.CHANGEABLE if sent.rule_card.allows_change else circulation_answers.FINAL
        stream = circulation_answers.stream(command.form_id, command.voter_id)
        accepted = self._handler.handle(decider, stream, command)
        _sent, end = self._sent(command.form_id)
        if end is not None and accepted.position > end:
            raise Refused("form_closed", str(command.form_id))
        return accepted

    def _known(self, command: circulation_answers.Commands) -> bool:
        """Whether this very request has been recorded before."""
        history = self._store.read(circulation_answers.stream(command.form_id, command.voter_id))
        return any(each.causation_id == command.id for each in history)

    def _sent(self, form_id: UUID) -> tuple[OpinionFormCirculated, int | None]:
        """What was sent, and the log position of its end."""
        sent: OpinionFormCirculated | None = None
        end: int | None = None
        for recorded in self._store.read(circulation_state.stream(form_id)):
            event = self._handler.codec.decode(recorded)
            if isinstance(event, OpinionFormCirculated):
                sent = event
            elif isinstance(event, ENDS):
                end = recorded.position
        if sent is None:
            raise Refused("form_not_circulating", str(form_id))
        return sent, end

    def on_event(self, recorded: Recorded, event: Event) -> None:
        match event:
            case OpinionFormClosed(form_id=form_id):
                sent, _end = self._sent(form_id)
                self.execute(circulation_policy.count(recorded, event, sent, self._submitted(sent)))
            case OpinionResultAnnounced():
                self.execute(circulation_policy.await_report(recorded, event))
            case SessionOpened():
                self.execute(circulation_policy.report(recorded, event, self._body_of(event.meeting_id)))

    def _submitted(self, sent: OpinionFormCirculated) -> Iterator[tuple[int, AnswerSubmitted]]:
        for voter_id in sent.roll:
            for recorded in self._store.read(circulation_answers.stream(sent.form_id, voter_id)):
                event = self._handler.codec.decode(recorded)
                if isinstance(event, AnswerSubmitted):
                    yield recorded.position, event

    def _body_of(self, meeting_id: UUID) -> UUID:
        planned = MEETING_CODEC.decode(self._store.read(f"meeting-{meeting_id}")[0])
        assert isinstance(planned, MeetingPlanned)
        return planned.body_id
