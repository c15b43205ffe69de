"""Gathers everything that one meeting's page shows this person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from gateway.asking import cards_of
from gateway.edge import Context
from gateway.preparing import notice_of, visible_documents, visible_invitations
from gateway.rights import allowed_by
from gateway.texts import _, translate
from gateway.web import session_officials
from gateway.web.pages import local
from gateway.web.people_choice import MANY, Choices, choices, everybody
from kernel.vietnam import day_of
from services.directory import views as directory
from services.directory.views import Person
from services.meeting import preparation_views as meetings
from services.meeting.messages import Answer
from services.meeting.preparation_views import AgendaItem, DossierDocument, Invitation, Meeting, Phase, Step

STEPS = (_("Soạn hồ sơ"), _("Duyệt"), _("Gửi giấy mời"), _("Họp"), _("Kết luận, biên bản"))
STEP_OF = {
    Phase.draft: 0,
    Phase.submitted: 1,
    Phase.approved: 2,
    Phase.published: 3,
    Phase.running: 3,
    Phase.finished: 4,
    Phase.cancelled: 0,
}
HAPPENED = {
    "MeetingPlanned": (_("Tạo cuộc họp"), "neutral"),
    "DossierSubmitted": (_("Trình duyệt hồ sơ"), "info"),
    "DossierApproved": (_("Duyệt hồ sơ"), "good"),
    "DossierReturned": (_("Trả lại hồ sơ"), "bad"),
    "DossierRecalled": (_("Rút lại hồ sơ"), "warn"),
    "MeetingPublished": (_("Công bố và gửi giấy mời"), "good"),
    "MeetingCancelled": (_("Hủy cuộc họp"), "bad"),
    "MeetingReplanned": (_("Đổi thời gian, địa điểm hoặc người điều hành"), "warn"),
    "AgendaItemAdded": (_("Thêm nội dung vào chương trình"), "warn"),
    "AgendaItemRevised": (_("Sửa nội dung chương trình"), "warn"),
    "AgendaItemMoved": (_("Đổi thứ tự chương trình"), "warn"),
    "AgendaItemRemoved": (_("Bỏ nội dung khỏi chương trình"), "warn"),
    "DocumentAttached": (_("Thêm tài liệu"), "warn"),
    "DocumentDetached": (_("Bỏ tài liệu"), "warn"),
    "PeopleInvited": (_("Mời thêm người"), "info"),
}


@dataclass(frozen=True)
class Node:
    item: AgendaItem
    documents: tuple[DossierDocument, ...]
    children: tuple["Node", ...]


def meeting_page(edge: Context, meeting_id: UUID) -> dict[str, Any]:
    edge.require("see_meeting", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    agenda = meetings.agenda(edge.views, meeting_id)
    documents = visible_documents(edge, meeting_id)
    invitations = visible_invitations(edge, meeting_id)
    history = meetings.history(edge.views, meeting_id)
    day = day_of(meeting.starts_at)
    total = sum(each.minutes for each in agenda)
    return {
        "meeting": meeting,
        "body": directory.unit(edge.views, meeting.body_id),
        "steps": _steps(meeting),
        "agenda": agenda,
        "tree": agenda_tree(agenda, documents, None),
        "total_minutes": total,
        "planned_end": meeting.starts_at + timedelta(minutes=total),
        "common": [each for each in documents if each.item_id is None],
        "notice": notice_of(edge.views, meeting, edge.now),
        "note": next((each.detail for each in history if each.event == "DossierSubmitted"), ""),
        "history": _timeline(edge, _told_to(edge, meeting, history)),
        "names": _names(edge, meeting, documents),
        **_invitations(edge, meeting, invitations, day),
        **_rights(edge, meeting),
        **_choices(edge, meeting, agenda, day),
        **session_officials.shown(edge, meeting_id),
    }


def agenda_tree(agenda: list[AgendaItem], documents: list[DossierDocument], parent_id: str | None) -> tuple[Node, ...]:
    return tuple(
        Node(
            each,
            tuple(document for document in documents if document.item_id == each.id),
            agenda_tree(agenda, documents, each.id),
        )
        for each in agenda
        if each.parent_id == parent_id
    )


def _steps(meeting: Meeting) -> list[tuple[str, str]]:
    now = STEP_OF[meeting.phase]
    return [(words, "done" if place < now else "now" if place == now else "next") for place, words in enumerate(STEPS)]


def _rights(edge: Context, meeting: Meeting) -> dict[str, bool]:
    may = {
        each: edge.allows(action, meeting_id=meeting.id)
        for each, action in (
            ("may_prepare", "prepare_meeting"),
            ("may_cancel", "cancel_meeting"),
            ("may_publish", "publish_meeting"),
            ("may_approve", "approve_dossier"),
        )
    }
    asked = meeting.phase is Phase.submitted and meeting.leader_id == edge.me.person_id
    return {
        **may,
        "may_decide": may["may_approve"] and asked,
        "editable": meeting.phase in (Phase.draft, Phase.approved, Phase.published, Phase.running),
    }


def _invitations(edge: Context, meeting: Meeting, invitations: list[Invitation], day: date) -> dict[str, Any]:
    members = {each.person_id for each in directory.members_of(edge.views, meeting.body_id, on=day)}
    counts = {str(answer): sum(each.answer is answer for each in invitations) for answer in Answer}
    may_invite = edge.allows("publish_meeting", meeting_id=meeting.id)
    guests = may_be_guests(edge, meeting) if may_invite else []
    return {
        "invitations": invitations,
        "mine": next((each for each in invitations if each.person_id == edge.me.person_id), None),
        "counts": {**counts, "none": sum(each.answer is None for each in invitations)},
        "member_count": len(members),
        "names_stand_ins": edge.allows("record_voting_rights", meeting_id=meeting.id)
        and bool(allowed_by(cards_of(edge, meeting.body_id)).cards),
        "guests": guests,
        "guests_found": Choices(source=f"/meetings/{meeting.id}/_guests" if len(guests) > MANY else ""),
    }


def may_be_guests(edge: Context, meeting: Meeting) -> list[Person]:
    """Who is not invited and, before the publication, is not going to be by mandate or by office."""
    come = {each.person_id for each in meetings.invitees(edge.views, meeting.id)}
    come |= {meeting.presiding_officer_id, meeting.minute_taker_id}
    if not meeting.published_at:
        day = day_of(meeting.starts_at)
        come |= {each.person_id for each in directory.members_of(edge.views, meeting.body_id, on=day)}
    return [each for each in everybody(edge) if each.id not in come]


def _choices(edge: Context, meeting: Meeting, agenda: list[AgendaItem], day: date) -> dict[str, Any]:
    """What a clerk may choose from; nobody else's page needs it."""
    if not edge.allows("prepare_meeting", meeting_id=meeting.id):
        return {}
    numbered = [(each.id, f"{each.number}. {each.title}") for each in agenda]
    anybody = presenter_choices(edge, meeting)
    return {
        **shared_choices(edge, meeting.body_id, day, keep=(meeting.presiding_officer_id, meeting.minute_taker_id)),
        "leaders": [
            (each.id, each.full_name) for each in directory.people_with_role(edge.views, "leader", meeting.body_id)
        ],
        "places": [("", translate(_("Tài liệu chung của cuộc họp"), edge.locale)), *numbered],
        "parents": [
            ("", translate(_("Chương trình (mục lớn)"), edge.locale)),
            *(pair for pair, each in zip(numbered, agenda, strict=True) if each.level < 3),
        ],
        "presenters": anybody,
        "recipients": anybody,
    }


def presenter_choices(edge: Context, meeting: Meeting, chosen: str | None = None) -> Choices:
    return choices(edge, (meeting.body_id,), (edge.me.unit_id,), chosen=chosen, accounts=False)


def shared_choices(edge: Context, body_id: str, day: date, keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """Who may preside and who may take the minutes; those already chosen stay choosable."""
    presiding = [
        (each.id, each.full_name) for each in directory.people_with_role(edge.views, "presiding_officer", body_id)
    ]
    members = [(each.person_id, each.full_name) for each in directory.members_of(edge.views, body_id, on=day)]
    takers = [
        (each.id, each.full_name)
        for role in ("minute_taker", "records_clerk", "officer")
        for each in directory.people_with_role(edge.views, role, body_id)
    ]
    kept = list(directory.person_names(edge.views, keep).items())
    return {
        "presiding": list(dict.fromkeys([*presiding, *members, *kept])),
        "minute_takers": list(dict.fromkeys([*takers, *members, *kept])),
    }


def _names(edge: Context, meeting: Meeting, documents: list[DossierDocument]) -> dict[str, str]:
    ids = {meeting.presiding_officer_id, meeting.minute_taker_id, meeting.leader_id or ""}
    ids |= {each.for_person_id or "" for each in documents}
    return dict.fromkeys(ids, "") | directory.person_names(edge.views, ids - {""})


def _told_to(edge: Context, meeting: Meeting, history: list[Step]) -> list[Step]:
    """What led to the approval stays among those who prepare and direct; the invited see what came since."""
    inside = any(
        edge.allows(each, meeting_id=meeting.id) for each in ("prepare_meeting", "publish_meeting", "approve_dossier")
    )
    return [each for each in history if inside or each.after_publication or each.event == "MeetingPublished"]


def _timeline(edge: Context, history: list[Step]) -> list[tuple[str, str, str]]:
    told = []
    for each in history:
        words, tone = HAPPENED[each.event]
        detail = f": {each.detail}" if each.detail else ""
        when = f"{local(each.at):%d/%m/%Y %H:%M} · {each.actor_name}"
        told.append((when, translate(words, edge.locale) + detail, tone))
    return told
