"""The policy as one printed table: which role may do what, by itself or only where the person is involved."""

from dataclasses import dataclass
from enum import StrEnum

from gateway import policy
from gateway.identity.typical_matter import BODY, PERSON, matter
from gateway.policy.subject import Rule, Subject
from gateway.texts import _
from services.directory.messages import RoleName


class Leave(StrEnum):
    """`involved`: only as the one who was named, invited or charged in the matter itself."""

    always = "always"
    involved = "involved"
    never = "never"


@dataclass(frozen=True)
class Row:
    action: str
    words: str
    reason: str
    leaves: dict[str, Leave]


def policy_table() -> list[Row]:
    """Asked of the rules themselves, so that it cannot differ from what is enforced."""
    return [
        Row(action, WORDS.get(action, action), rule.__doc__ or "", {role: leave(rule, role) for role in RoleName})
        for action, rule in policy.RULES.items()
    ]


def leave(rule: Rule, role: str) -> Leave:
    """For a holder of the role in the body that this is about; some roles are of the whole deployment."""
    subject = Subject(PERSON, "", frozenset({(role, _scope(role))}))
    if rule(subject, matter(involved=False)):
        return Leave.always
    return Leave.involved if rule(subject, matter(involved=True)) else Leave.never


def _scope(role: str) -> str | None:
    return None if role in (RoleName.administrator, RoleName.auditor) else BODY


WORDS = {
    "sign_in": _("Đăng nhập"),
    "see_directory": _("Xem tổ chức và danh sách người"),
    "see_contacts": _("Xem thư điện tử, điện thoại, tài khoản"),
    "manage_directory": _("Quản lý tổ chức, người, nhiệm kỳ, vai trò, tài khoản"),
    "see_policy": _("Xem bảng phân quyền"),
    "read_ledger": _("Đọc sổ chứng minh"),
    "export_log": _("Tải bản xuất toàn bộ nhật ký"),
    "draft_official": _("Soạn thảo văn bản"),
    "see_official": _("Xem văn bản đi"),
    "comment_official": _("Góp ý dự thảo văn bản"),
    "write_official": _("Sửa, trình ký, thu hồi dự thảo văn bản"),
    "register_official": _("Cấp số, đóng dấu, phát hành, lưu trữ văn bản"),
    "see_signing_order": _("Xem yêu cầu ký"),
    "sign_document": _("Ký số, từ chối ký"),
    "delegate_signing": _("Ủy quyền ký"),
    "check_signatures": _("Kiểm tra chữ ký"),
    "see_register": _("Xem sổ đăng ký văn bản"),
    "keep_register": _("Giữ số, hủy số trong sổ đăng ký văn bản"),
    "see_incoming": _("Xem văn bản đến"),
    "receive_incoming": _("Tiếp nhận, vào sổ văn bản đến"),
    "route_incoming": _("Chuyển xử lý văn bản đến"),
    "see_copy": _("Xem bản sao"),
    "make_copy": _("Sao văn bản, đóng dấu và phát hành bản sao"),
    "plan_meeting": _("Tạo cuộc họp"),
    "see_meeting": _("Xem cuộc họp"),
    "prepare_meeting": _("Chuẩn bị chương trình và hồ sơ họp"),
    "cancel_meeting": _("Hủy cuộc họp"),
    "publish_meeting": _("Công bố và gửi giấy mời"),
    "approve_dossier": _("Duyệt hoặc trả lại hồ sơ"),
    "answer_invitation": _("Trả lời giấy mời"),
    "see_sitting": _("Theo dõi phiên họp"),
    "check_in": _("Tự điểm danh"),
    "request_floor": _("Đăng ký phát biểu"),
    "withdraw_floor_request": _("Rút đăng ký phát biểu"),
    "take_roll_call": _("Điểm danh đại biểu"),
    "extend_roll": _("Thêm người vào danh sách điểm danh"),
    "lead_discussion": _("Điều hành thảo luận"),
    "take_notes": _("Ghi và sửa ghi chép thảo luận"),
    "see_notes": _("Xem ghi chép thảo luận"),
    "hold_session": _("Khai mạc, tạm dừng, bế mạc"),
    "see_polls": _("Xem các lần biểu quyết"),
    "cast_ballot": _("Biểu quyết, nếu có tên trong danh sách"),
    "conduct_polls": _("Mở, kết thúc, công bố kết quả biểu quyết"),
    "see_tally": _("Xem kết quả kiểm phiếu trước khi công bố"),
    "count_papers": _("Nhập số liệu kiểm phiếu kín, nếu ở trong ban kiểm phiếu"),
    "follow_count": _("Theo dõi việc kiểm phiếu kín, xem biên bản kiểm phiếu"),
    "record_dictation": _("Ghi hộ và xác nhận biểu quyết của đại biểu không có thiết bị"),
    "record_voting_rights": _("Ghi ủy quyền, dự thay và trọng số phiếu của một cuộc họp"),
    "propose_rule_card": _("Đề xuất quy tắc biểu quyết riêng"),
    "approve_rule_card": _("Duyệt, từ chối, chấm dứt quy tắc biểu quyết riêng"),
    "draft_opinion_form": _("Tạo phiếu lấy ý kiến"),
    "see_opinion_form": _("Xem phiếu lấy ý kiến"),
    "prepare_opinion_form": _("Soạn phiếu lấy ý kiến, nhắc thành viên"),
    "decide_opinion_form": _("Quyết định gửi phiếu lấy ý kiến, công bố kết quả"),
    "withdraw_opinion_form": _("Hủy phiếu lấy ý kiến"),
    "answer_opinion_form": _("Cho ý kiến vào phiếu, nếu có tên trong danh sách"),
    "see_opinion_answers": _("Xem ý kiến của từng thành viên trước khi công bố"),
    "resolve_comments": _("Tiếp thu, giải trình ý kiến góp ý"),
    "see_document": _("Xem tài liệu"),
    "revise_document": _("Thay tệp của tài liệu"),
    "circulate_document": _("Gửi tài liệu kèm phiếu lấy ý kiến"),
    "see_minutes": _("Xem biên bản đã phát hành"),
    "write_minutes": _("Soạn biên bản"),
    "work_on_minutes": _("Đọc và góp ý biên bản đang soạn"),
    "approve_minutes": _("Duyệt hoặc trả lại biên bản"),
    "publish_minutes": _("Phát hành biên bản"),
    "record_conclusion": _("Ghi kết luận"),
    "see_task": _("Xem nhiệm vụ"),
    "assign_task": _("Giao việc"),
    "work_on_task": _("Tiếp nhận, báo cáo với tư cách đơn vị chủ trì"),
    "contribute_to_task": _("Báo cáo phần phối hợp"),
    "direct_task": _("Chấp nhận kết quả, trả lại, gia hạn, thu hồi nhiệm vụ"),
    "hand_over_task": _("Chuyển người giao việc"),
}
