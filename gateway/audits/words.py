"""What each event says, in one sentence for people: the words of the auditor's pages and of `dienhong audit explain`.

A sentence names fields of the event: ids are shown as names, lists as how many there are.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.texts import _

NameOf = Callable[[str], str]
Say = Callable[[str], str]

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
NOTHING = "—"

DIRECTORY = {
    "UnitEstablished": _("Lập đơn vị “{name}” từ ngày {valid_from}"),
    "UnitRenamed": _("Đổi tên đơn vị thành “{name}”"),
    "UnitDissolved": _("Đơn vị “{unit_id}” kết thúc hoạt động sau ngày {valid_to}"),
    "MeetingRulesSet": _("Khai báo quy định họp và biểu quyết của “{unit_id}”"),
    "PersonRegistered": _("Ghi vào danh sách: {full_name}"),
    "PersonCorrected": _("Sửa thông tin của {full_name}"),
    "MandateGranted": _("{person_id} có nhiệm kỳ tại “{body_id}” từ ngày {valid_from}"),
    "MandateEnded": _("Nhiệm kỳ của {person_id} kết thúc sau ngày {valid_to}"),
    "RoleAssigned": _("Giao vai trò {role} cho {person_id}"),
    "RoleWithdrawn": _("Bỏ vai trò {role} của {person_id}"),
    "LoginClaimed": _("Tên đăng nhập “{login}” thuộc về {person_id}"),
    "AccountOpened": _("Mở tài khoản “{login}” cho {person_id}"),
    "AccountClosed": _("Khóa tài khoản “{login}” của {person_id}"),
    "EventErased": _("Xóa dữ liệu cá nhân trong sự kiện số {position}, căn cứ: {basis}"),
    "LogExported": _("Tải bản xuất nhật ký gồm {size} sự kiện"),
}
PREPARATION = {
    "MeetingPlanned": _("Lập kế hoạch cuộc họp “{title}”, bắt đầu lúc {starts_at}, tại {place}"),
    "MeetingReplanned": _("Sửa kế hoạch cuộc họp thành “{title}”, bắt đầu lúc {starts_at}, tại {place}"),
    "MeetingCancelled": _("Hủy cuộc họp, lý do: {reason}"),
    "AgendaItemAdded": _("Thêm nội dung “{title}” vào chương trình, {minutes} phút"),
    "AgendaItemRevised": _("Sửa nội dung trong chương trình thành “{title}”, {minutes} phút"),
    "AgendaItemMoved": _("Chuyển chỗ nội dung “{item_id}” trong chương trình"),
    "AgendaItemRemoved": _("Bỏ nội dung “{item_id}” khỏi chương trình"),
    "DocumentAttached": _("Đưa tài liệu “{document_id}” vào hồ sơ họp"),
    "DocumentDetached": _("Rút tài liệu “{document_id}” khỏi hồ sơ họp"),
    "DossierSubmitted": _("Trình hồ sơ họp để {leader_id} duyệt"),
    "DossierRecalled": _("Rút lại hồ sơ họp đã trình"),
    "DossierApproved": _("Duyệt hồ sơ họp"),
    "DossierReturned": _("Trả lại hồ sơ họp"),
    "MeetingPublished": _("Công bố cuộc họp và gửi giấy mời cho {invitees} người"),
    "PeopleInvited": _("Mời thêm {invitees} người"),
    "InvitationAnswered": _("{person_id} trả lời giấy mời: {answer}"),
    "PreparationEnded": _("Kết thúc chuẩn bị, phiên họp đã khai mạc"),
}
SITTING = {
    "RollCallOpened": _("Bắt đầu điểm danh: {voters} người có quyền biểu quyết, {others} người khác"),
    "RollExtended": _("Thêm vào danh sách điểm danh {voters} người có quyền biểu quyết, {others} người khác"),
    "CheckInCodeRenewed": _("Đổi mã điểm danh trên màn hình hội trường"),
    "Arrived": _("{person_id} có mặt, {mode}"),
    "Departed": _("{person_id} rời phiên họp"),
    "AbsenceRecorded": _("Ghi {person_id} {kind}"),
    "SessionOpened": _("Khai mạc phiên họp: có mặt {present}, cần {needed}"),
    "SessionSuspended": _("Tạm dừng phiên họp"),
    "SessionResumed": _("Phiên họp tiếp tục"),
    "SessionClosed": _("Bế mạc phiên họp"),
    "AgendaItemBegun": _("Chuyển sang nội dung “{item_id}”"),
    "FloorRequested": _("{person_id} đăng ký phát biểu"),
    "FloorRequestWithdrawn": _("Rút một đăng ký phát biểu"),
    "FloorGiven": _("Mời {person_id} phát biểu, {seconds} giây"),
    "SpeechEnded": _("{person_id} phát biểu xong"),
    "DiscussionNoted": _("Ghi tóm tắt thảo luận: {text}"),
    "NoteCorrected": _("Sửa ghi chép thảo luận thành: {text}"),
    "ConclusionRecorded": _("Ghi kết luận về “{item_id}”, lần {revision}, kèm {obligations} việc phải làm"),
}
MINUTES = {
    "MinutesDrafted": _("Lập dự thảo biên bản từ nhật ký đến vị trí {as_of}"),
    "MinutesNumbered": _("Ghi số, ký hiệu biên bản: {number}/{symbol}"),
    "MinutesEdited": _("Sửa một phần của biên bản, lần {revision}"),
    "MinutesSubmitted": _("Trình biên bản để duyệt, mã SHA-256 của bản PDF {pdf_sha256}"),
    "MinutesReturned": _("Trả lại biên bản, lý do: {reason}"),
    "MinutesApproved": _("Duyệt biên bản, mã SHA-256 của bản PDF {pdf_sha256}"),
    "MinutesPublished": _("Phát hành biên bản cho {recipient_ids} người và {recipient_unit_ids} đơn vị"),
}
DOCUMENTS = {
    "DocumentAdded": _("Nhập tài liệu “{title}”, tệp {file_name}, mã SHA-256 {sha256}"),
    "VersionAdded": _("Thay tệp của tài liệu “{document_id}”: bản {version}, mã SHA-256 {sha256}"),
    "DocumentDescribed": _("Sửa thông tin tài liệu thành “{title}”"),
    "TextExtracted": _("Trích văn bản từ bản {version} của tài liệu “{document_id}”"),
    "DocumentIntegrityFailed": _("Tệp lưu của tài liệu “{document_id}” không còn đúng mã SHA-256"),
}
VOTING = {
    "PollOpened": _("Mở biểu quyết “{question}”, danh sách {roll} người"),
    "BallotCast": _("{voter_id} bỏ phiếu"),
    "BallotDictated": _("Ghi hộ phiếu của {voter_id}, chờ người thứ hai xác nhận"),
    "DictationConfirmed": _("Xác nhận phiếu ghi hộ của {voter_id}"),
    "DictationWithdrawn": _("Bỏ phiếu ghi hộ của {voter_id}"),
    "RuleCardProposed": _("Đề xuất một quy tắc biểu quyết riêng của “{body_id}”"),
    "RuleCardApproved": _("Duyệt quy tắc biểu quyết riêng"),
    "RuleCardRejected": _("Từ chối quy tắc biểu quyết riêng, lý do: {reason}"),
    "RuleCardWithdrawn": _("Rút đề xuất quy tắc biểu quyết riêng"),
    "RuleCardRetired": _("Quy tắc biểu quyết riêng áp dụng đến hết ngày {valid_to}"),
    "TellersAppointed": _("Lập ban kiểm phiếu do {head_id} làm trưởng ban, {member_ids} thành viên"),
    "CountEntered": _("{teller_id} nhập số liệu kiểm phiếu"),
    "CountsDiffered": _("Số liệu kiểm phiếu của hai người nhập không khớp, cả hai lần nhập bị hủy"),
    "CountAgreed": _("Số liệu kiểm phiếu của hai người nhập khớp nhau"),
    "CountRestarted": _("Kiểm phiếu lại, lý do: {reason}"),
    "PollClosed": _("Kết thúc biểu quyết “{poll_id}”"),
    "PollTallied": _("Kiểm phiếu “{poll_id}”: {votes_for} phiếu tán thành, cần {needed}, {passed}"),
    "ResultPublished": _("Công bố kết quả biểu quyết “{poll_id}”"),
    "PollCancelled": _("Hủy biểu quyết “{poll_id}”, lý do: {reason}"),
}
CIRCULATION = {
    "OpinionFormDrafted": _("Soạn phiếu lấy ý kiến “{title}”, hạn trả lời {due_at}"),
    "OpinionFormRevised": _("Sửa phiếu lấy ý kiến “{title}”, hạn trả lời {due_at}"),
    "AttachedToForm": _("Kèm tài liệu “{document_id}” vào phiếu lấy ý kiến"),
    "DetachedFromForm": _("Bỏ tài liệu “{document_id}” khỏi phiếu lấy ý kiến"),
    "OpinionFormSubmitted": _("Trình phiếu lấy ý kiến để {chair_id} quyết định"),
    "OpinionFormReturned": _("Trả lại phiếu lấy ý kiến, lý do: {reason}"),
    "OpinionFormCirculated": _("Gửi phiếu lấy ý kiến “{title}” đến {roll} người, hạn trả lời {due_at}"),
    "OpinionFormWithdrawn": _("Hủy phiếu lấy ý kiến, lý do: {reason}"),
    "MembersReminded": _("Nhắc {voter_ids} thành viên chưa trả lời"),
    "AnswerSaved": _("{voter_id} lưu nháp câu trả lời; bản nháp không được tính"),
    "AnswerSubmitted": _("{voter_id} gửi câu trả lời"),
    "OpinionFormClosed": _("Hết nhận câu trả lời cho phiếu “{form_id}”"),
    "AnswersCounted": _("Tổng hợp ý kiến: {votes_for} tán thành, cần {needed}, {passed}"),
    "CommentResolved": _("Xử lý một ý kiến góp ý: {resolution}"),
    "OpinionResultAnnounced": _("Công bố kết quả lấy ý kiến “{form_id}”"),
    "ReportAwaited": _("Kết quả lấy ý kiến “{form_id}” phải báo cáo tại phiên họp gần nhất"),
    "OpinionResultReported": _("Kết quả lấy ý kiến “{form_id}” được báo cáo tại “{meeting_id}”"),
}
TASKS = {
    "TaskAssigned": _("Giao việc “{title}” cho “{lead_unit_id}” chủ trì, hạn {due_at}"),
    "TaskAccepted": _("Đơn vị chủ trì nhận việc, {responsible_id} chịu trách nhiệm"),
    "ResponsibleNamed": _("Đổi người chịu trách nhiệm thành {responsible_id}"),
    "ProgressReported": _("Báo cáo tiến độ {percent}%"),
    "ContributionReported": _("“{unit_id}” báo cáo phần phối hợp"),
    "CompletionDelivered": _("Báo cáo hoàn thành nhiệm vụ “{task_id}”"),
    "CompletionAccepted": _("Chấp nhận kết quả nhiệm vụ “{task_id}”, {on_time}"),
    "CompletionReturned": _("Trả lại kết quả nhiệm vụ, lý do: {reason}"),
    "TaskExtended": _("Gia hạn nhiệm vụ đến {due_at}, lý do: {reason}"),
    "TaskHandedOver": _("Chuyển người giao việc thành {assigner_id}, lý do: {reason}"),
    "TaskWithdrawn": _("Thu hồi nhiệm vụ, lý do: {reason}"),
}
SENTENCES: dict[str, str] = DIRECTORY | PREPARATION | SITTING | MINUTES | DOCUMENTS | VOTING | CIRCULATION | TASKS

VALUES: dict[tuple[str, object], str] = {
    ("passed", True): _("được thông qua"),
    ("passed", False): _("không được thông qua"),
    ("on_time", True): _("đúng hạn"),
    ("on_time", False): _("quá hạn"),
    ("mode", "in_person"): _("tại hội trường"),
    ("mode", "online"): _("trực tuyến"),
    ("kind", "absent_excused"): _("vắng mặt có lý do"),
    ("kind", "absent_unexcused"): _("vắng mặt không lý do"),
    ("answer", "coming"): _("sẽ dự họp"),
    ("answer", "absent"): _("vắng mặt"),
    ("answer", "substitute"): _("cử người dự thay"),
    ("resolution", "accepted"): _("tiếp thu"),
    ("resolution", "explained"): _("giải trình"),
    ("resolution", "rejected"): _("không tiếp thu"),
    ("role", "presiding_officer"): _("Chủ tọa"),
    ("role", "delegate"): _("Đại biểu"),
    ("role", "minute_taker"): _("Thư ký"),
    ("role", "records_clerk"): _("Văn thư"),
    ("role", "leader"): _("Lãnh đạo"),
    ("role", "officer"): _("Chuyên viên"),
    ("role", "guest"): _("Khách mời"),
    ("role", "auditor"): _("Người kiểm tra, giám sát"),
    ("role", "administrator"): _("Quản trị hệ thống"),
}


def sentence(kind: str, data: Mapping[str, Any], name_of: NameOf, say: Say = str) -> str:
    """`say` puts the words into the reader's language. A type without words is named as it is."""
    words = SENTENCES.get(kind)
    return kind if words is None else say(words).format_map(_Told(data, name_of, say))


class _Told(dict[str, str]):
    def __init__(self, data: Mapping[str, Any], name_of: NameOf, say: Say) -> None:
        self._data, self._name_of, self._say = data, name_of, say

    def __missing__(self, field: str) -> str:
        return told(field, self._data.get(field), self._name_of, self._say)


def told(field: str, value: object, name_of: NameOf, say: Say = str) -> str:
    """A value as people say it; a list as the number of what is in it."""
    if isinstance(value, list | tuple | dict):
        return str(len(value))
    if isinstance(value, str | bool) and (field, value) in VALUES:
        return say(VALUES[field, value])
    return plain(value, name_of)


def plain(value: object, name_of: NameOf) -> str:
    """Moments at the seat of the body, ids as names."""
    text = NOTHING if value is None or value == "" else str(value)
    if ID.fullmatch(text):
        return name_of(text)
    if MOMENT.fullmatch(text):
        return f"{datetime.fromisoformat(text).astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    return f"{date.fromisoformat(text):%d/%m/%Y}" if DAY.fullmatch(text) else text
