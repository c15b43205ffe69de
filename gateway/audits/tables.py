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

FIELDS = {
    "actor": _("Người thực hiện"),
    "answer": _("Trả lời"),
    "approved_at": _("Duyệt lúc"),
    "assigner_id": _("Người giao việc"),
    "at": _("Lúc"),
    "basis": _("Căn cứ"),
    "body_id": _("Cơ quan"),
    "choice": _("Lựa chọn"),
    "closed_at": _("Bế mạc lúc"),
    "document_id": _("Tài liệu"),
    "due_at": _("Hạn"),
    "ends_at": _("Kết thúc lúc"),
    "file_name": _("Tên tệp"),
    "form_id": _("Phiếu lấy ý kiến"),
    "full_name": _("Họ và tên"),
    "item_id": _("Nội dung họp"),
    "kind": _("Loại"),
    "lead_unit_id": _("Đơn vị chủ trì"),
    "meeting_id": _("Cuộc họp"),
    "minute_taker_id": _("Thư ký"),
    "minutes": _("Số phút"),
    "mode": _("Hình thức dự"),
    "name": _("Tên"),
    "needed": _("Số cần có"),
    "note": _("Ghi chú"),
    "opened_at": _("Khai mạc lúc"),
    "passed": _("Được thông qua"),
    "pdf_sha256": _("Mã SHA-256 của bản PDF"),
    "person_id": _("Người"),
    "place": _("Nơi"),
    "poll_id": _("Lần biểu quyết"),
    "present": _("Có mặt"),
    "presiding_officer_id": _("Chủ tọa"),
    "published_at": _("Công bố lúc"),
    "question": _("Câu hỏi"),
    "reason": _("Lý do"),
    "responsible_id": _("Người chịu trách nhiệm"),
    "revision": _("Lần sửa"),
    "roll": _("Danh sách biểu quyết"),
    "sha256": _("Mã SHA-256"),
    "stage": _("Giai đoạn"),
    "starts_at": _("Bắt đầu lúc"),
    "state": _("Trạng thái"),
    "task_id": _("Nhiệm vụ"),
    "text": _("Lời văn"),
    "title": _("Tiêu đề"),
    "unit_id": _("Đơn vị"),
    "valid_from": _("Từ ngày"),
    "valid_to": _("Đến ngày"),
    "version": _("Bản"),
    "voter_id": _("Người biểu quyết"),
    "votes_for": _("Phiếu tán thành"),
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
