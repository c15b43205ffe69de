"""Who may do what: one table of actions. What is not in it, or not allowed by it, is denied."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.resources import Resource
from kernel.decider import Refused
from services.meeting import preparation_views as meetings
from services.tasks import views as tasks


@dataclass(frozen=True)
class Subject:
    """The signed-in person. `roles` are (role, unit id or None for the whole deployment)."""

    person_id: str
    full_name: str
    roles: frozenset[tuple[str, str | None]] = frozenset()
    unit_id: str | None = None

    def has(self, role: str, unit_id: str | None = None) -> bool:
        """Holds the role for this unit, or in the whole deployment."""
        return (role, None) in self.roles or (unit_id is not None and (role, unit_id) in self.roles)

    def has_anywhere(self, role: str) -> bool:
        return any(held == role for held, _unit in self.roles)


Rule = Callable[[Subject, Resource], bool]


def anyone(_subject: Subject, _resource: Resource) -> bool:
    return True


def administrator(subject: Subject, _resource: Resource) -> bool:
    """Of the whole deployment: one who could give roles everywhere could give themself any role."""
    return subject.has("administrator")


def keeps_contacts(subject: Subject, _resource: Resource) -> bool:
    """Administrators, and records clerks, who must reach the people they invite."""
    return subject.has("administrator") or subject.has_anywhere("records_clerk")


def inspects(subject: Subject, _resource: Resource) -> bool:
    return subject.has("administrator") or subject.has_anywhere("auditor")


def takes_log_away(subject: Subject, _resource: Resource) -> bool:
    """The whole log tells of every body and of closed sittings: only who inspects the whole deployment."""
    return subject.has("administrator") or subject.has("auditor")


def prepares(subject: Subject, resource: Resource) -> bool:
    """The records clerk and the administrator of the body prepare its meetings."""
    return subject.has("records_clerk", resource.body_id) or subject.has("administrator", resource.body_id)


def directs(subject: Subject, resource: Resource) -> bool:
    """Holds an office in the body, or has one in this meeting."""
    offices = ("presiding_officer", "leader", "minute_taker")
    return any(subject.has(role, resource.body_id) for role in offices) or subject.person_id in (
        resource.facts.get("presiding_officer_id"),
        resource.facts.get("minute_taker_id"),
        resource.facts.get("leader_id"),
    )


def invited(subject: Subject, resource: Resource) -> bool:
    is_invited = resource.facts.get("is_invited")
    return callable(is_invited) and bool(is_invited(subject.person_id))


def sees_meeting(subject: Subject, resource: Resource) -> bool:
    """First those who prepare and direct, once published the invited too; a closed sitting only these and the clerk."""
    if not resource.facts.get("published"):
        return prepares(subject, resource) or directs(subject, resource)
    if resource.facts.get("closed_sitting"):
        return invited(subject, resource) or subject.has("records_clerk", resource.body_id)
    return (
        invited(subject, resource)
        or prepares(subject, resource)
        or directs(subject, resource)
        or subject.has("auditor", resource.body_id)
    )


def prepares_meeting(subject: Subject, resource: Resource) -> bool:
    return prepares(subject, resource) and sees_meeting(subject, resource)


def presides_or_prepares(subject: Subject, resource: Resource) -> bool:
    presides = subject.person_id == resource.facts.get("presiding_officer_id")
    return presides or prepares_meeting(subject, resource)


def approves_dossier(subject: Subject, resource: Resource) -> bool:
    """Any leader of the body may try; that it is the one asked is a fact of the stream."""
    return subject.has("leader", resource.body_id) or subject.person_id == resource.facts.get("leader_id")


def presides(subject: Subject, resource: Resource) -> bool:
    """The officer named for the meeting, or one of the body's who takes the chair in their place."""
    named = subject.person_id == resource.facts.get("presiding_officer_id")
    return named or (subject.has("presiding_officer", resource.body_id) and sees_meeting(subject, resource))


def keeps_the_roll(subject: Subject, resource: Resource) -> bool:
    """The minute taker and the records clerk record what happens in the hall; so may whoever presides."""
    named = subject.person_id == resource.facts.get("minute_taker_id")
    clerk = any(subject.has(role, resource.body_id) for role in ("records_clerk", "minute_taker"))
    return named or presides(subject, resource) or (clerk and sees_meeting(subject, resource))


def own_request_or_keeps_the_roll(subject: Subject, resource: Resource) -> bool:
    return subject.person_id == resource.facts.get("requester_id") or keeps_the_roll(subject, resource)


def sees_notes(subject: Subject, resource: Resource) -> bool:
    return keeps_the_roll(subject, resource) or subject.has("auditor", resource.body_id)


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


def concludes(subject: Subject, resource: Resource) -> bool:
    """The presiding officer, and those who write for them: the minute taker and the clerk of the body."""
    offices = (resource.facts["presiding_officer_id"], resource.facts["minute_taker_id"])
    return subject.person_id in offices or subject.has("records_clerk", resource.body_id)


def sees_document(subject: Subject, resource: Resource) -> bool:
    """Whoever sees a meeting that it is in the dossier of, a task that it was delivered for, or a form it goes with;
    or the official document that it is the text of, drafted here or arrived.

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
    for placement, meeting in placements(resource):
        personal = placement.for_person_id not in (None, subject.person_id)
        if (prepares_meeting if personal else sees_meeting)(subject, meeting):
            return True
    return False


def revises_document(subject: Subject, resource: Resource) -> bool:
    """Whoever prepares every meeting that it is in the dossier of, for it changes in all of them."""
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


def drafts_official(subject: Subject, resource: Resource) -> bool:
    """Whoever works for the unit that drafts, or for the body that issues."""
    roles = ("officer", "leader", "records_clerk", "minute_taker", "presiding_officer")
    units = (resource.body_id, resource.facts.get("drafter_id"))
    return any(subject.has(role, unit) for role in roles for unit in units if isinstance(unit, str))


def writes_official(subject: Subject, resource: Resource) -> bool:
    """Who drafted it, and the records clerk of the body that issues."""
    return subject.person_id == resource.facts.get("drafted_by") or keeps_register(subject, resource)


def keeps_register(subject: Subject, resource: Resource) -> bool:
    """The records clerk numbers, seals, issues and keeps; nobody else does (Decree 30/2020, article 32)."""
    return subject.has("records_clerk", resource.body_id)


def works_on_official(subject: Subject, resource: Resource) -> bool:
    """Who drafts it, is asked to sign it, or leads the body that issues or the unit that drafts."""
    is_signer = resource.facts.get("is_signer")
    signs = callable(is_signer) and is_signer(subject.person_id)
    drafter = resource.facts.get("drafter_id")
    leads = any(subject.has(role, resource.body_id) for role in ("leader", "presiding_officer"))
    heads = isinstance(drafter, str) and any(subject.has(role, drafter) for role in ("leader", "officer"))
    return writes_official(subject, resource) or bool(signs) or leads or heads


def sees_official(subject: Subject, resource: Resource) -> bool:
    """Who works on it; once it is issued the people of the units that it went to, and auditors."""
    if works_on_official(subject, resource):
        return True
    received_by = resource.facts.get("received_by", ())
    assert isinstance(received_by, tuple)
    issued = bool(resource.facts.get("official_issued"))
    return issued and (subject.unit_id in received_by or subject.has("auditor", resource.body_id))


def sees_incoming(subject: Subject, resource: Resource) -> bool:
    """The clerk and who leads the unit that received it, and those to whom it went."""
    roles = ("records_clerk", "leader", "presiding_officer", "auditor")
    if any(subject.has(role, resource.body_id) for role in roles):
        return True
    routed = resource.facts.get("routed_to")
    working = isinstance(routed, str) and any(subject.has(role, routed) for role in ("leader", "officer"))
    return working or subject.person_id == resource.facts.get("routed_person")


def routes_incoming(subject: Subject, resource: Resource) -> bool:
    """Who leads the unit that received it, and its clerk for them."""
    return any(subject.has(role, resource.body_id) for role in ("records_clerk", "leader", "presiding_officer"))


def sees_register(subject: Subject, resource: Resource) -> bool:
    roles = ("records_clerk", "leader", "presiding_officer", "auditor", "administrator")
    return any(subject.has(role, resource.body_id) for role in roles)


def sees_signing_order(subject: Subject, resource: Resource) -> bool:
    """Whoever is asked to sign, asked for the signatures, or works on the official document that they are for."""
    opened = subject.person_id == resource.facts.get("order_opened_by")
    return opened or works_on_official(subject, resource)


def signs(subject: Subject, resource: Resource) -> bool:
    """Whose signature is awaited, or who signs in their place; that it is their turn is a fact of the stream."""
    is_awaited = resource.facts.get("is_awaited")
    return callable(is_awaited) and bool(is_awaited(subject.person_id))


def delegates_signing(subject: Subject, resource: Resource) -> bool:
    """Everybody for themselves; what was given can be taken back by who gave it."""
    return resource.facts.get("delegated_by", subject.person_id) == subject.person_id


def leads_body(subject: Subject, resource: Resource) -> bool:
    """Presides over the body or leads it, or is the chair named in the opinion form."""
    named = subject.person_id == resource.facts.get("form_chair_id")
    return named or any(subject.has(role, resource.body_id) for role in ("presiding_officer", "leader"))


def sees_opinion_form(subject: Subject, resource: Resource) -> bool:
    """Who prepares it and who leads the body; once it is sent the members asked too, and auditors."""
    if prepares(subject, resource) or leads_body(subject, resource):
        return True
    sent = bool(resource.facts.get("form_sent"))
    return sent and (answers_opinion_form(subject, resource) or subject.has("auditor", resource.body_id))


def withdraws_opinion_form(subject: Subject, resource: Resource) -> bool:
    """Its clerk and its chair; that only the chair takes back what was sent is a fact of the stream."""
    return prepares(subject, resource) or leads_body(subject, resource)


def answers_opinion_form(subject: Subject, resource: Resource) -> bool:
    """Members on the roll that was frozen when the form was sent."""
    is_asked = resource.facts.get("is_asked")
    return callable(is_asked) and bool(is_asked(subject.person_id))


def resolves_comments(subject: Subject, resource: Resource) -> bool:
    """The records clerk of the body and who leads it, once the answers are closed."""
    clerk = subject.has("records_clerk", resource.body_id)
    return bool(resource.facts.get("form_closed")) and (clerk or leads_body(subject, resource))


def sees_opinion_answers(subject: Subject, resource: Resource) -> bool:
    """Nobody before the close, then who resolves the comments; everyone who sees the form, once it is announced."""
    if resource.facts.get("form_announced"):
        return sees_opinion_form(subject, resource)
    return resolves_comments(subject, resource)


def sees_tally(subject: Subject, resource: Resource) -> bool:
    """Everyone who may see the meeting, once the result is published; until then those who hold the sitting."""
    return resource.facts.get("poll_state") == "published" or keeps_the_roll(subject, resource)


def counts_papers(subject: Subject, resource: Resource) -> bool:
    """The tellers whom the meeting has chosen for this ballot, whatever else they are."""
    is_teller = resource.facts.get("is_teller")
    return callable(is_teller) and bool(is_teller(subject.person_id))


def follows_count(subject: Subject, resource: Resource) -> bool:
    """The tellers, those who hold the sitting, and auditors: the minutes of a count bear every figure."""
    audits = subject.has("auditor", resource.body_id) and sees_meeting(subject, resource)
    return counts_papers(subject, resource) or keeps_the_roll(subject, resource) or audits


def approves_rule_cards(subject: Subject, resource: Resource) -> bool:
    """Who leads the body or presides over it; whoever prepares its meetings only proposes."""
    return any(subject.has(role, resource.body_id) for role in ("leader", "presiding_officer"))


def writes_minutes(subject: Subject, resource: Resource) -> bool:
    """The minute taker of the meeting, and the body's minute takers and records clerks."""
    if subject.person_id == resource.facts.get("minute_taker_id"):
        return True
    offices = any(subject.has(role, resource.body_id) for role in ("minute_taker", "records_clerk"))
    return offices and sees_meeting(subject, resource)


def works_on_minutes(subject: Subject, resource: Resource) -> bool:
    return writes_minutes(subject, resource) or presides(subject, resource)


def sees_minutes(subject: Subject, resource: Resource) -> bool:
    """Once published: who received them, personally or as a unit, and auditors; before, only who works on them."""
    of = resource.facts.get("minutes_published_to")
    if not callable(of):
        return False
    published, received = of(subject)
    audits = published and subject.has("auditor", resource.body_id) and sees_meeting(subject, resource)
    return received or audits or works_on_minutes(subject, resource)


RULES: dict[str, Rule] = {
    "see_minutes": sees_minutes,
    "write_minutes": writes_minutes,
    "work_on_minutes": works_on_minutes,
    "approve_minutes": presides,
    "publish_minutes": works_on_minutes,
    "see_polls": sees_meeting,
    "cast_ballot": sees_meeting,
    "conduct_polls": presides,
    "see_tally": sees_tally,
    "record_dictation": keeps_the_roll,
    "record_voting_rights": keeps_the_roll,
    "propose_rule_card": prepares,
    "approve_rule_card": approves_rule_cards,
    "count_papers": counts_papers,
    "follow_count": follows_count,
    "draft_opinion_form": prepares,
    "see_opinion_form": sees_opinion_form,
    "prepare_opinion_form": prepares,
    "decide_opinion_form": leads_body,
    "withdraw_opinion_form": withdraws_opinion_form,
    "answer_opinion_form": answers_opinion_form,
    "see_opinion_answers": sees_opinion_answers,
    "resolve_comments": resolves_comments,
    "draft_official": drafts_official,
    "see_official": sees_official,
    "comment_official": works_on_official,
    "write_official": writes_official,
    "register_official": keeps_register,
    "see_signing_order": sees_signing_order,
    "sign_document": signs,
    "delegate_signing": delegates_signing,
    "check_signatures": anyone,
    "see_register": sees_register,
    "keep_register": keeps_register,
    "see_incoming": sees_incoming,
    "receive_incoming": keeps_register,
    "route_incoming": routes_incoming,
    "see_document": sees_document,
    "revise_document": revises_document,
    "circulate_document": circulates_document,
    "record_conclusion": concludes,
    "see_task": sees_task,
    "assign_task": assigns_tasks,
    "work_on_task": works_for_lead_unit,
    "contribute_to_task": works_for_coordinating_unit,
    "direct_task": assigned_task,
    "hand_over_task": hands_over_task,
    "plan_meeting": prepares,
    "see_meeting": sees_meeting,
    "prepare_meeting": prepares_meeting,
    "cancel_meeting": presides_or_prepares,
    "publish_meeting": presides_or_prepares,
    "approve_dossier": approves_dossier,
    "answer_invitation": invited,
    "see_sitting": sees_meeting,
    "check_in": sees_meeting,
    "request_floor": sees_meeting,
    "withdraw_floor_request": own_request_or_keeps_the_roll,
    "take_roll_call": keeps_the_roll,
    "extend_roll": keeps_the_roll,
    "lead_discussion": keeps_the_roll,
    "take_notes": keeps_the_roll,
    "see_notes": sees_notes,
    "hold_session": presides,
    "sign_in": anyone,
    "see_directory": anyone,
    "see_contacts": keeps_contacts,
    "manage_directory": administrator,
    "see_policy": inspects,
    "read_ledger": inspects,
    "export_log": takes_log_away,
}


def require(action: str, subject: Subject, resource: Resource | None) -> Resource:
    """Raises `not_found` for what this person may not even know of, `not_allowed` otherwise."""
    if resource is None or (resource.see and not allowed(resource.see, subject, resource)):
        raise Refused("not_found", action)
    if not allowed(action, subject, resource):
        raise Refused("not_found" if action == resource.see else "not_allowed", action)
    return resource


def allowed(action: str, subject: Subject, resource: Resource) -> bool:
    rule = RULES.get(action)
    return rule is not None and rule(subject, resource)
