"""A clerk writes a decision in the browser, looks at the paper, changes its words after a comment, and submits it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.browser.test_official import comment_from, looked_at, stands
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor"), pytest.mark.timeout(600)]

SUMMARY = "Về thành lập Tổ rà soát thủ tục hành chính"
BASES = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025"
TEXT = "Điều 1. Thành lập Tổ rà soát.\nĐiều 2. Quyết định này có hiệu lực từ ngày ký."
COMMENT = "Nêu thời hạn báo cáo."
LATER = "Tổ rà soát báo cáo trước ngày 31 tháng 12."


@pytest.fixture
def seats(world: World) -> Iterator[Office]:
    with browser() as chromium:
        yield Office(chromium, world)


def test_a_decision_is_written_commented_on_and_submitted(seats: Office) -> None:
    clerk = seats.seat("clerk")
    begin(clerk)
    fields_fit_the_type(clerk)
    fill(clerk)
    not_left_by_mistake(clerk)
    preview(clerk, "QUYẾT ĐỊNH: Điều 1. Thành lập Tổ rà soát.")
    address = saved(clerk)
    comment_from(seats.seat("leader", PHONE), address, COMMENT)
    change_the_words(clerk, address)
    answer(clerk, address)
    submit(clerk)
    assert seats.complaints == []


def begin(clerk: Page) -> None:
    clerk.get_by_role("link", name="Văn bản", exact=True).click()
    clerk.get_by_role("link", name="Soạn văn bản").first.click()
    if clerk.get_by_text("Cơ quan nào ban hành").count():
        clerk.get_by_role("link", name="Hội đồng nhân dân phường Thử Nghiệm").click()
    looked_at(clerk)
    clerk.get_by_role("link", name="Bắt đầu soạn").click()
    expect(clerk.get_by_role("heading", name="Lời văn")).to_be_visible()


def fields_fit_the_type(clerk: Page) -> None:
    """Defaults follow from the body; what another type needs comes and goes with it."""
    expect(clerk.get_by_label("Viết tắt cơ quan ban hành")).to_have_value("HĐND")
    expect(clerk.get_by_label("Người ký", exact=True)).to_have_value(re.compile(r"\S"))
    addressees, minute_taker = clerk.get_by_label("Kính gửi, kính mời"), clerk.get_by_label("Thư ký ghi biên bản")
    for kind in ("official_letter", "minutes", "decision"):
        clerk.get_by_label("Loại văn bản").select_option(kind)
        expect(addressees).to_be_visible(visible=kind == "official_letter")
        expect(minute_taker).to_be_visible(visible=kind == "minutes")
    head = clerk.get_by_label("Thay mặt, ký thay hoặc thừa lệnh cho")
    expect(head).to_have_value("HỘI ĐỒNG NHÂN DÂN")
    clerk.get_by_label("Thẩm quyền ký").select_option("own")
    expect(head).to_be_hidden()


def fill(clerk: Page) -> None:
    clerk.get_by_label("Trích yếu").fill(SUMMARY)
    clerk.get_by_label("Căn cứ ban hành").fill(BASES)
    clerk.get_by_label("Nội dung").fill(TEXT)
    clerk.get_by_label("Chức vụ ghi trên văn bản").fill("Chủ tịch")
    clerk.get_by_role("checkbox", name="Ủy ban nhân dân phường Thử Nghiệm").check()
    clerk.get_by_label("Mục đích gửi: Ủy ban nhân dân phường Thử Nghiệm").select_option(label="Để báo cáo")
    clerk.get_by_role("button", name="Thêm nơi nhận").click()
    clerk.get_by_label("Tên nơi nhận").fill("Sở Nội vụ")
    looked_at(clerk)


def not_left_by_mistake(clerk: Page) -> None:
    clerk.once("dialog", lambda asked: asked.dismiss())
    clerk.get_by_role("link", name="Nhiệm vụ", exact=True).click()
    expect(clerk.get_by_label("Nội dung")).to_have_value(TEXT)


def preview(clerk: Page, words: str) -> None:
    clerk.get_by_role("button", name="Xem trước").click()
    paper = clerk.get_by_role("region", name="Bản in xem trước")
    expect(paper.get_by_role("img", name="Trang 1 trên 1")).to_be_visible()
    expect(paper).to_contain_text(re.compile(r"\s+".join(map(re.escape, words.split()))))
    looked_at(clerk)


def saved(clerk: Page) -> str:
    """Answers the document's address."""
    clerk.get_by_role("button", name="Lưu dự thảo").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(SUMMARY)
    facts = clerk.get_by_role("region", name="Thông tin văn bản")
    expect(facts).to_contain_text("Ủy ban nhân dân phường Thử Nghiệm (để báo cáo)")
    expect(facts).to_contain_text("Sở Nội vụ")
    return re.sub(r"^https?://[^/]+", "", clerk.url)


def change_the_words(clerk: Page, address: str) -> None:
    clerk.goto(address)
    clerk.get_by_role("link", name="Sửa văn bản").click()
    expect(clerk.get_by_label("Nội dung")).to_have_value(TEXT)
    expect(clerk.get_by_label("Căn cứ ban hành")).to_have_value(BASES)
    expect(clerk.get_by_label("Mục đích gửi: Ủy ban nhân dân phường Thử Nghiệm")).to_have_value("report")
    clerk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    looked_at(clerk)
    clerk.get_by_label("Nội dung").fill(f"{TEXT}\n{LATER}")
    preview(clerk, LATER.removesuffix("."))
    saved(clerk)


def answer(clerk: Page, address: str) -> None:
    clerk.goto(address)
    clerk.get_by_role("radio", name="Tiếp thu", exact=True).check()
    clerk.get_by_role("button", name="Lưu trả lời").click()
    expect(clerk.get_by_text("Còn góp ý chưa trả lời")).to_have_count(0)


def submit(clerk: Page) -> None:
    clerk.get_by_role("button", name="Trình ký", exact=True).click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_label("Người ký nháy").select_option(label="Lãnh đạo Thường trực")
    dialog.get_by_role("button", name="Gửi trình ký").click()
    stands(clerk, "Đang trình ký")
    clerk.get_by_role("link", name="Xem bản trình ký").click()
    expect(clerk.get_by_role("document", name=SUMMARY)).to_contain_text("31 tháng 12")
