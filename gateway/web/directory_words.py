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
ADDS = {
    "person": _("ghi người mới"),
    "mandate": _("ghi nhiệm kỳ"),
    "role": _("giao vai trò"),
    "account": _("mở tài khoản"),
}
REASONS = {
    "missing_name": _("Thiếu họ và tên"),
    "bad_name": _("Họ và tên không hợp lệ hoặc dài quá 120 ký tự"),
    "too_long": _("Chức vụ hoặc chức danh quá dài"),
    "bad_email": _("Thư điện tử không đúng dạng"),
    "bad_phone": _("Điện thoại không đúng dạng"),
    "bad_login": _("Tên đăng nhập chỉ gồm chữ thường không dấu, số, dấu chấm, gạch ngang; ít nhất 3 ký tự"),
    "unknown_unit": _("Không có đơn vị này"),
    "unit_not_valid": _("Đơn vị đã kết thúc hoạt động"),
    "unknown_body": _("Không có cơ quan này"),
    "ambiguous_unit": _("Nhiều đơn vị cùng tên; hãy ghi tên đầy đủ hoặc mã định danh"),
    "not_a_body": _("Đơn vị này không phải cơ quan họp và quyết định tập thể"),
    "body_not_valid": _("Cơ quan không hoạt động vào ngày bắt đầu nhiệm kỳ"),
    "bad_date": _("Ngày không đúng; hãy ghi dạng 31/12/2026"),
    "mandate_needs_body": _("Có ngày nhiệm kỳ nhưng thiếu cơ quan"),
    "mandate_needs_date": _("Thiếu ngày bắt đầu nhiệm kỳ"),
    "ends_before_it_starts": _("Ngày kết thúc trước ngày bắt đầu"),
    "mandate_overlaps": _("Trùng thời gian với nhiệm kỳ đã có tại cơ quan này"),
    "unknown_role": _("Không có vai trò này"),
    "role_needs_unit": _("Vai trò này cần đơn vị hoặc cơ quan"),
    "duplicate_in_file": _("Trùng với dòng"),
    "ambiguous_person": _("Đã có nhiều người cùng tên; hãy ghi tên đăng nhập hoặc thư điện tử"),
    "login_taken": _("Tên đăng nhập thuộc về người khác"),
    "account_open": _("Người này đã có tài khoản với tên đăng nhập khác"),
}
