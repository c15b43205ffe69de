"""A clerk copies an issued resolution and a paper, seals, issues; another unit finds the copy among what arrived."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.browser.test_official import confirm, give_words, looked_at, stands
from tests.scenario.test_copies import issue
from tests.scenario.test_official import authority, office
from tests.signing.papers import scan
from tests.world import World

__all__ = ["authority", "office"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

SUMMARY = "Về dự toán ngân sách năm 2027"


@pytest.fixture(scope="module")
def seats(office: World) -> Iterator[Office]:
    with browser() as chromium:
        yield Office(chromium, office)


@pytest.mark.timeout(600)
def test_a_resolution_and_a_paper_are_copied(seats: Office, office: World) -> None:
    official, clerk = issue(office), seats.seat("clerk")
    copy_resolution(clerk, official)
    seal(clerk, "Bản sao y 01/SY-HĐND")
    confirm(clerk, "Phát hành bản sao")
    stands(clerk, "Đã phát hành")
    looked_at(clerk)
    receive(seats.seat("guest", PHONE))
    copy_paper(clerk)
    seal(clerk, "Bản sao y 02/SY-HĐND")
    clerk.goto("/copies")
    expect(clerk.get_by_role("listitem").filter(has_text="02/SY-HĐND")).to_contain_text("Chờ phát hành")
    looked_at(clerk)
    clerk.goto(f"/registers?year={office.today.year}")
    clerk.get_by_role("link", name=f"Bản sao {office.today.year}").click()
    expect(clerk.get_by_role("row").filter(has_text="01/SY-HĐND")).to_contain_text(SUMMARY)
    looked_at(clerk)
    assert seats.complaints == []


def copy_resolution(clerk: Page, official: str) -> None:
    clerk.goto(f"/officials/{official}")
    clerk.get_by_role("link", name="Sao văn bản").click()
    expect(clerk.get_by_text("Tệp gốc có chữ ký số gửi đi được nguyên vẹn")).to_be_visible()
    fill(clerk)
    clerk.get_by_role("checkbox", name="Ủy ban nhân dân phường Thử Nghiệm").check()
    looked_at(clerk)
    clerk.get_by_role("button", name="Lập bản sao để đóng dấu").click()
    stands(clerk, "Chờ đóng dấu")


def fill(clerk: Page) -> None:
    clerk.get_by_role("radio", name="Sao y: toàn bộ bản gốc, bản chính").check()
    clerk.get_by_label("Viết tắt cơ quan sao").fill("HĐND")
    clerk.get_by_label("Người quyết định sao").select_option(label="Chủ tọa Kỳ họp")
    clerk.get_by_label("Mục đích sao").fill("Để các đơn vị thực hiện")


def seal(clerk: Page, title: str) -> None:
    """The page of the copy shows its number."""
    clerk.get_by_role("link", name="Xem và đóng dấu").click()
    give_words(clerk)
    clerk.get_by_role("button", name="Đóng dấu", exact=True).click()
    stands(clerk, "Đã đóng dấu")
    clerk.get_by_role("link", name="Mở trang bản sao").click()
    stands(clerk, title)
    stands(clerk, "Chờ phát hành")
    looked_at(clerk)


def receive(receiver: Page) -> None:
    receiver.goto("/incoming")
    receiver.get_by_role("link", name=re.compile("01.SY-HĐND")).click()
    expect(receiver.get_by_text("Đây là bản sao y của 01/NQ-HĐND.")).to_be_visible()
    check = receiver.get_by_role("region", name="Kiểm tra chữ ký số")
    expect(check).to_contain_text("Mọi chữ ký số đều hợp lệ")
    receiver.get_by_role("link", name="Xem bản sao và bản gốc").click()
    expect(receiver.get_by_role("region", name="Sao từ")).to_contain_text("HĐND thành phố Thử Nghiệm")
    looked_at(receiver)
    receiver.get_by_role("link", name="Kiểm tra chữ ký").click()
    report = receiver.get_by_role("region", name="Kết quả kiểm tra")
    expect(report).to_contain_text("Bản sao y số 01/SY-HĐND của Hội đồng nhân dân phường Thử Nghiệm")
    expect(report).to_contain_text("sao từ 01/NQ-HĐND.")
    looked_at(receiver)


def copy_paper(clerk: Page) -> None:
    """A scan in grey is taken once the clerk says so."""
    clerk.goto("/copies")
    clerk.get_by_role("link", name="Sao văn bản giấy").first.click()
    clerk.wait_for_load_state("domcontentloaded")
    looked_at(clerk)
    file = {"name": "quet.pdf", "mimeType": "application/pdf", "buffer": scan("L")}
    clerk.locator("#scan-file").set_input_files(file)  # type: ignore[arg-type]
    expect(clerk.get_by_role("heading", level=1)).to_have_text("Sao văn bản")
    expect(clerk.get_by_text("không phải ảnh màu")).to_be_visible()
    clerk.get_by_label("Không quét lại được; vẫn dùng bản quét này").check()
    clerk.get_by_label("Trích yếu").fill("Về biên chế năm 2027")
    clerk.get_by_label("Cơ quan ban hành").fill("Bộ Nội vụ")
    fill(clerk)
    looked_at(clerk)
    clerk.get_by_role("button", name="Lập bản sao để đóng dấu").click()
    stands(clerk, "Chờ đóng dấu")
