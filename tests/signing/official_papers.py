"""Official documents of each type as a clerk writes them, for the tests of their layout."""

from datetime import date
from functools import cache
from typing import Any

from gateway.typefaces import FONTS
from services.signing.messages.official import Competence, Described, Kind, ReceivedFor, Recipient, Signatory, Urgency
from services.signing.paper.official import Issuer, Written, render_official
from tests.official_examples import described
from tests.stamps import ids

WRITTEN_ON = date(2026, 11, 22)
SIGNER = "Nguyễn Thị Mẫu"
COUNCIL = Issuer("Hội đồng nhân dân phường Xuân Phú", (), ("HỘI ĐỒNG NHÂN DÂN", "PHƯỜNG XUÂN PHÚ"), "Xuân Phú")
COMMITTEE = Issuer("Ủy ban nhân dân phường Xuân Phú", (), ("ỦY BAN NHÂN DÂN", "PHƯỜNG XUÂN PHÚ"), "Xuân Phú")
BOARD = Issuer(
    "Ban Kinh tế - Ngân sách", ("HỘI ĐỒNG NHÂN DÂN PHƯỜNG XUÂN PHÚ",), ("BAN KINH TẾ - NGÂN SÁCH",), "Xuân Phú"
)
CHAIR = Signatory(
    person_id=ids("chair"), competence=Competence.on_behalf, position="CHỦ TỊCH", head="HỘI ĐỒNG NHÂN DÂN"
)
DEPUTY = Signatory(person_id=ids("deputy"), competence=Competence.deputy, position="PHÓ CHỦ TỊCH", head="CHỦ TỊCH")
BY_ORDER = Signatory(
    person_id=ids("clerk"), competence=Competence.by_order, position="CHÁNH VĂN PHÒNG", head="CHỦ TỊCH"
)
HEAD = Signatory(person_id=ids("leader"), position="TRƯỞNG BAN")
PRESIDING = Signatory(person_id=ids("chair"), position="CHỦ TỌA")
RECIPIENTS = (
    Recipient(name="Thường trực HĐND tỉnh", received_for=ReceivedFor.report),
    Recipient(name="Ủy ban nhân dân phường"),
    Recipient(name="Các Ban của HĐND phường"),
    Recipient(name="Cổng thông tin điện tử phường", received_for=ReceivedFor.information),
)
GROUNDS = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
    "Căn cứ Luật Ngân sách nhà nước ngày 25 tháng 6 năm 2025",
    "Xét Tờ trình số 45/TTr-UBND của Ủy ban nhân dân phường về dự toán ngân sách năm 2027; báo cáo thẩm tra của Ban "
    "Kinh tế - Ngân sách; ý kiến thảo luận của đại biểu Hội đồng nhân dân tại kỳ họp.",
)
ARTICLES = """Điều 1. Quyết định dự toán thu, chi ngân sách phường năm 2027 như sau:
1. Tổng thu ngân sách: 120.500 triệu đồng, trong đó:
a) Thu cân đối ngân sách trên địa bàn: 46.200 triệu đồng;
b) Thu bổ sung từ ngân sách cấp trên: 74.300 triệu đồng.
2. Tổng chi ngân sách: 120.500 triệu đồng.
Điều 2. Giao Ủy ban nhân dân phường tổ chức thực hiện Nghị quyết theo quy định của pháp luật.
Điều 3. Thường trực Hội đồng nhân dân, các Ban và đại biểu Hội đồng nhân dân phường giám sát việc thực hiện.
Nghị quyết này được Hội đồng nhân dân phường Xuân Phú khóa II, kỳ họp thứ ba thông qua và có hiệu lực từ ngày ký."""
DECIDED = """Điều 1. Thành lập Tổ công tác rà soát thủ tục hành chính gồm các ông, bà có tên trong danh sách.
Điều 2. Nhiệm vụ của Tổ công tác
1. Rà soát toàn bộ thủ tục hành chính thuộc thẩm quyền giải quyết của phường.
2. Báo cáo Chủ tịch Ủy ban nhân dân phường trước ngày 31 tháng 12.
Điều 3. Quyết định này có hiệu lực kể từ ngày ký.
Điều 4. Chánh Văn phòng, Thủ trưởng các đơn vị và các ông, bà có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định."""
LETTER = """Thực hiện kế hoạch kiểm tra công tác văn thư, Ủy ban nhân dân phường đề nghị các đơn vị \
báo cáo tình hình quản lý văn bản điện tử từ đầu năm đến nay.
Báo cáo gửi về Văn phòng trước ngày 10 tháng 12 để tổng hợp."""
NOTICE = """Ngày 20 tháng 11, Thường trực Hội đồng nhân dân phường họp phiên thường kỳ và kết luận:
I. VỀ CHUẨN BỊ KỲ HỌP
1. Ủy ban nhân dân phường hoàn thiện báo cáo trước ngày 25 tháng 11.
2. Các Ban tổ chức thẩm tra đúng thời hạn.
II. VỀ TIẾP XÚC CỬ TRI
Văn phòng tổng hợp ý kiến, kiến nghị của cử tri, báo cáo Thường trực."""
INVITED = """Tới dự kỳ họp thứ ba Hội đồng nhân dân phường khóa II.
Chủ trì: Thường trực Hội đồng nhân dân phường.
Thời gian: 08 giờ 00 phút, ngày 05 tháng 12.
Địa điểm: Hội trường Ủy ban nhân dân phường.
Đề nghị các vị đại biểu sắp xếp thời gian tham dự đầy đủ"""
HELD = """Thời gian bắt đầu: 08 giờ 00 phút, ngày 20 tháng 11.
Địa điểm: Phòng họp số 1.
Thành phần tham dự: Thường trực, lãnh đạo các Ban.
Chủ tọa: bà Nguyễn Thị Mẫu, Chủ tịch Hội đồng nhân dân.
Thư ký: ông Trần Văn Ví, chuyên viên Văn phòng.
Nội dung: thống nhất chương trình kỳ họp thứ ba.
Cuộc họp kết thúc vào 10 giờ 30 phút, ngày 20 tháng 11"""
ASKED = """Ủy ban nhân dân phường kính trình Hội đồng nhân dân phường dự toán ngân sách năm 2027 như sau:
I. SỰ CẦN THIẾT
Dự toán được lập theo quy định của Luật Ngân sách nhà nước.
II. NỘI DUNG
Tổng thu, tổng chi ngân sách phường năm 2027 là 120.500 triệu đồng.
Kính trình Hội đồng nhân dân phường xem xét, quyết định."""

BUDGET, DUAL = "Về dự toán ngân sách năm 2027", ("Thường trực Hội đồng nhân dân phường", "Các Ban của HĐND phường")
PAPERS: dict[Kind, tuple[Issuer, dict[str, Any], Written]] = {
    Kind.resolution: (
        COUNCIL,
        {"summary": BUDGET, "signatory": CHAIR},
        Written(ARTICLES, bases=GROUNDS, drafter="VP"),
    ),
    Kind.decision: (
        COMMITTEE,
        {"summary": "Về việc thành lập Tổ công tác rà soát thủ tục hành chính", "signatory": DEPUTY},
        Written(DECIDED, bases=GROUNDS[:1], drafter="VP"),
    ),
    Kind.official_letter: (
        COMMITTEE,
        {"summary": "báo cáo tình hình quản lý văn bản điện tử", "signatory": BY_ORDER, "urgency": Urgency.urgent},
        Written(LETTER, addressees=("Các phòng, đơn vị trực thuộc", "Trạm Y tế phường"), drafter="VP"),
    ),
    Kind.notice: (
        COUNCIL,
        {"summary": "Kết luận phiên họp Thường trực Hội đồng nhân dân phường tháng 11", "signatory": CHAIR},
        Written(NOTICE, drafter="VP"),
    ),
    Kind.invitation: (
        COUNCIL,
        {"summary": "Dự kỳ họp thứ ba Hội đồng nhân dân phường", "signatory": CHAIR, "urgency": Urgency.express},
        Written(INVITED, addressees=("Các vị đại biểu Hội đồng nhân dân phường",), drafter="VP"),
    ),
    Kind.minutes: (
        BOARD,
        {"summary": "Họp thống nhất chương trình kỳ họp thứ ba", "signatory": PRESIDING},
        Written(HELD, minute_taker="Trần Văn Ví", drafter="BKTNS"),
    ),
    Kind.submission: (
        COMMITTEE,
        {"summary": BUDGET, "signatory": DEPUTY, "urgency": Urgency.very_urgent},
        Written(ASKED, addressees=("Hội đồng nhân dân phường Xuân Phú",), collective="Ủy ban nhân dân", drafter="TCKH"),
    ),
    Kind.report: (BOARD, {"summary": "Kết quả giám sát", "signatory": HEAD}, Written("Nội dung báo cáo.")),
}
SYMBOLS = {COUNCIL: "HĐND", COMMITTEE: "UBND", BOARD: "BKTNS"}


def facts(kind: Kind, **fields: Any) -> Described:
    issuer, own, _ = PAPERS.get(kind, PAPERS[Kind.report])
    symbols = {"issuer_symbol": SYMBOLS[issuer], "drafter_symbol": "VP"}
    return described(**{"kind": kind, "recipients": RECIPIENTS, **symbols, **own, **fields})


@cache
def paper(kind: Kind) -> bytes:
    issuer, _, written = PAPERS[kind]
    return render_official(facts(kind), written, issuer, SIGNER, WRITTEN_ON, FONTS)
