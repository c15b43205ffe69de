"""Founds the demo ward: units, rules, people, mandates, roles and accounts."""

from dienhong.demo.people import (
    COUNCIL_MEMBERS,
    DELEGATES,
    ELECTED,
    PASSWORD,
    STAFF,
    UNITS,
    DemoPerson,
    DemoUnit,
    demo_id,
)
from dienhong.demo.stage import Stage
from services.directory.messages import (
    AssignRole,
    DissolveUnit,
    EstablishUnit,
    GrantMandate,
    MeetingRules,
    OpenAccount,
    RegisterPerson,
    SetMeetingRules,
)

SUCCESSION = "Nghị quyết sắp xếp đơn vị hành chính cấp xã năm 2025"


def found(stage: Stage) -> None:
    for unit in UNITS:
        _establish(stage, unit)
    _dissolve_old_units(stage)
    _set_rules(stage)
    for person in (*STAFF, *DELEGATES):
        _register(stage, person)
    for member in COUNCIL_MEMBERS:
        stage.does(
            "quantri",
            GrantMandate,
            person_id=demo_id(member.login),
            mandate_id=demo_id(f"mandate-{member.login}"),
            body_id=demo_id("council"),
            title=member.position,
            valid_from=ELECTED,
        )


def _establish(stage: Stage, unit: DemoUnit) -> None:
    stage.does(
        "quantri",
        EstablishUnit,
        unit_id=demo_id(unit.key),
        name=unit.name,
        short_name=unit.short_name,
        kind=unit.kind,
        tier=unit.tier,
        parent_id=demo_id(unit.parent) if unit.parent else None,
        valid_from=unit.valid_from,
        predecessor_ids=tuple(demo_id(key) for key in unit.predecessors),
    )


def _dissolve_old_units(stage: Stage) -> None:
    for unit in UNITS:
        if unit.dissolved_on is not None:
            successors = tuple(demo_id(each.key) for each in UNITS if unit.key in each.predecessors)
            stage.does(
                "quantri",
                DissolveUnit,
                unit_id=demo_id(unit.key),
                valid_to=unit.dissolved_on,
                successor_ids=successors,
                legal_basis=SUCCESSION,
            )


def _set_rules(stage: Stage) -> None:
    council = MeetingRules(
        seats=len(COUNCIL_MEMBERS),
        seats_source="Nghị quyết xác nhận kết quả bầu cử đại biểu HĐND phường nhiệm kỳ 2026 - 2031",
        notice_days_regular=5,
        notice_days_urgent=1,
        notice_in_working_days=False,
    )
    committee = MeetingRules(
        seats=9,
        seats_source="Quyết định phê chuẩn kết quả bầu thành viên UBND phường",
        notice_days_regular=3,
        notice_days_urgent=1,
        notice_in_working_days=True,
    )
    stage.does("quantri", SetMeetingRules, unit_id=demo_id("council"), rules=council)
    stage.does("quantri", SetMeetingRules, unit_id=demo_id("committee"), rules=committee)


def _register(stage: Stage, person: DemoPerson) -> None:
    person_id = demo_id(person.login)
    stage.does(
        "quantri",
        RegisterPerson,
        person_id=person_id,
        full_name=person.full_name,
        position=person.position,
        unit_id=demo_id(person.unit),
        email=f"{person.login}@bentrang.example",
    )
    for role, unit in person.roles:
        stage.does("quantri", AssignRole, person_id=person_id, role=role, unit_id=demo_id(unit) if unit else None)
    stage.does("quantri", OpenAccount, person_id=person_id, login=person.login)


def open_accounts(stage: Stage) -> None:
    for person in (*STAFF, *DELEGATES):
        stage.embedded.identity.set_password(str(demo_id(person.login)), person.login, PASSWORD, person.full_name)
