"""Facts about units and people that the gateway checks before something is assigned."""

from collections.abc import Iterable
from uuid import UUID

from gateway.edge import Context
from kernel.decider import Refused
from services.directory import views as directory
from services.tasks import deadlines
from services.tasks import views as tasks


def check_units(edge: Context, unit_ids: Iterable[UUID]) -> None:
    """Refuses units that do not exist or are not valid today."""
    today = deadlines.local_day(edge.now)
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
