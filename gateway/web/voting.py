"""Pages and fragments of polls: the panel of the session page, the hall's part, and the result page."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.api.voting import cards_of, known
from gateway.edge import Context, Edge
from gateway.texts import _
from gateway.web.pages import render
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.messages import UnitKind
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.voting import views as voting
from services.voting.cards import catalogue
from services.voting.messages import Choice, PollTallied

router = APIRouter()
UNDER_WAY = ("open", "closed", "tallied")
TEXTS_OF_CARDS = frozenset(
    {
        _("Quá nửa tổng số đại biểu"),
        _("Ít nhất hai phần ba tổng số đại biểu (bãi nhiệm đại biểu)"),
        _("Quá nửa tổng số thành viên; ngang nhau thì theo Chủ tịch"),
        _(
            "khoản 3 Điều 91 Luật Tổ chức chính quyền địa phương số 77/2015/QH13"
            " và quy định tương ứng của Luật số 72/2025/QH15"
        ),
        _(
            "khoản 3 Điều 117 Luật Tổ chức chính quyền địa phương số 77/2015/QH13"
            " và quy định tương ứng của Luật số 72/2025/QH15"
        ),
        _("Quá hai phần ba số đại biểu còn lại (khi khuyết hơn một phần ba)"),
        _("Điều 46 Luật Tổ chức chính quyền địa phương số 65/2025/QH15"),
        _("Bầu cử: quá nửa tổng số đại biểu, nhiều phiếu hơn trúng cử"),
        _("Lấy phiếu tín nhiệm, ba mức"),
        _("Bỏ phiếu tín nhiệm, hai mức"),
        _("Nghị quyết số 96/2023/QH15"),
        _("Tín nhiệm cao / Tín nhiệm / Tín nhiệm thấp"),
        _("Tín nhiệm / Không tín nhiệm"),
        _("Tín nhiệm cao"),
        _("Tín nhiệm"),
        _("Tín nhiệm thấp"),
        _("Không tín nhiệm"),
        _("Tán thành / Không tán thành / Không biểu quyết"),
        _("Đồng ý / Không đồng ý / Phiếu trắng"),
        _("Tán thành / Không tán thành / Ý kiến khác"),
        _("Tán thành"),
        _("Không tán thành"),
        _("Không biểu quyết"),
        _("Đồng ý"),
        _("Không đồng ý"),
        _("Phiếu trắng"),
        _("Ý kiến khác"),
    }
)
"""The words of `services/voting/cards.toml`, named here so that the catalogues know them."""


@dataclass(frozen=True)
class Shown:
    """A poll as one person sees it. `tally` is None for whom the result is not for, or not yet."""

    poll: voting.Poll
    members_word: str
    item_title: str
    on_roll: bool
    here: bool
    mine: voting.CastAs | None
    tally: PollTallied | None
    conducts: bool

    @property
    def my_choice(self) -> Choice | None:
        return next((each for each in self.poll.choices if self.mine and each.key == self.mine.choice), None)


@router.get("/meetings/{meeting_id}/_polls")
def polls_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_polls", meeting_id=meeting_id)
    held = [shown(edge, poll) for poll in voting.polls(edge.views, meeting_id)]
    sitting = sittings.sitting(edge.views, meeting_id)
    session_open = sitting is not None and sitting.state == "open"
    return render(
        edge,
        "voting/_polls.html",
        meeting_id=str(meeting_id),
        under_way=[each for each in held if each.poll.state in UNDER_WAY],
        past=[each for each in held if each.poll.state not in UNDER_WAY],
        session_open=session_open,
        # One question at a time: the next is asked once the one before has been counted.
        may_open=session_open
        and all(each.poll.state not in ("open", "closed") for each in held)
        and edge.allows("conduct_polls", meeting_id=meeting_id),
    )


@router.get("/meetings/{meeting_id}/_new_poll")
def new_poll_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("conduct_polls", meeting_id=meeting_id)
    meeting = the_meeting(edge, meeting_id)
    sitting = sittings.sitting(edge.views, meeting_id)
    rules = directory.rules_of(edge.views, meeting.body_id)
    agenda = meetings.agenda(edge.views, meeting_id)
    current = next((item for item in agenda if sitting and item.id == sitting.item_id), None)
    return render(
        edge,
        "voting/_new_poll.html",
        meeting_id=str(meeting_id),
        agenda=agenda,
        current=current,
        seats=rules.seats if rules else 0,
        members_word=members_word(edge, meeting.body_id),
        cards=cards_of(edge, meeting.body_id),
        templates=catalogue().choices,
        quorum=sittings.quorum_now(edge.views, meeting_id),
    )


@router.get("/meetings/{meeting_id}/_hall_poll")
def hall_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_polls", meeting_id=meeting_id)
    poll = voting.on_the_wall(edge.views, meeting_id)
    return render(
        edge,
        "voting/_hall_poll.html",
        meeting_id=str(meeting_id),
        shown=shown(edge, poll, hall=True) if poll else None,
    )


@router.get("/polls/{poll_id}/_turnout")
def turnout_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "voting/_turnout.html", poll=known(edge, poll_id))


@router.get("/polls/{poll_id}/_hall_turnout")
def hall_turnout_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "voting/_hall_turnout.html", poll=known(edge, poll_id))


@router.get("/polls/{poll_id}/_ballot")
def ballot_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "voting/_ballot.html", shown=shown(edge, known(edge, poll_id)))


@router.get("/polls/{poll_id}/_body")
def body_fragment(edge: Edge, poll_id: UUID, order: Literal["name", "choice"] = "name") -> Response:
    return result(edge, poll_id, order, "voting/_poll_page.html")


@router.get("/polls/{poll_id}")
def poll_page(edge: Edge, poll_id: UUID, order: Literal["name", "choice"] = "name") -> Response:
    return result(edge, poll_id, order, "voting/poll.html")


def result(edge: Context, poll_id: UUID, order: Literal["name", "choice"], template: str) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    seen = shown(edge, known(edge, poll_id))
    return render(
        edge,
        template,
        shown=seen,
        meeting=the_meeting(edge, seen.poll.meeting_id),
        order=order,
        ballots=voting.ballots_by_voter(edge.views, poll_id, order) if seen.tally else [],
        labels={choice.key: choice.label for choice in seen.poll.choices},
    )


def shown(edge: Context, poll: voting.Poll, hall: bool = False) -> Shown:
    """`hall`: what stands on the wall is for everyone, whoever is signed in at the projector."""
    attendance = sittings.attendance_of(edge.views, poll.meeting_id, edge.me.person_id)
    sees = poll.state == "published" or (not hall and edge.allows("see_tally", poll_id=poll.poll_id))
    item = meetings.item(edge.views, poll.meeting_id, poll.item_id) if poll.item_id else None
    return Shown(
        poll=poll,
        members_word=members_word(edge, the_meeting(edge, poll.meeting_id).body_id),
        item_title=item.title if item else "",
        on_roll=voting.on_roll(edge.views, poll.poll_id, edge.me.person_id),
        here=attendance is not None and attendance.here,
        mine=voting.my_ballot(edge.views, poll.poll_id, edge.me.person_id),
        tally=voting.result(edge.views, poll.poll_id) if sees else None,
        conducts=edge.allows("conduct_polls", poll_id=poll.poll_id),
    )


def members_word(edge: Context, body_id: UUID | str) -> str:
    body = directory.unit(edge.views, body_id)
    return _("đại biểu") if body and body.kind == UnitKind.people_council else _("thành viên")


def the_meeting(edge: Context, meeting_id: UUID | str) -> meetings.Meeting:
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None:
        raise Refused("not_found", str(meeting_id))
    return meeting
