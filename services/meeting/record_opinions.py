"""Results of circulated opinions that a session was told of when it opened."""

from dataclasses import dataclass, field
from uuid import UUID

from kernel.messages import Event
from services.meeting.record_facts import ReportedOpinion
from services.voting.messages import AnswersCounted, OpinionFormCirculated, OpinionResultReported

Concerning = OpinionFormCirculated | AnswersCounted | OpinionResultReported


@dataclass
class Opinions:
    """Collected in log order; only what was reported at this meeting becomes part of its record."""

    sent: dict[UUID, OpinionFormCirculated] = field(default_factory=dict)
    counted: dict[UUID, AnswersCounted] = field(default_factory=dict)
    reported: list[UUID] = field(default_factory=list)

    def take(self, event: Event, meeting_id: UUID) -> None:
        match event:
            case OpinionFormCirculated(form_id=form_id):
                self.sent[form_id] = event
            case AnswersCounted(form_id=form_id):
                self.counted[form_id] = event
            case OpinionResultReported(form_id=form_id) if event.meeting_id == meeting_id:
                self.reported.append(form_id)

    def record(self) -> tuple[ReportedOpinion, ...]:
        return tuple(self._reported(self.sent[each], self.counted[each]) for each in self.reported)

    def _reported(self, sent: OpinionFormCirculated, result: AnswersCounted) -> ReportedOpinion:
        card = sent.rule_card
        return ReportedOpinion(
            title=sent.title,
            asked=len(sent.roll),
            answered=result.answered,
            silent=result.silent,
            silence_agrees=card.silence == "agreement",
            silence_basis=sent.silence_basis,
            base_count=result.base_count,
            needed=result.needed,
            votes_for=result.votes_for,
            passed=result.passed,
            decided_by_chair=result.decided_by_chair,
            rule=card.title,
            legal_basis=card.legal_basis,
        )
