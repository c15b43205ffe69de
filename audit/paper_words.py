"""What a report on paper says: official Vietnamese for verbs, facts, findings and verdicts."""

from audit import findings, verifier

VERBS = {
    "verify": "Kiểm tra toàn bộ nhật ký",
    "blobs": "Kiểm tra các tài liệu đã lưu",
    "pdf": "Đối chiếu một tệp với nhật ký",
    "poll": "Kiểm lại kết quả biểu quyết",
    "replay": "Dựng lại từ nhật ký những gì đã hiển thị và phát hành",
    "compare-witnesses": "Đối chiếu với các nhân chứng",
}

TREE_CHECKS = (
    "Tính lại giá trị băm của từng lá và gốc của cây Merkle (RFC 9162), so với gốc đã ký.",
    "Kiểm chữ ký trên mọi điểm kiểm tra; mỗi điểm kiểm tra trước phải là phần đầu của nhật ký hiện nay.",
)
LOG_CHECKS = (
    "Lập lại lá của từng sự kiện từ phong bì và nội dung đã lưu, so với lá trong cây.",
    *TREE_CHECKS,
    "Kiểm số thứ tự của lá, số phiên bản trong từng luồng, mã sự kiện không trùng lặp.",
    "Kiểm từng trường hợp hủy nội dung: phải có lệnh hợp pháp được ghi và loại sự kiện được phép hủy.",
)
CHECKS = {
    "verify": LOG_CHECKS,
    "blobs": (*LOG_CHECKS, "Tính SHA-256 của từng tài liệu mà nhật ký nêu, so với giá trị đã ghi."),
    "pdf": (*LOG_CHECKS, "Tìm mọi sự kiện nêu SHA-256 của tệp và những gì xảy ra với tệp sau đó."),
    "poll": (
        *LOG_CHECKS,
        "Đếm lại các phiếu ghi trước lúc đóng biểu quyết, lấy phiếu cuối cùng của mỗi người; tính lại kết quả theo "
        "thẻ quy tắc đã cố định lúc mở biểu quyết.",
    ),
    "replay": (
        "Dựng lại từ nhật ký mọi bảng dữ liệu hiển thị, so từng dòng với bảng đang dùng.",
        "Lập lại biên bản đã duyệt, so từng byte với bản đã phát hành.",
        "Đếm lại mọi cuộc biểu quyết, so với kết quả đã ghi.",
        "So giá trị băm của những gì đã hiển thị, được ghi vào nhật ký hằng ngày, với những gì dựng lại.",
    ),
    "compare-witnesses": (*LOG_CHECKS, "Hỏi từng nhân chứng về điểm kiểm tra gần nhất mà nhân chứng đã ký."),
}

FACTS = {
    "size": "Số sự kiện (lá của cây)",
    "root": "Gốc của cây",
    "streams": "Số luồng sự kiện",
    "checkpoints": "Số điểm kiểm tra đã đối chiếu",
    "documents": "Số tài liệu được nêu trong nhật ký",
    "polls": "Số cuộc biểu quyết đã kiểm lại",
    "ballots": "Số phiếu đã đếm lại",
    "position": "Vị trí trong nhật ký",
    "tables": "Số bảng dữ liệu đã so",
    "minutes": "Số biên bản đã lập lại và so từng byte",
    "states": "Số lần trạng thái được ghi đã so",
    "sha256": "SHA-256 của tệp",
    "bytes": "Độ dài của tệp (byte)",
    "question": "Nội dung biểu quyết",
}

FINDINGS = {code: words[0] for code, words in verifier.WORDS.items()} | {
    "view_differs": "nội dung hiển thị khác với nhật ký",
    "state_differs": "nội dung hiển thị ngày đó khác với nhật ký",
    "minutes_not_comparable": "về sau có nội dung bị xóa hợp pháp nên không lập lại được biên bản như cũ",
    "state_not_comparable": "về sau có nội dung bị xóa hợp pháp, hoặc do phiên bản phần mềm khác ghi: không so được",
    "minutes_differ": "biên bản đã phát hành khác với biên bản lập lại từ nhật ký",
}
STANDINGS = {code: words[0] for code, words in verifier.STANDINGS.items()}

VERDICTS = {
    findings.OK: (
        "KHÔNG PHÁT HIỆN THAY ĐỔI",
        "Trong phạm vi đã kiểm, nhật ký đúng là nhật ký đã được ký; không có sự kiện nào bị sửa, xóa, chèn hoặc đảo "
        "thứ tự.",
    ),
    findings.TAMPERED: (
        "ĐÃ CHỨNG MINH CÓ THAY ĐỔI",
        "Dữ liệu được kiểm không phải là dữ liệu đã được ghi và ký. Các phát hiện nêu tại mục V; bất kỳ ai có cùng dữ "
        "liệu và cùng khóa đều có thể kiểm lại.",
    ),
    findings.INCOMPLETE: (
        "CHƯA ĐỦ CĂN CỨ ĐỂ KẾT LUẬN",
        "Chưa chứng minh được có thay đổi, nhưng còn thiếu dữ liệu hoặc chữ ký nêu tại mục V nên chưa thể kết luận.",
    ),
}

VERDICTS_OF = {
    ("pdf", findings.OK): (
        "ĐÚNG LÀ TỆP ĐÃ GHI",
        "Từng byte của tệp đúng với tệp mà nhật ký nêu; nhật ký đúng là nhật ký đã được ký. Tình trạng hiện nay của "
        "tệp nêu tại mục II.",
    ),
    ("replay", findings.OK): (
        "ĐÚNG VỚI NHẬT KÝ",
        "Những gì đang hiển thị và biên bản đã phát hành đúng với những gì lập lại từ nhật ký. Việc này không thay cho "
        "việc kiểm tra chính nhật ký.",
    ),
    ("replay", findings.TAMPERED): (
        "KHÁC VỚI NHẬT KÝ",
        "Những gì đang hiển thị hoặc đã phát hành không phải là những gì lập lại được từ nhật ký; các phát hiện nêu "
        "tại mục V.",
    ),
}

LIMITS = (
    "Báo cáo chứng minh điều gì đã được ghi và theo thứ tự nào; không chứng minh người ghi đã nói đúng sự thật, và "
    "không nói gì về điều không được ghi.",
    "Thời điểm ghi trên từng sự kiện là của đồng hồ máy chủ; thứ tự trong nhật ký mới là điều được chứng minh.",
)
OWN_KEYS = (
    "Khóa được lấy từ chính nguồn được kiểm, không phải do người kiểm toán mang theo: chỉ chứng minh được rằng nguồn "
    "không mâu thuẫn với chính nó."
)
NOTHING_KEPT = (
    "Không có điểm kiểm tra giữ từ lần kiểm toán trước: không phát hiện được việc lập lại cả cây bằng chính khóa của "
    "đơn vị, hoặc việc quay về một bản sao lưu cũ."
)
SIGNATURES_NOT_CHECKED = (
    "Chữ ký số trong tệp chỉ được liệt kê phần nội dung mà chữ ký bao trùm; chữ ký có giá trị hay không và của ai thì "
    "không được kiểm trong báo cáo này."
)
