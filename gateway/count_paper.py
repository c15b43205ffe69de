"""The minutes of a count of papers: figures that two tellers agreed on, set in the layout of Decree 30/2020."""

from uuid import UUID

from fastapi.responses import Response

from gateway.downloads import disposition
from gateway.edge import Context
from gateway.typefaces import FONTS
from kernel.decider import Refused
from kernel.paper.typesetting import FontsMissing
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.meeting.paper.count_minutes import CountMinutes, Papers, ResultRow, render_count_minutes
from services.meeting.record_facts import Body, Person
from services.voting import count_views as counts
from services.voting import views as voting
from services.voting.messages import LineResult, PaperCount, PollTallied

FINDINGS = {"half_low": "Quá nửa đánh giá thấp", "two_thirds_low": "Từ hai phần ba đánh giá thấp"}


def pdf(edge: Context, poll_id: UUID) -> Response:
    """Raises `no_paper_count` before the head of the board has confirmed."""
    poll, tally = voting.poll(edge.views, poll_id), voting.result(edge.views, poll_id)
    found = counts.counting(edge.views, poll_id)
    if poll is None or tally is None or found is None or found.count is None or found.confirmed_at is None:
        raise Refused("no_paper_count", str(poll_id))
    try:
        content = render_count_minutes(count_minutes(edge, poll, tally, found, found.count), FONTS)
    except FontsMissing as error:
        raise Refused("fonts_missing", str(error)) from error
    name = f"Biên bản kiểm phiếu {poll.question}"[:120] + ".pdf"
    headers = {"Content-Disposition": disposition("inline", name), "Cache-Control": "private, no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def count_minutes(
    edge: Context, poll: voting.Poll, tally: PollTallied, found: counts.Counting, count: PaperCount
) -> CountMinutes:
    assert found.confirmed_at is not None
    meeting = meetings.meeting(edge.views, poll.meeting_id)
    assert meeting is not None
    first, second = (person(edge, each) for each in found.agreed_by)
    return CountMinutes(
        body=body(edge, meeting.body_id),
        meeting_title=meeting.title,
        question=poll.question,
        members=poll.members,
        present=poll.quorum.present,
        papers=Papers(count.issued, count.returned, count.unused, count.spoiled, count.valid, count.invalid),
        columns=tuple(choice.label for choice in poll.choices) if poll.lines else ("Số phiếu",),
        rows=rows(poll, tally),
        base_count=tally.base_count,
        conclusion=conclusion(poll, tally),
        rule=poll.rule_card.title,
        legal_basis=poll.rule_card.legal_basis,
        head=person(edge, found.head_id),
        tellers=tuple(person(edge, each) for each in found.member_ids),
        keyed_by=(first, second),
        confirmed_at=found.confirmed_at,
    )


def rows(poll: voting.Poll, tally: PollTallied) -> tuple[ResultRow, ...]:
    outcomes = voting.lines(poll, tally)
    if not outcomes:
        return tuple(ResultRow(choice.label, (tally.counts[choice.key],)) for choice in poll.choices)
    return tuple(
        ResultRow(each.title, tuple(each.counts.values()) or (each.result.votes,), finding(poll, each.result))
        for each in outcomes
    )


def finding(poll: voting.Poll, result: LineResult) -> str:
    match poll.method.kind:
        case "election":
            return "Trúng cử" if result.passed else "Không trúng cử"
        case "rating":
            return FINDINGS.get(result.finding, "")
        case _:
            return "Thông qua" if result.passed else "Không thông qua"


def conclusion(poll: voting.Poll, tally: PollTallied) -> str:
    passed = [each.title for each in voting.lines(poll, tally) if each.result.passed]
    match poll.method.kind:
        case "single_choice":
            word = "Thông qua" if tally.passed else "Không thông qua"
            return f"{word}: {tally.votes_for} phiếu tán thành, cần ít nhất {tally.needed}"
        case "election":
            elected = f"Trúng cử: {', '.join(passed)}" if passed else "Không có người trúng cử"
            still = f"; còn {tally.open_posts} vị trí chưa bầu được" if tally.open_posts else ""
            return f"{elected} (cần ít nhất {tally.needed} phiếu){still}"
        case "rating":
            low = [each for each in voting.lines(poll, tally) if each.result.finding]
            if not low:
                return "Không có người nào bị quá nửa đánh giá thấp"
            return "; ".join(f"{each.title}: {FINDINGS[each.result.finding].lower()}" for each in low)
        case _:
            return f"Thông qua: {', '.join(passed)}" if passed else "Không có nội dung nào được thông qua"


def person(edge: Context, person_id: str) -> Person:
    known = directory.person(edge.views, person_id)
    if known is None:
        return Person(UUID(person_id), person_id)
    return Person(UUID(person_id), known.full_name, known.position, known.unit_name)


def body(edge: Context, body_id: str) -> Body:
    unit = directory.unit(edge.views, body_id)
    assert unit is not None
    above = directory.unit(edge.views, unit.parent_id) if unit.parent_id else None
    return Body(UUID(unit.id), unit.name, unit.short_name, unit.kind, above.name if above else "")
