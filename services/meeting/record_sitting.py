"""The sitting in the record: who was there when, the quorum line, interruptions, speeches and notes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from kernel.messages import Event, Recorded
from services.meeting.messages import (
    AbsenceRecorded,
    AgendaItemBegun,
    Answer,
    Arrived,
    Departed,
    DiscussionNoted,
    FloorGiven,
    FloorRequested,
    InvitationAnswered,
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
from services.meeting.quorum import Move, timeline
from services.meeting.record_facts import Attendee, Interval, Note, QuorumLine, QuorumStep, Speech, Stay
from services.meeting.record_names import Names


@dataclass
class Sitting:
    """Gathers one meeting's events in log order; `item_id` None: outside every item."""

    opened_at: datetime | None = None
    closed_at: datetime | None = None
    roll_call_at: datetime | None = None
    quorum: Quorum | None = None
    voters: tuple[UUID, ...] = ()
    others: tuple[UUID, ...] = ()
    added_at: dict[UUID, datetime] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    stays: dict[UUID, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[UUID, AbsenceRecorded] = field(default_factory=dict)
    answers: dict[UUID, InvitationAnswered] = field(default_factory=dict)
    interruptions: list[Interval] = field(default_factory=list)
    taken_at: dict[UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    subjects: dict[UUID, str] = field(default_factory=dict)
    speeches: list[tuple[FloorGiven, datetime, datetime | None]] = field(default_factory=list)
    notes: dict[UUID, tuple[DiscussionNoted, datetime]] = field(default_factory=dict)

    def take(self, recorded: Recorded, event: Event) -> None:
        at = recorded.recorded_at
        match event:
            case RollCallOpened():
                self.roll_call_at, self.quorum = at, event.quorum
                self.voters, self.others = event.voters, event.others
            case RollExtended():
                self._extend(at, event)
            case Arrived() | Departed() | AbsenceRecorded() | InvitationAnswered():
                self._attendance(at, event)
            case SessionOpened():
                self.opened_at = at
            case SessionSuspended(reason=reason):
                self.interruptions.append(Interval(at, None, reason))
            case SessionResumed():
                self.interruptions[-1] = replace(self.interruptions[-1], ended_at=at)
            case SessionClosed():
                self.closed_at = at
                self._end_speech(at)
            case AgendaItemBegun(item_id=item_id):
                self.taken_at[item_id].append(at)
            case FloorRequested() | FloorGiven() | SpeechEnded() | DiscussionNoted() | NoteCorrected():
                self._discussion(at, event)

    def _extend(self, at: datetime, event: RollExtended) -> None:
        """Who gets a vote while being there counts for the quorum from this moment on."""
        self.voters += event.voters
        self.others = tuple(each for each in (*self.others, *event.others) if each not in event.voters)
        self.added_at |= dict.fromkeys((*event.voters, *event.others), at)
        for person_id in event.voters:
            if any(stay.left_at is None for stay in self.stays.get(person_id, [])):
                self._move(at, person_id, here=True)

    def _attendance(self, at: datetime, event: Event) -> None:
        match event:
            case Arrived(person_id=person_id, mode=mode):
                self._leave(person_id, at)
                self.stays[person_id].append(Stay(at, None, mode))
                self._move(at, person_id, here=True)
            case Departed(person_id=person_id):
                self._leave(person_id, at)
                self._move(at, person_id, here=False)
            case AbsenceRecorded(person_id=person_id):
                self.absences[person_id] = event
            case InvitationAnswered(person_id=person_id):
                self.answers[person_id] = event

    def _discussion(self, at: datetime, event: Event) -> None:
        match event:
            case FloorRequested(request_id=request_id, subject=subject):
                self.subjects[request_id] = subject
            case FloorGiven():
                self._end_speech(at)
                self.speeches.append((event, at, None))
            case SpeechEnded():
                self._end_speech(at)
            case DiscussionNoted(note_id=note_id):
                self.notes[note_id] = event, at
            case NoteCorrected(note_id=note_id, text=text):
                noted, noted_at = self.notes[note_id]
                self.notes[note_id] = noted.model_copy(update={"text": text}), noted_at

    def _leave(self, person_id: UUID, at: datetime) -> None:
        stays = self.stays[person_id]
        if stays and stays[-1].left_at is None:
            stays[-1] = replace(stays[-1], left_at=at)

    def _move(self, at: datetime, person_id: UUID, *, here: bool) -> None:
        if person_id in self.voters:
            self.moves.append(Move(at, str(person_id), here))

    def _end_speech(self, at: datetime) -> None:
        if self.speeches and self.speeches[-1][2] is None:
            given, began_at, _ = self.speeches[-1]
            self.speeches[-1] = given, began_at, at


def attendees(sitting: Sitting, names: Names, officers: Collection[UUID]) -> tuple[Attendee, ...]:
    """In the order of the roll: first who votes, then who attends. `officers`: who has an office in the meeting."""
    rows = [(person_id, True) for person_id in sitting.voters] + [(person_id, False) for person_id in sitting.others]
    found = (_attendee(sitting, names, person_id, voting) for person_id, voting in rows)
    return tuple(replace(each, unrecorded=each.person.id in officers and each.silent) for each in found)


def _attendee(sitting: Sitting, names: Names, person_id: UUID, voting: bool) -> Attendee:
    stays = tuple(_joined(sitting.stays.get(person_id, [])))
    absence, answer = sitting.absences.get(person_id), sitting.answers.get(person_id)
    told = answer if answer is not None and answer.answer is not Answer.coming else None
    return Attendee(
        person=names.person(person_id),
        voting=voting,
        added_at=sitting.added_at.get(person_id),
        stays=stays,
        absence=absence.kind if absence and not stays else None,
        reason="" if stays else (absence.reason if absence else "") or (told.reason if told else ""),
        substitute_name="" if stays or told is None else told.substitute_name,
    )


def _joined(stays: Sequence[Stay]) -> list[Stay]:
    """A stay that ended the moment it began says nothing. Changing between hall and online is a stay in each mode."""
    return [stay for stay in stays if stay.left_at is None or stay.left_at > stay.arrived_at]


def quorum_line(sitting: Sitting) -> QuorumLine | None:
    if sitting.quorum is None or sitting.roll_call_at is None:
        return None
    steps = timeline(sitting.quorum, sitting.roll_call_at, sitting.moves)
    return QuorumLine(
        seats=sitting.quorum.seats,
        needed=sitting.quorum.needed,
        steps=tuple(QuorumStep(step.at, step.present, step.met) for step in steps),
    )


def speeches_on(sitting: Sitting, names: Names, item_id: UUID | None) -> tuple[Speech, ...]:
    return tuple(
        Speech(
            person=names.person(given.person_id),
            subject=sitting.subjects.get(given.request_id, ""),
            began_at=began_at,
            seconds=round((ended_at - began_at).total_seconds()) if ended_at else 0,
        )
        for given, began_at, ended_at in sitting.speeches
        if given.item_id == item_id
    )


def notes_on(sitting: Sitting, names: Names, item_id: UUID | None) -> tuple[Note, ...]:
    return tuple(
        Note(at, names.person(noted.person_id) if noted.person_id else None, noted.text)
        for noted, at in sitting.notes.values()
        if noted.item_id == item_id
    )
