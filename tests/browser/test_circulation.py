"""An opinion form from its draft to the report at the next session, as clerk, chair and three members see it."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.people import PHONE, Office, browser
from tests.files import pdf
from tests.scenario.test_voting import Hall
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

TITLE = "Dự thảo Quy chế hoạt động của Hội đồng nhân dân phường"
CLAUSES = (("Điều 3 khoản 2", "Tài liệu gửi trước 5 ngày."), ("Điều 7", "Họp thường lệ mỗi năm hai kỳ."))
ANA, BEN, WHOLE = "Nên gửi trước 7 ngày.", "Nên họp mỗi quý một kỳ.", "Bố cục dự thảo hợp lý."


@pytest.mark.timeout(600)
def test_a_body_is_asked_in_writing_and_told_at_its_next_session(world: World) -> None:
    with browser() as chromium:
        office = Office(chromium, world)
        clerk, chair = office.seat("clerk"), office.seat("chair")
        ana, ben, cat = office.seat("ana"), office.seat("ben", PHONE), office.seat("cat")
        form = draft(clerk)
        submit(clerk)
        send(chair)
        read_and_answer(ana, form)
        remind(clerk, form)
        answer_when_reminded(ben)
        save_and_answer_later(cat, form)
        others_answer(world, form)
        close(clerk, world, form)
        nobody_else_sees_it_yet(ben, form)
        resolve(clerk)
        announce(chair)
        read_the_synthesis(ben, form)
        hear_of_it_at_the_session(ana, world)
        [unchanged_text] = office.complaints
        assert "resolution" in unchanged_text and "422" in unchanged_text


def confirm(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_role("button", name=button).click()


def draft(clerk: Page) -> str:
    """Answers the form's address."""
    clerk.get_by_role("link", name="Lấy ý kiến").click()
    clerk.get_by_role("link", name="Tạo phiếu lấy ý kiến").first.click()
    clerk.get_by_label("Tên phiếu").fill(TITLE)
    clerk.get_by_label("Câu hỏi").fill("Đồng chí có tán thành dự thảo Quy chế không?")
    clerk.get_by_label("Chủ trì").select_option(label="Chủ tọa Kỳ họp")
    clerk.get_by_role("button", name="5 ngày làm việc").click()
    for title, text in CLAUSES:
        clerk.get_by_role("button", name="Thêm điều khoản").click()
        clerk.get_by_label("Điều khoản", exact=True).last.fill(title)
        clerk.get_by_label("Nội dung điều khoản").last.fill(text)
    rule = clerk.get_by_role("radio", name="Quá nửa tổng số đại biểu").first
    expect(rule).to_be_checked()
    expect(clerk.get_by_text("7 đại biểu; cần 4 phiếu tán thành").first).to_be_visible()
    clerk.get_by_role("button", name="Lưu phiếu").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(TITLE)
    clerk.wait_for_load_state("domcontentloaded")  # the page's scripts take files from then on
    paper = {"name": "Quy chế.pdf", "mimeType": "application/pdf", "buffer": pdf("Dự thảo Quy chế hoạt động")}
    clerk.locator("#form-files").set_input_files(paper)  # type: ignore[arg-type]
    expect(clerk.get_by_role("link", name="Quy chế", exact=True)).to_be_visible()
    return re.sub(r"^https?://[^/]+", "", clerk.url)


def submit(clerk: Page) -> None:
    confirm(clerk, "Trình chủ trì")
    expect(clerk.get_by_role("region", name="Chờ quyết định gửi")).to_contain_text("Chủ tọa Kỳ họp")


def send(chair: Page) -> None:
    """The chair sees the rule, what silence means and the arithmetic before deciding."""
    chair.goto("/")
    chair.get_by_role("link", name=f"Quyết định gửi phiếu lấy ý kiến: {TITLE}").click()
    rule = chair.get_by_role("region", name="Quy tắc thông qua")
    expect(rule).to_contain_text("7 đại biểu; cần 4 phiếu tán thành")
    expect(rule).to_contain_text("Không trả lời đúng hạn không được tính là tán thành.")
    confirm(chair, "Quyết định gửi")
    expect(chair.get_by_text("Đang lấy ý kiến").first).to_be_visible()


def add_comment(page: Page, place: str, text: str) -> None:
    page.get_by_role("button", name="Thêm ý kiến góp ý").click()
    page.get_by_label("Góp ý vào").last.select_option(label=place)
    page.get_by_label("Nội dung góp ý").last.fill(text)


def read_and_answer(ana: Page, form: str) -> None:
    ana.goto("/")
    ana.get_by_role("link", name=f"Trả lời phiếu lấy ý kiến: {TITLE}").click()
    ana.get_by_role("link", name="Quy chế", exact=True).click()
    expect(ana.get_by_role("document", name="Quy chế")).to_contain_text("Dự thảo Quy chế hoạt động")
    ana.goto(form)
    ana.get_by_role("radio", name="Tán thành", exact=True).check()
    ana.get_by_label("Lý do").fill("Quy chế cần thiết")
    add_comment(ana, CLAUSES[0][0], ANA)
    add_comment(ana, "Toàn bộ dự thảo", WHOLE)
    confirm(ana, "Gửi ý kiến")
    expect(ana.get_by_role("region", name="Ý kiến của bạn")).to_contain_text("Đã ghi nhận ý kiến của bạn")


def remind(clerk: Page, form: str) -> None:
    clerk.goto(form)
    progress = clerk.get_by_role("region", name="Tình hình trả lời")
    expect(progress).to_contain_text("1/7 người đã trả lời")
    confirm(clerk, "Nhắc người chưa trả lời")
    expect(progress).to_contain_text("Văn thư nhắc")
    expect(progress).to_contain_text("6 người")


def answer_when_reminded(ben: Page) -> None:
    ben.goto("/")
    ben.get_by_role("link", name=f"Được nhắc trả lời phiếu lấy ý kiến: {TITLE}").click()
    expect(ben.get_by_role("region", name="Ý kiến của bạn")).to_contain_text("Bạn được nhắc trả lời")
    ben.get_by_role("radio", name="Tán thành", exact=True).check()
    add_comment(ben, CLAUSES[1][0], BEN)
    confirm(ben, "Gửi ý kiến")
    expect(ben.get_by_role("region", name="Ý kiến của bạn")).to_contain_text("Đã ghi nhận ý kiến của bạn")
    ben.goto("/")
    expect(ben.get_by_text("Không có việc nào đang chờ bạn")).to_be_visible()


def save_and_answer_later(cat: Page, form: str) -> None:
    cat.goto(form)
    cat.get_by_label("Lý do").fill("Cần xem thêm")
    cat.get_by_role("button", name="Lưu nháp").click()
    expect(cat.get_by_text("Bản nháp lưu lúc").first).to_be_visible()
    expect(cat.get_by_role("region", name="Tình hình trả lời")).to_contain_text("2/7 người đã trả lời")
    expect(cat.get_by_label("Lý do")).to_have_value("Cần xem thêm")
    cat.get_by_role("radio", name="Không tán thành").check()
    confirm(cat, "Gửi ý kiến")
    expect(cat.get_by_role("region", name="Ý kiến của bạn")).to_contain_text("Đã ghi nhận ý kiến của bạn")


def others_answer(world: World, form: str) -> None:
    for login in ("chair", "leader", "dan", "eve"):
        body = {"choice": "for", "submitted": True}
        world.client(login).ok("PUT", f"{form}/answers/mine", body)


def close(clerk: Page, world: World, form: str) -> None:
    """What the clerk sees follows the answers; once all are there the form may be closed before its deadline."""
    progress = clerk.get_by_role("region", name="Tình hình trả lời")
    expect(progress).to_contain_text("7/7 người đã trả lời")
    confirm(clerk, "Kết thúc lấy ý kiến")
    expect(
        clerk.get_by_text("Đang tiếp thu, giải trình").or_(clerk.get_by_text("Đang kiểm phiếu")).first
    ).to_be_visible()
    clerk.goto(form)


def nobody_else_sees_it_yet(ben: Page, form: str) -> None:
    ben.goto(form)
    expect(ben.get_by_text("Kết quả hiện ở đây sau khi Chủ tọa Kỳ họp công bố.")).to_be_visible()
    expect(ben.get_by_text(ANA)).to_have_count(0)


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def resolve(clerk: Page) -> None:
    table = clerk.get_by_role("table", name="Ý kiến góp ý theo điều khoản")
    expect(table.get_by_role("row").nth(1)).to_have_text("Toàn bộ dự thảo")
    for text, resolution, words in (
        (WHOLE, "Giải trình", "Cơ quan soạn thảo giữ bố cục như dự thảo."),
        (BEN, "Không tiếp thu", "Luật quy định ít nhất hai kỳ mỗi năm."),
    ):
        row(clerk, text).get_by_role("button", name="Xử lý").click()
        form = clerk.get_by_role("dialog")
        form.get_by_role("radio", name=resolution, exact=True).check()
        form.get_by_label("Nội dung giải trình").fill(words)
        form.get_by_role("button", name="Lưu xử lý").click()
        expect(row(clerk, text)).to_contain_text(words)
    row(clerk, ANA).get_by_role("button", name="Xử lý").click()
    form = clerk.get_by_role("dialog")
    form.get_by_role("radio", name="Tiếp thu", exact=True).check()
    form.get_by_role("button", name="Lưu xử lý").click()
    expect(form.get_by_role("alert")).to_contain_text("khác với nội dung trước")
    form.get_by_label("Nội dung sau khi sửa").fill("Tài liệu gửi trước 7 ngày.")
    form.get_by_role("button", name="Lưu xử lý").click()
    expect(row(clerk, ANA).locator("ins")).to_have_text("Tài liệu gửi trước 7 ngày.")
    expect(row(clerk, ANA).locator("del")).to_have_text(CLAUSES[0][1])


def announce(chair: Page) -> None:
    chair.goto("/")
    chair.get_by_role("link", name=f"Công bố kết quả lấy ý kiến: {TITLE}").click()
    confirm(chair, "Công bố kết quả")
    expect(chair.get_by_text("Kết quả được báo cáo tại phiên họp gần nhất")).to_be_visible()


def read_the_synthesis(ben: Page, form: str) -> None:
    ben.goto(form)
    result = ben.get_by_role("region", name="Kết quả", exact=True)
    expect(result).to_contain_text("có 6 phiếu tán thành")
    expect(result).to_contain_text("7 trên 7 người trả lời; 0 người không trả lời, không được tính là tán thành.")
    expect(row(ben, BEN)).to_contain_text("Không tiếp thu")
    address = ben.get_by_role("link", name="Bản in (PDF)").get_attribute("href")
    answer = ben.request.get(address or "")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
    for words in (*(title for title, _text in CLAUSES), "Tiếp thu", "Luật quy định ít nhất hai kỳ mỗi năm."):
        assert words in " ".join(text.split())


def hear_of_it_at_the_session(ana: Page, world: World) -> None:
    session = Hall(world).opened()
    world.settle()
    ana.goto(f"/meetings/{session.id}/session")
    told = ana.get_by_role("region", name="Kết quả lấy ý kiến bằng phiếu gửi")
    expect(told).to_contain_text("Được thông qua")
    told.get_by_role("link", name=TITLE).click()
    expect(ana.get_by_text("Đã báo cáo tại phiên họp").first).to_be_visible()
