"""Words of polls that stand in data: rule cards, choice templates, methods, marks."""

from gateway.texts import _
from services.voting import views as voting
from services.voting.messages.cards import MethodKind

METHODS: dict[MethodKind, str] = {
    "single_choice": _("Một nội dung"),
    "several_drafts": _("Nhiều dự thảo trên một phiếu"),
    "election": _("Bầu cử"),
    "rating": _("Phiếu tín nhiệm"),
}

TEXTS_OF_CARDS = frozenset(
    {
        _("Quá nửa tổng số đại biểu"),
        _("Ít nhất hai phần ba tổng số đại biểu (bãi nhiệm đại biểu)"),
        _("Quá nửa tổng số thành viên; ngang nhau thì theo Chủ tịch"),
        _(
            "khoản 3 Điều 91 Luật Tổ chức chính quyền địa phương số 77/2015/QH13"
            " và quy định tương ứng của Luật số 72/2025/QH15"
        ),
        _(
            "khoản 3 Điều 117 Luật Tổ chức chính quyền địa phương số 77/2015/QH13"
            " và quy định tương ứng của Luật số 72/2025/QH15"
        ),
        _("Quá hai phần ba số đại biểu còn lại (khi khuyết hơn một phần ba)"),
        _("Điều 46 Luật Tổ chức chính quyền địa phương số 65/2025/QH15"),
        _("Bầu cử: quá nửa tổng số đại biểu, nhiều phiếu hơn trúng cử"),
        _("Lấy phiếu tín nhiệm, ba mức"),
        _("Bỏ phiếu tín nhiệm, hai mức"),
        _("Nghị quyết số 96/2023/QH15"),
        _("Tín nhiệm cao / Tín nhiệm / Tín nhiệm thấp"),
        _("Tín nhiệm / Không tín nhiệm"),
        _("Tín nhiệm cao"),
        _("Tín nhiệm"),
        _("Tín nhiệm thấp"),
        _("Không tín nhiệm"),
        _("Tán thành / Không tán thành / Không biểu quyết"),
        _("Đồng ý / Không đồng ý / Phiếu trắng"),
        _("Tán thành / Không tán thành / Ý kiến khác"),
        _("Tán thành"),
        _("Không tán thành"),
        _("Không biểu quyết"),
        _("Đồng ý"),
        _("Không đồng ý"),
        _("Phiếu trắng"),
        _("Ý kiến khác"),
    }
)
"""The words of `services/voting/cards.toml`, named here so that the catalogues know them."""


def mark_words(poll: voting.Poll) -> dict[str, str]:
    """What each mark of a ballot says; a choice's label is translated where it is shown."""
    labels = {choice.key: choice.label for choice in poll.choices}
    by_line = {f"{line.key}:{key}": f"{line.title}: {label}" for line in poll.lines for key, label in labels.items()}
    return by_line or labels
