"""What the stream `sitting-<meeting id>` adds up to: the states of a sitting, and how each event moves them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar
from uuid import UUID

from kernel.decider import Refused
from kernel.messages import Event
from services.meeting.messages import (
    AbsenceKind,
    AbsenceRecorded,
    AgendaItemBegun,
    Arrived,
    CheckInCodeRenewed,
    Departed,
    DiscussionNoted,
    FloorGiven,
    FloorRequested,
    FloorRequestWithdrawn,
    Mode,
    NoteCorrected,
    Quorum,
    RollCallOpened,
    RollExtended,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SpeechEnded,
)

Value = TypeVar("Value")


@dataclass(frozen=True)
class Absence:
    kind: AbsenceKind
    reason: str


@dataclass(frozen=True)
class Hall:
    """Who is on the roll and where they are now. A person on the roll in neither mapping has not come, or has left."""

    code: str
    voters: frozenset[UUID]
    others: frozenset[UUID]
    quorum: Quorum
    present: Mapping[UUID, Mode] = field(default_factory=dict)
    absent: Mapping[UUID, Absence] = field(default_factory=dict)
    notes: Mapping[UUID, str] = field(default_factory=dict)

    def lists(self, person_id: UUID) -> bool:
        return person_id in self.voters or person_id in self.others

    @property
    def voters_present(self) -> int:
        return len(self.voters & self.present.keys())


@dataclass(frozen=True)
class FloorRequest:
    request_id: UUID
    person_id: UUID
    item_id: UUID | None


@dataclass(frozen=True)
class Floor:
    """The current item, who waits to speak in order of request, and who speaks. `used`: every request id ever seen."""

    item_id: UUID | None = None
    waiting: tuple[FloorRequest, ...] = ()
    speaker: FloorRequest | None = None
    used: frozenset[UUID] = frozenset()

    def request(self, request_id: UUID) -> FloorRequest | None:
        return next((each for each in self.waiting if each.request_id == request_id), None)

    def without(self, request_id: UUID) -> "Floor":
        return replace(self, waiting=tuple(each for each in self.waiting if each.request_id != request_id))


@dataclass(frozen=True)
class NotStarted:
    pass


@dataclass(frozen=True)
class RollCall:
    hall: Hall


@dataclass(frozen=True)
class Open:
    hall: Hall
    floor: Floor


@dataclass(frozen=True)
class Suspended:
    hall: Hall
    floor: Floor


@dataclass(frozen=True)
class Closed:
    notes: Mapping[UUID, str]


Sitting: TypeAlias = NotStarted | RollCall | Open | Suspended | Closed


def evolve(state: Sitting, event: Event) -> Sitting:
    match event, state:
        case RollCallOpened(), _:
            return RollCall(Hall(event.code, frozenset(event.voters), frozenset(event.others), event.quorum))
        case SessionOpened(), RollCall(hall):
            return Open(hall, Floor())
        case SessionSuspended(), Open(hall, floor):
            return Suspended(hall, floor)
        case SessionResumed(), Suspended(hall, floor):
            return Open(hall, floor)
        case SessionClosed(), (RollCall(hall) | Open(hall, _) | Suspended(hall, _)):
            return Closed(hall.notes)
        case NoteCorrected(), Closed(notes):
            return Closed({**notes, event.note_id: event.text})
        case _, RollCall(hall):
            return RollCall(in_hall(hall, event))
        case _, Open(hall, floor):
            return Open(in_hall(hall, event), on_floor(floor, event))
        case _, Suspended(hall, floor):
            return Suspended(in_hall(hall, event), on_floor(floor, event))
    return state


def in_hall(hall: Hall, event: Event) -> Hall:
    match event:
        case RollExtended(voters=voters, others=others):
            return replace(hall, voters=hall.voters | set(voters), others=(hall.others | set(others)) - set(voters))
        case CheckInCodeRenewed(code=code):
            return replace(hall, code=code)
        case Arrived(person_id=person, mode=mode):
            return replace(hall, present={**hall.present, person: mode}, absent=without(hall.absent, person))
        case Departed(person_id=person):
            return replace(hall, present=without(hall.present, person))
        case AbsenceRecorded(person_id=person, kind=kind, reason=reason):
            return replace(hall, absent={**hall.absent, person: Absence(kind, reason)})
        case DiscussionNoted() | NoteCorrected():
            return replace(hall, notes={**hall.notes, event.note_id: event.text})
    return hall


def on_floor(floor: Floor, event: Event) -> Floor:
    match event:
        case AgendaItemBegun(item_id=item_id):
            return replace(floor, item_id=item_id)
        case FloorRequested(request_id=request_id, person_id=person, item_id=item_id):
            waiting = (*floor.waiting, FloorRequest(request_id, person, item_id))
            return replace(floor, waiting=waiting, used=floor.used | {request_id})
        case FloorRequestWithdrawn(request_id=request_id):
            return floor.without(request_id)
        case FloorGiven(request_id=request_id, person_id=person, item_id=item_id):
            return replace(floor.without(request_id), speaker=FloorRequest(request_id, person, item_id))
        case SpeechEnded():
            return replace(floor, speaker=None)
    return floor


def must_be_listed(hall: Hall, person_id: UUID) -> None:
    if not hall.lists(person_id):
        raise Refused("not_on_roll_call", str(person_id))


def without(people: Mapping[UUID, Value], person_id: UUID) -> dict[UUID, Value]:
    return {each: value for each, value in people.items() if each != person_id}
