"""What the record of a meeting consists of. Times are UTC; names are those in force at the record's position."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.meeting.messages import AbsenceKind, DocumentKind, MeetingKind, Mode


@dataclass(frozen=True)
class Person:
    id: UUID
    full_name: str
    position: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Body:
    """Who met. `parent`: the unit above it, if any."""

    id: UUID
    name: str
    short_name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True)
class Stay:
    """Present from `arrived_at` until `left_at`; None: until the close."""

    arrived_at: datetime
    left_at: datetime | None
    mode: Mode


@dataclass(frozen=True)
class Attendee:
    """One person of the roll. Never came: no stays, and perhaps an absence or an answer that told of it before.

    `added_at`: put among the voters, or the others, after the roll call had opened. `unrecorded`: has an office in
    the meeting and nothing was ever recorded; to print such a person as absent would say more than is known.
    """

    person: Person
    voting: bool
    stays: tuple[Stay, ...]
    absence: AbsenceKind | None = None
    reason: str = ""
    substitute_name: str = ""
    added_at: datetime | None = None
    unrecorded: bool = False

    @property
    def silent(self) -> bool:
        return not (self.stays or self.absence or self.reason or self.substitute_name)


@dataclass(frozen=True)
class QuorumStep:
    """From `at` until the next step `present` voting members were there."""

    at: datetime
    present: int
    met: bool


@dataclass(frozen=True)
class QuorumLine:
    seats: int
    needed: int
    steps: tuple[QuorumStep, ...]


@dataclass(frozen=True)
class Interval:
    began_at: datetime
    ended_at: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class Speech:
    person: Person
    subject: str
    began_at: datetime
    seconds: int


@dataclass(frozen=True)
class Note:
    at: datetime
    person: Person | None
    text: str


@dataclass(frozen=True)
class Paper:
    title: str
    kind: DocumentKind
    late: bool


@dataclass(frozen=True)
class ChoiceCount:
    key: str
    label: str
    counts_for: bool
    count: int


@dataclass(frozen=True)
class Vote:
    """How one voter on the roll voted; `choice` None: cast no ballot; empty: a ballot without any mark.

    `holder`: who cast it in the voter's place. `dictated`: two people recorded what the voter said. `weight`: votes.
    """

    person: Person
    choice: str | None
    remote: bool = False
    holder: Person | None = None
    dictated: bool = False
    weight: int = 1


@dataclass(frozen=True)
class LineFact:
    """One candidate, person or draft on the paper: the votes by choice, if it bears choices, and its result.

    `votes` decide and `needed` were necessary: for a candidate or draft, against the confidence in a person. None and
    no counts: a secret ballot.
    """

    title: str
    counts: tuple[ChoiceCount, ...]
    votes: int | None
    needed: int
    passed: bool
    decided_by_chair: bool
    finding: Literal["", "half_low", "two_thirds_low"]


@dataclass(frozen=True)
class Proof:
    """The arithmetic of the result, as tallied. `agrees`: counting the ballots of the log again gives the same.

    `votes_for` None: a secret ballot, of which this record has no figures.
    """

    members: int
    base: Literal["all_members", "serving", "present", "cast"]
    base_count: int
    needed: int
    votes_for: int | None
    cast: int
    not_cast: int
    passed: bool
    decided_by_chair: bool
    rule: str
    legal_basis: str
    certainty: str
    agrees: bool


@dataclass(frozen=True)
class Poll:
    """`proof`, `counts`, `lines` and `votes` only once the presiding officer has published the result.

    Of a secret ballot the minutes of the session tell the outcome; the figures stand in the minutes of its count.
    """

    id: UUID
    question: str
    opened_at: datetime
    closed_at: datetime | None
    published_at: datetime | None
    cancelled: str
    roll: int
    present: int
    quorum_needed: int
    quorum_met: bool
    counts: tuple[ChoiceCount, ...] = ()
    proof: Proof | None = None
    votes: tuple[Vote, ...] = ()
    method: Literal["single_choice", "election", "rating", "several_drafts"] = "single_choice"
    secret: bool = False
    lines: tuple[LineFact, ...] = ()
    open_posts: int = 0
    round: int = 1


@dataclass(frozen=True)
class Unit:
    id: UUID
    name: str


@dataclass(frozen=True)
class ObligationFact:
    text: str
    lead_unit: Unit
    coordinating_units: tuple[Unit, ...]
    due_at: datetime


@dataclass(frozen=True)
class Conclusion:
    text: str
    obligations: tuple[ObligationFact, ...]
    recorded_at: datetime
    revision: int


@dataclass(frozen=True)
class Proceedings:
    """What happened on one agenda item, or outside every item."""

    speeches: tuple[Speech, ...] = ()
    notes: tuple[Note, ...] = ()
    polls: tuple[Poll, ...] = ()
    papers: tuple[Paper, ...] = ()
    conclusion: Conclusion | None = None

    @property
    def empty(self) -> bool:
        return not (self.speeches or self.notes or self.polls or self.conclusion)


@dataclass(frozen=True)
class ItemRecord:
    """`level` from 1; `number` as printed, such as 2.1. `taken_at`: when the meeting moved to it, each time."""

    id: UUID
    number: str
    level: int
    title: str
    presenter: str
    taken_at: tuple[datetime, ...]
    proceedings: Proceedings


@dataclass(frozen=True)
class ReportedOpinion:
    """The result of an opinion form that the session was told of when it opened.

    `silence_agrees`: who did not answer counted as agreeing, by `silence_basis`.
    """

    title: str
    asked: int
    answered: int
    silent: int
    silence_agrees: bool
    silence_basis: str
    base_count: int
    needed: int
    votes_for: int
    passed: bool
    decided_by_chair: bool
    rule: str
    legal_basis: str


@dataclass(frozen=True)
class Record:
    """Everything of one meeting up to log position `as_of`: the same events give the same record."""

    meeting_id: UUID
    as_of: int
    title: str
    kind: MeetingKind
    body: Body
    place: str
    starts_at: datetime
    closed_sitting: bool
    presiding_officer: Person
    minute_taker: Person
    opened_at: datetime | None
    closed_at: datetime | None
    interruptions: tuple[Interval, ...]
    attendees: tuple[Attendee, ...]
    quorum: QuorumLine | None
    items: tuple[ItemRecord, ...]
    unplaced: Proceedings
    opinions: tuple[ReportedOpinion, ...] = ()

    @property
    def polls(self) -> tuple[Poll, ...]:
        everything = (self.unplaced, *(item.proceedings for item in self.items))
        return tuple(sorted((poll for each in everything for poll in each.polls), key=lambda poll: poll.opened_at))

    @property
    def obliged_units(self) -> tuple[Unit, ...]:
        """Every unit that a conclusion gives something to do, by name."""
        conclusions = (item.proceedings.conclusion for item in self.items)
        obligations = (each for found in conclusions if found for each in found.obligations)
        units = {unit for each in obligations for unit in (each.lead_unit, *each.coordinating_units)}
        return tuple(sorted(units, key=lambda unit: (unit.name, unit.id)))
