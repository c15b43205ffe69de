"""The papers of the demo's dossiers. Their contents are invented."""

import json
from dataclasses import dataclass
from pathlib import Path

from gateway.typefaces import FONTS


@dataclass(frozen=True)
class Paper:
    key: str
    kind: str
    title: str
    number: str
    issuer: str
    paragraphs: tuple[str, ...]

    def pdf(self, dated: str) -> bytes:
        import typst

        inputs = {
            "title": self.title,
            "kind": self.kind,
            "number": self.number,
            "issuer": self.issuer,
            "paragraphs": self.paragraphs,
            "dated": dated,
        }
        made = typst.compile(
            Path(__file__).with_name("paper.typ"),
            font_paths=[FONTS],
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
            sys_inputs={"data": json.dumps(inputs, ensure_ascii=False)},
        )
        assert isinstance(made, bytes)
        return made


COMMITTEE = "Ủy ban nhân dân phường Bến Trăng"
COUNCIL = "Hội đồng nhân dân phường Bến Trăng"
BOARD = "Ban Kinh tế - Ngân sách"

PAPERS = (
    Paper(
        "economy",
        "Báo cáo",
        "Tình hình kinh tế - xã hội 9 tháng và nhiệm vụ 3 tháng cuối năm 2026",
        "142/BC-UBND",
        COMMITTEE,
        (
            "Trong 9 tháng đầu năm 2026, kinh tế - xã hội của phường tiếp tục chuyển biến tích cực. Tổng thu ngân sách trên địa bàn đạt 81,4% dự toán năm, tăng 9,2% so với cùng kỳ. Giải ngân vốn đầu tư công đạt 63,8% kế hoạch.",
            "Công tác cải cách hành chính có tiến bộ: 96,1% hồ sơ được giải quyết đúng hạn, trong đó 71,5% nộp trực tuyến. Trung tâm phục vụ hành chính công của phường vận hành ổn định sau khi sắp xếp đơn vị hành chính hai cấp.",
            "Hạn chế: tiến độ chỉnh trang một số tuyến đường sát mép kênh còn chậm; đường sắt đô thị qua địa bàn ảnh hưởng giao thông trong thời gian thi công; hai trường học thiếu phòng chức năng.",
            "Ba tháng cuối năm, Ủy ban nhân dân phường tập trung giải ngân vốn đầu tư công, hoàn thành sửa chữa 4 tuyến hẻm, bàn giao 2 công trình trường học và chuẩn bị dự toán năm 2027.",
        ),
    ),
    Paper(
        "road",
        "Tờ trình",
        "Về chủ trương đầu tư dự án Chỉnh trang đường Bến Trăng, đoạn từ cầu Đá đến chợ cũ",
        "57/TTr-UBND",
        COMMITTEE,
        (
            "Ủy ban nhân dân phường kính trình Hội đồng nhân dân phường xem xét, quyết định chủ trương đầu tư dự án Chỉnh trang đường Bến Trăng, chiều dài 1.240 m, mặt cắt ngang 14 m, gồm vỉa hè, thoát nước, chiếu sáng và cây xanh.",
            "Tổng mức đầu tư dự kiến 38,6 tỷ đồng từ ngân sách phường và nguồn hỗ trợ của thành phố, thực hiện trong hai năm 2027 - 2028.",
            "Dự án đã lấy ý kiến nhân dân tại 6 khu phố: 412/437 hộ đồng ý; các hộ còn lại đề nghị làm rõ phương án tạm trú trong thời gian thi công.",
        ),
    ),
    Paper(
        "road-review",
        "Báo cáo thẩm tra",
        "Về Tờ trình chủ trương đầu tư dự án Chỉnh trang đường Bến Trăng",
        "18/BC-HĐND",
        BOARD,
        (
            "Ban Kinh tế - Ngân sách thống nhất sự cần thiết đầu tư. Đề nghị Ủy ban nhân dân phường bổ sung phương án phân luồng giao thông và cam kết bố trí vốn đối ứng.",
            "Ban đề nghị Hội đồng nhân dân phường thông qua nghị quyết sau khi cơ quan trình đã tiếp thu, giải trình.",
        ),
    ),
    Paper(
        "budget",
        "Dự thảo nghị quyết",
        "Về phân bổ vốn đầu tư công năm 2027 của phường Bến Trăng",
        "12/NQ-HĐND",
        COUNCIL,
        (
            "Điều 1. Phân bổ 62,4 tỷ đồng vốn đầu tư công năm 2027 của phường cho 9 dự án theo phụ lục kèm theo.",
            "Điều 2. Ủy ban nhân dân phường tổ chức thực hiện; Thường trực, các Ban và đại biểu Hội đồng nhân dân phường giám sát.",
            "Nghị quyết có hiệu lực kể từ ngày thông qua.",
        ),
    ),
    Paper(
        "school",
        "Tờ trình",
        "Về mức hỗ trợ học sinh bán trú các trường tiểu học trên địa bàn phường",
        "61/TTr-UBND",
        COMMITTEE,
        (
            "Ủy ban nhân dân phường kính trình Hội đồng nhân dân phường mức hỗ trợ tiền ăn bán trú 12.000 đồng/học sinh/ngày cho 1.860 học sinh tiểu học, thực hiện từ học kỳ II năm học 2026 - 2027.",
            "Kinh phí 2,9 tỷ đồng/năm học từ nguồn sự nghiệp giáo dục.",
        ),
    ),
    Paper(
        "petitions",
        "Báo cáo",
        "Kết quả giải quyết kiến nghị của cử tri trước kỳ họp",
        "151/BC-UBND",
        COMMITTEE,
        (
            "Trước kỳ họp, phường tiếp nhận 47 kiến nghị của cử tri: 31 đã giải quyết xong, 12 đang giải quyết, 4 thuộc thẩm quyền thành phố.",
            "Các kiến nghị tập trung vào hư hỏng đường sá cần duy tu, thu gom rác ban đêm, an toàn giao thông trước cổng trường.",
        ),
    ),
)  # fmt: skip
