"""The policy as one printed table: which role may do what, by itself or only where the person is involved."""

from dataclasses import dataclass
from enum import StrEnum

from gateway import policy
from gateway.texts import _
from services.directory.messages import RoleName

PERSON, BODY = "person", "body"


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


def leave(rule: policy.Rule, role: str) -> Leave:
    """For a holder of the role in the body whose published, open meeting, or other matter, this is about."""
    subject = policy.Subject(PERSON, "", frozenset({(role, _scope(role))}))
    try:
        if rule(subject, _matter(invited=False, officers=None)):
            return Leave.always
        if rule(subject, _matter(invited=True, officers=PERSON)):
            return Leave.involved
    except KeyError:
        # The rule looks at the one thing in question, such as who assigned this task.
        return Leave.involved
    return Leave.never


def _scope(role: str) -> str | None:
    return None if role in (RoleName.administrator, RoleName.auditor) else BODY


def _matter(invited: bool, officers: str | None) -> policy.Resource:
    facts: dict[str, object] = {
        "published": True,
        "closed_sitting": False,
        "presiding_officer_id": officers,
        "minute_taker_id": officers,
        "leader_id": officers,
        "requester_id": officers,
        "is_invited": lambda _person_id: invited,
    }
    return policy.Resource(body_id=BODY, facts=facts)


WORDS = {
    "sign_in": _("Đăng nhập"),
    "see_directory": _("Xem tổ chức và danh sách người"),
    "see_contacts": _("Xem thư điện tử, điện thoại, tài khoản"),
    "manage_directory": _("Quản lý tổ chức, người, nhiệm kỳ, vai trò, tài khoản"),
    "see_policy": _("Xem bảng phân quyền"),
    "plan_meeting": _("Lập cuộc họp"),
    "see_meeting": _("Xem cuộc họp"),
    "prepare_meeting": _("Chuẩn bị chương trình và hồ sơ họp"),
    "cancel_meeting": _("Hủy cuộc họp"),
    "publish_meeting": _("Công bố và mời họp"),
    "approve_dossier": _("Duyệt hoặc trả lại hồ sơ"),
    "answer_invitation": _("Trả lời giấy mời"),
    "see_sitting": _("Theo dõi phiên họp"),
    "check_in": _("Tự điểm danh"),
    "request_floor": _("Đăng ký phát biểu"),
    "withdraw_floor_request": _("Rút đăng ký phát biểu"),
    "take_roll_call": _("Điểm danh đại biểu"),
    "lead_discussion": _("Điều hành thảo luận"),
    "take_notes": _("Ghi tóm tắt thảo luận"),
    "see_notes": _("Xem ghi chép thảo luận"),
    "hold_session": _("Khai mạc, tạm nghỉ, bế mạc"),
    "record_conclusion": _("Ghi kết luận"),
    "see_task": _("Xem nhiệm vụ"),
    "assign_task": _("Giao nhiệm vụ"),
    "work_on_task": _("Nhận việc, báo cáo với tư cách đơn vị chủ trì"),
    "contribute_to_task": _("Báo cáo phần phối hợp"),
    "direct_task": _("Nghiệm thu, gia hạn, trả lại nhiệm vụ"),
}
