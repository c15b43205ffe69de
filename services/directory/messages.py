"""Bodies, units, people, mandates and roles: commands and events of the directory.

Streams: `unit-<id>` (an organisation unit; a unit that meets and decides is a body), `person-<id>`, `login-<login>`.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from kernel.messages import Command, Event, Message

Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
"""One visible line: a name of spaces or with a line break would corrupt lists and printed papers."""
MaybeLine = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
EMAIL = r"^(|[^@\s]+@[^@\s.]+(\.[^@\s.]+)+)$"
PHONE = r"^(|\+?[0-9][0-9 .()-]{5,28})$"


def iso_day(value: object) -> object:
    """A number is no day, though pydantic would take it for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and len(value) == 10):
        return value
    raise ValueError("a day is written as YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(iso_day)]


class UnitKind(StrEnum):
    people_council = "people_council"
    people_committee = "people_committee"
    council_standing_board = "council_standing_board"
    council_committee = "council_committee"
    delegate_group = "delegate_group"
    department = "department"
    office = "office"
    fatherland_front = "fatherland_front"
    other = "other"


BODY_KINDS = frozenset(UnitKind) - {UnitKind.department, UnitKind.office}
"""The kinds of unit that meet and decide: a mandate and meeting rules are of one of these."""


class Tier(StrEnum):
    """Two tiers since 1 July 2025 (Law 72/2025/QH15); `district_level` names units of before."""

    province_level = "province_level"
    district_level = "district_level"
    commune_level = "commune_level"


class RoleName(StrEnum):
    presiding_officer = "presiding_officer"
    delegate = "delegate"
    minute_taker = "minute_taker"
    records_clerk = "records_clerk"
    leader = "leader"
    officer = "officer"
    guest = "guest"
    auditor = "auditor"
    administrator = "administrator"


class MeetingRules(Message):
    """A body's own rules; where the statute is silent or disputed they are settings with their source named.

    `seats`: the total number N that majorities are counted over. `notice_days_*`: working days (committee)
    or calendar days (council) that papers must reach members before the meeting. `quorum_*`: the least share of N.
    """

    seats: int = Field(ge=1, le=2000)
    seats_source: str = Field(min_length=1, max_length=500)
    notice_days_regular: int = Field(ge=0, le=60)
    notice_days_urgent: int = Field(ge=0, le=60)
    notice_in_working_days: bool
    quorum_numerator: int = Field(2, ge=1, le=100)
    quorum_denominator: int = Field(3, ge=1, le=100)


class EstablishUnit(Command):
    unit_id: UUID
    name: Line = Field(min_length=1, max_length=300)
    short_name: Line = Field(min_length=1, max_length=60)
    kind: UnitKind
    tier: Tier
    parent_id: UUID | None = None
    valid_from: Day
    predecessor_ids: tuple[UUID, ...] = ()
    agency_code: MaybeLine = Field("", max_length=35)


class UnitEstablished(Event):
    unit_id: UUID
    name: str
    short_name: str
    kind: UnitKind
    tier: Tier
    parent_id: UUID | None = None
    valid_from: date
    predecessor_ids: tuple[UUID, ...] = ()
    agency_code: str = ""


class RenameUnit(Command):
    unit_id: UUID
    name: Line = Field(min_length=1, max_length=300)
    short_name: Line = Field(min_length=1, max_length=60)


class UnitRenamed(Event):
    unit_id: UUID
    name: str
    short_name: str


class DissolveUnit(Command):
    unit_id: UUID
    valid_to: Day
    successor_ids: tuple[UUID, ...] = ()
    legal_basis: MaybeLine = Field("", max_length=500)


class UnitDissolved(Event):
    unit_id: UUID
    valid_to: date
    successor_ids: tuple[UUID, ...] = ()
    legal_basis: str = ""


class SetMeetingRules(Command):
    unit_id: UUID
    rules: MeetingRules


class MeetingRulesSet(Event):
    unit_id: UUID
    rules: MeetingRules


class RegisterPerson(Command):
    person_id: UUID
    full_name: Line = Field(min_length=1, max_length=120)
    position: MaybeLine = Field("", max_length=200)
    unit_id: UUID | None = None
    email: str = Field("", max_length=200, pattern=EMAIL)
    phone: str = Field("", max_length=30, pattern=PHONE)


class PersonRegistered(Event):
    person_id: UUID
    full_name: str
    position: str = ""
    unit_id: UUID | None = None
    email: str = ""
    phone: str = ""


class CorrectPerson(Command):
    person_id: UUID
    full_name: Line = Field(min_length=1, max_length=120)
    position: MaybeLine = Field("", max_length=200)
    unit_id: UUID | None = None
    email: str = Field("", max_length=200, pattern=EMAIL)
    phone: str = Field("", max_length=30, pattern=PHONE)


class PersonCorrected(Event):
    person_id: UUID
    full_name: str
    position: str = ""
    unit_id: UUID | None = None
    email: str = ""
    phone: str = ""


class GrantMandate(Command):
    """The person is a voting member of the body from `valid_from` until ended."""

    person_id: UUID
    mandate_id: UUID
    body_id: UUID
    title: MaybeLine = Field("", max_length=120)
    valid_from: Day
    valid_to: Day | None = None


class MandateGranted(Event):
    person_id: UUID
    mandate_id: UUID
    body_id: UUID
    title: str = ""
    valid_from: date
    valid_to: date | None = None


class EndMandate(Command):
    person_id: UUID
    mandate_id: UUID
    valid_to: Day
    reason: Line = Field(min_length=1, max_length=500)


class MandateEnded(Event):
    person_id: UUID
    mandate_id: UUID
    valid_to: date
    reason: str


class AssignRole(Command):
    """`unit_id` limits the role to one body or unit; without it the role holds in the whole deployment."""

    person_id: UUID
    role: RoleName
    unit_id: UUID | None = None


class RoleAssigned(Event):
    person_id: UUID
    role: RoleName
    unit_id: UUID | None = None


class WithdrawRole(Command):
    person_id: UUID
    role: RoleName
    unit_id: UUID | None = None


class RoleWithdrawn(Event):
    person_id: UUID
    role: RoleName
    unit_id: UUID | None = None


class OpenAccount(Command):
    """The password is never in the log; the gateway keeps its hash."""

    person_id: UUID
    login: str = Field(min_length=3, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$")


class AccountOpened(Event):
    person_id: UUID
    login: str


class CloseAccount(Command):
    person_id: UUID
    reason: Line = Field(min_length=1, max_length=500)


class AccountClosed(Event):
    person_id: UUID
    login: str
    reason: str


class ClaimLogin(Command):
    """The first claim wins for ever: a login that once acted in the log never names another person."""

    person_id: UUID
    login: str = Field(min_length=3, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$")


class LoginClaimed(Event):
    person_id: UUID
    login: str


class EraseEvent(Command):
    """Personal data in one event are to be forgotten. The actor orders it, another person confirms it.

    `basis`: the decision and the article that it stands on (such as the Law on personal data protection, 91/2025/QH15).
    """

    event_id: UUID
    event_type: str
    stream: str
    position: int
    fields: tuple[str, ...] = Field(min_length=1)
    basis: Line = Field(min_length=10, max_length=1000)
    confirmed_by: UUID


class EventErased(Event):
    """The event at this position stays where it was; what stood in `fields`, and its salt in the ledger, are gone."""

    event_id: UUID
    event_type: str
    stream: str
    position: int
    fields: tuple[str, ...]
    basis: str
    confirmed_by: UUID


class TakeExport(Command):
    """The actor takes the whole log away, personal data and all, as it was signed at this size with this root (hex)."""

    export_id: UUID
    size: int = Field(ge=1)
    root: str = Field(pattern=r"^[0-9a-f]{64}$")
    documents: bool


class LogExported(Event):
    """Recorded before the first byte was given. `documents`: with the bytes of all documents."""

    export_id: UUID
    size: int
    root: str
    documents: bool


class RotateLogKey(Command):
    """Another key is to sign the provable log. The actor orders it, another person confirms it.

    Keys as C2SP writes verifier keys; `statement` is what both keys have signed, `size` the leaves signed before it.
    """

    origin: str
    old_key: str
    new_key: str
    size: int = Field(ge=0)
    statement: str
    confirmed_by: UUID


class LogKeyRotated(Event):
    """The old key signs the tree up to this event, the new one from here on."""

    origin: str
    old_key: str
    new_key: str
    size: int
    statement: str
    confirmed_by: UUID


class RecordState(Command):
    """What one copy of the views shows at a position: the SHA-256 of every table.

    `day`: each copy records one state a day. `made_by`: the fingerprint of the program, because another one may show
    the same log otherwise.
    """

    day: date
    replica: str
    position: int = Field(ge=0)
    made_by: str = Field(pattern=r"^[0-9a-f]{64}$")
    tables: dict[str, str]


class StateHashed(Event):
    """An auditor who builds the views again from the log up to `position` comes to the same hashes."""

    day: date
    replica: str
    position: int
    made_by: str
    tables: dict[str, str]


EVENTS = (
    UnitEstablished,
    UnitRenamed,
    UnitDissolved,
    MeetingRulesSet,
    PersonRegistered,
    PersonCorrected,
    MandateGranted,
    MandateEnded,
    RoleAssigned,
    RoleWithdrawn,
    AccountOpened,
    AccountClosed,
    LoginClaimed,
    EventErased,
    LogExported,
    LogKeyRotated,
    StateHashed,
)
