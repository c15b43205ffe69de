"""What a leader approves: the plan, the agenda and the papers, and the rules for changing each. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from kernel.decider import Refused
from services.meeting import agenda
from services.meeting.agenda import Agenda, Item
from services.meeting.messages import (
    AddAgendaItem,
    AgendaItemAdded,
    AgendaItemMoved,
    AgendaItemRemoved,
    AgendaItemRevised,
    AttachDocument,
    DetachDocument,
    DocumentAttached,
    DocumentDetached,
    DocumentKind,
    MeetingPlanned,
    MeetingReplanned,
    MoveAgendaItem,
    PlanMeeting,
    RemoveAgendaItem,
    ReplanMeeting,
    ReviseAgendaItem,
)

AgendaCommand = AddAgendaItem | ReviseAgendaItem | MoveAgendaItem | RemoveAgendaItem
PaperCommand = AttachDocument | DetachDocument
Change = ReplanMeeting | AgendaCommand | PaperCommand
Changed = (
    MeetingReplanned
    | AgendaItemAdded
    | AgendaItemRevised
    | AgendaItemMoved
    | AgendaItemRemoved
    | DocumentAttached
    | DocumentDetached
)

FORESEEABLE = timedelta(days=3660)
"""Meetings lie within ten years of their planning; what lies beyond is a slip, and calendars end at year 9999."""


@dataclass(frozen=True)
class Plan:
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    presiding_officer_id: UUID
    minute_taker_id: UUID


@dataclass(frozen=True)
class Paper:
    """`item_id`: none for papers of the whole meeting."""

    document_id: UUID
    kind: DocumentKind
    item_id: UUID | None
    for_person_id: UUID | None
    url: str
    title: str


@dataclass(frozen=True)
class Dossier:
    meeting_id: UUID
    plan: Plan
    agenda: Agenda = ()
    papers: dict[UUID, Paper] = field(default_factory=dict)


def check_times(plan: PlanMeeting | ReplanMeeting) -> None:
    if plan.starts_at >= plan.ends_at:
        raise Refused("times_not_ordered", "a meeting ends after it starts")
    if max(abs(each - plan.at) for each in (plan.starts_at, plan.ends_at)) > FORESEEABLE:
        raise Refused("meeting_too_far", str(plan.starts_at))


def plan_of(facts: PlanMeeting | ReplanMeeting | MeetingPlanned | MeetingReplanned) -> Plan:
    return Plan(
        title=facts.title,
        place=facts.place,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        presiding_officer_id=facts.presiding_officer_id,
        minute_taker_id=facts.minute_taker_id,
    )


def change(command: Change, dossier: Dossier, *, published: bool) -> list[Changed]:
    """The change as an event, or nothing when the dossier already is so."""
    match command:
        case ReplanMeeting():
            check_times(command)
            if plan_of(command) == dossier.plan:
                return []
            return [MeetingReplanned.of(command)]
        case AttachDocument():
            return _attach(command, dossier, published=published)
        case DetachDocument():
            return _detach(command, dossier, published=published)
        case _:
            return _change_agenda(command, dossier)


def _change_agenda(command: AgendaCommand, dossier: Dossier) -> list[Changed]:
    event: Changed
    match command:
        case AddAgendaItem():
            if any(item.id == command.item_id for item in agenda.walk(dossier.agenda)):
                raise Refused("item_exists", str(command.item_id))
            event = AgendaItemAdded.of(command)
        case ReviseAgendaItem():
            agenda.find(dossier.agenda, command.item_id)
            event = AgendaItemRevised.of(command)
        case MoveAgendaItem():
            event = AgendaItemMoved.of(command)
        case RemoveAgendaItem():
            agenda.find(dossier.agenda, command.item_id)
            event = AgendaItemRemoved.of(command)
    return [event] if evolve(dossier, event) != dossier else []


def _attach(command: AttachDocument, dossier: Dossier, *, published: bool) -> list[Changed]:
    paper = _paper(command)
    if dossier.papers.get(command.document_id) == paper:
        return []
    if command.document_id in dossier.papers:
        raise Refused("already_attached", str(command.document_id))
    if command.item_id is not None:
        agenda.find(dossier.agenda, command.item_id)
    if (command.kind is DocumentKind.link) != is_web_address(command.url):
        raise Refused("link_needs_url", "exactly a link has an http(s) address")
    if (command.kind is DocumentKind.personal) != (command.for_person_id is not None):
        raise Refused("personal_needs_person", "exactly personal papers name their person")
    return [DocumentAttached.of(command, late=published)]


def _detach(command: DetachDocument, dossier: Dossier, *, published: bool) -> list[Changed]:
    if command.document_id not in dossier.papers:
        raise Refused("not_attached", str(command.document_id))
    if published and not command.reason.strip():
        raise Refused("reason_needed", "people have already received this document")
    return [DocumentDetached.of(command)]


def is_web_address(url: str) -> bool:
    """False for the empty text; a text that is neither empty nor http(s) is refused."""
    if not url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable() or " " in url:
        raise Refused("link_needs_url", "only http and https addresses")
    return True


def evolve(dossier: Dossier, event: Changed) -> Dossier:
    match event:
        case MeetingReplanned():
            return replace(dossier, plan=plan_of(event))
        case DocumentAttached():
            return replace(dossier, papers={**dossier.papers, event.document_id: _paper(event)})
        case DocumentDetached():
            kept = {key: paper for key, paper in dossier.papers.items() if key != event.document_id}
            return replace(dossier, papers=kept)
        case AgendaItemAdded():
            placed = agenda.insert(dossier.agenda, _item(event), parent_id=event.parent_id, before_id=event.before_id)
            return replace(dossier, agenda=placed)
        case AgendaItemRevised():
            return replace(dossier, agenda=agenda.revised(dossier.agenda, _item(event)))
        case AgendaItemMoved():
            placed = agenda.moved(dossier.agenda, event.item_id, parent_id=event.parent_id, before_id=event.before_id)
            return replace(dossier, agenda=placed)
        case AgendaItemRemoved():
            return _removed(dossier, event.item_id)


def _removed(dossier: Dossier, item_id: UUID) -> Dossier:
    gone = {item.id for item in agenda.walk((agenda.find(dossier.agenda, item_id),))}
    papers = {
        key: replace(paper, item_id=None) if paper.item_id in gone else paper for key, paper in dossier.papers.items()
    }
    return replace(dossier, agenda=agenda.without(dossier.agenda, item_id), papers=papers)


def _paper(facts: AttachDocument | DocumentAttached) -> Paper:
    return Paper(
        document_id=facts.document_id,
        kind=facts.kind,
        item_id=facts.item_id,
        for_person_id=facts.for_person_id,
        url=facts.url,
        title=facts.title,
    )


def _item(facts: AgendaItemAdded | AgendaItemRevised) -> Item:
    return Item(facts.item_id, facts.title, facts.minutes, facts.presenter_id, facts.presenter_text)
