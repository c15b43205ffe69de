"""The tellers' part of a secret ballot: appointing the board, keying in the figures, confirming the count."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.edge import Context, Edge
from gateway.texts import _
from gateway.web.pages import render
from kernel.decider import Refused
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.voting import count_views as counts
from services.voting import views as voting
from services.voting.messages import PaperCount

router = APIRouter()

FIGURES = {
    "issued": _("Số phiếu phát ra"),
    "returned": _("Số phiếu thu về"),
    "unused": _("Số phiếu không sử dụng, nộp lại"),
    "spoiled": _("Số phiếu hỏng, đã đổi"),
    "valid": _("Số phiếu hợp lệ"),
    "invalid": _("Số phiếu không hợp lệ"),
}


@dataclass(frozen=True)
class Group:
    """Marks that belong together on the paper: those of one line, or all of them where there are no lines."""

    title: str
    marks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """A count as one person sees it. `read`: the figures that two tellers agreed on."""

    poll: voting.Poll
    counting: counts.Counting | None
    names: dict[str, str]
    appoints: bool
    counts_papers: bool
    follows: bool
    may_enter: bool
    differing: list[str]
    read: list[tuple[str, int]]


@router.get("/polls/{poll_id}/_count")
def count_fragment(edge: Edge, poll_id: UUID) -> Response:
    edge.require("see_polls", poll_id=poll_id)
    return render(edge, "counting/_count.html", count=shown(edge, poll_id))


@router.get("/polls/{poll_id}/tellers")
def tellers_page(edge: Edge, poll_id: UUID) -> Response:
    edge.require("conduct_polls", poll_id=poll_id)
    count = shown(edge, poll_id)
    return render(edge, "counting/tellers.html", count=count, people=eligible(edge, count.poll))


@router.get("/polls/{poll_id}/count")
def count_page(edge: Edge, poll_id: UUID) -> Response:
    """Where a teller keys in the figures; nothing here refreshes itself under somebody who writes."""
    edge.require("count_papers", poll_id=poll_id)
    count = shown(edge, poll_id)
    return render(edge, "counting/count.html", count=count, figures=FIGURES, groups=groups(count.poll))


def shown(edge: Context, poll_id: UUID) -> Shown:
    poll = voting.poll(edge.views, poll_id)
    if poll is None:
        raise Refused("not_found", str(poll_id))
    if not poll.secret:
        raise Refused("not_on_paper", str(poll_id))
    counting = counts.counting(edge.views, poll_id)
    follows = edge.allows("follow_count", poll_id=poll_id)
    teller = edge.allows("count_papers", poll_id=poll_id)
    turn = counting is not None and (
        counting.state == "waiting" or (counting.state == "entered_once" and counting.entered_by != edge.me.person_id)
    )
    return Shown(
        poll=poll,
        counting=counting,
        names=directory.person_names(edge.views, counting.teller_ids) if counting else {},
        appoints=edge.allows("conduct_polls", poll_id=poll_id),
        counts_papers=teller,
        follows=follows,
        may_enter=teller and turn and poll.state == "closed",
        differing=differing(poll, counting) if counting else [],
        read=figures_read(poll, counting.count) if counting and counting.count and follows else [],
    )


def eligible(edge: Context, poll: voting.Poll) -> list[tuple[str, str]]:
    """Everyone invited but the candidates: (id, name)."""
    standing = {str(each.person_id) for each in poll.choices} | {str(each.person_id) for each in poll.lines}
    invited = meetings.invitees(edge.views, poll.meeting_id)
    return [(each.person_id, each.full_name) for each in invited if each.person_id not in standing]


def groups(poll: voting.Poll) -> list[Group]:
    choices = [(choice.key, choice.label) for choice in poll.choices]
    if not poll.lines:
        return [Group("", tuple(choices))]
    return [Group(line.title, tuple((f"{line.key}:{key}", label) for key, label in choices)) for line in poll.lines]


def labels(poll: voting.Poll) -> dict[str, str]:
    marks = {
        mark: f"{group.title}: {label}" if group.title else label
        for group in groups(poll)
        for mark, label in group.marks
    }
    return {**FIGURES, **marks}


def differing(poll: voting.Poll, counting: counts.Counting) -> list[str]:
    words = labels(poll)
    return [words.get(each, each) for each in counting.differing]


def figures_read(poll: voting.Poll, count: PaperCount) -> list[tuple[str, int]]:
    """What two tellers agreed on, in the order of the form."""
    papers = [(words, getattr(count, name)) for name, words in FIGURES.items()]
    marks = [mark for group in groups(poll) for mark, _label in group.marks]
    words = labels(poll)
    return [*papers, *((words[mark], count.counts.get(mark, 0)) for mark in marks)]
