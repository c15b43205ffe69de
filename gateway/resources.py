"""What the thing in question is: the facts that the policy's rules look at, gathered from the views by its ids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from sqlite3 import Connection

from services.directory import views as directory
from services.meeting import minutes_views as minutes
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.signing import copy_views as copies
from services.signing import queries as signing
from services.signing.messages.orders import Purpose
from services.tasks import views as tasks
from services.voting import circulation_queries as opinions
from services.voting import count_views as counts
from services.voting import views as voting


@dataclass(frozen=True)
class Resource:
    """The facts about the thing in question that rules may look at, gathered by the loaders below.

    `see` names the action that one must be allowed to know of the thing at all; without it people get 404.
    """

    see: str | None = None
    body_id: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def with_facts(self, **facts: object) -> "Resource":
        return replace(self, facts={**self.facts, **facts})


Loader = Callable[[Connection, str, Resource, datetime], Resource | None]
"""Adds to the resource what is known of one id; None when there is no such thing."""


def _unit(connection: Connection, unit_id: str, resource: Resource, _now: datetime) -> Resource | None:
    return resource if directory.unit(connection, unit_id) else None


def _person(connection: Connection, person_id: str, resource: Resource, _now: datetime) -> Resource | None:
    return resource if directory.person(connection, person_id) else None


def _body(connection: Connection, body_id: str, resource: Resource, _now: datetime) -> Resource | None:
    unit = directory.unit(connection, body_id)
    return replace(resource, body_id=unit.id) if unit and unit.is_body else None


def _meeting(connection: Connection, meeting_id: str, resource: Resource, _now: datetime) -> Resource | None:
    meeting = meetings.meeting(connection, meeting_id)
    if meeting is None:
        return None
    return replace(resource, see=resource.see or "see_meeting", body_id=meeting.body_id).with_facts(
        meeting_id=meeting_id,
        published=meeting.published_at is not None,
        closed_sitting=meeting.closed_sitting,
        presiding_officer_id=meeting.presiding_officer_id,
        minute_taker_id=meeting.minute_taker_id,
        leader_id=meeting.leader_id,
        is_invited=lambda person_id: meetings.is_invited(connection, meeting_id, person_id),
        minutes_published_to=lambda subject: minutes.published_to(
            connection, meeting_id, subject.person_id, subject.unit_id
        ),
    )


def _floor_request(connection: Connection, request_id: str, resource: Resource, _now: datetime) -> Resource | None:
    request = sittings.request(connection, request_id)
    if request is None or request.meeting_id != resource.facts.get("meeting_id"):
        return None
    return resource.with_facts(requester_id=request.person_id)


def _task(connection: Connection, task_id: str, resource: Resource, now: datetime) -> Resource | None:
    task = tasks.task(connection, task_id, now)
    if task is None:
        return None
    is_seen = partial(tasks.sees, connection, task_id=task_id)
    return replace(resource, see="see_task").with_facts(task=task, is_seen=lambda viewer: is_seen(viewer=viewer))


def _coordinating_unit(_connection: Connection, unit_id: str, resource: Resource, _now: datetime) -> Resource:
    return resource.with_facts(coordinating_unit_id=unit_id)


def _lead_unit(connection: Connection, unit_id: str, resource: Resource, _now: datetime) -> Resource | None:
    above: list[str] = []
    at: str | None = unit_id
    while at is not None and at not in above:
        found = directory.unit(connection, at)
        if found is None:
            break
        above.append(found.id)
        at = found.parent_id
    return resource.with_facts(unit_and_above=tuple(above)) if above else None


def _document(connection: Connection, document_id: str, resource: Resource, now: datetime) -> Resource | None:
    placed = []
    for placement in meetings.meetings_of_document(connection, document_id):
        meeting = _meeting(connection, placement.meeting_id, Resource(), now)
        if meeting is not None:
            placed.append((placement, meeting))
    named_by = tasks.tasks_with_document(connection, document_id)
    forms = [_form(connection, each, Resource(), now) for each in opinions.forms_with_document(connection, document_id)]
    written = signing.official_of_document(connection, document_id)
    officials = [_official(connection, written.id, Resource(), now)] if written else []
    arrivals = [_incoming(connection, each, Resource(), now) for each in signing.incoming_with(connection, document_id)]
    own, scanned = copies.copies_with(connection, document_id), copies.copies_of_scan(connection, document_id)
    made = [_copy(connection, each, Resource(), now) for each in own]
    copied_in = [_copy(connection, each, Resource(), now) for each in scanned]
    if not (placed or named_by or forms or officials or arrivals or made or copied_in):
        return None
    delivered_for = tuple(partial(tasks.sees, connection, task_id=each) for each in named_by)
    known = replace(resource, see=resource.see or "see_document")
    circulated_in = tuple(each for each in forms if each is not None)
    return known.with_facts(
        placements=tuple(placed),
        delivered_for=delivered_for,
        circulated_in=circulated_in,
        officials=tuple(each for each in officials if each is not None),
        arrivals=tuple(each for each in arrivals if each is not None),
        copies=tuple(each for each in made if each is not None),
        copied_in=tuple(each for each in copied_in if each is not None),
    )


def _drafter(connection: Connection, drafter_id: str, resource: Resource, _now: datetime) -> Resource | None:
    return resource.with_facts(drafter_id=drafter_id) if directory.unit(connection, drafter_id) else None


def _issuer(connection: Connection, issuer_id: str, resource: Resource, _now: datetime) -> Resource | None:
    unit = directory.unit(connection, issuer_id)
    return replace(resource, body_id=unit.id) if unit else None


def _official(connection: Connection, official_id: str, resource: Resource, now: datetime) -> Resource | None:
    """`follows`: the meeting that it follows from, if it is from one."""
    found = signing.official(connection, official_id)
    if found is None:
        return None
    described = found.described
    return replace(resource, see=resource.see or "see_official", body_id=str(described.issuer_id)).with_facts(
        drafted_by=found.drafted_by,
        drafter_id=str(described.drafter_id),
        official_issued=found.issued_at is not None,
        received_by=tuple(str(each.unit_id) for each in described.recipients if each.unit_id),
        is_signer=lambda person_id: signing.signs_official(connection, official_id, person_id),
        follows=_meeting(connection, str(described.meeting_id), Resource(), now) if described.meeting_id else None,
    )


def _order(connection: Connection, order_id: str, resource: Resource, now: datetime) -> Resource | None:
    """With the facts of the official document that it is for, if it is for one."""
    found = signing.order(connection, order_id)
    if found is None:
        return None
    known = replace(resource, see=resource.see or "see_signing_order")
    if found.official_id is not None:
        known = _official(connection, found.official_id, known, now) or known
    if found.purpose == Purpose.copy:
        known = _copy(connection, found.document_id, known, now) or known
    signers = {each for step in found.steps for each in step.signer_ids}
    return known.with_facts(
        order_opened_by=found.opened_by,
        is_signer=lambda person_id: person_id in signers or signing.stands_in(connection, person_id, signers, now),
        is_awaited=lambda person_id: signing.is_awaited(connection, order_id, person_id, now),
    )


def _delegation(connection: Connection, delegation_id: str, resource: Resource, _now: datetime) -> Resource | None:
    found = signing.delegation(connection, delegation_id)
    return resource.with_facts(delegated_by=found.from_id) if found else None


def _incoming(connection: Connection, incoming_id: str, resource: Resource, _now: datetime) -> Resource | None:
    found = signing.incoming(connection, incoming_id)
    if found is None:
        return None
    return replace(resource, see=resource.see or "see_incoming", body_id=found.receiver_id).with_facts(
        routed_to=found.unit_id, routed_person=found.person_id
    )


def _copy(connection: Connection, copy_id: str, resource: Resource, now: datetime) -> Resource | None:
    """`follows`: as for the official document that it is a copy of, if it is of one that was issued here."""
    found = copies.copy(connection, copy_id)
    if found is None:
        return None
    described, follows = found.described, None
    if described.original.source == "official":
        official = _official(connection, str(described.original.source_id), Resource(), now)
        follows = official.facts["follows"] if official else None
    return replace(resource, see=resource.see or "see_copy", body_id=str(described.body_id)).with_facts(
        follows=follows,
        copy_issued=found.issued_at is not None,
        copy_received_by=tuple(str(each.unit_id) for each in described.recipients if each.unit_id),
    )


def _poll(connection: Connection, poll_id: str, resource: Resource, now: datetime) -> Resource | None:
    poll = voting.poll(connection, poll_id)
    held = _meeting(connection, poll.meeting_id, resource, now) if poll else None
    if poll is None or held is None:
        return None
    return held.with_facts(poll_state=poll.state, is_teller=partial(counts.counted_by, connection, poll_id))


def _rule_card(connection: Connection, rule_card_id: str, resource: Resource, _now: datetime) -> Resource | None:
    card = voting.body_card(connection, rule_card_id)
    return replace(resource, see="see_directory", body_id=card.body_id) if card else None


def _form(connection: Connection, form_id: str, resource: Resource, _now: datetime) -> Resource | None:
    form = opinions.form(connection, form_id)
    if form is None:
        return None
    return replace(resource, see=resource.see or "see_opinion_form", body_id=form.body_id).with_facts(
        form_chair_id=form.chair_id,
        form_sent=form.sent,
        form_closed=form.state in ("closed", "counted", "announced"),
        form_announced=form.state == "announced",
        is_asked=lambda person_id: opinions.on_roll(connection, form_id, person_id),
    )


def _minutes_of(connection: Connection, meeting_id: str, resource: Resource, now: datetime) -> Resource | None:
    """Minutes also reach people who were not at the meeting and may not see its dossier."""
    return _meeting(connection, meeting_id, replace(resource, see="see_minutes"), now)


LOADERS: dict[str, Loader] = {
    "minutes_of": _minutes_of,
    "poll_id": _poll,
    "rule_card_id": _rule_card,
    "form_id": _form,
    "official_id": _official,
    "order_id": _order,
    "delegation_id": _delegation,
    "incoming_id": _incoming,
    "copy_id": _copy,
    "issuer_id": _issuer,
    "receiver_id": _issuer,
    "drafter_id": _drafter,
    "document_id": _document,
    "task_id": _task,
    "coordinating_unit_id": _coordinating_unit,
    "lead_unit_id": _lead_unit,
    "request_id": _floor_request,
    "body_id": _body,
    "meeting_id": _meeting,
    "unit_id": _unit,
    "person_id": _person,
}
"""By the name of the id in the route or body, such as `meeting_id`."""


def load(connection: Connection, ids: Mapping[str, str], now: datetime) -> Resource | None:
    resource: Resource | None = Resource()
    for name, value in ids.items():
        if name in LOADERS and resource is not None:
            resource = LOADERS[name](connection, value, resource, now)
    return resource
