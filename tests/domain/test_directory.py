"""Units, people, mandates, roles, accounts and logins."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel import search
from kernel.adapters.store_sqlite import SqliteStore
from kernel.decider import Refused
from kernel.ids import uuid7
from services.directory import views
from services.directory.decider import UNIT
from services.directory.messages import (
    AccountClosed,
    AccountOpened,
    AssignRole,
    ClaimLogin,
    CloseAccount,
    CorrectPerson,
    DissolveUnit,
    EndMandate,
    EstablishUnit,
    GrantMandate,
    LoginClaimed,
    MandateEnded,
    MandateGranted,
    MeetingRules,
    MeetingRulesSet,
    OpenAccount,
    PersonCorrected,
    PersonRegistered,
    RegisterPerson,
    RenameUnit,
    RoleAssigned,
    RoleName,
    RoleWithdrawn,
    SetMeetingRules,
    Tier,
    UnitDissolved,
    UnitEstablished,
    UnitKind,
    UnitRenamed,
    WithdrawRole,
)
from services.directory.names import alphabetical, name_order, tidy
from services.directory.people import LOGIN, PERSON
from services.directory.service import CODEC, DirectoryService
from tests.given import given
from tests.stamps import ids, stamp

WARD, DISTRICT, PROVINCE, OFFICE, ANA, BEN = (
    ids(each) for each in ("ward", "district", "province", "office", "ana", "ben")
)
REFORM = date(2025, 7, 1)
EVE_OF_REFORM = date(2025, 6, 30)


def unit(unit_id: UUID, kind: UnitKind = UnitKind.people_council, **fields: Any) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "name": "HĐND phường Thử Nghiệm",
        "short_name": "HĐND",
        "kind": kind,
        "tier": Tier.commune_level,
        "valid_from": REFORM,
        **fields,
    }


def rules(**fields: Any) -> MeetingRules:
    return MeetingRules(
        **{
            "seats": 27,
            "seats_source": "Nghị quyết số 01/NQ-HĐND",
            "notice_days_regular": 5,
            "notice_days_urgent": 1,
            "notice_in_working_days": False,
            **fields,
        }
    )


ESTABLISHED = UnitEstablished(**unit(WARD))
DISSOLVED = UnitDissolved(unit_id=WARD, valid_to=date(2026, 1, 31), legal_basis="Nghị quyết sắp xếp")
REGISTERED = PersonRegistered(person_id=ANA, full_name="Nguyễn Thị An")
MANDATE = MandateGranted(person_id=ANA, mandate_id=ids("m1"), body_id=WARD, title="Đại biểu", valid_from=REFORM)
MANDATE_ENDED = MandateEnded(person_id=ANA, mandate_id=ids("m1"), valid_to=date(2026, 3, 31), reason="Chuyển công tác")


def test_a_unit_is_established_once() -> None:
    establish = stamp(EstablishUnit, **unit(WARD))
    given(UNIT).when(establish).then(ESTABLISHED)
    given(UNIT, ESTABLISHED).when(establish).then_nothing()
    given(UNIT, ESTABLISHED).when(stamp(EstablishUnit, **unit(WARD, name="Tên khác"))).then_refused("unit_exists")


@pytest.mark.parametrize("field", [{"parent_id": WARD}, {"predecessor_ids": (WARD,)}])
def test_a_unit_is_neither_its_own_parent_nor_its_own_predecessor(field: dict[str, Any]) -> None:
    given(UNIT).when(stamp(EstablishUnit, **unit(WARD, **field))).then_refused("unit_refers_to_itself")


def test_a_unit_is_renamed_only_to_another_name() -> None:
    rename = stamp(RenameUnit, unit_id=WARD, name="HĐND phường Mới", short_name="HĐND")
    renamed = UnitRenamed(unit_id=WARD, name="HĐND phường Mới", short_name="HĐND")
    given(UNIT, ESTABLISHED).when(rename).then(renamed)
    given(UNIT, ESTABLISHED, renamed).when(rename).then_nothing()
    given(UNIT).when(rename).then_refused("unknown_unit")
    given(UNIT, ESTABLISHED, DISSOLVED).when(rename).then_refused("unit_dissolved")


def test_a_unit_is_dissolved_once_and_not_before_it_began() -> None:
    dissolve = stamp(DissolveUnit, unit_id=WARD, valid_to=DISSOLVED.valid_to, legal_basis=DISSOLVED.legal_basis)
    given(UNIT, ESTABLISHED).when(dissolve).then(DISSOLVED)
    given(UNIT, ESTABLISHED, DISSOLVED).when(dissolve).then_nothing()
    given(UNIT, ESTABLISHED, DISSOLVED).when(stamp(DissolveUnit, unit_id=WARD, valid_to=date(2027, 1, 1))).then_refused(
        "unit_dissolved"
    )
    given(UNIT, ESTABLISHED).when(stamp(DissolveUnit, unit_id=WARD, valid_to=EVE_OF_REFORM)).then_refused(
        "ends_before_it_starts"
    )
    given(UNIT, ESTABLISHED).when(
        stamp(DissolveUnit, unit_id=WARD, valid_to=REFORM, successor_ids=(WARD,))
    ).then_refused("unit_refers_to_itself")


def test_meeting_rules_belong_to_bodies_that_stand() -> None:
    set_rules = stamp(SetMeetingRules, unit_id=WARD, rules=rules())
    was_set = MeetingRulesSet(unit_id=WARD, rules=rules())
    given(UNIT, ESTABLISHED).when(set_rules).then(was_set)
    given(UNIT, ESTABLISHED, was_set).when(set_rules).then_nothing()
    given(UNIT, ESTABLISHED, DISSOLVED).when(set_rules).then_refused("unit_dissolved")
    given(UNIT, UnitEstablished(**unit(WARD, UnitKind.department))).when(set_rules).then_refused("not_a_body")


def test_a_quorum_is_never_more_than_everybody() -> None:
    too_much = stamp(SetMeetingRules, unit_id=WARD, rules=rules(quorum_numerator=4, quorum_denominator=3))
    given(UNIT, ESTABLISHED).when(too_much).then_refused("quorum_above_all")


def test_a_person_is_registered_once() -> None:
    register = stamp(RegisterPerson, person_id=ANA, full_name="Nguyễn Thị An")
    given(PERSON).when(register).then(REGISTERED)
    given(PERSON, REGISTERED).when(register).then_nothing()
    given(PERSON, REGISTERED).when(stamp(RegisterPerson, person_id=ANA, full_name="Trần Thị An")).then_refused(
        "person_exists"
    )


def test_a_correction_says_only_what_is_new() -> None:
    correct = stamp(CorrectPerson, person_id=ANA, full_name="Nguyễn Thị Ân", phone="0912 345 678")
    corrected = PersonCorrected(person_id=ANA, full_name="Nguyễn Thị Ân", phone="0912 345 678")
    given(PERSON, REGISTERED).when(correct).then(corrected)
    given(PERSON, REGISTERED, corrected).when(correct).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        stamp(CorrectPerson, person_id=ANA, full_name="An"),
        stamp(GrantMandate, person_id=ANA, mandate_id=ids("m1"), body_id=WARD, valid_from=REFORM),
        stamp(EndMandate, person_id=ANA, mandate_id=ids("m1"), valid_to=REFORM, reason="Nghỉ hưu"),
        stamp(AssignRole, person_id=ANA, role=RoleName.leader),
        stamp(WithdrawRole, person_id=ANA, role=RoleName.leader),
        stamp(OpenAccount, person_id=ANA, login="ana"),
        stamp(CloseAccount, person_id=ANA, reason="Nghỉ hưu"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_happens_to_somebody_who_is_not_registered(command: Any) -> None:
    given(PERSON).when(command).then_refused("unknown_person")


def grant(mandate: str, valid_from: date, valid_to: date | None = None, body: UUID = WARD) -> GrantMandate:
    return stamp(
        GrantMandate,
        person_id=ANA,
        mandate_id=ids(mandate),
        body_id=body,
        title="Đại biểu",
        valid_from=valid_from,
        valid_to=valid_to,
    )


def test_a_mandate_is_granted_once() -> None:
    given(PERSON, REGISTERED).when(grant("m1", REFORM)).then(MANDATE)
    given(PERSON, REGISTERED, MANDATE).when(grant("m1", REFORM)).then_nothing()
    given(PERSON, REGISTERED, MANDATE).when(grant("m1", date(2026, 1, 1))).then_refused("mandate_exists")


def test_two_mandates_of_one_body_never_overlap() -> None:
    given(PERSON, REGISTERED, MANDATE).when(grant("m2", date(2030, 1, 1))).then_refused("mandate_overlaps")
    before = grant("m2", date(2021, 5, 23), EVE_OF_REFORM)
    given(PERSON, REGISTERED, MANDATE).when(before).then(
        MANDATE.model_copy(update={"mandate_id": ids("m2"), "valid_from": date(2021, 5, 23), "valid_to": EVE_OF_REFORM})
    )
    given(PERSON, REGISTERED, MANDATE).when(grant("m2", date(2021, 5, 23), REFORM)).then_refused("mandate_overlaps")


def test_a_new_mandate_follows_the_day_after_the_old_one_ended() -> None:
    history = (REGISTERED, MANDATE, MANDATE_ENDED)
    given(PERSON, *history).when(grant("m2", date(2026, 3, 31))).then_refused("mandate_overlaps")
    given(PERSON, *history).when(grant("m2", date(2026, 4, 1))).then(
        MANDATE.model_copy(update={"mandate_id": ids("m2"), "valid_from": date(2026, 4, 1)})
    )


def test_one_may_sit_in_two_bodies_at_once() -> None:
    other = MANDATE.model_copy(update={"mandate_id": ids("m2"), "body_id": PROVINCE})
    given(PERSON, REGISTERED, MANDATE).when(grant("m2", REFORM, body=PROVINCE)).then(other)


def test_a_mandate_does_not_end_before_it_begins() -> None:
    given(PERSON, REGISTERED).when(grant("m1", REFORM, EVE_OF_REFORM)).then_refused("ends_before_it_starts")
    early = stamp(EndMandate, person_id=ANA, mandate_id=ids("m1"), valid_to=EVE_OF_REFORM, reason="Nhầm")
    given(PERSON, REGISTERED, MANDATE).when(early).then_refused("ends_before_it_starts")


def test_a_mandate_ends_once() -> None:
    end = stamp(
        EndMandate, person_id=ANA, mandate_id=ids("m1"), valid_to=MANDATE_ENDED.valid_to, reason="Chuyển công tác"
    )
    given(PERSON, REGISTERED, MANDATE).when(end).then(MANDATE_ENDED)
    given(PERSON, REGISTERED, MANDATE, MANDATE_ENDED).when(end).then_nothing()
    later = stamp(EndMandate, person_id=ANA, mandate_id=ids("m1"), valid_to=date(2026, 9, 1), reason="Nghỉ hưu")
    given(PERSON, REGISTERED, MANDATE, MANDATE_ENDED).when(later).then_refused("mandate_already_ended")
    given(PERSON, REGISTERED).when(end).then_refused("unknown_mandate")


def test_ending_never_prolongs_a_mandate() -> None:
    short = MANDATE.model_copy(update={"valid_to": date(2025, 12, 31)})
    later = stamp(EndMandate, person_id=ANA, mandate_id=ids("m1"), valid_to=date(2026, 9, 1), reason="Nghỉ hưu")
    given(PERSON, REGISTERED, short).when(later).then_refused("mandate_already_ended")


def test_a_role_is_assigned_once_per_scope_and_withdrawn_once() -> None:
    assign = stamp(AssignRole, person_id=ANA, role=RoleName.leader, unit_id=WARD)
    assigned = RoleAssigned(person_id=ANA, role=RoleName.leader, unit_id=WARD)
    withdraw = stamp(WithdrawRole, person_id=ANA, role=RoleName.leader, unit_id=WARD)
    withdrawn = RoleWithdrawn(person_id=ANA, role=RoleName.leader, unit_id=WARD)
    given(PERSON, REGISTERED).when(assign).then(assigned)
    given(PERSON, REGISTERED, assigned).when(assign).then_nothing()
    given(PERSON, REGISTERED, assigned).when(stamp(AssignRole, person_id=ANA, role=RoleName.leader)).then(
        RoleAssigned(person_id=ANA, role=RoleName.leader)
    )
    given(PERSON, REGISTERED, assigned).when(withdraw).then(withdrawn)
    given(PERSON, REGISTERED, assigned, withdrawn).when(withdraw).then_nothing()


def test_an_administrator_does_not_unmake_themself() -> None:
    history = (REGISTERED, RoleAssigned(person_id=ANA, role=RoleName.administrator))
    withdraw = {"person_id": ANA, "role": RoleName.administrator}
    given(PERSON, *history).when(stamp(WithdrawRole, actor="ana", **withdraw)).then_refused("own_administrator_role")
    given(PERSON, *history).when(stamp(WithdrawRole, actor="ben", **withdraw)).then(
        RoleWithdrawn(person_id=ANA, role=RoleName.administrator)
    )


def test_one_person_has_one_account_at_a_time() -> None:
    opened = AccountOpened(person_id=ANA, login="an.nguyen")
    closed = AccountClosed(person_id=ANA, login="an.nguyen", reason="Nghỉ hưu")
    open_account = stamp(OpenAccount, person_id=ANA, login="an.nguyen")
    close = stamp(CloseAccount, person_id=ANA, reason="Nghỉ hưu")
    given(PERSON, REGISTERED).when(open_account).then(opened)
    given(PERSON, REGISTERED, opened).when(open_account).then_nothing()
    given(PERSON, REGISTERED, opened).when(stamp(OpenAccount, person_id=ANA, login="ana")).then_refused("account_open")
    given(PERSON, REGISTERED, opened).when(close).then(closed)
    given(PERSON, REGISTERED, opened, closed).when(close).then_nothing()
    given(PERSON, REGISTERED, opened, closed).when(open_account).then(opened)
    given(PERSON, REGISTERED).when(close).then_nothing()


def test_nobody_closes_their_own_account() -> None:
    opened = AccountOpened(person_id=ANA, login="an.nguyen")
    close = stamp(CloseAccount, actor="ana", person_id=ANA, reason="Nghỉ hưu")
    given(PERSON, REGISTERED, opened).when(close).then_refused("own_account")


def test_a_login_belongs_to_one_person_for_ever() -> None:
    claimed = LoginClaimed(person_id=ANA, login="an.nguyen")
    given(LOGIN).when(stamp(ClaimLogin, person_id=ANA, login="an.nguyen")).then(claimed)
    given(LOGIN, claimed).when(stamp(ClaimLogin, person_id=ANA, login="an.nguyen")).then_nothing()
    given(LOGIN, claimed).when(stamp(ClaimLogin, person_id=BEN, login="an.nguyen")).then_refused("login_taken")


@pytest.mark.parametrize(
    "fields",
    [
        {"full_name": "   "},
        {"full_name": "Nguyễn\nAn"},
        {"full_name": "An", "email": "an@ubnd"},
        {"full_name": "An", "email": "an ubnd@tinh.gov.vn"},
        {"full_name": "An", "phone": "gọi văn phòng"},
    ],
)
def test_a_name_is_one_visible_line_and_contacts_can_be_used(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        stamp(RegisterPerson, person_id=ANA, **fields)


def test_names_are_listed_by_the_given_name() -> None:
    names = ["Trần Văn Bình", "Nguyễn Thị An", "Lê Đình Đạt", "Phạm Ân", "Vũ Dũng"]
    assert sorted(names, key=name_order) == ["Nguyễn Thị An", "Phạm Ân", "Trần Văn Bình", "Lê Đình Đạt", "Vũ Dũng"]
    assert tidy("  Nguye\u0302\u0303n   An ") == "Nguyễn An"


def test_units_are_listed_by_the_vietnamese_alphabet() -> None:
    names = ["Ban Kinh tế", "Bàn giấy", "Du lịch", "Đảng ủy", "Phòng 2", "Phòng Tư pháp", "Ủy ban", "Văn phòng"]
    assert sorted(reversed(names), key=alphabetical) == names
    tones = ["ma", "mà", "mả", "mã", "má", "mạ", "măng", "mân"]
    assert sorted(reversed(tones), key=alphabetical) == tones
    assert alphabetical("U\u0309y ban")[0] == alphabetical("Ủy ban")[0]


class Directory:
    """The service on a log in memory, with its views caught up after each command."""

    def __init__(self) -> None:
        self.store = SqliteStore(":memory:")
        self.service = DirectoryService(self.store, "test.dienhong")
        self.connection = sqlite3.connect(":memory:")
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(search.SCHEMA + views.SCHEMA)
        self._seen = 0

    def does(self, command: Any) -> None:
        self.service.execute(command)
        for recorded in self.store.read_all(self._seen, 1000):
            views.project(self.connection, recorded, CODEC.decode(recorded))
            self._seen = recorded.position

    def refuses(self, command: Any) -> str:
        with pytest.raises(Refused) as refusal:
            self.service.execute(command)
        return refusal.value.code


@pytest.fixture
def directory() -> Iterator[Directory]:
    directory = Directory()
    with closing(directory.store), closing(directory.connection):
        yield directory


def two_tiers(directory: Directory) -> None:
    """A district of before the reform, dissolved into a ward under the province."""
    before = {"valid_from": date(2016, 1, 1)}
    directory.does(stamp(EstablishUnit, **unit(PROVINCE, name="HĐND tỉnh", tier=Tier.province_level, **before)))
    directory.does(
        stamp(EstablishUnit, **unit(DISTRICT, name="HĐND quận", tier=Tier.district_level, parent_id=PROVINCE, **before))
    )
    directory.does(stamp(DissolveUnit, unit_id=DISTRICT, valid_to=EVE_OF_REFORM, legal_basis="Luật số 72/2025/QH15"))
    directory.does(stamp(EstablishUnit, **unit(WARD, parent_id=PROVINCE, predecessor_ids=(DISTRICT,))))


def test_the_tree_of_a_day_shows_the_units_of_that_day(directory: Directory) -> None:
    two_tiers(directory)
    then = views.unit_tree(directory.connection, EVE_OF_REFORM)
    now = views.unit_tree(directory.connection, REFORM)
    assert [(node.unit.name, [child.unit.id for child in node.children]) for node in then] == [
        ("HĐND tỉnh", [str(DISTRICT)])
    ]
    assert [(node.unit.name, [child.unit.id for child in node.children]) for node in now] == [
        ("HĐND tỉnh", [str(WARD)])
    ]


def test_succession_is_seen_from_both_sides(directory: Directory) -> None:
    two_tiers(directory)
    old, new = views.unit(directory.connection, DISTRICT), views.unit(directory.connection, WARD)
    assert old is not None and new is not None
    assert old.successor_ids == (str(WARD),) and new.predecessor_ids == (str(DISTRICT),)
    assert old.valid_to == EVE_OF_REFORM and old.legal_basis == "Luật số 72/2025/QH15"


def test_a_parent_must_stand_on_the_day_its_child_begins(directory: Directory) -> None:
    two_tiers(directory)
    child = unit(OFFICE, UnitKind.office, parent_id=DISTRICT)
    assert directory.refuses(stamp(EstablishUnit, **child)) == "parent_not_valid"
    too_early = unit(OFFICE, UnitKind.office, parent_id=PROVINCE, valid_from=date(2015, 1, 1))
    assert directory.refuses(stamp(EstablishUnit, **too_early)) == "parent_not_valid"
    nowhere = unit(OFFICE, UnitKind.office, parent_id=ids("nowhere"))
    assert directory.refuses(stamp(EstablishUnit, **nowhere)) == "unknown_unit"


def test_a_mandate_is_of_a_body_that_stands(directory: Directory) -> None:
    two_tiers(directory)
    directory.does(stamp(EstablishUnit, **unit(OFFICE, UnitKind.office)))
    directory.does(stamp(RegisterPerson, person_id=ANA, full_name="Nguyễn Thị An"))
    assert directory.refuses(grant("m1", REFORM, body=OFFICE)) == "not_a_body"
    assert directory.refuses(grant("m1", REFORM, body=DISTRICT)) == "body_not_valid"
    assert directory.refuses(grant("m1", REFORM, body=ids("nowhere"))) == "unknown_unit"


def test_members_are_those_whose_mandate_is_valid_on_the_day(directory: Directory) -> None:
    two_tiers(directory)
    directory.does(stamp(RegisterPerson, person_id=ANA, full_name="Nguyễn Thị An"))
    directory.does(grant("m1", REFORM))
    directory.does(stamp(EndMandate, person_id=ANA, mandate_id=ids("m1"), valid_to=date(2026, 3, 31), reason="Ốm"))

    def present(day: date) -> list[str]:
        return [each.full_name for each in views.members_of(directory.connection, WARD, day)]

    assert present(EVE_OF_REFORM) == []
    assert present(REFORM) == present(date(2026, 3, 31)) == ["Nguyễn Thị An"]
    assert present(date(2026, 4, 1)) == []


def test_a_refused_account_claims_no_login(directory: Directory) -> None:
    for person, name in ((ANA, "Nguyễn Thị An"), (BEN, "Trần Văn Bình")):
        directory.does(stamp(RegisterPerson, person_id=person, full_name=name))
    directory.does(stamp(OpenAccount, person_id=ANA, login="an.nguyen"))
    assert directory.refuses(stamp(OpenAccount, person_id=ANA, login="free")) == "account_open"
    directory.does(stamp(OpenAccount, person_id=BEN, login="free"))
    assert directory.refuses(stamp(OpenAccount, person_id=ids("nobody"), login="other")) == "unknown_person"
    found = views.person_of_login(directory.connection, "free")
    assert found is not None and found.id == str(BEN) and found.account_open


def test_roles_are_found_by_scope(directory: Directory) -> None:
    two_tiers(directory)
    for person, name in ((ANA, "Nguyễn Thị An"), (BEN, "Trần Văn Bình")):
        directory.does(stamp(RegisterPerson, person_id=person, full_name=name, unit_id=WARD))
    directory.does(stamp(AssignRole, person_id=ANA, role=RoleName.leader, unit_id=WARD))
    directory.does(stamp(AssignRole, person_id=BEN, role=RoleName.leader))

    def leaders(unit_id: UUID | None) -> list[str]:
        return [each.full_name for each in views.people_with_role(directory.connection, RoleName.leader, unit_id)]

    assert leaders(WARD) == leaders(None) == ["Nguyễn Thị An", "Trần Văn Bình"]
    assert leaders(PROVINCE) == ["Trần Văn Bình"]
    assert views.person_names(directory.connection, [ANA, ids("nobody")]) == {str(ANA): "Nguyễn Thị An"}


spans = st.tuples(
    st.dates(date(2020, 1, 1), date(2022, 1, 1)), st.none() | st.dates(date(2020, 1, 1), date(2022, 1, 1))
)


@any_of(st.lists(spans, max_size=8))
def test_whatever_is_asked_no_day_has_two_mandates_of_one_body(asked: list[tuple[date, date | None]]) -> None:
    state = PERSON.fold([REGISTERED])
    for number, (valid_from, valid_to) in enumerate(asked):
        try:
            events = PERSON.decide(grant(f"m{number}", valid_from, valid_to), state)
        except Refused:
            continue
        for event in events:
            state = PERSON.evolve(state, event)
    held = state.mandates  # type: ignore[union-attr]
    for day in (each for valid_from, valid_to in asked for each in (valid_from, valid_to) if each):
        covering = [
            each for each in held if each.granted.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
        ]
        assert len(covering) <= 1


def test_every_event_is_read_back_as_it_was_written() -> None:
    command = stamp(AssignRole, person_id=ANA, role=RoleName.leader, command_id=uuid7())
    for event in (ESTABLISHED, DISSOLVED, REGISTERED, MANDATE, MANDATE_ENDED):
        stored = CODEC.encode(event, command, 0, "test.dienhong")
        assert type(event).model_validate_json(stored.data) == event
