"""Preparing a meeting: plan, agenda, dossier, approval, publication, answers, calendar feed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from gateway import calendar
from gateway.api.commands import Body, command_route
from gateway.edge import Done, Edge
from gateway.preparing import (
    Notice,
    check_known,
    invitees_on_publication,
    invitees_with_votes,
    notice_of,
    visible_documents,
    visible_invitations,
)
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting.messages import (
    AddAgendaItem,
    AnswerInvitation,
    ApproveDossier,
    AttachDocument,
    CancelMeeting,
    DetachDocument,
    DocumentKind,
    InvitePeople,
    MeetingKind,
    MoveAgendaItem,
    PlanMeeting,
    PublishMeeting,
    RecallDossier,
    RemoveAgendaItem,
    ReplanMeeting,
    ReturnDossier,
    ReviseAgendaItem,
    SubmitDossier,
)
from services.meeting.preparation_views import Phase

router = APIRouter(tags=["meeting"])
MEETING = "/meetings/{meeting_id}"


class PlanBody(Body):
    title: str = Field(min_length=3, max_length=300)
    place: str = Field(min_length=1, max_length=300)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    presiding_officer_id: UUID
    minute_taker_id: UUID


class NewMeetingBody(PlanBody):
    body_id: UUID
    kind: MeetingKind
    closed_sitting: bool = False


class ItemBody(Body):
    title: str = Field(min_length=1, max_length=500)
    minutes: int = Field(ge=0, le=1440)
    presenter_id: UUID | None = None
    presenter_text: str = Field("", max_length=200)


class NewItemBody(ItemBody):
    """`parent_id` makes it a sub-item; `before_id` places it before a sibling, otherwise it comes last."""

    parent_id: UUID | None = None
    before_id: UUID | None = None


class LinkBody(Body):
    url: str = Field(min_length=1, max_length=2000)
    title: str = Field(min_length=1, max_length=500)
    item_id: UUID | None = None


class AttachmentBody(Body):
    kind: DocumentKind
    title: str = Field(min_length=1, max_length=500)
    item_id: UUID | None = None
    for_person_id: UUID | None = None


class SubmissionBody(Body):
    leader_id: UUID
    note: str = Field("", max_length=2000)


class PublicationBody(Body):
    """`guest_ids`: who is invited besides the members with a mandate on the day."""

    guest_ids: tuple[UUID, ...] = Field((), max_length=500)


class InvitationBody(Body):
    person_ids: tuple[UUID, ...] = Field(min_length=1, max_length=500)


class MeetingDetail(BaseModel):
    """`documents` are those that the reader may see; other people's reasons are for those who prepare or preside."""

    meeting: meetings.Meeting
    agenda: list[meetings.AgendaItem]
    documents: list[meetings.DossierDocument]
    notice: Notice
    invitations: list[meetings.Invitation]


class FeedAddress(BaseModel):
    """A secret address: whoever knows it can read the person's meetings in a calendar program."""

    url: str


@router.get("/meetings")
def list_meetings(
    edge: Edge,
    phase: Annotated[list[Phase] | None, Query(max_length=7)] = None,
    body_id: UUID | None = None,
) -> list[meetings.Meeting]:
    """The meetings that the reader may see, the latest first."""
    found = meetings.meetings(edge.views, phases=phase, body_id=body_id)
    return [each for each in found if edge.allows("see_meeting", meeting_id=each.id)]


@router.get(MEETING)
def read_meeting(edge: Edge, meeting_id: UUID) -> MeetingDetail:
    edge.require("see_meeting", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    return MeetingDetail(
        meeting=meeting,
        agenda=meetings.agenda(edge.views, meeting_id),
        documents=visible_documents(edge, meeting_id),
        notice=notice_of(edge.views, meeting, edge.now),
        invitations=visible_invitations(edge, meeting_id),
    )


@router.post("/meetings", status_code=201, response_model_exclude_none=True)
def plan_meeting(edge: Edge, body: NewMeetingBody) -> Done:
    edge.require("plan_meeting", body_id=body.body_id)
    check_known(edge, body.presiding_officer_id, body.minute_taker_id)
    meeting_id = derived(edge.command_id, "meeting_id")
    return edge.send(PlanMeeting, meeting_id=meeting_id, **dict(body)).model_copy(update={"id": meeting_id})


@router.put(MEETING, response_model_exclude_none=True)
def replan_meeting(edge: Edge, meeting_id: UUID, body: PlanBody) -> Done:
    edge.require("prepare_meeting", meeting_id=meeting_id)
    check_known(edge, body.presiding_officer_id, body.minute_taker_id)
    return edge.send(ReplanMeeting, meeting_id=meeting_id, **dict(body))


command_route(router, f"{MEETING}/cancellation", CancelMeeting, action="cancel_meeting")
command_route(router, f"{MEETING}/agenda/{{item_id}}", RemoveAgendaItem, action="prepare_meeting", method="DELETE")
command_route(router, f"{MEETING}/agenda/{{item_id}}/place", MoveAgendaItem, action="prepare_meeting", method="PUT")
command_route(router, f"{MEETING}/documents/{{document_id}}/detachment", DetachDocument, action="prepare_meeting")
command_route(router, f"{MEETING}/submission/recall", RecallDossier, action="prepare_meeting")
command_route(router, f"{MEETING}/approval", ApproveDossier, action="approve_dossier")
command_route(router, f"{MEETING}/return", ReturnDossier, action="approve_dossier")
command_route(router, f"{MEETING}/answer", AnswerInvitation, action="answer_invitation", mine="person_id")
command_route(router, f"{MEETING}/answers/{{person_id}}", AnswerInvitation, action="prepare_meeting")


@router.post(f"{MEETING}/agenda", status_code=201, response_model_exclude_none=True)
def add_agenda_item(edge: Edge, meeting_id: UUID, body: NewItemBody) -> Done:
    edge.require("prepare_meeting", meeting_id=meeting_id)
    check_known(edge, *([body.presenter_id] if body.presenter_id else []))
    item_id = derived(edge.command_id, "item_id")
    done = edge.send(AddAgendaItem, meeting_id=meeting_id, item_id=item_id, **dict(body))
    return done.model_copy(update={"id": item_id})


@router.put(f"{MEETING}/agenda/{{item_id}}", response_model_exclude_none=True)
def revise_agenda_item(edge: Edge, meeting_id: UUID, item_id: UUID, body: ItemBody) -> Done:
    edge.require("prepare_meeting", meeting_id=meeting_id)
    check_known(edge, *([body.presenter_id] if body.presenter_id else []))
    return edge.send(ReviseAgendaItem, meeting_id=meeting_id, item_id=item_id, **dict(body))


@router.post(f"{MEETING}/links", status_code=201, response_model_exclude_none=True)
def attach_link(edge: Edge, meeting_id: UUID, body: LinkBody) -> Done:
    edge.require("prepare_meeting", meeting_id=meeting_id)
    link_id = derived(edge.command_id, "document_id")
    done = edge.send(AttachDocument, meeting_id=meeting_id, document_id=link_id, kind=DocumentKind.link, **dict(body))
    return done.model_copy(update={"id": link_id})


@router.post(f"{MEETING}/documents/{{document_id}}", response_model_exclude_none=True)
def attach_document(edge: Edge, meeting_id: UUID, document_id: UUID, body: AttachmentBody) -> Done:
    """Puts a document that the sender may read into the dossier."""
    edge.require("prepare_meeting", meeting_id=meeting_id)
    edge.require("see_document", document_id=document_id)
    if body.for_person_id is not None:
        check_known(edge, body.for_person_id)
    return edge.send(AttachDocument, meeting_id=meeting_id, document_id=document_id, **dict(body))


@router.post(f"{MEETING}/submission", response_model_exclude_none=True)
def submit_dossier(edge: Edge, meeting_id: UUID, body: SubmissionBody) -> Done:
    resource = edge.require("prepare_meeting", meeting_id=meeting_id)
    leaders = directory.people_with_role(edge.views, "leader", resource.body_id)
    if str(body.leader_id) not in {each.id for each in leaders}:
        raise Refused("not_a_leader", str(body.leader_id))
    return edge.send(SubmitDossier, meeting_id=meeting_id, **dict(body))


@router.post(f"{MEETING}/publication", response_model_exclude_none=True)
def publish_meeting(edge: Edge, meeting_id: UUID, body: PublicationBody) -> Done:
    """Invites the members with a mandate on the day, the presiding officer, the minute taker and the guests named."""
    edge.require("publish_meeting", meeting_id=meeting_id)
    check_known(edge, *body.guest_ids)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    return edge.send(
        PublishMeeting,
        meeting_id=meeting_id,
        invitees=invitees_on_publication(edge.views, meeting, body.guest_ids),
        papers_due_at=notice_of(edge.views, meeting, edge.now).papers_due_at,
    )


@router.post(f"{MEETING}/invitees", response_model_exclude_none=True)
def invite_people(edge: Edge, meeting_id: UUID, body: InvitationBody) -> Done:
    """Invites more people after publication; those with a mandate on the day get a vote."""
    edge.require("prepare_meeting", meeting_id=meeting_id)
    check_known(edge, *body.person_ids)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    return edge.send(
        InvitePeople, meeting_id=meeting_id, invitees=invitees_with_votes(edge.views, meeting, body.person_ids)
    )


@router.get("/calendar-feed")
def read_calendar_feed(edge: Edge) -> FeedAddress | None:
    """The person's own feed address; null before one was made."""
    secret = edge.gate.identity.feeds.secret_of(edge.me.person_id)
    return FeedAddress(url=calendar.address(edge.gate.settings, secret)) if secret else None


@router.post("/calendar-feed")
def renew_calendar_feed(edge: Edge) -> FeedAddress:
    """Makes a new secret address; an earlier one stops working."""
    return FeedAddress(url=calendar.address(edge.gate.settings, edge.gate.identity.feeds.renew(edge.me.person_id)))


@router.delete("/calendar-feed", status_code=204)
def end_calendar_feed(edge: Edge) -> None:
    edge.gate.identity.feeds.end(edge.me.person_id)
