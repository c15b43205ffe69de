"""A published, open meeting with its papers, polls, minutes and a task: what the policy table asks the rules about."""

from datetime import UTC, datetime

from gateway.policy.subject import Subject
from gateway.resources import Resource
from services.meeting.messages import DocumentKind
from services.meeting.preparation_views import DossierDocument
from services.tasks.deadlines import DueState
from services.tasks.views import NamedUnit, Stage, Task, Viewer

PERSON, BODY, SOMEBODY = "person", "body", "somebody else"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
UNIT = NamedUnit(BODY, "")


def matter(involved: bool) -> Resource:
    """`involved`: PERSON is invited to it, named in it and charged with it; otherwise somebody else is."""
    who = PERSON if involved else SOMEBODY
    meeting = Resource(
        body_id=BODY,
        facts={
            "meeting_id": "meeting",
            "published": True,
            "closed_sitting": False,
            "presiding_officer_id": who,
            "minute_taker_id": who,
            "leader_id": who,
            "requester_id": who,
            "is_invited": lambda person_id: person_id == who,
            "poll_state": "open",
            "is_teller": lambda person_id: person_id == who,
            "minutes_published_to": lambda subject: (True, _received(subject, who)),
            "unit_and_above": (BODY,),
            "task": task(assigner_id=who),
            "is_seen": lambda viewer: _seen(viewer, who),
            "delivered_for": (),
            "form_chair_id": who,
            "form_sent": True,
            "form_closed": True,
            "form_announced": False,
            "is_asked": lambda person_id: person_id == who,
            "drafted_by": who,
            "drafter_id": BODY,
            "official_issued": False,
            "copy_issued": False,
            "is_signer": lambda person_id: person_id == who,
            "is_awaited": lambda person_id: person_id == who,
            "order_opened_by": who,
            "delegated_by": who,
            "routed_to": "another unit",
            "routed_person": who,
        },
    )
    return meeting.with_facts(placements=((PAPER, meeting),))


def _received(subject: Subject, who: str) -> bool:
    return subject.person_id == who


def _seen(viewer: Viewer, who: str) -> bool:
    return viewer.everything or BODY in viewer.unit_ids or viewer.person_id == who


def task(assigner_id: str) -> Task:
    """Of the body as lead unit, and of it as coordinating unit too, so that one subject can be asked about both."""
    return Task(
        id="task",
        title="",
        stage=Stage.assigned,
        state=DueState.in_time,
        lead_unit=UNIT,
        coordinating_units=(UNIT,),
        assigner_id=assigner_id,
        assigner="",
        responsible_id=None,
        responsible="",
        assigned_at=NOW,
        due_at=NOW,
        first_due_at=NOW,
        working_days_left=0,
        percent=0,
        delivered_at=None,
        meeting_id=None,
        item_id=None,
        obligation_id=None,
    )


PAPER = DossierDocument(
    meeting_id="meeting",
    document_id="document",
    kind=DocumentKind.main,
    item_id=None,
    for_person_id=None,
    url="",
    title="",
    late=False,
    attached_at=NOW,
)
