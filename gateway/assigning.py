"""Facts about units and people that the gateway checks before something is assigned."""

from collections.abc import Iterable
from uuid import UUID

from gateway import policy, resources
from gateway.edge import Context, subject_from_views
from kernel.decider import Refused
from kernel.vietnam import day_of
from services.directory import views as directory
from services.tasks import views as tasks


def check_units(edge: Context, unit_ids: Iterable[UUID]) -> None:
    """Refuses units that do not exist or are not valid today."""
    today = day_of(edge.now)
    for unit_id in set(unit_ids):
        unit = directory.unit(edge.views, unit_id)
        if unit is None or not unit.valid_on(today):
            raise Refused("no_such_unit", str(unit_id))


def may_be_responsible(edge: Context, unit_id: str) -> list[directory.Person]:
    """Those who belong to the unit or hold its role of leader or officer."""
    found = {each.id: each for each in directory.people_of_unit(edge.views, unit_id)}
    holders = [each for each in directory.role_holders(edge.views, unit_id) if each.role in ("leader", "officer")]
    for holder in holders:
        person = directory.person(edge.views, holder.person_id)
        if person is not None:
            found.setdefault(person.id, person)
    return list(found.values())


def check_responsible(edge: Context, task: tasks.Task, person_id: UUID) -> None:
    if str(person_id) not in {each.id for each in may_be_responsible(edge, task.lead_unit.id)}:
        raise Refused("not_of_the_lead_unit", str(person_id))


def may_be_assigner(edge: Context, unit_id: str) -> list[directory.Person]:
    """Those who can sign in and may assign tasks to the unit themselves."""
    unit = resources.load(edge.views, {"lead_unit_id": unit_id}, edge.now)
    if unit is None:
        return []
    holders = {
        each.id: each
        for role in ("presiding_officer", "leader")
        for each in directory.people_with_role(edge.views, role)
        if each.account_open
    }
    return [
        each
        for each in holders.values()
        if policy.allowed("assign_task", subject_from_views(edge.views, each.id), unit)
    ]


def check_assigner(edge: Context, task: tasks.Task, person_id: UUID) -> None:
    if str(person_id) not in {each.id for each in may_be_assigner(edge, task.lead_unit.id)}:
        raise Refused("may_not_assign", str(person_id))
