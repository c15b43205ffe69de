"""Units, bodies, people, mandates, roles and accounts as JSON."""

from dataclasses import asdict
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from gateway.api import people_import
from gateway.api.commands import Body, command_route
from gateway.edge import Context, Done, Edge
from gateway.web.pages import local
from kernel.decider import Refused
from kernel.search import fold
from services.directory import views as directory
from services.directory.messages import (
    AssignRole,
    CloseAccount,
    CorrectPerson,
    Day,
    DissolveUnit,
    EndMandate,
    EstablishUnit,
    GrantMandate,
    MeetingRules,
    OpenAccount,
    RegisterPerson,
    RenameUnit,
    RoleName,
    SetMeetingRules,
    Tier,
    UnitKind,
    WithdrawRole,
)

router = APIRouter(tags=["directory"])
router.include_router(people_import.router)

MANAGE = "manage_directory"
command_route(router, "/units", EstablishUnit, action=MANAGE, creates="unit_id")
command_route(router, "/units/{unit_id}/name", RenameUnit, action=MANAGE)
command_route(router, "/units/{unit_id}/dissolution", DissolveUnit, action=MANAGE)
command_route(router, "/units/{unit_id}/rules", SetMeetingRules, action=MANAGE)
command_route(router, "/people", RegisterPerson, action=MANAGE, creates="person_id")
command_route(router, "/people/{person_id}/correction", CorrectPerson, action=MANAGE)
command_route(router, "/people/{person_id}/mandates", GrantMandate, action=MANAGE, creates="mandate_id")
command_route(router, "/people/{person_id}/mandates/{mandate_id}/end", EndMandate, action=MANAGE)
command_route(router, "/people/{person_id}/roles", AssignRole, action=MANAGE)
command_route(router, "/people/{person_id}/roles/withdrawal", WithdrawRole, action=MANAGE)

AsOf = Annotated[Day | None, Query(description="As of this day; today when absent.")]


class UnitShown(BaseModel):
    """`valid_to` is the last day of the unit; null while it stands."""

    id: UUID
    name: str
    short_name: str
    kind: UnitKind
    tier: Tier
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None
    legal_basis: str
    agency_code: str
    predecessor_ids: list[UUID]
    successor_ids: list[UUID]
    is_body: bool


class UnitInFull(UnitShown):
    rules: MeetingRules | None


class MemberShown(BaseModel):
    person_id: UUID
    full_name: str
    position: str
    title: str
    mandate_id: UUID
    valid_from: date
    valid_to: date | None


class PersonShown(BaseModel):
    """Contacts and the login are null for readers who have no need of them."""

    id: UUID
    full_name: str
    position: str
    unit_id: UUID | None
    unit_name: str
    email: str | None = None
    phone: str | None = None
    login: str | None = None
    account_open: bool | None = None


class MandateShown(BaseModel):
    id: UUID
    body_id: UUID
    body_name: str
    title: str
    valid_from: date
    valid_to: date | None
    end_reason: str


class RoleShown(BaseModel):
    role: RoleName
    unit_id: UUID | None
    unit_name: str


class PersonInFull(PersonShown):
    mandates: list[MandateShown]
    roles: list[RoleShown]


class AccountBody(Body):
    login: str = Field(min_length=3, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$")


class Activated(Done):
    """`activation_code` is shown this once; with it the person chooses a password within 14 days."""

    login: str
    activation_code: str


@router.get("/units", summary="Units valid on a day", operation_id="units")
def list_units(edge: Edge, on: AsOf = None, everything: bool = False) -> list[UnitShown]:
    edge.require("see_directory")
    return [unit_shown(each) for each in directory.units(edge.views, None if everything else on or today(edge))]


@router.get("/units/{unit_id}", summary="A unit with its meeting rules", operation_id="unit")
def show_unit(edge: Edge, unit_id: UUID) -> UnitInFull:
    edge.require("see_directory", unit_id=unit_id)
    unit = known_unit(edge, unit_id)
    return UnitInFull(**unit_shown(unit).model_dump(), rules=directory.rules_of(edge.views, unit_id))


@router.get("/units/{unit_id}/members", summary="Voting members on a day", operation_id="members")
def list_members(edge: Edge, unit_id: UUID, on: AsOf = None) -> list[MemberShown]:
    edge.require("see_directory", unit_id=unit_id)
    found = directory.members_of(edge.views, unit_id, on or today(edge))
    return [MemberShown.model_validate(asdict(each)) for each in found]


@router.get("/people", summary="People by name", operation_id="people")
def list_people(
    edge: Edge,
    q: Annotated[str, Query(max_length=200)] = "",
    unit_id: UUID | None = None,
    role: RoleName | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[PersonShown]:
    edge.require("see_directory")
    found = find_people(edge, q, unit_id, role)
    return [person_shown(edge, each) for each in found[offset : offset + limit]]


@router.get("/people/{person_id:uuid}", summary="A person with mandates and roles", operation_id="person")
def show_person(edge: Edge, person_id: UUID) -> PersonInFull:
    edge.require("see_directory", person_id=person_id)
    person = known_person(edge, person_id)
    return PersonInFull(
        **person_shown(edge, person).model_dump(),
        mandates=[
            MandateShown.model_validate(asdict(each), extra="ignore")
            for each in directory.mandates_of(edge.views, person_id)
        ],
        roles=[
            RoleShown.model_validate(asdict(each), extra="ignore") for each in directory.roles_of(edge.views, person_id)
        ],
    )


@router.post("/people/{person_id}/account", status_code=201, summary="Open an account", operation_id="open_account")
def open_account(edge: Edge, person_id: UUID, body: AccountBody) -> Activated:
    edge.require(MANAGE, person_id=person_id)
    done = edge.send(OpenAccount, person_id=person_id, login=body.login)
    person = known_person(edge, person_id)
    code = edge.gate.identity.issue_code(person.id, body.login, person.full_name)
    return Activated(position=done.position, login=body.login, activation_code=code)


@router.post("/people/{person_id}/account/code", summary="A new activation code", operation_id="issue_code")
def issue_code(edge: Edge, person_id: UUID) -> Activated:
    edge.require(MANAGE, person_id=person_id)
    person = known_person(edge, person_id)
    if person.login is None or not person.account_open:
        raise Refused("no_open_account", person.id)
    code = edge.gate.identity.issue_code(person.id, person.login, person.full_name)
    return Activated(position=edge.gate.views.position, login=person.login, activation_code=code)


class Closing(Body):
    reason: str = Field(min_length=1, max_length=500)


@router.post("/people/{person_id}/account/closure", summary="Close an account", operation_id="close_account")
def close_account(edge: Edge, person_id: UUID, body: Closing) -> Done:
    """The account's sessions end at once; its login stays this person's for ever."""
    edge.require(MANAGE, person_id=person_id)
    done = edge.send(CloseAccount, person_id=person_id, reason=body.reason)
    edge.gate.identity.close_account(str(person_id))
    return done


def today(edge: Context) -> date:
    return local(edge.now).date()


def known_unit(edge: Context, unit_id: UUID) -> directory.Unit:
    unit = directory.unit(edge.views, unit_id)
    if unit is None:
        raise Refused("not_found", str(unit_id))
    return unit


def known_person(edge: Context, person_id: UUID | str) -> directory.Person:
    person = directory.person(edge.views, person_id)
    if person is None:
        raise Refused("not_found", str(person_id))
    return person


def find_people(edge: Context, query: str, unit_id: UUID | None, role: RoleName | None) -> list[directory.Person]:
    """All words of the query must begin a word of the name, position or unit; accents do not matter."""
    found = directory.people(edge.views) if role is None else directory.people_with_role(edge.views, role)
    words = fold(query).split()
    return [
        each
        for each in found
        if (unit_id is None or each.unit_id == str(unit_id))
        and all(f" {word}" in f" {fold(f'{each.full_name} {each.position} {each.unit_name}')}" for word in words)
    ]


def unit_shown(unit: directory.Unit) -> UnitShown:
    return UnitShown.model_validate({**asdict(unit), "is_body": unit.is_body})


def person_shown(edge: Context, person: directory.Person) -> PersonShown:
    if person.id == edge.me.person_id or edge.allows("see_contacts"):
        return PersonShown.model_validate(asdict(person))
    hidden = {"email": None, "phone": None, "login": None, "account_open": None}
    return PersonShown.model_validate({**asdict(person), **hidden})
