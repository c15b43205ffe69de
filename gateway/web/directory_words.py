"""The directory's terms as people say them."""

from gateway.texts import _

UNIT_KINDS = {
    "people_council": _("Hội đồng nhân dân"),
    "people_committee": _("Ủy ban nhân dân"),
    "council_standing_board": _("Thường trực Hội đồng nhân dân"),
    "council_committee": _("Ban của Hội đồng nhân dân"),
    "delegate_group": _("Tổ đại biểu"),
    "department": _("Cơ quan chuyên môn"),
    "office": _("Văn phòng"),
    "fatherland_front": _("Mặt trận Tổ quốc"),
    "other": _("Cơ quan, đơn vị khác"),
}
TIERS = {
    "province_level": _("Cấp tỉnh"),
    "commune_level": _("Cấp xã"),
    "district_level": _("Cấp huyện (trước 01/7/2025)"),
}
ROLES = {
    "presiding_officer": _("Chủ tọa"),
    "delegate": _("Đại biểu"),
    "minute_taker": _("Thư ký"),
    "records_clerk": _("Văn thư"),
    "leader": _("Lãnh đạo"),
    "officer": _("Chuyên viên"),
    "guest": _("Khách mời"),
    "auditor": _("Người kiểm tra, giám sát"),
    "administrator": _("Quản trị hệ thống"),
}
