"""What of the views is shown of a meeting's past, in words, and to whom. Tables without words are not shown."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.audits.past import Change
from gateway.audits.sight import ANYBODY, Asked
from gateway.texts import _

ROLL: Asked = ("prepare_meeting", "meeting_id")
NOBODY: Asked = ("nobody", "")


@dataclass(frozen=True)
class Shown:
    """Rows are for who may do what is `asked` about the id in `column`; `hidden` columns for fewer."""

    words: str
    asked: Asked = ANYBODY
    column: str = ""
    hidden: dict[str, Asked] = field(default_factory=dict)


MEETING: Asked = ("see_meeting", "meeting_id")
DOCUMENT: Asked = ("see_document", "document_id")
TALLY: Asked = ("see_tally", "poll_id")
MINUTES: Asked = ("see_minutes", "minutes_of")
TASK: Asked = ("see_task", "task_id")

TABLES: dict[str, Shown] = {
    "meetings": Shown(_("Cuộc họp"), MEETING, "id"),
    "agenda_items": Shown(_("Chương trình họp"), MEETING, "meeting_id"),
    "dossier_documents": Shown(_("Hồ sơ họp"), DOCUMENT, "document_id"),
    "documents": Shown(_("Tài liệu"), DOCUMENT, "id"),
    "document_versions": Shown(_("Các bản của tài liệu"), DOCUMENT, "document_id"),
    "invitations": Shown(_("Giấy mời"), MEETING, "meeting_id", {"reason": ROLL}),
    "sittings": Shown(_("Phiên họp"), MEETING, "meeting_id", {"code": NOBODY}),
    "sitting_people": Shown(_("Điểm danh"), MEETING, "meeting_id", {"reason": ROLL}),
    "sitting_items": Shown(_("Nội dung đã họp"), MEETING, "meeting_id"),
    "sitting_pauses": Shown(_("Tạm dừng phiên họp"), MEETING, "meeting_id"),
    "floor_requests": Shown(_("Đăng ký phát biểu"), MEETING, "meeting_id"),
    "discussion_notes": Shown(_("Ghi chép thảo luận"), ("see_notes", "meeting_id"), "meeting_id"),
    "conclusions": Shown(_("Kết luận"), MEETING, "meeting_id"),
    "conclusion_obligations": Shown(_("Việc phải làm theo kết luận"), MEETING, "meeting_id"),
    "polls": Shown(_("Biểu quyết"), ("see_polls", "poll_id"), "poll_id", {"tally": TALLY}),
    "ballots": Shown(_("Phiếu biểu quyết"), TALLY, "poll_id"),
    "paper_counts": Shown(_("Kiểm phiếu kín"), ("follow_count", "poll_id"), "poll_id", {"count": TALLY}),
    "minutes": Shown(_("Biên bản"), MINUTES, "meeting_id"),
    "minutes_texts": Shown(_("Lời văn của biên bản"), MINUTES, "meeting_id"),
    "minutes_recipients": Shown(_("Nơi nhận biên bản"), MINUTES, "meeting_id"),
    "tasks": Shown(_("Nhiệm vụ"), TASK, "id"),
    "task_entries": Shown(_("Diễn biến nhiệm vụ"), TASK, "task_id"),
}

TECHNICAL = frozenset(
    ("id", "request_id", "note_id", "obligation_id", "event_id", "position", "requested_position", "noted_position")
    + ("attached_position", "opened_position", "published_position", "sequence", "changed_at", "ordinal")
    + ("extracted", "facts_position")
)
"""Columns that only keep the views in order."""

FIELDS = {
    "actor": _("Người thực hiện"),
    "added_at": _("Nhập lúc"),
    "added_by": _("Người nhập"),
    "answer": _("Trả lời"),
    "answered_at": _("Trả lời lúc"),
    "approved_at": _("Duyệt lúc"),
    "arrived_at": _("Đến lúc"),
    "as_of": _("Lấy từ nhật ký đến vị trí"),
    "assigned_at": _("Giao lúc"),
    "assigner_id": _("Người giao việc"),
    "at": _("Lúc"),
    "attached_at": _("Đưa vào hồ sơ lúc"),
    "author_id": _("Người ghi"),
    "basis": _("Căn cứ"),
    "begun_at": _("Bắt đầu lúc"),
    "body_id": _("Cơ quan"),
    "chair_id": _("Chủ tọa"),
    "choice": _("Lựa chọn"),
    "choices": _("Các lựa chọn"),
    "closed_at": _("Bế mạc lúc"),
    "closed_sitting": _("Phiên họp kín"),
    "delivered_at": _("Báo cáo hoàn thành lúc"),
    "departed_at": _("Rời lúc"),
    "document_id": _("Tài liệu"),
    "due_at": _("Hạn"),
    "ended_at": _("Kết thúc lúc"),
    "ends_at": _("Kết thúc lúc"),
    "file_name": _("Tên tệp"),
    "first_due_at": _("Hạn ban đầu"),
    "for_person_id": _("Dành riêng cho"),
    "form_id": _("Phiếu lấy ý kiến"),
    "full_name": _("Họ và tên"),
    "given_at": _("Được mời lúc"),
    "invited_at": _("Mời lúc"),
    "item_begun_at": _("Bắt đầu nội dung lúc"),
    "item_id": _("Nội dung họp"),
    "kind": _("Loại"),
    "late": _("Gửi muộn"),
    "latest": _("Bản mới nhất"),
    "lead_unit_id": _("Đơn vị chủ trì"),
    "leader_id": _("Lãnh đạo duyệt"),
    "media_type": _("Loại tệp"),
    "meeting_id": _("Cuộc họp"),
    "members": _("Số thành viên"),
    "method": _("Cách biểu quyết"),
    "minute_taker_id": _("Thư ký"),
    "minutes": _("Số phút"),
    "mode": _("Hình thức dự"),
    "name": _("Tên"),
    "needed": _("Số cần có"),
    "note": _("Ghi chú"),
    "noted_at": _("Ghi lúc"),
    "number": _("Số"),
    "on_time": _("Đúng hạn"),
    "opened_at": _("Khai mạc lúc"),
    "opened_present": _("Có mặt lúc khai mạc"),
    "pages": _("Số trang"),
    "papers_due_at": _("Hạn gửi tài liệu"),
    "parent_id": _("Thuộc"),
    "passed": _("Được thông qua"),
    "pdf_sha256": _("Mã SHA-256 của bản PDF"),
    "percent": _("Phần trăm"),
    "person_id": _("Người"),
    "phase": _("Giai đoạn"),
    "place": _("Nơi"),
    "poll_id": _("Lần biểu quyết"),
    "present": _("Có mặt"),
    "presenter_id": _("Người trình bày"),
    "presiding_officer_id": _("Chủ tọa"),
    "published_at": _("Công bố lúc"),
    "question": _("Câu hỏi"),
    "quorum": _("Tỷ lệ dự họp"),
    "reason": _("Lý do"),
    "recorded_at": _("Ghi lúc"),
    "recorded_by": _("Người ghi"),
    "remote": _("Bỏ phiếu từ xa"),
    "requested_at": _("Đăng ký lúc"),
    "responsible_id": _("Người chịu trách nhiệm"),
    "resumed_at": _("Tiếp tục lúc"),
    "revision": _("Lần sửa"),
    "roll": _("Danh sách biểu quyết"),
    "roll_opened_at": _("Điểm danh từ lúc"),
    "roll_size": _("Số người trong danh sách"),
    "roll_votes": _("Số phiếu trong danh sách"),
    "rule_card": _("Quy tắc biểu quyết"),
    "seats": _("Tổng số để tính tỷ lệ"),
    "seconds": _("Số giây"),
    "secret": _("Bỏ phiếu kín"),
    "serving": _("Số thành viên đương nhiệm"),
    "sha256": _("Mã SHA-256"),
    "since": _("Từ lúc"),
    "size": _("Dung lượng (byte)"),
    "stage": _("Giai đoạn"),
    "starts_at": _("Bắt đầu lúc"),
    "state": _("Trạng thái"),
    "submitted_at": _("Trình lúc"),
    "suspended_at": _("Tạm dừng lúc"),
    "symbol": _("Ký hiệu"),
    "tally": _("Kết quả kiểm phiếu"),
    "task_id": _("Nhiệm vụ"),
    "text": _("Lời văn"),
    "text_sha256": _("Mã SHA-256 của phần chữ"),
    "words_sha256": _("Mã SHA-256 của nội dung đã soạn"),
    "title": _("Tiêu đề"),
    "type": _("Loại"),
    "unit_id": _("Đơn vị"),
    "url": _("Địa chỉ"),
    "valid_from": _("Từ ngày"),
    "valid_to": _("Đến ngày"),
    "version": _("Bản"),
    "voter_id": _("Người biểu quyết"),
    "votes_for": _("Phiếu tán thành"),
    "voting": _("Được biểu quyết"),
}
"""Words for fields of events and columns of the views; others are called as they are."""

Allows = Callable[[str, str, str], bool]


def visible(name: str, found: Change, allows: Allows) -> tuple[Change, frozenset[str]] | None:
    """The change without the columns that are for others, and which these are; None when the whole row is."""
    shown = TABLES[name]
    about = str(found.row.get(shown.column, ""))
    if not allows(*shown.asked, about):
        return None
    hidden = frozenset(each for each, asked in shown.hidden.items() if not _may(name, asked, found, allows))
    return found, hidden


def _may(name: str, asked: Asked, found: Change, allows: Allows) -> bool:
    ids = {"meeting_id": "meeting_id", "poll_id": "poll_id"}
    about = str(found.row.get(ids.get(asked[1], ""), ""))
    if name == "polls" and found.row.get("secret") and not allows("follow_count", "poll_id", about):
        return False  # figures of a secret ballot can tell how somebody voted
    return allows(*asked, about)
