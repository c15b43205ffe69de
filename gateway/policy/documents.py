"""Documents: seen, changed and sent round wherever they are placed."""

from gateway.policy.copies import keeps_copies, sees_copy
from gateway.policy.meetings import prepares, prepares_meeting, sees_meeting
from gateway.policy.officials import keeps_register, sees_incoming, sees_official
from gateway.policy.opinion_forms import sees_opinion_form
from gateway.policy.subject import Subject
from gateway.policy.tasks import task_viewer
from gateway.resources import Resource
from services.meeting import preparation_views as meetings


def sees_document(subject: Subject, resource: Resource) -> bool:
    """Whoever sees a meeting that it is in the dossier of, a task that it was delivered for, or a form it goes with;
    or the official document that it is the text of, drafted here or arrived; or the copy that it is.

    Personal papers: only their person and who prepares.
    """
    delivered_for = resource.facts["delivered_for"]
    assert isinstance(delivered_for, tuple)
    if any(is_seen(viewer=task_viewer(subject)) for is_seen in delivered_for):
        return True
    circulated_in = resource.facts.get("circulated_in", ())
    assert isinstance(circulated_in, tuple)
    if any(sees_opinion_form(subject, each) for each in circulated_in):
        return True
    if any(sees_official(subject, each) for each in _resources(resource, "officials")):
        return True
    if any(sees_incoming(subject, each) for each in _resources(resource, "arrivals")):
        return True
    if any(sees_copy(subject, each) for each in _resources(resource, "copies")):
        return True
    if any(keeps_copies(subject, each) for each in _resources(resource, "copied_in")):
        return True
    for placement, meeting in placements(resource):
        personal = placement.for_person_id not in (None, subject.person_id)
        if (prepares_meeting if personal else sees_meeting)(subject, meeting):
            return True
    return False


def revises_document(subject: Subject, resource: Resource) -> bool:
    """Whoever prepares every meeting that it is in the dossier of, for it changes in all of them.

    What is drafted, issued, received or copied as an official document changes in its own way alone: its readers may
    all put it into a dossier of theirs.
    """
    if any(_resources(resource, each) for each in ("officials", "arrivals", "copies", "copied_in")):
        return False
    placed = placements(resource)
    return bool(placed) and all(prepares_meeting(subject, meeting) for _placement, meeting in placed)


def circulates_document(subject: Subject, resource: Resource) -> bool:
    """Whoever answers for it: prepares a meeting that it is in the dossier of, or a form that it went with, or keeps
    the register that it stands in. What is for one person alone goes to nobody else.
    """
    if any(placement.for_person_id is not None for placement, _meeting in placements(resource)):
        return False
    registered = (*_resources(resource, "officials"), *_resources(resource, "arrivals"))
    return (
        any(prepares_meeting(subject, meeting) for _placement, meeting in placements(resource))
        or any(prepares(subject, form) for form in _resources(resource, "circulated_in"))
        or any(keeps_register(subject, each) for each in registered)
    )


def placements(resource: Resource) -> tuple[tuple[meetings.DossierDocument, Resource], ...]:
    """Where a document is attached, each with the facts of that meeting."""
    found = resource.facts["placements"]
    assert isinstance(found, tuple)
    return found


def _resources(resource: Resource, fact: str) -> tuple[Resource, ...]:
    found = resource.facts.get(fact, ())
    assert isinstance(found, tuple)
    return found
