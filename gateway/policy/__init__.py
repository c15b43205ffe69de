"""Who may do what: one table of actions. What is not in it, or not allowed by it, is denied."""

from gateway.policy import copies, documents, meetings, officials, opinion_forms, subject, tasks
from gateway.policy.subject import Rule, Subject
from gateway.resources import Resource
from kernel.decider import Refused

RULES: dict[str, Rule] = {
    "see_minutes": meetings.sees_minutes,
    "write_minutes": meetings.writes_minutes,
    "work_on_minutes": meetings.works_on_minutes,
    "approve_minutes": meetings.presides,
    "publish_minutes": meetings.works_on_minutes,
    "see_polls": meetings.sees_meeting,
    "cast_ballot": meetings.sees_meeting,
    "conduct_polls": meetings.presides,
    "see_tally": meetings.sees_tally,
    "record_dictation": meetings.keeps_the_roll,
    "record_voting_rights": meetings.keeps_the_roll,
    "propose_rule_card": meetings.prepares,
    "approve_rule_card": meetings.approves_rule_cards,
    "count_papers": meetings.counts_papers,
    "follow_count": meetings.follows_count,
    "draft_opinion_form": meetings.prepares,
    "see_opinion_form": opinion_forms.sees_opinion_form,
    "prepare_opinion_form": meetings.prepares,
    "decide_opinion_form": opinion_forms.leads_body,
    "withdraw_opinion_form": opinion_forms.withdraws_opinion_form,
    "answer_opinion_form": opinion_forms.answers_opinion_form,
    "see_opinion_answers": opinion_forms.sees_opinion_answers,
    "resolve_comments": opinion_forms.resolves_comments,
    "draft_official": officials.drafts_official,
    "see_official": officials.sees_official,
    "comment_official": officials.works_on_official,
    "write_official": officials.writes_official,
    "register_official": officials.keeps_register,
    "see_signing_order": officials.sees_signing_order,
    "sign_document": officials.signs,
    "delegate_signing": officials.delegates_signing,
    "check_signatures": subject.anyone,
    "see_register": officials.sees_register,
    "keep_register": officials.keeps_register,
    "see_incoming": officials.sees_incoming,
    "receive_incoming": officials.keeps_register,
    "route_incoming": officials.routes_incoming,
    "see_copy": copies.sees_copy,
    "make_copy": officials.keeps_register,
    "see_document": documents.sees_document,
    "revise_document": documents.revises_document,
    "circulate_document": documents.circulates_document,
    "record_conclusion": meetings.concludes,
    "see_task": tasks.sees_task,
    "assign_task": tasks.assigns_tasks,
    "work_on_task": tasks.works_for_lead_unit,
    "contribute_to_task": tasks.works_for_coordinating_unit,
    "direct_task": tasks.assigned_task,
    "hand_over_task": tasks.hands_over_task,
    "plan_meeting": meetings.prepares,
    "see_meeting": meetings.sees_meeting,
    "prepare_meeting": meetings.prepares_meeting,
    "cancel_meeting": meetings.presides_or_prepares,
    "publish_meeting": meetings.presides_or_prepares,
    "approve_dossier": meetings.approves_dossier,
    "answer_invitation": meetings.invited,
    "see_sitting": meetings.sees_meeting,
    "check_in": meetings.sees_meeting,
    "request_floor": meetings.sees_meeting,
    "withdraw_floor_request": meetings.own_request_or_keeps_the_roll,
    "take_roll_call": meetings.keeps_the_roll,
    "extend_roll": meetings.keeps_the_roll,
    "lead_discussion": meetings.keeps_the_roll,
    "take_notes": meetings.keeps_the_roll,
    "see_notes": meetings.sees_notes,
    "hold_session": meetings.presides,
    "sign_in": subject.anyone,
    "see_directory": subject.anyone,
    "see_contacts": subject.keeps_contacts,
    "manage_directory": subject.administrator,
    "see_policy": subject.inspects,
    "read_ledger": subject.inspects,
    "export_log": subject.takes_log_away,
}


def require(action: str, person: Subject, resource: Resource | None) -> Resource:
    """Raises `not_found` for what this person may not even know of, `not_allowed` otherwise."""
    if resource is None or (resource.see and not allowed(resource.see, person, resource)):
        raise Refused("not_found", action)
    if not allowed(action, person, resource):
        raise Refused("not_found" if action == resource.see else "not_allowed", action)
    return resource


def allowed(action: str, person: Subject, resource: Resource) -> bool:
    rule = RULES.get(action)
    return rule is not None and rule(person, resource)
