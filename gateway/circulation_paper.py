"""The synthesis table of an opinion form as a paper: result with its proof, comments with how each ended, answers."""

from collections.abc import Iterator
from uuid import UUID

from fastapi.responses import Response

from gateway.downloads import disposition
from gateway.edge import Context
from gateway.typefaces import FONTS
from kernel.decider import Refused
from kernel.paper.blocks import Block, heading, paragraph, table
from kernel.paper.typesetting import FontsMissing, typeset
from kernel.ports import Corrupt, NotStored
from services.directory import views as directory
from services.meeting.paper import words
from services.meeting.paper.minutes import TEMPLATE, issuer
from services.meeting.record_facts import Body
from services.voting import circulation_queries as opinions
from services.voting.circulation_rows import CommentRow, OpinionForm
from services.voting.circulation_synthesis import synthesis
from services.voting.messages.circulation import AnswersCounted

RESOLUTIONS = {"accepted": "Tiếp thu", "explained": "Giải trình", "rejected": "Không tiếp thu"}


def pdf(edge: Context, form: OpinionForm) -> Response:
    """Once announced the bytes that the chair confirmed, verified against their SHA-256 as they are read."""
    content = _stored(edge, form.synthesis_sha256) if form.synthesis_sha256 else render(edge, form)
    name = f"Bảng tổng hợp ý kiến {form.title}"[:120] + ".pdf"
    headers = {"Content-Disposition": disposition("inline", name), "Cache-Control": "private, no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def _stored(edge: Context, sha256: str) -> bytes:
    try:
        return edge.gate.blobs.read(sha256)
    except (Corrupt, NotStored) as error:
        raise Refused("integrity_error", sha256) from error


def render(edge: Context, form: OpinionForm) -> bytes:
    assert form.result is not None
    body = body_of(edge, form.body_id)
    names = directory.person_names(edge.views, {form.chair_id, form.drafted_by})
    here = words.local(edge.now)
    day = words.day(edge.now)
    values = {
        "title": f"Bảng tổng hợp ý kiến {form.title}",
        "dated": [here.year, here.month, here.day],
        "issuer": issuer(body),
        "number": "",
        "symbol": words.default_symbol(body).replace("BB-", "BTH-"),
        "place_date": f"{words.default_place_name(body)}, {day}",
        "type": "BẢNG TỔNG HỢP, TIẾP THU, GIẢI TRÌNH Ý KIẾN",
        "summary": form.title,
        "blocks": [*_asked(form, body), *_result(form, form.result, body), *_comments(edge, form)],
        "ending": [],
        "signers": [
            {"role": "NGƯỜI TỔNG HỢP", "name": names.get(form.drafted_by, "")},
            {"role": "CHỦ TRÌ", "name": names.get(form.chair_id, "")},
        ],
        "recipients": [f"{words.member(body).capitalize()} {body.name}", "Lưu: VT, hồ sơ lấy ý kiến"],
        "annexes": [
            {
                "label": "Phụ lục",
                "title": "Ý KIẾN CỦA TỪNG THÀNH VIÊN",
                "source": f"(Kèm theo Bảng tổng hợp {day} của {body.name})",
                "blocks": [_answers(edge, form)],
            }
        ],
    }
    try:
        return typeset(TEMPLATE, values, FONTS)
    except FontsMissing as error:
        raise Refused("fonts_missing", str(error)) from error


def body_of(edge: Context, body_id: str) -> Body:
    unit = directory.unit(edge.views, body_id)
    if unit is None:
        raise Refused("not_found", body_id)
    parent = directory.unit(edge.views, unit.parent_id) if unit.parent_id else None
    return Body(UUID(unit.id), unit.name, unit.short_name, unit.kind, parent.name if parent else "")


def _asked(form: OpinionForm, body: Body) -> Iterator[Block]:
    assert form.circulated_at is not None and form.closed_at is not None
    yield heading(1, "I. NỘI DUNG LẤY Ý KIẾN")
    yield paragraph(words.sentence(form.question), "Câu hỏi:")
    sent, due, closed = map(words.moment_in_words, (form.circulated_at, form.due_at, form.closed_at))
    yield paragraph(f"gửi {form.voters} {words.member(body)} lúc {sent}; hạn trả lời {due}.", "Thời gian:")
    yield paragraph(f"{closed}.", "Kết thúc lấy ý kiến:")


def _result(form: OpinionForm, result: AnswersCounted, body: Body) -> Iterator[Block]:
    member, card = words.member(body), form.rule_card
    yield heading(1, "II. KẾT QUẢ")
    counts = ", ".join(f"{choice.label.lower()} {result.counts[choice.key]}" for choice in form.choices)
    yield paragraph(f"{result.answered}/{form.voters} {member} trả lời: {counts}.", "Số ý kiến:")
    yield paragraph(silence(form, result, member), "Không trả lời:")
    chair = " theo bên có chủ trì do hai bên ngang nhau" if result.decided_by_chair else ""
    yield paragraph(
        f"tính trên {result.base_count} {member}; cần {result.needed}; {result.votes_for} tán thành; "
        f"{'được thông qua' if result.passed else 'không được thông qua'}{chair}; "
        f"quy tắc: {card.title} ({card.legal_basis}).",
        "Kết luận:",
    )


def silence(form: OpinionForm, result: AnswersCounted, member: str) -> str:
    """Always printed: how many were silent and what their silence meant."""
    if form.rule_card.silence == "agreement":
        basis = f" theo {form.silence_basis}" if form.silence_basis else ""
        return f"{result.silent} {member}, được tính là tán thành{basis}."
    return f"{result.silent} {member}, không được tính là tán thành."


def _comments(edge: Context, form: OpinionForm) -> Iterator[Block]:
    yield heading(1, "III. TỔNG HỢP Ý KIẾN THEO ĐIỀU KHOẢN")
    groups = synthesis(form, opinions.comments(edge.views, form.form_id))
    if not groups:
        yield paragraph("Không có ý kiến góp ý.")
        return
    rows: list[list[str]] = []
    for group in groups:
        rows.append([group.title or "Ý kiến chung"])
        rows += [[each.full_name, each.text, resolution(each), outcome(each)] for each in group.comments]
    columns = [
        ("Người góp ý", 2, "left"),
        ("Ý kiến", 3.4, "left"),
        ("Xử lý", 1.5, "left"),
        ("Nội dung sửa đổi hoặc giải trình", 4, "left"),
    ]
    yield table("", columns, rows)


def resolution(comment: CommentRow) -> str:
    return RESOLUTIONS[comment.resolution] if comment.resolution else "Chưa xử lý"


def outcome(comment: CommentRow) -> str:
    if comment.resolution != "accepted":
        return comment.explanation
    before = f"Trước: {words.sentence(comment.text_before)} " if comment.text_before else ""
    after = f"{before}Sau: {words.sentence(comment.text_after)}"
    return f"{after} {comment.explanation}".strip()


def _answers(edge: Context, form: OpinionForm) -> Block:
    labels = {choice.key: choice.label for choice in form.choices}
    given = {each.voter_id: each for each in opinions.answers(edge.views, form.form_id)}
    rows = []
    for place, voter in enumerate(opinions.voters(edge.views, form.form_id), 1):
        answer = given.get(voter.voter_id)
        choice = labels.get(answer.choice, answer.choice) if answer else "Không trả lời"
        rows.append([str(place), voter.full_name, choice, answer.reason if answer else ""])
    columns = [("STT", 0.6, "center"), ("Họ và tên", 2.4, "left"), ("Ý kiến", 1.8, "left"), ("Lý do", 4, "left")]
    return table("", columns, rows)
