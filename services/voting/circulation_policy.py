"""What follows of itself: reminders and the close by the clock, the count after the close, the report at a session."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel.ids import derived
from kernel.messages import Command, Recorded
from kernel.vietnam import day_of
from services.meeting.messages import SessionOpened
from services.voting.messages.circulation import (
    AnswerSubmitted,
    AwaitReport,
    CloseOpinionForm,
    CommentMade,
    CountAnswers,
    Occasion,
    OpinionFormCirculated,
    OpinionFormClosed,
    OpinionResultAnnounced,
    RemindMembers,
    ReportResults,
)

CLOCK = "clock"
"""The actor of what nobody did: the deadline came, or a working day before it."""


@dataclass(frozen=True)
class Pending:
    """A form that waits for answers. `occasions`: the automatic reminders that have happened."""

    form_id: UUID
    circulated_at: datetime
    due_at: datetime
    silent: tuple[UUID, ...]
    answered: int
    occasions: frozenset[str] = frozenset()


def due(now: datetime, forms: Iterable[Pending], is_working_day: Callable[[date], bool]) -> list[Command]:
    """Commands whose time has come. Their ids derive from form and occasion: many clocks have one effect."""
    return [command for form in forms for command in _due(now, form, is_working_day)]


def _due(now: datetime, form: Pending, is_working_day: Callable[[date], bool]) -> Iterator[Command]:
    if now >= form.due_at:
        yield CloseOpinionForm(
            id=derived(form.form_id, "deadline"), actor=CLOCK, at=now, form_id=form.form_id, answered=form.answered
        )
        return
    occasion = _occasion(now, form, is_working_day)
    if occasion is not None and occasion not in form.occasions and form.silent:
        yield RemindMembers(
            id=derived(form.form_id, f"remind {occasion}"),
            actor=CLOCK,
            at=now,
            form_id=form.form_id,
            voter_ids=form.silent,
            occasion=occasion,
        )


def _occasion(now: datetime, form: Pending, is_working_day: Callable[[date], bool]) -> Occasion | None:
    """Nobody is reminded on the day on which the form came."""
    today, last = day_of(now), day_of(form.due_at)
    before = last - timedelta(days=1)
    while not is_working_day(before):
        before -= timedelta(days=1)
    if today == day_of(form.circulated_at):
        return None
    if today == last:
        return "due_day"
    return "day_before" if today >= before else None


def count(
    closed: Recorded,
    event: OpinionFormClosed,
    sent: OpinionFormCirculated,
    submitted: Iterable[tuple[int, AnswerSubmitted]],
) -> CountAnswers:
    """`submitted` with their positions: a voter's last before the close counts, what stands behind it nobody sees."""
    standing = {answer.voter_id: answer for position, answer in submitted if position < closed.position}
    chair = standing.get(sent.chair_id)
    return CountAnswers(
        id=derived(closed.id, 0),
        actor=closed.actor,
        at=closed.recorded_at,
        correlation_id=closed.correlation_id,
        form_id=event.form_id,
        counts=dict(Counter(answer.choice for answer in standing.values())),
        chair_choice=chair.choice if chair else None,
        comments=tuple(made for voter_id in sent.roll for made in comments_of(standing.get(voter_id))),
    )


def comments_of(answer: AnswerSubmitted | None) -> Sequence[CommentMade]:
    if answer is None:
        return ()
    return [
        CommentMade(
            comment_id=derived(answer.form_id, f"comment {answer.voter_id} {number}"),
            voter_id=answer.voter_id,
            number=number,
            clause_key=comment.clause_key,
        )
        for number, comment in enumerate(answer.comments, 1)
    ]


def await_report(recorded: Recorded, event: OpinionResultAnnounced) -> AwaitReport:
    return AwaitReport(
        id=derived(recorded.id, 0),
        actor=recorded.actor,
        at=recorded.recorded_at,
        correlation_id=recorded.correlation_id,
        body_id=event.body_id,
        form_id=event.form_id,
    )


def report(recorded: Recorded, event: SessionOpened, body_id: UUID) -> ReportResults:
    return ReportResults(
        id=derived(recorded.id, "report"),
        actor=recorded.actor,
        at=recorded.recorded_at,
        correlation_id=recorded.correlation_id,
        body_id=body_id,
        meeting_id=event.meeting_id,
    )
