"""Tasks: who sees them, who works on them, who directs them."""

from gateway.policy.subject import Subject
from gateway.resources import Resource
from services.tasks import views as tasks


def task_viewer(subject: Subject) -> tasks.Viewer:
    """Those who preside, the clerks who chase, a leader of all and auditors follow every task of open sittings.

    So does the administrator, who hands over what people leave behind.
    """
    follows_all = subject.has("leader") or subject.has("administrator")
    follows_all = follows_all or any(
        subject.has_anywhere(role) for role in ("presiding_officer", "records_clerk", "auditor")
    )
    units = {unit_id for _role, unit_id in subject.roles} | {subject.unit_id}
    return tasks.Viewer(subject.person_id, frozenset(each for each in units if each), follows_all)


def sees_task(subject: Subject, resource: Resource) -> bool:
    is_seen = resource.facts["is_seen"]
    return callable(is_seen) and bool(is_seen(task_viewer(subject)))


def works_for(subject: Subject, unit_id: str) -> bool:
    """May act in the unit's name. A role for the whole deployment acts only for the unit that one belongs to."""
    own = subject.unit_id == unit_id
    return any((role, unit_id) in subject.roles or (own and subject.has(role)) for role in ("leader", "officer"))


def works_for_lead_unit(subject: Subject, resource: Resource) -> bool:
    task = resource.facts["task"]
    return isinstance(task, tasks.Task) and works_for(subject, task.lead_unit.id)


def works_for_coordinating_unit(subject: Subject, resource: Resource) -> bool:
    """For the unit named in the request, when one is named; otherwise for any of the task's."""
    task, named = resource.facts["task"], resource.facts.get("coordinating_unit_id")
    return isinstance(task, tasks.Task) and any(
        works_for(subject, each.id) for each in task.coordinating_units if named in (None, each.id)
    )


def assigned_task(subject: Subject, resource: Resource) -> bool:
    task = resource.facts["task"]
    return isinstance(task, tasks.Task) and task.assigner_id == subject.person_id


def hands_over_task(subject: Subject, resource: Resource) -> bool:
    """The assigner; and because assigners leave office, a leader of all and the administrator."""
    return assigned_task(subject, resource) or subject.has("leader") or subject.has("administrator")


def assigns_tasks(subject: Subject, resource: Resource) -> bool:
    """Who presides assigns to any unit; a leader to the own unit and those below it."""
    if subject.has_anywhere("presiding_officer") or subject.has("leader"):
        return True
    above = resource.facts.get("unit_and_above")
    if above is None:
        return subject.has_anywhere("leader")
    return isinstance(above, tuple) and any(("leader", unit_id) in subject.roles for unit_id in above)
