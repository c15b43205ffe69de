"""The resolution that a vote of the meeting passed: grounds, first articles, and the sentence of its adoption."""

import re
from collections.abc import Iterator
from uuid import UUID

from gateway import published_votes as votes
from gateway.circulation_paper import body_of
from gateway.edge import Context
from gateway.official_origin import TO_FILL
from gateway.official_prefill import Prefill
from gateway.preparing import visible_documents
from gateway.session_officials import wording
from gateway.session_officials.notice import presided
from gateway.session_officials.receivers import committee_beside, receivers
from kernel.decider import Refused
from services.directory.messages import UnitKind
from services.directory.views import Unit
from services.documents import views as documents
from services.meeting import conclusions_views as conclusions
from services.meeting import preparation_views as meetings
from services.meeting.paper import words
from services.meeting.preparation_views import AgendaItem, Meeting
from services.signing.messages.official import Kind, Recipient
from services.voting.views import Poll

LAW = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025"
"""Of laws neither number nor issuer is cited (Decree 30/2020, Annex I, part II.6.b)."""
FORMALITIES = re.compile(
    r"^(thông qua|biểu quyết|cho ý kiến|tờ trình|dự thảo|nghị quyết|đề nghị|ban hành|và|về việc|việc|về)[\s:]+",
    re.IGNORECASE,
)
THINGS = (
    *("chủ trương", "phương án", "kế hoạch", "đề án", "dự án", "dự toán", "quyết toán", "báo cáo", "quy hoạch"),
    *("chương trình", "danh mục", "mức", "nội dung", "chế độ", "chính sách", "quy định", "quy chế", "kết quả"),
)
"""After these words one adopts the thing itself, before a verb "việc" is said."""
MEASURED = {"all_members": "{}", "serving": "{} đương nhiệm", "present": "{} có mặt", "cast": "phiếu đã bỏ"}
CONSIDERED = re.compile(r"(tờ trình|báo cáo thẩm tra)\b[\s:–-]*(.*)", re.IGNORECASE | re.DOTALL)


def resolution_of(edge: Context, meeting: Meeting, item_id: UUID) -> Prefill:
    item = meetings.item(edge.views, meeting.id, item_id)
    if item is None:
        raise Refused("no_such_item", str(item_id))
    poll = votes.passed(edge.views, meeting.id, item.id)
    if poll is None:
        raise Refused("poll_not_passed", item.id)
    chair, body = presided(edge, meeting)
    member = words.member(body_of(edge, body.id))
    signature, subject = wording.signs_resolution(chair, body), subject_of(item, poll)
    concluded = [each for each in conclusions.conclusions(edge.views, meeting.id) if each.item_id == item.id]
    return Prefill(
        kind=Kind.resolution,
        summary=f"Về {subject}"[:1000],
        issuer_symbol=words.SYMBOLS.get(body.kind, ""),
        signatory_id=signature.person_id,
        competence=signature.competence,
        position=signature.position,
        head=signature.head,
        collective=signature.collective,
        authority="\n".join(authority(body, meeting)),
        bases="\n".join([LAW, result(edge, meeting, poll, member), considered(edge, item, member)]),
        text="\n".join(articles(meeting, subject, poll, body)),
        recipients=(
            *receivers(edge, meeting, concluded, committee_beside(edge, body)),
            Recipient(name=f"{member.capitalize()} {body.name}"[:300]),
        ),
        meeting_id=UUID(meeting.id),
        item_id=item_id,
        poll_id=UUID(poll.poll_id),
    )


def subject_of(item: AgendaItem, poll: Poll) -> str:
    """What was decided, without the words of the agenda around it; what was asked, where the title says too little."""
    subject = plain(item.title)
    return subject if len(subject.split()) > 2 else plain(poll.question) or subject


def plain(title: str) -> str:
    rest = wording.spelled(title).strip(" .;:?")
    while (shorter := FORMALITIES.sub("", rest)) != rest:
        rest = shorter
    return wording.lowered(rest)


def authority(body: Unit, meeting: Meeting) -> Iterator[str]:
    """Who resolves, and in which session of which term."""
    yield body.name.upper()
    if body.kind == UnitKind.people_council:
        yield ", ".join(filter(None, (wording.term(meeting), wording.session(meeting)))).upper()


def considered(edge: Context, item: AgendaItem, member: str) -> str:
    """What lay before the meeting, and what was said there."""
    return f"Xét {'; '.join([*papers(edge, item), f'ý kiến thảo luận của {member} tại kỳ họp'])}"


def papers(edge: Context, item: AgendaItem) -> Iterator[str]:
    """Submissions and appraisals, with their numbers and days where these are known."""
    for each in visible_documents(edge, item.meeting_id):
        named = CONSIDERED.match(each.title)
        if each.item_id != item.id or each.for_person_id is not None or named is None:
            continue
        document = documents.document(edge.views, each.document_id)
        number = f" số {document.number}" if document and document.number else ""
        issued = f" ngày {document.issued_on:%d/%m/%Y}" if document and document.issued_on else ""
        about = wording.spelled(named[2]).removeprefix("Về ").removeprefix("về ")
        yield f"{named[1].capitalize()}{number}{issued}" + (f" về {wording.lowered(about)}" if about else "")


def result(edge: Context, meeting: Meeting, poll: Poll, member: str) -> str:
    """The vote as a ground; of a secret one no figure that may not be published."""
    form = "bỏ phiếu kín" if poll.secret else "biểu quyết"
    said = f"Căn cứ kết quả {form} {words.day(poll.ended_at or meeting.starts_at)} tại {wording.session(meeting)}"
    vote = votes.vote(edge.views, poll)
    if vote.votes_for is None:
        return f"{said}: thông qua"
    of = MEASURED[poll.rule_card.base].format(member)
    return f"{said}: {vote.votes_for}/{vote.base} {of} tán thành"


def articles(meeting: Meeting, subject: str, poll: Poll, body: Unit) -> Iterator[str]:
    of = "" if subject.startswith(THINGS) else "việc "
    yield f"Điều 1. Thông qua {of}{subject}, với các nội dung sau đây:"
    yield TO_FILL
    if body.kind == UnitKind.people_council:
        place = body.name.removeprefix(words.BODY_PREFIXES[0])
        yield f"Điều 2. Giao Ủy ban nhân dân {place} tổ chức thực hiện Nghị quyết này theo quy định của pháp luật."
        yield (
            "Điều 3. Thường trực Hội đồng nhân dân, các Ban của Hội đồng nhân dân và đại biểu "
            f"Hội đồng nhân dân {place} giám sát việc thực hiện Nghị quyết này."
        )
    else:
        yield "Điều 2. Các cơ quan, đơn vị và cá nhân có liên quan tổ chức thực hiện Nghị quyết này."
    passed_on = words.day(poll.ended_at or meeting.starts_at)
    by = ", ".join((wording.with_term(body, meeting), wording.session(meeting)))
    yield f"Nghị quyết này được {by} thông qua {passed_on} và có hiệu lực kể từ ngày thông qua."
