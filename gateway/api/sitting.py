"""The sitting through the JSON API: roll call, session, agenda in the hall, the floor, notes."""

import secrets
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from gateway.api.commands import Body, command_route
from gateway.edge import Context, Done, Edge
from gateway.preparing import check_known
from gateway.roll import to_invite, today, with_mandate
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.meeting.messages import (
    BeginAgendaItem,
    CheckIn,
    CloseSession,
    CorrectNote,
    EndSpeech,
    ExtendRoll,
    GiveFloor,
    InvitePeople,
    NoteDiscussion,
    OpenRollCall,
    OpenSession,
    Quorum,
    RecordAbsence,
    RecordArrival,
    RecordDeparture,
    RenewCheckInCode,
    RequestFloor,
    ResumeSession,
    SuspendSession,
    WithdrawFloorRequest,
)

router = APIRouter(tags=["sitting"])
HELD = (meetings.Phase.published, meetings.Phase.running, meetings.Phase.finished)


@router.post("/meetings/{meeting_id}/roll-call")
def open_roll_call(edge: Edge, meeting_id: UUID) -> Done:
    """Opens the roll: the body's members with a mandate today vote; everyone else invited is listed beside them."""
    edge.require("take_roll_call", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None or meeting.phase not in HELD:
        raise Refused("meeting_cancelled" if meeting and meeting.phase == "cancelled" else "not_published")
    rules = directory.rules_of(edge.views, meeting.body_id)
    if rules is None:
        raise Refused("rules_missing", meeting.body_id)
    voters = [each.person_id for each in directory.members_of(edge.views, meeting.body_id, on=today(edge))]
    if not voters:
        raise Refused("no_members_today", meeting.body_id)
    invited = [each.person_id for each in meetings.invitees(edge.views, meeting_id)]
    others = dict.fromkeys((*invited, meeting.presiding_officer_id, meeting.minute_taker_id))
    return edge.send(
        OpenRollCall,
        meeting_id=meeting_id,
        code=new_code(),
        voters=voters,
        others=[each for each in others if each not in voters],
        quorum=Quorum(seats=rules.seats, numerator=rules.quorum_numerator, denominator=rules.quorum_denominator),
    )


@router.post("/meetings/{meeting_id}/roll-call/code")
def renew_check_in_code(edge: Edge, meeting_id: UUID) -> Done:
    """Shows a new code in the hall; the old one no longer checks anybody in."""
    edge.require("take_roll_call", meeting_id=meeting_id)
    return edge.send(RenewCheckInCode, meeting_id=meeting_id, code=new_code())


class RollBody(Body):
    person_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]


@router.post("/meetings/{meeting_id}/roll-call/people")
def extend_roll(edge: Edge, meeting_id: UUID, body: RollBody) -> Done:
    """Adds people to a roll that is open: with a vote by a mandate of today, and invited if they were not.

    The quorum stays as it was when the roll call opened.
    """
    edge.require("extend_roll", meeting_id=meeting_id)
    check_known(edge, *body.person_ids)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    votes = with_mandate(edge, meeting.body_id)
    done = edge.send(
        ExtendRoll,
        meeting_id=meeting_id,
        voters=[each for each in body.person_ids if str(each) in votes],
        others=[each for each in body.person_ids if str(each) not in votes],
    )
    invitees = to_invite(edge, meeting, body.person_ids)
    return edge.send(InvitePeople, index="invite", meeting_id=meeting_id, invitees=invitees) if invitees else done


class ItemBody(Body):
    item_id: UUID


@router.post("/meetings/{meeting_id}/session/item")
def begin_agenda_item(edge: Edge, meeting_id: UUID, body: ItemBody) -> Done:
    """Moves the meeting to this item; the one before it ends."""
    edge.require("lead_discussion", meeting_id=meeting_id)
    must_be_on_agenda(edge, meeting_id, body.item_id)
    return edge.send(BeginAgendaItem, meeting_id=meeting_id, item_id=body.item_id)


class NoteBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    person_id: UUID | None = None
    item_id: UUID | None = None


@router.post("/meetings/{meeting_id}/notes", status_code=201)
def note_discussion(edge: Edge, meeting_id: UUID, body: NoteBody) -> Done:
    """A short note of what somebody said, for the minutes; without an item it belongs to the current one."""
    edge.require("take_notes", meeting_id=meeting_id)
    if body.item_id is not None:
        must_be_on_agenda(edge, meeting_id, body.item_id)
    note_id = derived(edge.command_id, "note_id")
    done = edge.send(NoteDiscussion, meeting_id=meeting_id, note_id=note_id, **dict(body))
    return done.model_copy(update={"id": note_id})


MEETING = "/meetings/{meeting_id}"
REQUEST = f"{MEETING}/floor-requests"
command_route(router, f"{MEETING}/check-in", CheckIn, action="check_in", mine="person_id")
command_route(router, f"{MEETING}/arrivals", RecordArrival, action="take_roll_call")
command_route(router, f"{MEETING}/departures", RecordDeparture, action="take_roll_call")
command_route(router, f"{MEETING}/absences", RecordAbsence, action="take_roll_call")
command_route(router, f"{MEETING}/session/open", OpenSession, action="hold_session")
command_route(router, f"{MEETING}/session/suspend", SuspendSession, action="hold_session")
command_route(router, f"{MEETING}/session/resume", ResumeSession, action="hold_session")
command_route(router, f"{MEETING}/session/close", CloseSession, action="hold_session")
command_route(router, f"{MEETING}/floor/end", EndSpeech, action="lead_discussion")
command_route(router, REQUEST, RequestFloor, action="request_floor", creates="request_id", mine="person_id")
command_route(router, REQUEST + "/{request_id}/withdraw", WithdrawFloorRequest, action="withdraw_floor_request")
command_route(router, REQUEST + "/{request_id}/give", GiveFloor, action="lead_discussion")
command_route(router, MEETING + "/notes/{note_id}", CorrectNote, action="take_notes", method="PUT")


@router.get("/meetings/{meeting_id}/sitting")
def sitting(edge: Edge, meeting_id: UUID) -> sittings.SittingView:
    """State, current item and speaker. The check-in code is shown only to those who take the roll call."""
    edge.require("see_sitting", meeting_id=meeting_id)
    held = begun(edge, meeting_id)
    return held if edge.allows("take_roll_call", meeting_id=meeting_id) else replace(held, code="")


@router.get("/meetings/{meeting_id}/attendance")
def attendance(edge: Edge, meeting_id: UUID) -> list[sittings.Attendance]:
    """Everyone on the roll, voting members first. Why somebody is absent is for them and for who keeps the roll."""
    edge.require("see_sitting", meeting_id=meeting_id)
    listed = sittings.attendance(edge.views, meeting_id)
    if edge.allows("take_roll_call", meeting_id=meeting_id):
        return listed
    return [each if each.person_id == edge.me.person_id else replace(each, reason="") for each in listed]


@router.get("/meetings/{meeting_id}/quorum")
def quorum(edge: Edge, meeting_id: UUID) -> sittings.QuorumNow:
    edge.require("see_sitting", meeting_id=meeting_id)
    now = sittings.quorum_now(edge.views, meeting_id)
    if now is None:
        raise Refused("roll_call_not_open")
    return now


@router.get("/meetings/{meeting_id}/quorum/timeline")
def quorum_timeline(edge: Edge, meeting_id: UUID) -> list[sittings.Step]:
    """Each step holds until the next."""
    edge.require("see_sitting", meeting_id=meeting_id)
    return sittings.quorum_timeline(edge.views, meeting_id)


@router.get("/meetings/{meeting_id}/floor-requests")
def floor_queue(edge: Edge, meeting_id: UUID) -> list[sittings.Request]:
    """Who waits to speak, in the order of request."""
    edge.require("see_sitting", meeting_id=meeting_id)
    return sittings.floor_queue(edge.views, meeting_id)


@router.get("/meetings/{meeting_id}/speeches")
def speeches(edge: Edge, meeting_id: UUID) -> list[sittings.Speech]:
    edge.require("see_sitting", meeting_id=meeting_id)
    return sittings.speeches(edge.views, meeting_id)


@router.get("/meetings/{meeting_id}/notes")
def notes(edge: Edge, meeting_id: UUID) -> list[sittings.Note]:
    edge.require("see_notes", meeting_id=meeting_id)
    return sittings.notes(edge.views, meeting_id)


@router.get("/meetings/{meeting_id}/item-times")
def item_times(edge: Edge, meeting_id: UUID) -> list[sittings.ItemTime]:
    """When each agenda item was under discussion."""
    edge.require("see_sitting", meeting_id=meeting_id)
    return sittings.item_times(edge.views, meeting_id)


def begun(edge: Context, meeting_id: UUID) -> sittings.SittingView:
    held = sittings.sitting(edge.views, meeting_id)
    if held is None:
        raise Refused("roll_call_not_open")
    return held


def must_be_on_agenda(edge: Context, meeting_id: UUID, item_id: UUID) -> None:
    if meetings.item(edge.views, meeting_id, item_id) is None:
        raise Refused("no_such_item", str(item_id))


def new_code() -> str:
    """Six digits, unpredictable; never derived from anything people could know."""
    return f"{secrets.randbelow(1_000_000):06d}"
