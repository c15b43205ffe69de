"""Pages of meetings: lists, a new meeting, the meeting itself, the person's calendar feed."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from gateway import calendar
from gateway.edge import AnyGate, Edge
from gateway.texts import _, translate
from gateway.web.meeting_page import may_be_guests, meeting_page, presenter_choices, shared_choices
from gateway.web.pages import render
from gateway.web.people_choice import found
from kernel.decider import Refused
from kernel.vietnam import day_of
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting.messages import MeetingKind
from services.meeting.preparation_views import PREPARING, Meeting, Phase

router = APIRouter()

TABS = (
    ("upcoming", _("Sắp tới")),
    ("running", _("Đang họp")),
    ("finished", _("Đã kết thúc")),
    ("drafts", _("Đang chuẩn bị")),
)
KINDS = (
    (MeetingKind.session_regular, _("Kỳ họp thường lệ")),
    (MeetingKind.session_thematic, _("Kỳ họp chuyên đề")),
    (MeetingKind.session_urgent, _("Họp đột xuất")),
    (MeetingKind.committee_regular, _("Phiên họp thường kỳ Ủy ban nhân dân")),
    (MeetingKind.briefing, _("Giao ban")),
)


@router.get("/meetings")
def list_page(edge: Edge, show: Annotated[str, Query(max_length=20)] = "") -> Response:
    visible = [each for each in meetings.meetings(edge.views) if edge.allows("see_meeting", meeting_id=each.id)]
    groups = _grouped(visible)
    bodies = directory.bodies(edge.views, on=day_of(edge.now))
    may_plan = any(edge.allows("plan_meeting", body_id=each.id) for each in bodies)
    to_approve = {each.id for each in meetings.waiting_for_approval(edge.views, edge.me.person_id)}
    if show not in groups:
        show = "running" if groups["running"] else "drafts" if to_approve else "upcoming"
    return render(
        edge,
        "meeting/list.html",
        groups=groups,
        show=show,
        tabs=[each for each in TABS if each[0] != "drafts" or may_plan or groups["drafts"]],
        may_plan=may_plan,
        body_names={each.id: each.short_name for each in directory.units(edge.views)},
        unanswered={each.id for each in meetings.unanswered(edge.views, edge.me.person_id)},
        to_approve=to_approve,
    )


def _grouped(visible: Iterable[Meeting]) -> dict[str, list[Meeting]]:
    groups: dict[str, list[Meeting]] = {key: [] for key, _words in TABS}
    for each in visible:
        if each.phase in PREPARING:
            groups["drafts"].append(each)
        elif each.phase is Phase.published:
            groups["upcoming"].insert(0, each)
        else:
            groups["running" if each.phase is Phase.running else "finished"].append(each)
    return groups


@router.get("/meetings/new")
def new_page(edge: Edge, body_id: UUID | None = None) -> Response:
    today = day_of(edge.now)
    bodies = [each for each in directory.bodies(edge.views, on=today) if edge.allows("plan_meeting", body_id=each.id)]
    if body_id is not None:
        edge.require("plan_meeting", body_id=body_id)
    body = next((each for each in bodies if body_id is None or each.id == str(body_id)), None)
    if body is None:
        raise Refused("not_allowed", "plans no body's meetings")
    return render(
        edge,
        "meeting/new.html",
        bodies=bodies,
        body=body,
        kinds=[(kind, translate(words, edge.locale)) for kind, words in KINDS],
        **shared_choices(edge, body.id, today),
    )


@router.get("/meetings/{meeting_id}")
def show_page(edge: Edge, meeting_id: UUID) -> Response:
    return render(edge, "meeting/show.html", **meeting_page(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_top")
def top_fragment(edge: Edge, meeting_id: UUID, seen: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Nothing (204) while the meeting stands where the page last saw it."""
    values = meeting_page(edge, meeting_id)
    if values["meeting"].phase == seen:
        return Response(status_code=204)
    return render(edge, "meeting/_top.html", **values)


@router.get("/meetings/{meeting_id}/_agenda")
def agenda_fragment(edge: Edge, meeting_id: UUID) -> Response:
    return render(edge, "meeting/_agenda.html", **meeting_page(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_documents")
def documents_fragment(edge: Edge, meeting_id: UUID) -> Response:
    return render(edge, "meeting/_documents.html", **meeting_page(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_invitations")
def invitations_fragment(edge: Edge, meeting_id: UUID) -> Response:
    return render(edge, "meeting/_invitations.html", **meeting_page(edge, meeting_id))


@router.get("/meetings/{meeting_id}/_guests")
def guests_found(edge: Edge, meeting_id: UUID, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    edge.require("publish_meeting", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    return render(edge, "_people_found.html", found=found(may_be_guests(edge, meeting), q))


@router.get("/meetings/{meeting_id}/agenda/{item_id}/_edit")
def item_form(edge: Edge, meeting_id: UUID, item_id: UUID) -> Response:
    edge.require("prepare_meeting", meeting_id=meeting_id)
    listed = meetings.agenda(edge.views, meeting_id)
    item = next((each for each in listed if each.id == str(item_id)), None)
    if item is None:
        raise Refused("no_such_item", str(item_id))
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    parents = [("", translate(_("Chương trình (mục lớn)"), edge.locale))]
    parents += [
        (each.id, f"{each.number}. {each.title}")
        for each in listed
        if each.level < 3 and each.number != item.number and not each.number.startswith(f"{item.number}.")
    ]
    return render(
        edge,
        "meeting/_item_form.html",
        meeting=meeting,
        item=item,
        parents=parents,
        presenters=presenter_choices(edge, meeting, item.presenter_id),
    )


@router.get("/calendar-feed")
def feed_page(edge: Edge) -> Response:
    secret = edge.gate.identity.feeds.secret_of(edge.me.person_id)
    return render(edge, "meeting/feed.html", url=secret and calendar.address(edge.gate.settings, secret))


@router.get("/calendar/{secret}.ics")
def calendar_feed(gate: AnyGate, request: Request, secret: str) -> Response:
    """Works without a session: the secret in the address is the right to read."""
    person_id = gate.identity.feeds.person_of(secret)
    person = directory.person(gate.views.reader(), person_id) if person_id else None
    if person is None or not person.account_open:
        raise Refused("not_found")
    body = calendar.feed(gate.views.reader(), person.id, gate.settings, now=gate.clock(), locale=request.state.locale)
    return Response(body, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})
