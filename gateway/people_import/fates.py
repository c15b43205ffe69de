"""What becomes of each row: a new person, somebody already there, or an error with its reasons."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError

from gateway.people_import.columns import cells_of, day, phone, read_header, role_names
from gateway.people_import.known import Known
from gateway.people_import.sheet import Row
from kernel.search import fold
from services.directory import views as directory
from services.directory.messages import OpenAccount, RegisterPerson, RoleName

EVERYWHERE = frozenset({RoleName.administrator, RoleName.auditor})
OF_THE_UNIT = frozenset({RoleName.leader, RoleName.officer})


class Fate(StrEnum):
    new = "new"
    existing = "existing"
    error = "error"


class Adds(StrEnum):
    person = "person"
    mandate = "mandate"
    role = "role"
    account = "account"


@dataclass(frozen=True)
class MandateAsked:
    body_id: UUID
    title: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Entry:
    """A row that can be written. `login` only where an account is to be opened."""

    person_id: UUID
    full_name: str
    position: str
    unit_id: UUID | None
    email: str
    phone: str
    is_new: bool
    mandate: MandateAsked | None
    roles: tuple[tuple[RoleName, UUID | None], ...]
    login: str | None

    @property
    def adds(self) -> tuple[Adds, ...]:
        asked = (
            (self.is_new, Adds.person),
            (self.mandate, Adds.mandate),
            (self.roles, Adds.role),
            (self.login, Adds.account),
        )
        return tuple(what for wanted, what in asked if wanted)


@dataclass(frozen=True)
class RowFate:
    """`number` counts as the spreadsheet does: the header is line 1."""

    number: int
    cells: dict[str, str]
    fate: Fate
    reasons: tuple[str, ...] = ()
    same_as_line: int | None = None
    entry: Entry | None = None


@dataclass
class Reading:
    """One row while it is being understood; the first reasons found are all told at once."""

    cells: dict[str, str]
    reasons: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)


def fates(rows: list[Row], known: Known, today: date) -> list[RowFate]:
    """The header must be good. Nothing is written."""
    header = read_header(rows[0])
    seen: dict[str, int] = {}
    found: list[RowFate] = []
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        cells = cells_of(header, row)
        cells["phone"], cells["login"] = phone(cells["phone"]), cells["login"].casefold()
        fate = _fate(number, cells, known, today)
        marks = [f"{name}:{cells[name].casefold()}" for name in ("login", "email") if cells[name]]
        if fate.entry is not None:
            marks.append(str(fate.entry.person_id))
        earlier = [seen[mark] for mark in marks if mark in seen]
        if earlier:
            fate = RowFate(number, cells, Fate.error, (*fate.reasons, "duplicate_in_file"), same_as_line=earlier[0])
        for mark in marks:
            seen.setdefault(mark, number)
        found.append(fate)
    return found


def _fate(number: int, cells: dict[str, str], known: Known, today: date) -> RowFate:
    reading = Reading(cells)
    unit = _unit(reading, known, "unit", "unknown_unit")
    body = _unit(reading, known, "body", "unknown_body")
    if unit is not None and unit.valid_to is not None and unit.valid_to < today:
        reading.refuse("unit_not_valid")
    unit_id = UUID(unit.id) if unit else None
    _check_fields(reading, unit_id)
    mandate = _mandate(reading, body)
    roles = _roles(reading, unit_id, UUID(body.id) if body else None)
    person = _person(reading, known, unit_id)
    if person is not None:
        mandate = _new_mandate(reading, known.mandates(person.id), mandate)
        held = known.roles(person.id)
        roles = tuple(each for each in roles if (each[0], str(each[1]) if each[1] else None) not in held)
        if cells["login"] and person.account_open and person.login != cells["login"]:
            reading.refuse("account_open")
    if reading.reasons:
        return RowFate(number, cells, Fate.error, tuple(reading.reasons))
    opens = cells["login"] and not (person and person.account_open)
    entry = Entry(
        person_id=UUID(person.id) if person else known.person_id(cells, unit_id),
        full_name=cells["full_name"],
        position=cells["position"],
        unit_id=unit_id,
        email=cells["email"],
        phone=cells["phone"],
        is_new=person is None,
        mandate=mandate,
        roles=roles,
        login=cells["login"] if opens else None,
    )
    return RowFate(number, cells, Fate.existing if person else Fate.new, entry=entry)


def _unit(reading: Reading, known: Known, column: str, reason: str) -> directory.Unit | None:
    name = reading.cells[column]
    found = known.units(name) if name else []
    if name and not found:
        reading.refuse(reason)
    if len(found) > 1:
        reading.refuse("ambiguous_unit")
    return found[0] if len(found) == 1 else None


REASON_OF_FIELD = {"full_name": "bad_name", "position": "too_long", "email": "bad_email", "phone": "bad_phone"}


def _check_fields(reading: Reading, unit_id: UUID | None) -> None:
    """By the very commands that would be sent, so that the preview promises nothing that is refused later."""
    cells = reading.cells
    if not cells["full_name"]:
        reading.refuse("missing_name")
    nobody = {"id": UUID(int=0), "actor": "", "at": "2000-01-01T00:00:00Z", "person_id": UUID(int=0)}
    particulars = {name: cells[name] for name in REASON_OF_FIELD if cells[name]}
    try:
        RegisterPerson.model_validate({**nobody, "full_name": "-", "unit_id": unit_id, **particulars})
    except ValidationError as error:
        for each in error.errors():
            reading.refuse(REASON_OF_FIELD.get(str(each["loc"][0]), "bad_name"))
    if cells["login"]:
        try:
            OpenAccount.model_validate({**nobody, "login": cells["login"]})
        except ValidationError:
            reading.refuse("bad_login")
    if len(cells["title"]) > 120:
        reading.refuse("too_long")


def _mandate(reading: Reading, body: directory.Unit | None) -> MandateAsked | None:
    valid_from, valid_to = _day(reading, "valid_from"), _day(reading, "valid_to")
    if body is None:
        if not reading.cells["body"] and (valid_from or valid_to):
            reading.refuse("mandate_needs_body")
        return None
    if not body.is_body:
        reading.refuse("not_a_body")
    if valid_from is None:
        reading.refuse("mandate_needs_date")
        return None
    if valid_to is not None and valid_to < valid_from:
        reading.refuse("ends_before_it_starts")
    if not body.valid_on(valid_from):
        reading.refuse("body_not_valid")
    return MandateAsked(UUID(body.id), reading.cells["title"], valid_from, valid_to)


def _day(reading: Reading, column: str) -> date | None:
    text = reading.cells[column]
    found = day(text) if text else None
    if text and found is None:
        reading.refuse("bad_date")
    return found


def _roles(reading: Reading, unit_id: UUID | None, body_id: UUID | None) -> tuple[tuple[RoleName, UUID | None], ...]:
    """Leaders and officers serve their unit, the others the body; administrators and auditors the deployment."""
    named = role_names(reading.cells["roles"])
    if named is None:
        reading.refuse("unknown_role")
        return ()
    scoped: list[tuple[RoleName, UUID | None]] = []
    for role in named:
        scope = (unit_id or body_id) if role in OF_THE_UNIT else (body_id or unit_id)
        if role in EVERYWHERE:
            scope = None
        elif scope is None:
            reading.refuse("role_needs_unit")
        if (role, scope) not in scoped:
            scoped.append((role, scope))
    return tuple(scoped)


def _person(reading: Reading, known: Known, unit_id: UUID | None) -> directory.Person | None:
    found = known.matching(reading.cells, unit_id)
    if len(found) > 1:
        reading.refuse("ambiguous_person")
        return None
    if found and fold(found[0].full_name) != fold(reading.cells["full_name"]):
        reading.refuse("login_taken")
        return None
    return found[0] if found else None


def _new_mandate(reading: Reading, held: list[directory.Mandate], asked: MandateAsked | None) -> MandateAsked | None:
    """None when the person has this very mandate."""
    if asked is None:
        return None
    of_body = [each for each in held if each.body_id == str(asked.body_id)]
    if any(each.valid_from == asked.valid_from for each in of_body):
        return None
    if any(
        each.valid_from <= (asked.valid_to or date.max) and (each.valid_to or date.max) >= asked.valid_from
        for each in of_body
    ):
        reading.refuse("mandate_overlaps")
    return asked
