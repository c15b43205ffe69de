"""The terms of official documents as people say them (Decree 30/2020/NĐ-CP and its annexes)."""

import re

from gateway.texts import _
from services.signing.records import Order

COMMON_NAME = re.compile(r"Common Name: (.*?)(?:[,;] [A-Z][A-Za-z ]+: .*)?$")

KINDS = {
    "resolution": _("Nghị quyết"),
    "decision": _("Quyết định"),
    "official_letter": _("Công văn"),
    "notice": _("Thông báo"),
    "report": _("Báo cáo"),
    "submission": _("Tờ trình"),
    "plan": _("Kế hoạch"),
    "invitation": _("Giấy mời"),
    "minutes": _("Biên bản"),
    "directive": _("Chỉ thị"),
    "regulation": _("Quy chế"),
    "provision": _("Quy định"),
    "communique": _("Thông cáo"),
    "guidance": _("Hướng dẫn"),
    "programme": _("Chương trình"),
    "option": _("Phương án"),
    "scheme": _("Đề án"),
    "project": _("Dự án"),
    "contract": _("Hợp đồng"),
    "telegram": _("Công điện"),
    "memorandum": _("Bản ghi nhớ"),
    "agreement": _("Bản thỏa thuận"),
    "authorisation": _("Giấy ủy quyền"),
    "introduction": _("Giấy giới thiệu"),
    "leave": _("Giấy nghỉ phép"),
    "dispatch_slip": _("Phiếu gửi"),
    "transfer_slip": _("Phiếu chuyển"),
    "notification_slip": _("Phiếu báo"),
    "public_letter": _("Thư công"),
}
"""The frequent ones first."""

SERIES = {**KINDS, "incoming": _("Văn bản đến"), "copies": _("Bản sao")}
COMPETENCES = {
    "own": _("Người đứng đầu ký"),
    "on_behalf": _("TM. – thay mặt tập thể"),
    "acting": _("Q. – quyền cấp trưởng"),
    "deputy": _("KT. – cấp phó ký thay"),
    "by_order": _("TL. – thừa lệnh"),
    "by_authorisation": _("TUQ. – thừa ủy quyền"),
}
PREFIXES = {
    "own": "",
    "acting": "Q. ",
    "on_behalf": "TM. ",
    "deputy": "KT. ",
    "by_order": "TL. ",
    "by_authorisation": "TUQ. ",
}
URGENCIES = {
    "normal": _("Thường"),
    "urgent": _("Khẩn"),
    "very_urgent": _("Thượng khẩn"),
    "express": _("Hỏa tốc"),
}
RECEIVED_FOR = {
    "action": _("Để thực hiện"),
    "report": _("Để báo cáo"),
    "information": _("Để biết"),
    "file": _("Để lưu"),
}
STAGES = {
    "draft": (_("Dự thảo"), "ring", "neutral"),
    "in_signing": (_("Đang trình ký"), "play", "info"),
    "signed": (_("Đã ký, chờ cấp số"), "clock", "warn"),
    "numbering": (_("Đang cấp số"), "half", "info"),
    "numbered": (_("Đã có số, chờ đóng dấu"), "clock", "warn"),
    "sealing": (_("Đang đóng dấu"), "half", "info"),
    "sealed": (_("Chờ phát hành"), "clock", "warn"),
    "issued": (_("Đã phát hành"), "check", "good"),
    "withdrawn": (_("Đã thu hồi, thay thế"), "cross", "bad"),
    "abandoned": (_("Đã bỏ"), "dash", "neutral"),
}
"""Word, shape, tone."""

FILTERS = {
    "drafts": (_("Dự thảo"), ("draft",)),
    "signing": (_("Trình ký"), ("in_signing",)),
    "records": (_("Văn thư"), ("signed", "numbering", "numbered", "sealing", "sealed")),
    "issued": (_("Đã phát hành"), ("issued",)),
    "ended": (_("Thu hồi, đã bỏ"), ("withdrawn", "abandoned")),
}
STEPS = (
    (_("Dự thảo"), ("draft",)),
    (_("Trình ký"), ("in_signing",)),
    (_("Cấp số"), ("signed", "numbering")),
    (_("Đóng dấu"), ("numbered", "sealing")),
    (_("Phát hành văn bản"), ("sealed",)),
)
"""The way of a document to its issue, each with the stages in which it waits for that."""

WITHDRAWALS = {
    "recalled": _("Đã thu hồi"),
    "updated": _("Đã cập nhật bằng văn bản khác"),
    "replaced": _("Đã thay thế bằng văn bản khác"),
}
WITHDRAWN_BY_SENDER = {
    "recalled": _("Nơi gửi đã thu hồi văn bản này."),
    "updated": _("Nơi gửi đã cập nhật văn bản này bằng văn bản khác."),
    "replaced": _("Nơi gửi đã thay thế văn bản này bằng văn bản khác."),
}
COURSE = {
    "OfficialDrafted": _("Lập dự thảo"),
    "OfficialRevised": _("Sửa dự thảo"),
    "DraftCommented": _("Góp ý dự thảo"),
    "CommentAnswered": _("Trả lời góp ý"),
    "DraftAbandoned": _("Bỏ dự thảo"),
    "OfficialSubmitted": _("Trình ký"),
    "SubmissionRecalled": _("Rút bản trình ký"),
    "OfficialReturned": _("Trả lại, không ký"),
    "OfficialSigned": _("Đã đủ chữ ký"),
    "NumberRequested": _("Lấy số"),
    "OfficialNumbered": _("Được cấp số"),
    "SealAsked": _("Chuyển đóng dấu"),
    "OfficialSealed": _("Đã đóng dấu cơ quan"),
    "OfficialIssued": _("Phát hành văn bản"),
    "OfficialWithdrawn": _("Thu hồi, cập nhật hoặc thay thế"),
    "OfficialArchived": _("Đưa vào hồ sơ lưu trữ"),
}
ACTS = {"initial": _("Ký nháy"), "sign": _("Ký ban hành"), "seal": _("Đóng dấu cơ quan")}
ORDER_STAGES = {
    "waiting": (_("Đang chờ ký"), "clock", "warn"),
    "completed": (_("Đã đủ chữ ký"), "check", "good"),
    "declined": (_("Bị từ chối ký"), "cross", "bad"),
    "cancelled": (_("Đã rút lại"), "dash", "neutral"),
}
SEAL_STAGES = {
    **ORDER_STAGES,
    "waiting": (_("Đang chờ đóng dấu"), "clock", "warn"),
    "completed": (_("Đã đóng dấu"), "check", "good"),
    "declined": (_("Bị từ chối đóng dấu"), "cross", "bad"),
}
ARRIVAL_STAGES = {
    "received": (_("Mới đến, chờ vào sổ"), "clock", "warn"),
    "registering": (_("Đang vào sổ"), "half", "info"),
    "registered": (_("Đã vào sổ, chờ chuyển"), "clock", "warn"),
    "routed": (_("Đã chuyển xử lý"), "check", "good"),
    "returned": (_("Đã trả lại"), "dash", "neutral"),
}
VERDICTS = {
    "valid": (_("Chữ ký hợp lệ"), "check", "good"),
    "doubtful": (_("Chưa chắc chắn"), "half", "warn"),
    "invalid": (_("Chữ ký không hợp lệ"), "cross", "bad"),
    "unsigned": (_("Chưa ký số"), "ring", "neutral"),
}
FINDINGS = {
    "valid": _("Mọi chữ ký số đều hợp lệ và nội dung không thay đổi sau khi ký."),
    "unsigned": _("Tệp không có chữ ký số nào."),
    "expired_unproven": _("Chứng thư số đã hết hạn và không có dấu thời gian chứng minh đã ký trước khi hết hạn."),
    "revocation_unknown": _("Chưa hỏi được chứng thư số có bị thu hồi hay không."),
    "untrusted": _("Chứng thư số không do nơi mà hệ thống này tin cậy cấp."),
    "expired": _("Chứng thư số đã hết hạn trước khi ký."),
    "revoked": _("Chứng thư số đã bị thu hồi trước khi ký."),
    "broken": _("Chữ ký không khớp với nội dung tệp."),
    "altered": _("Nội dung đã bị thay đổi sau khi ký."),
    "refused": _("Tệp có thể hiển thị cho người khác một nội dung khác nên không được tin cậy."),
    "unreadable": _("Không đọc được tệp PDF này, hoặc tệp lưu trữ đã hỏng."),
}
LEVELS = {"b_b": "PAdES B-B", "b_t": "PAdES B-T", "b_lt": "PAdES B-LT", "b_lta": "PAdES B-LTA"}
KEYS = {
    "software": _("khóa trong tệp"),
    "token": _("USB token hoặc HSM"),
    "remote": _("dịch vụ ký từ xa"),
    "agent": _("phần mềm ký trên máy"),
}
ENTRY_STATES = {
    "allotted": (_("Đã cấp"), "check", "good"),
    "reserved": (_("Giữ chỗ"), "clock", "warn"),
    "voided": (_("Bỏ số"), "dash", "neutral"),
}


def bearer(certificate_name: str) -> str:
    """Whose name it is, out of a certificate's name with English terms such as `Common Name: A, Country: VN`."""
    found = COMMON_NAME.search(certificate_name)
    return found[1] if found else certificate_name


def order_stage(order: Order) -> tuple[str, str, str]:
    """Its word, shape and tone; of an order for the body's seal the words are others."""
    return (SEAL_STAGES if order.purpose in ("seal", "copy") else ORDER_STAGES)[order.stage]
