"""What a body's next session is told of: results that were announced since its last one. Pure."""

from dataclasses import dataclass
from uuid import UUID

from kernel.decider import Decider
from kernel.messages import Command, Event
from services.voting.messages.circulation import AwaitReport, OpinionResultReported, ReportAwaited, ReportResults

Commands = AwaitReport | ReportResults


@dataclass(frozen=True)
class Reports:
    """`awaited` in the order of their announcement."""

    awaited: tuple[UUID, ...] = ()
    reported: frozenset[UUID] = frozenset()


def stream(body_id: UUID) -> str:
    return f"opinionReport-{body_id}"


def decide(command: Command, reports: Reports) -> list[Event]:
    match command:
        case AwaitReport(body_id=body_id, form_id=form_id):
            known = form_id in reports.awaited or form_id in reports.reported
            return [] if known else [ReportAwaited(body_id=body_id, form_id=form_id)]
        case ReportResults(body_id=body_id, meeting_id=meeting_id):
            return [
                OpinionResultReported(body_id=body_id, form_id=form_id, meeting_id=meeting_id)
                for form_id in reports.awaited
            ]
        case _:
            raise TypeError(f"not a command of reports: {type(command).__name__}")


def evolve(reports: Reports, event: Event) -> Reports:
    match event:
        case ReportAwaited(form_id=form_id):
            return Reports((*reports.awaited, form_id), reports.reported)
        case OpinionResultReported(form_id=form_id):
            left = tuple(each for each in reports.awaited if each != form_id)
            return Reports(left, reports.reported | {form_id})
        case _:
            raise TypeError(f"{type(event).__name__} is no event of reports")


decider: Decider[Reports] = Decider(initial=Reports(), decide=decide, evolve=evolve)
