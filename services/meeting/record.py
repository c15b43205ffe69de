"""The structured record of one meeting, assembled from decoded events up to a log position. Pure."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from pydantic import TypeAdapter

from kernel.messages import Event, Recorded
from services.meeting import agenda
from services.meeting.messages import (
    AgendaItemAdded,
    AgendaItemMoved,
    AgendaItemRemoved,
    AgendaItemRevised,
    ConclusionRecorded,
    DocumentAttached,
    DocumentDetached,
    DocumentKind,
    MeetingPlanned,
    MeetingReplanned,
)
from services.meeting.record_facts import Conclusion, ItemRecord, ObligationFact, Paper, Proceedings, Record, Unit
from services.meeting.record_names import Names
from services.meeting.record_opinions import Concerning, Opinions
from services.meeting.record_polls import PollHistory, poll_record
from services.meeting.record_sitting import Sitting, attendees, notes_on, quorum_line, speeches_on
from services.voting.messages import BallotCast, PollCancelled, PollClosed, PollOpened, PollTallied, ResultPublished

Log = Iterable[tuple[Recorded, Event]]


class NoSuchMeeting(Exception):
    """The log up to this position plans no meeting of this id."""


def assemble(meeting_id: UUID, log: Log, as_of: int) -> Record:
    """The record of the meeting; events of other meetings and after `as_of` are ignored, order is made by position."""
    events = sorted((each for each in log if each[0].position <= as_of), key=lambda each: each[0].position)
    history = History(meeting_id, Names(event for _, event in events))
    for recorded, event in events:
        history.take(recorded, event)
    return history.record(as_of)


def record_bytes(record: Record) -> bytes:
    """The record as JSON: equal records give equal bytes."""
    return TypeAdapter(Record).dump_json(record)


class History:
    def __init__(self, meeting_id: UUID, names: Names) -> None:
        self.meeting_id = meeting_id
        self.names = names
        self.plan: MeetingPlanned | None = None
        self.agenda: agenda.Agenda = ()
        self.papers: dict[UUID, DocumentAttached] = {}
        self.sitting = Sitting()
        self.polls: dict[UUID, PollHistory] = {}
        self.conclusions: dict[UUID, Conclusion] = {}
        self.opinions = Opinions()

    def take(self, recorded: Recorded, event: Event) -> None:
        match event:
            case PollOpened(meeting_id=self.meeting_id):
                self.polls[event.poll_id] = PollHistory(event, recorded.recorded_at)
            case BallotCast() | PollClosed() | PollCancelled() | PollTallied() | ResultPublished():
                if event.poll_id in self.polls:
                    self.polls[event.poll_id].take(recorded, event)
            case _ if isinstance(event, Concerning):
                self.opinions.take(event, self.meeting_id)
            case _ if getattr(event, "meeting_id", None) != self.meeting_id:
                return
            case MeetingPlanned():
                self.plan = event
            case MeetingReplanned():
                assert self.plan is not None
                self.plan = self.plan.model_copy(update=dict(event))
            case AgendaItemAdded() | AgendaItemRevised() | AgendaItemMoved() | AgendaItemRemoved():
                self.agenda = with_change(self.agenda, event)
            case DocumentAttached():
                self.papers[event.document_id] = event
            case DocumentDetached():
                self.papers.pop(event.document_id, None)
            case ConclusionRecorded():
                self.conclusions[event.item_id] = self._conclusion(recorded, event)
            case _:
                self.sitting.take(recorded, event)

    def record(self, as_of: int) -> Record:
        plan, sitting, names = self.plan, self.sitting, self.names
        if plan is None:
            raise NoSuchMeeting(self.meeting_id, as_of)
        items = tuple(self._items(self.agenda))
        return Record(
            meeting_id=self.meeting_id,
            as_of=as_of,
            title=plan.title,
            kind=plan.kind,
            body=names.body(plan.body_id),
            place=plan.place,
            starts_at=plan.starts_at,
            closed_sitting=plan.closed_sitting,
            presiding_officer=names.person(plan.presiding_officer_id),
            minute_taker=names.person(plan.minute_taker_id),
            opened_at=sitting.opened_at,
            closed_at=sitting.closed_at,
            interruptions=tuple(sitting.interruptions),
            attendees=attendees(sitting, names, (plan.presiding_officer_id, plan.minute_taker_id)),
            quorum=quorum_line(sitting),
            items=items,
            unplaced=self._proceedings(None),
            opinions=self.opinions.record(),
        )

    def _items(self, siblings: agenda.Agenda, above: str = "", level: int = 1) -> Iterator[ItemRecord]:
        for place, item in enumerate(siblings, 1):
            number = f"{above}{place}"
            presenter = self.names.person(item.presenter_id).full_name if item.presenter_id else ""
            yield ItemRecord(
                id=item.id,
                number=number,
                level=level,
                title=item.title,
                presenter=", ".join(filter(None, (presenter, item.presenter_text))),
                taken_at=tuple(self.sitting.taken_at.get(item.id, ())),
                proceedings=self._proceedings(item.id),
            )
            yield from self._items(item.children, f"{number}.", level + 1)

    def _proceedings(self, item_id: UUID | None) -> Proceedings:
        return Proceedings(
            speeches=speeches_on(self.sitting, self.names, item_id),
            notes=notes_on(self.sitting, self.names, item_id),
            polls=tuple(
                poll_record(each, self.names) for each in self.polls.values() if each.opened.item_id == item_id
            ),
            papers=tuple(
                Paper(each.title, each.kind, each.late)
                for each in self.papers.values()
                if each.item_id == item_id and each.kind is not DocumentKind.personal
            ),
            conclusion=self.conclusions.get(item_id) if item_id else None,
        )

    def _conclusion(self, recorded: Recorded, event: ConclusionRecorded) -> Conclusion:
        return Conclusion(
            text=event.text,
            obligations=tuple(
                ObligationFact(
                    text=each.text,
                    lead_unit=self._unit(each.lead_unit_id),
                    coordinating_units=tuple(map(self._unit, each.coordinating_unit_ids)),
                    due_at=each.due_at,
                )
                for each in event.obligations
            ),
            recorded_at=recorded.recorded_at,
            revision=event.revision,
        )

    def _unit(self, unit_id: UUID) -> Unit:
        return Unit(unit_id, self.names.unit(unit_id))


def with_change(before: agenda.Agenda, event: Event) -> agenda.Agenda:
    match event:
        case AgendaItemAdded():
            return agenda.insert(before, _item(event), parent_id=event.parent_id, before_id=event.before_id)
        case AgendaItemRevised():
            return agenda.revised(before, _item(event))
        case AgendaItemMoved():
            return agenda.moved(before, event.item_id, parent_id=event.parent_id, before_id=event.before_id)
        case AgendaItemRemoved():
            return agenda.without(before, event.item_id)
    return before


def _item(event: AgendaItemAdded | AgendaItemRevised) -> agenda.Item:
    return agenda.Item(event.item_id, event.title, event.minutes, event.presenter_id, event.presenter_text)
