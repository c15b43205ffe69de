"""Pages of the organisation, its units and its people."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.api.directory import find_people, known_person, known_unit, today
from gateway.api.people_import import read_preview
from gateway.edge import Context, Edge
from gateway.people_import.columns import COLUMNS, HEADERS
from gateway.web.directory_words import ADDS, REASONS, ROLES, TIERS, UNIT_KINDS
from gateway.web.pages import render
from gateway.web.people_choice import everybody, found
from services.directory import views as directory
from services.directory.messages import RoleName

router = APIRouter()

PAGE = 50
WORDS: dict[str, Any] = {"kinds": UNIT_KINDS, "tiers": TIERS, "role_words": ROLES}


@router.get("/organisation")
def organisation(edge: Edge, on: str = "", everything: bool = False) -> Response:
    edge.require("see_directory")
    day = day_asked(edge, on)
    tree = directory.unit_tree(edge.views, None if everything else day)
    every = {each.id: each for each in directory.units(edge.views)}
    return render(
        edge,
        "directory/organisation.html",
        tree=tree,
        every=every,
        day=day,
        today=today(edge),
        everything=everything,
        **WORDS,
    )


@router.get("/organisation/new")
def new_unit(edge: Edge, parent_id: UUID | None = None) -> Response:
    edge.require("manage_directory")
    return render(
        edge,
        "directory/unit_new.html",
        units=directory.units(edge.views),
        parent_id=str(parent_id) if parent_id else "",
        today=today(edge),
        **WORDS,
    )


@router.get("/units/{unit_id}")
def show_unit(edge: Edge, unit_id: UUID, on: str = "") -> Response:
    edge.require("see_directory", unit_id=unit_id)
    unit = known_unit(edge, unit_id)
    day = day_asked(edge, on)
    if not on and unit.valid_to is not None and unit.valid_to < day:
        day = unit.valid_to
    every = {each.id: each for each in directory.units(edge.views)}
    return render(
        edge,
        "directory/unit.html",
        unit=unit,
        every=every,
        children=[each for each in every.values() if each.parent_id == unit.id],
        rules=directory.rules_of(edge.views, unit_id),
        members=directory.members_of(edge.views, unit_id, day),
        holders=directory.role_holders(edge.views, unit_id),
        staff=directory.people_of_unit(edge.views, unit_id),
        names=directory.names_of_unit(edge.views, unit_id),
        day=day,
        today=today(edge),
        **WORDS,
    )


@router.get("/people")
def list_people(
    edge: Edge,
    q: Annotated[str, Query(max_length=200)] = "",
    unit_id: str = "",
    role: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    edge.require("see_directory")
    unit = _uuid(unit_id)
    wanted = RoleName(role) if role in set(RoleName) else None
    found = find_people(edge, q, unit, wanted)
    return render(
        edge,
        "directory/people.html",
        people=found[(page - 1) * PAGE : page * PAGE],
        total=len(found),
        page=page,
        pages=max(1, -(-len(found) // PAGE)),
        q=q,
        unit_id=str(unit or ""),
        role=wanted or "",
        units=directory.units(edge.views),
        contacts=edge.allows("see_contacts"),
        **WORDS,
    )


@router.get("/people/_found")
def people_found(
    edge: Edge,
    q: Annotated[str, Query(max_length=200)] = "",
    without: Annotated[str, Query(max_length=40)] = "",
    accounts: bool = False,
) -> Response:
    """Those who are looked for in a form (people.js)."""
    edge.require("see_directory")
    return render(edge, "_people_found.html", found=found(everybody(edge, without=without, accounts=accounts), q))


@router.get("/people/new")
def new_person(edge: Edge) -> Response:
    edge.require("manage_directory")
    return render(edge, "directory/person_new.html", units=directory.units(edge.views, today(edge)), **WORDS)


@router.get("/people/import")
def import_people(edge: Edge) -> Response:
    edge.require("manage_directory")
    return render(edge, "directory/import.html", columns=HEADERS, **WORDS)


@router.get("/people/import/{token}")
def import_preview(edge: Edge, token: str) -> Response:
    edge.require("manage_directory")
    preview, rows = read_preview(edge, token)
    return render(
        edge,
        "directory/import_preview.html",
        preview=preview,
        rows=rows,
        columns=COLUMNS,
        reasons=REASONS,
        adds=ADDS,
    )


@router.get("/people/{person_id}")
def show_person(edge: Edge, person_id: UUID) -> Response:
    edge.require("see_directory", person_id=person_id)
    person = known_person(edge, person_id)
    return render(
        edge,
        "directory/person.html",
        person=person,
        mandates=directory.mandates_of(edge.views, person_id),
        roles=directory.roles_of(edge.views, person_id),
        units=directory.units(edge.views, today(edge)),
        bodies=directory.bodies(edge.views, today(edge)),
        contacts=person.id == edge.me.person_id or edge.allows("see_contacts"),
        has_password=edge.gate.identity.has_password(person.id),
        today=today(edge),
        **WORDS,
    )


def day_asked(edge: Context, text: str) -> date:
    """The day in the address, or today when it is no day: a page is shown rather than an error."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today(edge)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
