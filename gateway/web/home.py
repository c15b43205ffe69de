"""The first page after sign-in: what is on today and what waits for this person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from fastapi import APIRouter
from fastapi.responses import Response

from gateway.edge import Edge
from gateway.policy.tasks import task_viewer
from gateway.texts import _
from gateway.web.official_waiting import follows_officials, official_duties
from gateway.web.pages import render
from kernel.vietnam import VIETNAM
from services.meeting import minutes_views as minutes
from services.meeting import preparation_views as meetings
from services.meeting.preparation_views import DossierDocument, Meeting, Phase
from services.tasks import views as tasks
from services.tasks.deadlines import DueState
from services.voting import circulation_queries as opinions
from services.voting import count_views as counts
from services.voting import views as voting

router = APIRouter()

NEXT_MEETINGS = 5
NEW_DOCUMENTS = 6
NEW_FOR = timedelta(days=7)
FOLLOWED_MEETINGS = 10


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what (translated where it is shown), about which thing, where, until or since when."""

    act: str
    about: str
    url: str
    urgent: bool = False
    soon: bool = False
    at: datetime | None = None
    at_words: str = ""


@router.get("/")
def home(edge: Edge) -> Response:
    return render(edge, "home.html", **_board(edge))


@router.get("/_home")
def board(edge: Edge) -> Response:
    return render(edge, "_home.html", **_board(edge))


def _board(edge: Edge) -> dict[str, Any]:
    mine = [each for each in _my_meetings(edge) if edge.allows("see_meeting", meeting_id=each.id)]
    running = [each for each in mine if each.phase is Phase.running]
    coming = sorted((each for each in mine if each.phase is Phase.published), key=lambda each: each.starts_at)
    new = sorted(_new_documents(edge, running + coming), key=lambda each: each.attached_at, reverse=True)
    return {
        "date_words": format_date(edge.now.astimezone(VIETNAM), "full", locale=edge.locale),
        "running": running,
        "coming": coming[:NEXT_MEETINGS],
        "more_coming": len(coming) > NEXT_MEETINGS,
        "waiting": [*_polls(edge, running), *_written(edge), *_meeting_duties(edge), *_minutes(edge), *_tasks(edge)],
        "new_documents": new[:NEW_DOCUMENTS],
        "more_documents": max(len(new) - NEW_DOCUMENTS, 0),
        "received": minutes.minutes_received(edge.views, edge.me.person_id, edge.me.unit_id, limit=3),
        "counts": tasks.task_counts(edge.views, edge.now, viewer=task_viewer(edge.me)),
        "meeting_titles": {each.id: each.title for each in mine},
        "follows_officials": follows_officials(edge),
        "followed": [each.id for each in (running + coming)[:FOLLOWED_MEETINGS]],
    }


def _my_meetings(edge: Edge) -> list[Meeting]:
    """Those one is invited to, and those one presides over or keeps the record of."""
    me = edge.me.person_id
    invited = {each.id for each in meetings.meetings(edge.views, person_id=me)}
    alive = meetings.meetings(edge.views, phases=(Phase.published, Phase.running))
    return [
        each
        for each in alive
        if each.id in invited
        or me in (each.presiding_officer_id, each.minute_taker_id)
        or edge.me.has("records_clerk", each.body_id)
    ]


def _new_documents(edge: Edge, listed: list[Meeting]) -> Iterator[DossierDocument]:
    for meeting in listed:
        for each in meetings.documents_of(edge.views, meeting.id, for_person=edge.me.person_id):
            if edge.now - each.attached_at <= NEW_FOR and not each.url:
                yield each


def _polls(edge: Edge, running: list[Meeting]) -> Iterator[Waiting]:
    me = edge.me.person_id
    for meeting in running:
        for poll in voting.polls(edge.views, meeting.id):
            waits = poll.state == "open" and voting.on_roll(edge.views, poll.poll_id, me)
            if waits and voting.my_ballot(edge.views, poll.poll_id, me) is None:
                yield Waiting(_("Biểu quyết"), poll.question, f"/polls/{poll.poll_id}", urgent=True)
            elif poll.secret and poll.state == "closed":
                yield from _count(edge, poll)


def _count(edge: Edge, poll: voting.Poll) -> Iterator[Waiting]:
    """Figures that this teller must key in, and what their head must confirm."""
    found, me = counts.counting(edge.views, poll.poll_id), edge.me.person_id
    if found is None or me not in found.teller_ids:
        return
    if found.state == "waiting" or (found.state == "entered_once" and found.entered_by != me):
        yield Waiting(_("Nhập số liệu kiểm phiếu"), poll.question, f"/polls/{poll.poll_id}/count")
    elif found.state == "agreed" and found.head_id == me:
        yield Waiting(_("Xác nhận kết quả kiểm phiếu"), poll.question, f"/polls/{poll.poll_id}/count")


def _written(edge: Edge) -> Iterator[Waiting]:
    yield from _opinions(edge)
    yield from (Waiting(*each) for each in official_duties(edge))


def _opinions(edge: Edge) -> Iterator[Waiting]:
    """Forms to answer, reminded or not; for their chair and clerk those to send, correct, resolve or announce."""
    for form, reminded_at in opinions.waiting_for_answer(edge.views, edge.me.person_id):
        if edge.now < form.due_at:
            act = _("Được nhắc trả lời phiếu lấy ý kiến") if reminded_at else _("Trả lời phiếu lấy ý kiến")
            url = f"/opinion-forms/{form.form_id}"
            yield Waiting(act, form.title, url, soon=reminded_at is not None, at=form.due_at, at_words=_("Hạn"))
    for form in opinions.in_state(edge.views, "draft", "submitted", "counted"):
        mine, url = form.chair_id == edge.me.person_id, f"/opinion-forms/{form.form_id}"
        if form.state == "submitted" and mine:
            yield Waiting(_("Quyết định gửi phiếu lấy ý kiến"), form.title, url)
        elif form.state == "draft" and form.return_reason and form.drafted_by == edge.me.person_id:
            yield Waiting(_("Sửa phiếu lấy ý kiến bị trả lại"), form.title, url)
        elif form.state == "counted":
            unresolved = opinions.unresolved(edge.views, form.form_id)
            if unresolved and edge.me.has("records_clerk", form.body_id):
                yield Waiting(_("Tiếp thu, giải trình ý kiến"), form.title, url)
            elif mine and not unresolved:
                yield Waiting(_("Công bố kết quả lấy ý kiến"), form.title, url)


def _meeting_duties(edge: Edge) -> Iterator[Waiting]:
    for each in meetings.waiting_for_approval(edge.views, edge.me.person_id):
        yield Waiting(_("Duyệt hồ sơ"), each.title, f"/meetings/{each.id}", at=each.starts_at, at_words=_("Họp lúc"))
    for each in meetings.unanswered(edge.views, edge.me.person_id):
        yield Waiting(
            _("Trả lời giấy mời"), each.title, f"/meetings/{each.id}", at=each.starts_at, at_words=_("Họp lúc")
        )

    yield from _dossiers(edge)


def _dossiers(edge: Edge) -> Iterator[Waiting]:
    """What came back from the leader to those who prepare meetings, the nearest meeting first."""
    for each in reversed(meetings.meetings(edge.views, phases=(Phase.draft, Phase.approved))):
        if not edge.me.has("records_clerk", each.body_id):
            continue
        if each.phase is Phase.approved:
            act = _("Công bố và gửi giấy mời")
        elif each.reason:
            act = _("Sửa hồ sơ bị trả lại")
        else:
            continue
        yield Waiting(act, each.title, f"/meetings/{each.id}", at=each.starts_at, at_words=_("Họp lúc"))


def _minutes(edge: Edge) -> Iterator[Waiting]:
    for each in minutes.minutes_to_approve(edge.views, edge.me.person_id):
        url = f"/minutes/{each.meeting_id}/approval"
        yield Waiting(_("Duyệt biên bản"), each.title, url, at=each.since, at_words=_("Trình lúc"))
    for each in minutes.minutes_to_write(edge.views, edge.me.person_id):
        url = f"/minutes/{each.meeting_id}"
        yield Waiting(_("Hoàn thành biên bản"), each.title, url, at=each.since, at_words=_("Từ lúc"))


TASK_ACTS = {"judge": _("Xem xét kết quả"), "accept": _("Tiếp nhận nhiệm vụ"), "deliver": _("Thực hiện nhiệm vụ")}


def _tasks(edge: Edge) -> Iterator[Waiting]:
    for each in tasks.tasks_waiting(edge.views, edge.me.person_id, edge.now):
        state, url = each.task.state, f"/tasks/{each.task.id}"
        urgent, soon = state is DueState.overdue, state is DueState.due_soon
        yield Waiting(TASK_ACTS[each.what], each.task.title, url, urgent, soon, each.task.due_at, _("Hạn"))
