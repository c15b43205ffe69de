"""Every problem that people can meet: its HTTP status and one sentence of what to do, in Vietnamese."""

from pydantic import BaseModel

from gateway.texts import _


class FieldError(BaseModel):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901) into the request body."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is stable; `detail` is one sentence of what to do, in the reader's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []


class TryLater(Exception):
    """The code's problem, with the seconds to wait in `Retry-After`."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code, seconds)
        self.code = code
        self.seconds = seconds


Problems = dict[str, tuple[int, str]]

GENERAL: Problems = {
    "bad_request": (400, _("Yêu cầu không đọc được. Hãy kiểm tra lại dữ liệu gửi lên.")),
    "not_signed_in": (401, _("Bạn chưa đăng nhập hoặc phiên làm việc đã hết hạn. Hãy đăng nhập lại.")),
    "not_allowed": (403, _("Bạn không có quyền thực hiện việc này. Hãy liên hệ người phụ trách.")),
    "cross_site": (403, _("Yêu cầu đến từ một trang khác nên bị từ chối. Hãy mở lại trang này và thử lại.")),
    "not_found": (404, _("Không tìm thấy nội dung này, hoặc bạn không được xem.")),
    "method_not_allowed": (405, _("Địa chỉ này không nhận kiểu yêu cầu đó.")),
    "conflict": (409, _("Người khác vừa thay đổi nội dung này. Hãy tải lại trang và thử lại.")),
    "too_large": (413, _("Dữ liệu gửi lên quá lớn. Hãy giảm dung lượng rồi gửi lại.")),
    "unsupported_media_type": (415, _("Kiểu dữ liệu không được hỗ trợ. API nhận JSON.")),
    "invalid": (422, _("Một số thông tin chưa đúng. Hãy sửa các mục được đánh dấu.")),
    "wrong_address": (422, _("Địa chỉ trang hoặc điều kiện lọc không đúng. Hãy mở lại từ trang chủ.")),
    "bad_topics": (422, _("Địa chỉ theo dõi trực tiếp không đúng. Hãy tải lại trang.")),
    "too_many_requests": (429, _("Bạn thao tác quá nhanh. Hãy chờ một lát rồi thử lại.")),
    "too_many_streams": (429, _("Bạn đang mở quá nhiều trang cùng lúc. Hãy đóng bớt trang rồi tải lại.")),
    "failed": (500, _("Hệ thống gặp lỗi ngoài dự kiến; dữ liệu đã ghi không bị mất. Hãy thử lại.")),
    "unavailable": (503, _("Hệ thống tạm thời chưa ghi được dữ liệu. Hãy thử lại sau ít phút.")),
    "documents_unavailable": (503, _("Kho tài liệu tạm thời không kết nối được. Hãy thử lại sau ít phút.")),
    "sign_in_unavailable": (503, _("Hệ thống tạm thời chưa kiểm tra được việc đăng nhập. Hãy thử lại sau ít phút.")),
    "integrity_error": (
        502,
        _("Tệp lưu trữ đã bị hỏng nên không được mở. Sự cố đã được ghi nhận; hãy báo người quản trị."),
    ),
    "id_conflict": (409, _("Yêu cầu này trùng mã với một yêu cầu khác. Hãy tải lại trang rồi thử lại.")),
    "fonts_missing": (503, _("Chưa cài phông chữ để lập bản in. Hãy báo người quản trị chạy bước cài đặt giao diện.")),
    "reason_needed": (422, _("Hãy ghi rõ lý do.")),
    "not_signed_yet": (409, _("Sổ chứng minh chưa kịp ký phần này. Hãy thử lại sau vài giây.")),
    "not_erasable": (422, _("Chỉ xóa được các mục chữ tự do có dữ liệu cá nhân. Hãy xem danh sách trong tài liệu.")),
    "second_person_needed": (422, _("Việc xóa cần hai người khác nhau: một người ra lệnh, một người xác nhận.")),
    "not_the_log_key": (409, _("Khóa này không còn ký nhật ký. Hãy xem lại các lần đổi khóa đã ghi.")),
    "past_being_rebuilt": (503, _("Đang có người dựng lại trạng thái cũ của một cuộc họp. Hãy thử lại sau vài giây.")),
    "ledger_unavailable": (
        503,
        _("Sổ chứng minh tạm thời không trả lời. Cuộc họp vẫn tiếp tục; hãy thử lại sau."),
    ),
    "no_ledger": (404, _("Hệ thống này không có sổ chứng minh. Hãy hỏi người quản trị.")),
}

IDENTITY: Problems = {
    "sign_in_failed": (
        401,
        _("Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra bộ gõ, phím Caps Lock rồi thử lại."),
    ),
    "too_many_sign_ins": (429, _("Đã sai nhiều lần. Hãy chờ một lát rồi thử lại; tài khoản không bị khóa.")),
    "activation_failed": (
        401,
        _("Tên đăng nhập hoặc mã kích hoạt không đúng, đã dùng hay hết hạn. Hãy xin cấp mã mới."),
    ),
    "wrong_password": (403, _("Mật khẩu hiện tại không đúng. Hãy nhập lại.")),
    "password_too_short": (422, _("Mật khẩu cần ít nhất 12 ký tự. Một câu ngắn dễ nhớ là tốt nhất.")),
    "password_too_long": (422, _("Mật khẩu dài nhất 200 ký tự. Hãy rút ngắn lại.")),
    "password_names_you": (422, _("Mật khẩu không được chứa tên của bạn hay tên đăng nhập. Hãy chọn câu khác.")),
    "password_too_common": (422, _("Mật khẩu này quá dễ đoán. Hãy ghép vài từ không liên quan với nhau.")),
}

DIRECTORY: Problems = {
    "unknown_unit": (422, _("Không có đơn vị này. Hãy chọn lại từ danh sách đơn vị.")),
    "unit_exists": (409, _("Đơn vị này đã được lập với thông tin khác. Hãy tải lại trang.")),
    "unit_dissolved": (409, _("Đơn vị này đã kết thúc hoạt động nên không thay đổi được nữa.")),
    "unit_refers_to_itself": (422, _("Một đơn vị không thể là cấp trên hay đơn vị kế thừa của chính nó.")),
    "parent_not_valid": (422, _("Đơn vị cấp trên không hoạt động vào ngày này. Hãy chọn đơn vị khác hoặc sửa ngày.")),
    "body_not_valid": (422, _("Cơ quan không hoạt động vào ngày bắt đầu này. Hãy sửa ngày bắt đầu nhiệm kỳ.")),
    "not_a_body": (422, _("Đơn vị này không phải cơ quan họp và quyết định tập thể. Hãy chọn cơ quan khác.")),
    "quorum_above_all": (422, _("Tỷ lệ tối thiểu không thể lớn hơn toàn bộ thành viên. Hãy sửa tử số hoặc mẫu số.")),
    "ends_before_it_starts": (422, _("Ngày kết thúc phải từ ngày bắt đầu trở đi. Hãy sửa lại ngày.")),
    "unknown_person": (404, _("Không có người này. Hãy chọn lại từ danh sách.")),
    "person_exists": (409, _("Người này đã được đăng ký với thông tin khác. Hãy dùng mục sửa thông tin.")),
    "unknown_mandate": (404, _("Người này không có nhiệm kỳ đó. Hãy tải lại trang.")),
    "mandate_exists": (409, _("Nhiệm kỳ này đã được ghi với thông tin khác. Hãy tải lại trang.")),
    "mandate_overlaps": (409, _("Người này đã có nhiệm kỳ tại cơ quan đó trong thời gian trùng. Hãy sửa ngày.")),
    "mandate_already_ended": (409, _("Nhiệm kỳ này đã kết thúc sớm hơn. Hãy tải lại trang để xem ngày kết thúc.")),
    "own_administrator_role": (409, _("Bạn không thể tự bỏ vai trò quản trị của mình. Hãy nhờ người quản trị khác.")),
    "account_open": (409, _("Người này đã có tài khoản với tên đăng nhập khác. Hãy khóa tài khoản đó trước.")),
    "no_open_account": (409, _("Người này chưa có tài khoản. Hãy mở tài khoản trước.")),
    "own_account": (409, _("Bạn không thể tự khóa tài khoản của mình. Hãy nhờ người quản trị khác.")),
    "login_taken": (409, _("Tên đăng nhập này thuộc về người khác. Hãy chọn tên khác.")),
    "unreadable_sheet": (422, _("Không đọc được tệp này. Hãy lưu lại thành CSV (UTF-8) hoặc Excel (.xlsx).")),
    "empty_sheet": (422, _("Tệp không có dòng nào dưới dòng tiêu đề. Hãy điền danh sách rồi gửi lại.")),
    "too_many_rows": (422, _("Tệp có hơn 5.000 dòng. Hãy chia thành nhiều tệp nhỏ hơn.")),
    "import_expired": (409, _("Bản xem trước đã hết hạn hoặc đã dùng. Hãy gửi lại tệp để xem trước.")),
    "no_such_person": (422, _("Không tìm thấy người được chọn. Hãy chọn lại từ danh sách.")),
    "no_such_unit": (422, _("Đơn vị được chọn không có hoặc đã ngừng hoạt động. Hãy chọn lại.")),
}

DOCUMENTS: Problems = {
    "document_not_found": (404, _("Không tìm thấy tài liệu này. Hãy mở lại hồ sơ cuộc họp.")),
    "version_not_found": (404, _("Tài liệu không có phiên bản này. Hãy chọn phiên bản trong danh sách.")),
    "bytes_not_in_document": (422, _("Tài liệu không có tệp này. Hãy tải lại trang.")),
    "document_exists": (409, _("Tài liệu này đã được đăng ký với thông tin khác. Hãy tải lại trang.")),
    "document_erased": (410, _("Tệp này đã được xóa theo quyết định của người có thẩm quyền nên không mở được nữa.")),
    "bytes_erased": (409, _("Tệp có nội dung này đã bị xóa theo quyết định nên không được đưa vào lại.")),
    "same_bytes": (409, _("Tệp này giống hệt phiên bản hiện hành. Hãy chọn tệp đã sửa.")),
    "dossier_under_approval": (
        409,
        _("Hồ sơ đang trình hoặc đã được duyệt. Hãy rút hồ sơ về rồi mới thay tệp, để duyệt đúng bản sẽ dùng."),
    ),
    "file_too_large": (413, _("Tệp quá lớn. Hãy giảm dung lượng hoặc tách thành nhiều tệp.")),
    "length_mismatch": (422, _("Tệp nhận được không khớp độ dài hoặc mã SHA-256 đã báo. Hãy tải lên lại.")),
    "empty_file": (422, _("Tệp không có nội dung. Hãy chọn tệp khác.")),
    "type_mismatch": (422, _("Nội dung tệp không đúng với phần mở rộng của tên tệp. Hãy kiểm tra lại tệp.")),
    "unsupported_type": (
        422,
        _("Loại tệp này không được nhận. Hãy dùng PDF, Word, Excel, PowerPoint, ảnh hoặc văn bản UTF-8."),
    ),
    "unreadable_file": (422, _("Không đọc được tệp, có thể tệp đã hỏng. Hãy mở thử, lưu lại rồi tải lên.")),
    "file_encrypted": (422, _("Tệp đang đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lên.")),
    "pdf_encrypted": (422, _("Tệp PDF đang bị mã hóa hoặc đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lên.")),
    "pdf_leading_bytes": (422, _("Tệp có dữ liệu lạ trước phần đầu PDF. Hãy xuất lại PDF từ tài liệu gốc.")),
    "pdf_trailing_bytes": (422, _("Tệp có dữ liệu lạ sau phần kết thúc PDF. Hãy xuất lại PDF từ tài liệu gốc.")),
    "pdf_javascript": (422, _("Tệp PDF chứa mã lệnh JavaScript. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "pdf_open_action": (422, _("Tệp PDF tự thực hiện lệnh khi mở. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "pdf_additional_actions": (422, _("Tệp PDF chứa lệnh tự động. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "pdf_launch": (
        422,
        _("Tệp PDF chứa lệnh mở chương trình hoặc gửi dữ liệu ra ngoài. Hãy in tài liệu ra PDF thường rồi tải lên."),
    ),
    "pdf_embedded_file": (422, _("Tệp PDF đính kèm tệp khác bên trong. Hãy tải từng tệp lên riêng.")),
    "pdf_rich_media": (422, _("Tệp PDF chứa âm thanh, phim hoặc mô hình. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "pdf_xfa": (422, _("Tệp PDF chứa biểu mẫu XFA. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "pdf_too_many_pages": (422, _("Tệp PDF có hơn 2.000 trang. Hãy tách thành nhiều tệp.")),
    "pdf_stream_too_large": (422, _("Tệp PDF có phần nén quá lớn. Hãy xuất lại PDF từ tài liệu gốc.")),
    "image_too_large": (422, _("Ảnh lớn hơn 50 triệu điểm ảnh. Hãy giảm kích thước rồi tải lên.")),
    "archive_too_many_entries": (422, _("Tệp chứa quá nhiều thành phần bên trong. Hãy lưu lại tệp rồi tải lên.")),
    "archive_too_large": (422, _("Tệp giải nén ra quá lớn. Hãy lưu lại tệp rồi tải lên.")),
    "archive_ratio": (422, _("Tệp nén bất thường. Hãy lưu lại tệp rồi tải lên.")),
    "archive_nested": (422, _("Tệp chứa tệp nén lồng nhau. Hãy bỏ các tệp nhúng rồi tải lên.")),
    "archive_unsafe_name": (422, _("Tệp chứa đường dẫn không an toàn bên trong. Hãy lưu lại tệp rồi tải lên.")),
    "office_macros": (422, _("Tệp Office chứa macro. Hãy lưu lại ở dạng không có macro rồi tải lên.")),
    "xml_entities": (422, _("Tệp Office chứa khai báo XML không an toàn. Hãy lưu lại tệp rồi tải lên.")),
    "no_such_document": (422, _("Có tài liệu kèm theo không tồn tại, hoặc bạn không được xem. Hãy chọn lại.")),
    "not_to_be_circulated": (
        403,
        _("Bạn được đọc tài liệu này nhưng không được gửi kèm phiếu. Hãy chọn tài liệu của cuộc họp do bạn chuẩn bị."),
    ),
}

PREPARATION: Problems = {
    "no_such_meeting": (404, _("Không tìm thấy cuộc họp này.")),
    "meeting_exists": (409, _("Cuộc họp này đã được tạo.")),
    "meeting_cancelled": (409, _("Cuộc họp đã bị hủy nên không thay đổi được nữa.")),
    "meeting_too_far": (422, _("Thời gian họp cách hiện tại hơn mười năm. Hãy kiểm tra lại ngày.")),
    "times_not_ordered": (422, _("Giờ kết thúc phải sau giờ bắt đầu. Hãy sửa thời gian.")),
    "agenda_empty": (409, _("Chương trình họp chưa có nội dung nào. Hãy thêm ít nhất một nội dung trước khi trình.")),
    "agenda_too_deep": (422, _("Chương trình họp chỉ có tối đa ba cấp. Hãy đặt nội dung ở cấp cao hơn.")),
    "agenda_cycle": (422, _("Không thể đặt một nội dung vào bên trong chính nó.")),
    "not_a_sibling": (422, _("Vị trí đặt nội dung không còn đúng. Hãy tải lại trang rồi thử lại.")),
    "no_such_item": (404, _("Nội dung này không còn trong chương trình họp. Hãy tải lại trang.")),
    "item_exists": (409, _("Nội dung này đã có trong chương trình họp.")),
    "already_attached": (409, _("Tài liệu này đã có trong hồ sơ cuộc họp.")),
    "not_attached": (404, _("Tài liệu này không có trong hồ sơ cuộc họp.")),
    "link_needs_url": (422, _("Đường dẫn phải là một địa chỉ http hoặc https đầy đủ.")),
    "personal_needs_person": (422, _("Tài liệu riêng phải ghi rõ gửi cho ai; tài liệu chung thì không.")),
    "dossier_submitted": (409, _("Hồ sơ đang chờ duyệt nên chưa sửa được. Hãy rút lại, hoặc chờ lãnh đạo quyết định.")),
    "not_submitted": (409, _("Hồ sơ chưa được trình duyệt.")),
    "not_a_leader": (422, _("Người được chọn không phải là lãnh đạo của cơ quan này. Hãy chọn người khác.")),
    "not_the_approver": (403, _("Chỉ lãnh đạo được trình hồ sơ mới duyệt hoặc trả lại được.")),
    "already_approved": (409, _("Hồ sơ đã được duyệt.")),
    "not_approved": (409, _("Hồ sơ chưa được lãnh đạo duyệt nên chưa gửi giấy mời được.")),
    "already_published": (409, _("Cuộc họp đã được công bố và gửi giấy mời.")),
    "not_published": (409, _("Cuộc họp chưa được công bố.")),
    "not_invited": (403, _("Người này không có trong danh sách mời họp.")),
    "invited_twice": (422, _("Một người được nêu tên hai lần trong danh sách mời.")),
    "substitute_name_needed": (422, _("Hãy ghi họ tên người dự thay.")),
    "session_begun": (409, _("Phiên họp đã khai mạc nên không thay đổi được nữa.")),
}

SITTING: Problems = {
    "no_quorum": (
        409,
        _("Chưa đủ số đại biểu có mặt theo quy định. Hãy điểm danh thêm hoặc chờ đủ số đại biểu rồi thực hiện lại."),
    ),
    "roll_call_not_open": (409, _("Chưa mở điểm danh. Hãy chờ thư ký mở điểm danh.")),
    "session_not_open": (409, _("Phiên họp chưa khai mạc. Hãy chờ chủ tọa khai mạc.")),
    "session_suspended": (409, _("Phiên họp đang tạm dừng. Hãy chờ phiên họp tiếp tục.")),
    "session_closed": (409, _("Phiên họp đã bế mạc, không ghi nhận thêm được.")),
    "wrong_code": (422, _("Mã điểm danh không đúng. Hãy nhập sáu chữ số đang hiện trên màn hình hội trường.")),
    "not_on_roll_call": (403, _("Người này không có trong danh sách điểm danh của cuộc họp. Hãy liên hệ thư ký.")),
    "not_present": (409, _("Người này chưa được ghi nhận có mặt. Hãy điểm danh trước.")),
    "still_present": (409, _("Người này đang có mặt. Hãy ghi nhận rời họp trước khi ghi vắng.")),
    "already_in_queue": (409, _("Bạn đã đăng ký phát biểu về nội dung này. Hãy chờ đến lượt.")),
    "request_exists": (409, _("Đăng ký phát biểu này đã có.")),
    "no_such_request": (404, _("Không tìm thấy đăng ký phát biểu này.")),
    "request_not_waiting": (409, _("Đăng ký này không còn chờ: đã được mời phát biểu hoặc đã rút. Hãy tải lại trang.")),
    "note_exists": (409, _("Ghi chép này đã có.")),
    "no_such_note": (404, _("Không tìm thấy ghi chép này.")),
    "rules_missing": (
        409,
        _("Cơ quan này chưa có quy định họp. Hãy nhờ người quản trị khai báo tổng số và tỷ lệ tối thiểu để họp."),
    ),
    "no_members_today": (
        409,
        _("Cơ quan này không có đại biểu nào đang trong nhiệm kỳ hôm nay. Hãy nhờ người quản trị kiểm tra."),
    ),
}

VOTING: Problems = {
    "no_such_poll": (404, _("Không tìm thấy cuộc biểu quyết này.")),
    "poll_already_opened": (409, _("Cuộc biểu quyết này đã được mở. Hãy tải lại trang.")),
    "duplicate_voter": (
        409,
        _("Một người có tên hai lần trong danh sách biểu quyết. Hãy nhờ người quản trị kiểm tra nhiệm kỳ."),
    ),
    "duplicate_choice": (422, _("Hai phương án biểu quyết trùng nhau. Hãy chọn mẫu phương án khác.")),
    "one_choice_for": (422, _("Phải có đúng một phương án được tính là tán thành. Hãy chọn mẫu phương án khác.")),
    "no_choice_against": (422, _("Quy tắc này cần một phương án không tán thành. Hãy chọn mẫu phương án khác.")),
    "roll_exceeds_members": (
        409,
        _("Số người có quyền biểu quyết lớn hơn tổng số đại biểu. Hãy nhờ người quản trị kiểm tra quy định họp."),
    ),
    "impossible_threshold": (422, _("Tỷ lệ thông qua không thể đạt được. Hãy chọn quy tắc khác.")),
    "chair_not_on_roll": (
        409,
        _("Quy tắc này theo bên có chủ tọa khi ngang nhau, nhưng chủ tọa không có quyền biểu quyết. Hãy chọn lại."),
    ),
    "unknown_rule_card": (422, _("Quy tắc biểu quyết này không áp dụng cho cơ quan này. Hãy chọn từ danh sách.")),
    "unknown_choice_template": (422, _("Không có mẫu phương án này. Hãy chọn từ danh sách.")),
    "poll_still_open": (409, _("Cuộc biểu quyết còn đang mở. Hãy kết thúc biểu quyết trước.")),
    "too_many_ballots": (
        503,
        _("Rất nhiều đại biểu đang gửi phiếu cùng lúc nên phiếu này chưa được ghi nhận. Hãy gửi lại sau giây lát."),
    ),
    "poll_closed": (409, _("Biểu quyết đã kết thúc. Phiếu gửi sau thời điểm kết thúc không được tính.")),
    "poll_cancelled": (409, _("Cuộc biểu quyết đã bị hủy và không có kết quả.")),
    "not_tallied": (409, _("Hệ thống đang kiểm phiếu. Hãy chờ giây lát rồi công bố.")),
    "tally_differs": (409, _("Kết quả kiểm phiếu khác với kết quả đã ghi. Hãy báo người quản trị.")),
    "impossible_count": (409, _("Số phiếu không khớp với danh sách biểu quyết. Hãy báo người quản trị.")),
    "unknown_choice": (422, _("Phương án này không có trong cuộc biểu quyết. Hãy chọn một phương án đang hiển thị.")),
    "not_on_roll": (403, _("Bạn không có tên trong danh sách biểu quyết của nội dung này.")),
    "not_present_to_vote": (409, _("Bạn chưa điểm danh dự họp. Hãy điểm danh rồi biểu quyết.")),
    "already_voted": (409, _("Bạn đã biểu quyết. Mỗi người chỉ biểu quyết một lần và không thay đổi được.")),
    "no_ballot": (404, _("Bạn chưa biểu quyết nội dung này.")),
    "result_not_published": (409, _("Kết quả chưa được công bố. Hãy chờ chủ tọa công bố.")),
}

PAPER_COUNTS: Problems = {
    "secret_on_paper": (409, _("Đây là bỏ phiếu kín bằng phiếu giấy. Hãy ghi phiếu giấy và bỏ vào hòm phiếu.")),
    "too_few_for_secrecy": (422, _("Quá ít người bỏ phiếu nên không giữ kín được. Hãy chọn biểu quyết công khai.")),
    "not_on_paper": (409, _("Cuộc biểu quyết này không dùng phiếu giấy nên không có ban kiểm phiếu.")),
    "duplicate_teller": (422, _("Một người có tên hai lần trong ban kiểm phiếu. Hãy chọn lại.")),
    "teller_is_candidate": (422, _("Người ứng cử không kiểm phiếu. Hãy chọn người khác vào ban kiểm phiếu.")),
    "unknown_teller": (422, _("Thành viên ban kiểm phiếu phải là người được mời dự họp. Hãy chọn từ danh sách.")),
    "count_under_way": (409, _("Ban kiểm phiếu đã nhập số liệu. Hãy kiểm phiếu lại từ đầu rồi mới đổi thành viên.")),
    "no_tellers": (409, _("Chưa có ban kiểm phiếu. Hãy ghi tên ban kiểm phiếu do cuộc họp bầu.")),
    "not_a_teller": (403, _("Chỉ thành viên ban kiểm phiếu mới nhập số liệu kiểm phiếu.")),
    "count_agreed": (409, _("Hai người kiểm phiếu đã nhập trùng khớp. Trưởng ban hãy xác nhận, hoặc kiểm phiếu lại.")),
    "second_teller_needed": (409, _("Bạn đã nhập lần thứ nhất. Lần thứ hai phải do một thành viên khác nhập.")),
    "papers_do_not_reconcile": (
        422,
        _("Số phiếu phát ra phải bằng số thu về cộng số không sử dụng và số hỏng. Hãy đếm lại."),
    ),
    "returned_do_not_reconcile": (
        422,
        _("Số phiếu thu về phải bằng số hợp lệ cộng số không hợp lệ. Hãy đếm lại."),
    ),
    "more_papers_than_voters": (422, _("Số phiếu thu về nhiều hơn số người có quyền bỏ phiếu. Hãy đếm lại.")),
    "marks_do_not_fit": (422, _("Số phiếu của từng mục không khớp với số phiếu hợp lệ. Hãy đếm lại.")),
    "count_not_agreed": (409, _("Chưa có hai thành viên nhập số liệu trùng khớp. Hãy nhập đủ hai lần.")),
    "not_head_of_tellers": (403, _("Chỉ trưởng ban kiểm phiếu mới xác nhận kết quả kiểm phiếu.")),
    "already_counted": (409, _("Kết quả kiểm phiếu đã được xác nhận. Hãy tải lại trang.")),
    "counted_by_tellers": (409, _("Phiếu kín do ban kiểm phiếu đếm. Hãy chờ ban kiểm phiếu xác nhận.")),
    "breakdown_withheld": (
        409,
        _("Số phiếu cụ thể không được công bố vì sẽ làm lộ phiếu kín. Hãy xem kết luận của cuộc bỏ phiếu."),
    ),
    "no_paper_count": (409, _("Chưa có kết quả kiểm phiếu được xác nhận.")),
}

BALLOTS_AND_CARDS: Problems = {
    "lines_not_of_method": (
        422,
        _("Hình thức biểu quyết này không có nhiều dòng trên phiếu. Hãy bỏ các dòng hoặc chọn hình thức khác."),
    ),
    "no_lines": (422, _("Hãy ghi ít nhất một người hoặc một dự thảo trên phiếu.")),
    "duplicate_line": (422, _("Hai dòng trên phiếu trùng nhau. Hãy bỏ dòng trùng.")),
    "rating_grades": (
        422,
        _("Phiếu tín nhiệm có hai hoặc ba mức, trong đó đúng một mức thấp. Hãy chọn mẫu phương án khác."),
    ),
    "card_not_for_method": (422, _("Quy tắc này không dùng cho hình thức biểu quyết đã chọn. Hãy chọn quy tắc khác.")),
    "election_range": (
        422,
        _("Mỗi phiếu chọn từ số tối thiểu đến số tối đa, không quá số người ứng cử và số người cần bầu."),
    ),
    "duplicate_candidate": (422, _("Một người ứng cử có tên hai lần. Hãy bỏ tên trùng.")),
    "election_round": (422, _("Vòng bầu tiếp theo phải nêu cuộc bầu trước; vòng đầu thì không.")),
    "weights_not_allowed": (422, _("Quy tắc này không cho phép phiếu có trọng số khác nhau. Hãy chọn quy tắc khác.")),
    "impossible_weight": (
        422,
        _("Trọng số phải là số nguyên từ 1 trở lên, của người có tên trong danh sách biểu quyết."),
    ),
    "represented_twice": (422, _("Một đại biểu chỉ có một người biểu quyết thay. Hãy bỏ bớt.")),
    "represented_off_roll": (422, _("Người được biểu quyết thay không có tên trong danh sách biểu quyết.")),
    "proxies_not_allowed": (422, _("Quy tắc này không cho phép ủy quyền biểu quyết. Hãy chọn quy tắc khác.")),
    "substitutes_not_allowed": (422, _("Quy tắc này không cho phép người dự thay biểu quyết. Hãy chọn quy tắc khác.")),
    "proxy_not_a_voter": (422, _("Người nhận ủy quyền phải là một người khác có tên trong danh sách biểu quyết.")),
    "substitute_is_a_voter": (422, _("Người dự thay không được là người có tên trong danh sách biểu quyết.")),
    "council_not_depleted": (409, _("Chỉ dùng quy tắc này khi số đại biểu còn lại dưới hai phần ba tổng số.")),
    "not_a_representative": (403, _("Bạn không được biểu quyết thay người này.")),
    "empty_ballot": (422, _("Phiếu chưa chọn gì. Hãy chọn rồi gửi.")),
    "too_many_marks": (422, _("Phiếu chọn quá số được phép. Hãy bỏ bớt.")),
    "too_few_marks": (422, _("Phiếu chọn chưa đủ số tối thiểu. Hãy chọn thêm.")),
    "duplicate_mark": (422, _("Phiếu chọn một người hai lần. Hãy bỏ lựa chọn trùng.")),
    "line_marked_twice": (422, _("Một dòng trên phiếu có hai lựa chọn. Hãy chỉ giữ một lựa chọn cho mỗi dòng.")),
    "ballot_busy": (
        409,
        _("Phiếu của bạn đang được đổi từ thiết bị khác nên lần này chưa được ghi. Hãy tải lại trang rồi gửi lại."),
    ),
    "already_dictated": (
        409,
        _("Đã có người ghi hộ phiếu của đại biểu này và đang chờ xác nhận. Hãy xác nhận hoặc hủy phiếu ghi hộ đó."),
    ),
    "no_dictation": (409, _("Không có phiếu ghi hộ nào chờ xác nhận của đại biểu này. Hãy tải lại trang.")),
    "second_person_needed": (403, _("Việc này cần người thứ hai xác nhận; bạn không tự xác nhận việc mình đã ghi.")),
    "dictation_differs": (
        409,
        _("Lựa chọn bạn nghe khác với lựa chọn đã ghi hộ. Hãy hỏi lại đại biểu, hủy phiếu ghi hộ rồi ghi lại."),
    ),
    "example_differs": (422, _("Ví dụ kèm theo không ra đúng kết quả như đã ghi. Hãy kiểm tra lại quy tắc và ví dụ.")),
    "example_for_each_method": (
        422,
        _("Mỗi hình thức biểu quyết của quy tắc cần ít nhất một ví dụ, và chỉ những hình thức đó."),
    ),
    "valid_to_before_valid_from": (422, _("Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi.")),
    "rule_card_exists": (409, _("Quy tắc này đã được đề xuất. Hãy tải lại trang.")),
    "no_such_rule_card": (404, _("Không tìm thấy quy tắc này.")),
    "rule_card_decided": (409, _("Đề xuất quy tắc này đã được quyết định hoặc đã rút. Hãy tải lại trang.")),
    "rule_card_not_in_force": (409, _("Chỉ chấm dứt được quy tắc đã được duyệt và chưa chấm dứt.")),
    "not_the_proposer": (403, _("Chỉ người đề xuất mới rút được đề xuất này.")),
    "no_open_posts": (409, _("Chỉ bầu vòng tiếp theo sau một cuộc bầu của cuộc họp này đã kiểm phiếu mà chưa bầu đủ.")),
    "round_already_opened": (409, _("Vòng bầu tiếp theo đã được mở. Hãy tải lại trang.")),
    "already_elected": (422, _("Người đã trúng cử không ứng cử ở vòng tiếp theo. Hãy bỏ tên người này.")),
    "name_needed": (422, _("Hãy ghi tên người ứng cử hoặc tên trên mỗi dòng của phiếu.")),
}

CIRCULATION: Problems = {
    "no_such_form": (404, _("Không tìm thấy phiếu lấy ý kiến này, hoặc bạn không được xem.")),
    "form_exists": (409, _("Phiếu lấy ý kiến này đã được tạo. Hãy tải lại trang.")),
    "form_not_in_draft": (409, _("Phiếu đã trình hoặc đã gửi nên không sửa được nữa. Hãy tải lại trang.")),
    "form_not_submitted": (409, _("Phiếu không ở trạng thái chờ quyết định gửi. Hãy tải lại trang.")),
    "form_not_circulating": (409, _("Phiếu chưa được gửi hoặc đã bị hủy nên chưa nhận ý kiến.")),
    "form_closed": (409, _("Đã hết hạn hoặc đã kết thúc lấy ý kiến. Ý kiến gửi sau thời điểm đó không được tính.")),
    "form_still_open": (409, _("Phiếu còn đang nhận ý kiến. Hãy kết thúc lấy ý kiến trước.")),
    "deadline_passed": (422, _("Hạn trả lời phải ở sau thời điểm hiện tại. Hãy chọn hạn khác.")),
    "nobody_present": (422, _("Quy tắc này tính trên số người có mặt nên không dùng để lấy ý kiến bằng phiếu gửi.")),
    "silence_basis_needed": (422, _("Hãy ghi điều khoản quy chế làm việc cho phép coi không trả lời là tán thành.")),
    "duplicate_clause": (422, _("Hai điều khoản trùng mã. Hãy bỏ dòng trùng.")),
    "too_many_documents": (422, _("Một phiếu kèm tối đa 50 tài liệu. Hãy gộp bớt tài liệu.")),
    "unknown_clause": (422, _("Ý kiến gắn với điều khoản không có trong phiếu. Hãy tải lại trang.")),
    "already_answered": (409, _("Bạn đã gửi ý kiến. Phiếu này không cho phép thay đổi ý kiến đã gửi.")),
    "answers_missing": (409, _("Chưa đến hạn và còn thành viên chưa trả lời nên chưa kết thúc được.")),
    "answers_not_counted": (409, _("Phiếu chưa được kiểm. Hãy chờ kết thúc lấy ý kiến rồi thực hiện.")),
    "comments_unresolved": (409, _("Còn ý kiến góp ý chưa được tiếp thu hay giải trình. Hãy xử lý hết rồi công bố.")),
    "no_such_comment": (404, _("Không tìm thấy ý kiến góp ý này. Hãy tải lại trang.")),
    "text_change_needed": (422, _("Tiếp thu thì phải ghi nội dung sau khi sửa, khác với nội dung trước.")),
    "explanation_needed": (422, _("Hãy ghi nội dung giải trình.")),
    "result_announced": (409, _("Kết quả đã công bố nên không thay đổi được nữa.")),
    "answers_not_open": (409, _("Ý kiến của các thành viên chỉ được xem sau khi công bố kết quả.")),
    "not_a_chair": (422, _("Người chủ trì phải là chủ tọa hoặc lãnh đạo của cơ quan này. Hãy chọn lại.")),
    "not_the_chair": (403, _("Chỉ người được ghi là chủ trì phiếu này mới quyết định được.")),
}

CONCLUSIONS_AND_TASKS: Problems = {
    "stale_revision": (409, _("Kết luận đã được người khác sửa. Hãy tải lại trang, xem bản mới rồi sửa tiếp.")),
    "obligation_twice": (422, _("Một việc bị ghi hai lần. Hãy bỏ dòng trùng.")),
    "lead_unit_also_coordinates": (422, _("Đơn vị chủ trì không đồng thời là đơn vị phối hợp. Hãy chọn lại.")),
    "unit_named_twice": (422, _("Một đơn vị phối hợp được chọn hai lần. Hãy bỏ đơn vị trùng.")),
    "due_in_the_past": (422, _("Hạn xử lý phải ở sau thời điểm hiện tại. Hãy chọn hạn khác.")),
    "due_too_far": (422, _("Hạn xử lý cách hiện tại hơn mười năm. Hãy kiểm tra lại ngày.")),
    "conclusion_before_session": (409, _("Phiên họp chưa khai mạc nên chưa ghi được kết luận.")),
    "task_exists": (409, _("Nhiệm vụ này đã được giao. Hãy tải lại danh sách.")),
    "no_such_task": (404, _("Không tìm thấy nhiệm vụ này, hoặc bạn không được xem.")),
    "not_of_the_lead_unit": (422, _("Người phụ trách phải thuộc đơn vị chủ trì. Hãy chọn người khác.")),
    "already_accepted": (409, _("Nhiệm vụ đã được tiếp nhận và có người phụ trách. Hãy tải lại trang.")),
    "not_accepted_yet": (409, _("Đơn vị chủ trì chưa tiếp nhận nhiệm vụ. Hãy tiếp nhận trước khi báo cáo.")),
    "already_delivered": (409, _("Báo cáo kết quả đang chờ người giao việc xem xét. Hãy chờ ý kiến rồi làm tiếp.")),
    "nothing_delivered": (409, _("Chưa có báo cáo kết quả nào để xem xét. Hãy tải lại trang.")),
    "not_coordinating": (403, _("Đơn vị của bạn không phối hợp thực hiện nhiệm vụ này.")),
    "may_not_assign": (
        422,
        _("Người được chọn không được giao việc cho đơn vị chủ trì, hoặc không còn tài khoản. Hãy chọn người khác."),
    ),
    "not_the_assigner": (403, _("Chỉ người giao việc mới được làm việc này.")),
    "not_later": (422, _("Hạn mới phải muộn hơn hạn hiện tại. Hãy chọn hạn khác.")),
    "task_withdrawn": (409, _("Nhiệm vụ đã được thu hồi nên không thể thay đổi.")),
    "task_completed": (409, _("Nhiệm vụ đã hoàn thành nên không thể thay đổi.")),
}

MINUTES: Problems = {
    "minutes_not_drafted": (409, _("Chưa có dự thảo biên bản. Hãy lập dự thảo trước.")),
    "older_than_draft": (409, _("Dự thảo đã được lập lại với số liệu mới hơn. Hãy tải lại trang.")),
    "stale_text": (409, _("Người khác vừa sửa đoạn này. Hãy sao chép phần bạn viết, tải lại trang rồi sửa tiếp.")),
    "stale_document": (409, _("Văn bản đã thay đổi sau khi bạn xem. Hãy tải lại trang và xem bản mới.")),
    "minutes_not_submitted": (409, _("Biên bản chưa được trình duyệt hoặc đang được sửa lại.")),
    "not_the_presiding_officer": (403, _("Chỉ chủ tọa của cuộc họp này mới duyệt hoặc trả lại biên bản được.")),
    "minutes_approved": (409, _("Biên bản đã được chủ tọa duyệt nên không thay đổi được nữa.")),
    "minutes_not_approved": (409, _("Biên bản chưa được chủ tọa duyệt nên chưa phát hành hay trình ký được.")),
    "signatures_asked": (409, _("Biên bản đã trình ký số hoặc đã ký xong. Hãy tải lại trang.")),
    "minutes_not_signed": (409, _("Biên bản chưa đủ chữ ký số. Hãy chờ thư ký và chủ tọa ký.")),
    "no_recipients": (422, _("Hãy chọn ít nhất một người hoặc một đơn vị nhận biên bản.")),
    "session_not_closed": (409, _("Phiên họp chưa bế mạc. Hãy lập biên bản sau khi bế mạc.")),
}

SIGNING: Problems = {
    "text_of_another_document": (409, _("Tệp này là nội dung của một văn bản khác. Hãy tải lên tệp mới.")),
    "no_place_for_number": (
        422,
        _("Trang đầu cần chỗ trống giữa “Số:” và ký hiệu, và trong dòng “ngày … tháng … năm …”. Hãy sửa tệp."),
    ),
    "no_signing_key": (409, _("Chưa có khóa ký số cho người hoặc cơ quan này. Hãy liên hệ người quản trị hệ thống.")),
    "not_a_pdf": (
        422,
        _("Văn bản phải là tệp PDF, hoặc đã chuyển sang PDF. Hãy chờ chuyển xong hoặc tải lên PDF."),
    ),
    "official_not_found": (404, _("Không tìm thấy văn bản này. Hãy mở lại danh sách văn bản.")),
    "words_not_kept": (404, _("Văn bản này từ tệp tải lên nên không sửa lời văn tại đây được. Hãy thay tệp dự thảo.")),
    "official_exists": (409, _("Văn bản này đã được lập. Hãy mở bản đã có.")),
    "not_a_draft": (409, _("Văn bản đã trình ký hoặc đã ký nên không sửa được. Hãy thu hồi bản trình trước.")),
    "comment_answered": (409, _("Ý kiến này đã được trả lời. Hãy tải lại trang.")),
    "comment_not_found": (404, _("Không tìm thấy ý kiến này. Hãy tải lại trang.")),
    "explanation_missing": (422, _("Không tiếp thu thì phải giải trình. Hãy ghi lý do.")),
    "comments_unanswered": (409, _("Còn ý kiến chưa trả lời. Hãy tiếp thu hoặc giải trình từng ý kiến rồi trình ký.")),
    "not_the_signatory": (422, _("Người ký cuối cùng phải là người có thẩm quyền ghi trên văn bản.")),
    "poll_not_passed": (
        409,
        _("Cuộc biểu quyết mà văn bản nêu chưa được thông qua và công bố nên chưa soạn, trình ký nghị quyết được."),
    ),
    "conclusions_revised": (
        409,
        _(
            "Kết luận của cuộc họp đã sửa sau khi soạn thông báo. "
            "Hãy soạn lại lời văn, hoặc xác nhận lời văn đã khớp, rồi trình ký."
        ),
    ),
    "words_to_fill": (
        409,
        _("Văn bản còn chỗ chưa điền, trong ngoặc vuông. Hãy sửa lời văn rồi trình ký."),
    ),
    "nothing_concluded": (409, _("Cuộc họp chưa có kết luận nào để thông báo. Hãy ghi kết luận trước.")),
    "not_in_signing": (409, _("Văn bản không ở bước ký nên không thu hồi được.")),
    "not_signed": (409, _("Văn bản chưa có chữ ký của người có thẩm quyền nên chưa cấp số được.")),
    "not_numbered": (409, _("Văn bản chưa có số. Hãy cấp số trước khi đóng dấu.")),
    "not_sealed": (409, _("Văn bản chưa đủ chữ ký, số và dấu của cơ quan nên chưa phát hành được.")),
    "not_issued": (409, _("Văn bản chưa phát hành nên chưa làm được việc này.")),
    "copy_not_found": (404, _("Không tìm thấy bản sao này. Hãy mở lại danh sách bản sao.")),
    "copy_not_sealed": (409, _("Bản sao chưa đóng dấu và chưa có số nên chưa phát hành được.")),
    "form_wants_original": (
        422,
        _("Văn bản này là bản sao. Chỉ sao y, trích sao từ bản gốc, bản chính; bản sao y thì sao lục."),
    ),
    "form_wants_true_copy": (422, _("Sao lục chỉ làm từ bản sao y. Từ bản gốc, bản chính hãy chọn sao y.")),
    "original_withdrawn": (409, _("Văn bản đã được thu hồi hoặc thay thế nên không sao được.")),
    "original_invalid": (409, _("Chữ ký số của văn bản không hợp lệ nên không sao được.")),
    "original_not_registered": (409, _("Văn bản chưa vào sổ nên chưa sao được. Hãy vào sổ trước.")),
    "extract_unclear": (422, _("Trích sao phải ghi các trang và nội dung được trích; sao y, sao lục là sao toàn bộ.")),
    "bad_pages": (422, _("Ghi số trang cách nhau bằng dấu phẩy, ví dụ: 1, 3-5.")),
    "page_not_found": (422, _("Văn bản không có trang này. Hãy xem lại số trang cần trích.")),
    "scan_too_old": (422, _("Bản số hóa phải là tệp PDF phiên bản 1.4 trở lên. Hãy quét lại.")),
    "not_a_scan": (422, _("Mỗi trang của bản số hóa phải là ảnh quét của trang giấy. Hãy quét lại văn bản.")),
    "scan_flawed": (
        409,
        _("Bản số hóa chưa đạt yêu cầu (ảnh màu, ít nhất 200 dpi). Hãy quét lại, hoặc xác nhận vẫn dùng bản này."),
    ),
    "mark_made_here": (
        409,
        _("Bản sao chỉ đóng dấu được bằng khóa của cơ quan trên hệ thống này, vì ghi cả hình thức sao và thời gian."),
    ),
    "already_withdrawn": (409, _("Văn bản này đã được thu hồi hoặc thay thế.")),
    "successor_unfit": (
        422,
        _("Cập nhật hoặc thay thế thì phải chọn văn bản thay cho văn bản này; thu hồi thì để trống."),
    ),
    "own_successor": (422, _("Văn bản không thể thay thế chính nó. Hãy chọn văn bản khác.")),
    "other_year": (422, _("Ngày vào sổ phải thuộc năm của sổ đăng ký.")),
    "number_not_reserved": (409, _("Số này không phải số đang giữ chỗ. Hãy tải lại sổ đăng ký.")),
    "incoming_not_found": (404, _("Không tìm thấy văn bản đến này. Hãy mở lại danh sách văn bản đến.")),
    "incoming_returned": (409, _("Văn bản đến này đã được trả lại nơi gửi.")),
    "not_checked_yet": (409, _("Chữ ký số của văn bản đang được kiểm tra. Hãy thử lại sau giây lát.")),
    "signatures_invalid": (409, _("Chữ ký số của văn bản không hợp lệ nên không vào sổ được. Hãy trả lại nơi gửi.")),
    "not_registered": (409, _("Văn bản chưa vào sổ nên chưa chuyển được. Hãy vào sổ trước.")),
    "due_before_registered": (422, _("Hạn xử lý không được trước ngày vào sổ.")),
    "already_registered": (409, _("Văn bản đã vào sổ nên không trả lại được. Hãy chuyển đến nơi xử lý.")),
    "signing_order_not_found": (404, _("Không tìm thấy yêu cầu ký này. Hãy mở lại danh sách chờ ký.")),
    "signing_over": (409, _("Yêu cầu ký này đã kết thúc. Hãy tải lại trang.")),
    "signing_not_complete": (409, _("Văn bản chưa đủ chữ ký nên chưa đóng dấu thời gian lưu trữ được.")),
    "not_the_signer": (403, _("Mỗi người chỉ tự ký hoặc tự từ chối ký. Hãy đăng nhập bằng tài khoản của người ký.")),
    "already_signed": (409, _("Bạn đã ký văn bản này. Hãy tải lại trang.")),
    "one_signature_in_a_step": (
        409,
        _("Trong một bước, mỗi người chỉ ký một lần: cho mình, hoặc thay một người không cùng bước."),
    ),
    "not_your_turn_to_sign": (409, _("Chưa đến lượt bạn ký, hoặc bạn không có trong danh sách ký.")),
    "nothing_signed": (422, _("Tệp nhận về không có chữ ký mới. Hãy ký lại.")),
    "certificate_expired": (409, _("Chứng thư số đã hết hạn. Hãy gia hạn chứng thư rồi ký lại.")),
    "delegation_exists": (409, _("Ủy quyền ký này đã có. Hãy tải lại trang.")),
    "delegation_not_found": (404, _("Không tìm thấy ủy quyền ký này. Hãy tải lại trang.")),
    "delegated_to_oneself": (422, _("Không thể ủy quyền cho chính mình. Hãy chọn người khác.")),
    "delegation_ends_before_it_begins": (422, _("Ngày kết thúc ủy quyền phải sau ngày bắt đầu.")),
    "delegation_over": (422, _("Ngày kết thúc ủy quyền đã qua. Hãy chọn từ hôm nay trở đi.")),
    "delegation_not_named": (422, _("Ký thay thì phải chọn người được ký thay và giấy ủy quyền.")),
    "tsa_unavailable": (503, _("Máy chủ cấp dấu thời gian không trả lời nên chưa ký được. Hãy thử lại sau ít phút.")),
    "key_unavailable": (
        503,
        _("Không kết nối được với khóa ký (USB token, HSM hoặc dịch vụ ký từ xa). Hãy kiểm tra thiết bị rồi thử lại."),
    ),
    "wrong_key_pin": (422, _("Mã PIN hoặc mật khẩu của khóa ký không đúng. Hãy nhập lại.")),
    "certificate_revoked": (409, _("Chứng thư số đã bị thu hồi nên không ký được. Hãy liên hệ nơi cấp chứng thư.")),
    "certificate_untrusted": (
        409,
        _("Chứng thư số không do nơi được tin cậy cấp, hoặc không dùng để ký. Hãy dùng chứng thư khác."),
    ),
    "revocation_unknown": (503, _("Chưa hỏi được tình trạng thu hồi của chứng thư số. Hãy thử lại sau ít phút.")),
    "clock_wrong": (
        503,
        _("Đồng hồ máy chủ lệch với dấu thời gian nên không ký. Hãy báo người quản trị chỉnh đồng hồ."),
    ),
    "document_locked": (409, _("Văn bản đã khóa sau chữ ký cuối cùng nên không ký thêm được.")),
    "signature_field_taken": (409, _("Vị trí ký này không có hoặc đã có chữ ký. Hãy tải lại trang.")),
    "bad_signature_image": (422, _("Hình chữ ký phải là PNG nền trong suốt: chữ ký cá nhân màu xanh, con dấu màu đỏ.")),
    "pdf_stray_bytes": (422, _("Tệp PDF có dữ liệu không thuộc nội dung nào. Hãy xuất lại PDF từ tài liệu gốc.")),
    "pdf_hidden_layers": (422, _("Tệp PDF có lớp nội dung ẩn. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "pdf_form_differs": (
        422,
        _("Ô biểu mẫu trong tệp PDF hiển thị khác giá trị thật. Hãy in tài liệu ra PDF thường rồi tải lên."),
    ),
    "pdf_overlapping_content": (
        422,
        _("Tệp PDF có nội dung che chữ bên dưới. Hãy in tài liệu ra PDF thường rồi tải lên."),
    ),
    "pdf_unused_pages": (422, _("Tệp PDF chứa trang không hiển thị. Hãy in tài liệu ra PDF thường rồi tải lên.")),
    "not_our_document": (422, _("Tệp nhận về không phải văn bản đã gửi đi ký. Hãy ký lại từ đầu.")),
    "not_one_signature": (422, _("Tệp nhận về phải chỉ thêm đúng một chữ ký. Hãy ký lại từ đầu.")),
    "wrong_signer": (422, _("Chữ ký trên tệp nhận về không phải của người được giao ký.")),
    "wrong_signature_field": (
        422,
        _("Chữ ký trên tệp nhận về không nằm ở ô ký dành cho người ký. Hãy ký lại từ đầu."),
    ),
    "signature_without_time": (
        422,
        _("Chữ ký trên tệp nhận về chưa có dấu thời gian. Hãy bật dấu thời gian trong phần mềm ký rồi ký lại."),
    ),
    "signing_address_over": (
        404,
        _("Địa chỉ ký này đã dùng hoặc đã hết hạn. Hãy lấy địa chỉ mới tại trang chờ ký."),
    ),
    "no_signing_plug_in": (409, _("Không ký được bước này bằng phần mềm VGCA trên trang. Hãy chọn cách ký khác.")),
    "no_signing_certificate": (
        409,
        _("Chưa đăng ký chứng thư số để ký bằng phần mềm trên máy của bạn. Hãy liên hệ người quản trị hệ thống."),
    ),
    "signature_broken": (422, _("Chữ ký trên tệp nhận về bị hỏng. Hãy ký lại từ đầu.")),
    "proof_expired": (409, _("Chữ ký không còn chứng minh được nên không đóng dấu thời gian lưu trữ được.")),
    "delegation_not_in_force": (409, _("Giấy ủy quyền không còn hiệu lực vào ngày này. Hãy chọn giấy khác.")),
}

PROBLEMS: Problems = {
    **GENERAL,
    **IDENTITY,
    **DIRECTORY,
    **DOCUMENTS,
    **PREPARATION,
    **SITTING,
    **VOTING,
    **BALLOTS_AND_CARDS,
    **PAPER_COUNTS,
    **CIRCULATION,
    **CONCLUSIONS_AND_TASKS,
    **MINUTES,
    **SIGNING,
}

# pydantic's error types and those of messages, with the values of their contexts.
FIELD_SENTENCES: dict[str, str] = {
    "missing": _("Hãy điền mục này."),
    "string_too_short": _("Hãy nhập ít nhất {min_length} ký tự."),
    "string_too_long": _("Chỉ được nhập tối đa {max_length} ký tự."),
    "string_pattern_mismatch": _("Không đúng dạng quy định."),
    "too_short": _("Hãy chọn ít nhất {min_length} mục."),
    "too_long": _("Chỉ được chọn tối đa {max_length} mục."),
    "greater_than_equal": _("Phải từ {ge} trở lên."),
    "less_than_equal": _("Không được lớn hơn {le}."),
    "enum": _("Hãy chọn một trong các giá trị cho sẵn."),
    "literal_error": _("Hãy chọn một trong các giá trị cho sẵn."),
    "extra_forbidden": _("Không có mục nào tên như vậy."),
    "int_parsing": _("Hãy nhập một số nguyên."),
    "int_type": _("Hãy nhập một số nguyên."),
    "bool_parsing": _("Hãy chọn có hoặc không."),
    "date_from_datetime_parsing": _("Hãy nhập ngày hợp lệ."),
    "datetime_from_date_parsing": _("Hãy nhập ngày giờ hợp lệ."),
    "timezone_aware": _("Ngày giờ phải kèm múi giờ."),
    "more_signatures_than_signers": _("Số chữ ký cần có không được nhiều hơn số người đã chọn ở bước đó."),
    "uuid_parsing": _("Mã không hợp lệ. Hãy chọn lại từ danh sách."),
}
OTHERWISE = _("Giá trị không hợp lệ.")
