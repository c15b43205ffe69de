"""The terms of copies as people say them (Decree 30/2020/NĐ-CP, articles 25 to 27)."""

from gateway.texts import _

FORMS = {
    "true_copy": _("Sao y"),
    "extract": _("Trích sao"),
    "duplicate": _("Sao lục"),
}
NAMES = {
    "true_copy": _("Bản sao y"),
    "extract": _("Bản trích sao"),
    "duplicate": _("Bản sao lục"),
}
CHOICES = {
    "true_copy": _("Sao y: toàn bộ bản gốc, bản chính"),
    "extract": _("Trích sao: một phần của bản gốc, bản chính"),
    "duplicate": _("Sao lục: toàn bộ một bản sao y"),
}
SOURCES = {
    "official": _("Văn bản đi của cơ quan"),
    "incoming": _("Văn bản đến"),
    "scan": _("Văn bản giấy được số hóa"),
}
STAGES = {
    "sealing": (_("Chờ đóng dấu"), "clock", "warn"),
    "numbering": (_("Đang cấp số"), "half", "info"),
    "numbered": (_("Chờ phát hành"), "clock", "warn"),
    "issued": (_("Đã phát hành"), "check", "good"),
    "declined": (_("Không đóng dấu"), "cross", "bad"),
}
"""Word, shape, tone."""

FLAWS = {
    "not_colour": _("không phải ảnh màu"),
    "too_coarse": _("độ phân giải dưới 200 dpi"),
}
