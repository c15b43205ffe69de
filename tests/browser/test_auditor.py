"""An auditor at the browser: from the menu to an event and its proof, the past, an export, on a tablet and a phone."""

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, TABLET, Office, browser
from tests.browser.test_accessibility import violations
from tests.held_meetings import Meetings
from tests.scenario.test_ledger import signed_up_to_now
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.embedded,
    pytest.mark.needs("chromium", "vendor"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def office(shared_world: World) -> Iterator[Office]:
    Meetings(shared_world)
    signed_up_to_now(shared_world)
    with browser() as chromium:
        yield Office(chromium, shared_world)


def usable(page: Page) -> None:
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"), f"{page.url} is cut off"


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["tablet", "phone"])
def test_from_the_menu_to_what_one_event_changed(office: Office, size: dict[str, int]) -> None:
    page = office.seat("auditor", size)
    page.get_by_role("button", name="Tài khoản").click()
    page.get_by_role("link", name="Kiểm toán nhật ký").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiểm toán nhật ký")
    usable(page)
    page.get_by_text("Khóa để kiểm chữ ký").click()
    expect(page.get_by_text("xác nhận các khóa này bằng giấy")).to_be_visible()
    page.get_by_role("link", name="Cuộc họp finished").click()
    expect(page).to_have_title("Diễn biến: Cuộc họp finished – Diên Hồng")
    usable(page)
    page.get_by_role("link", name="Biểu quyết", exact=True).click()
    page.get_by_role("link", name="Mở biểu quyết “Thông qua?”, danh sách 7 người").click()
    expect(page).to_have_title(re.compile("^Sự kiện số [0-9]"))
    usable(page)
    with page.expect_download() as proof:
        page.get_by_role("link", name="Chứng minh").click()
    assert proof.value.suggested_filename.endswith(".tlog-proof")
    page.get_by_role("link", name="Việc này làm thay đổi gì").click()
    expect(page.get_by_role("heading", name="Biểu quyết 1")).to_be_visible()
    page.get_by_label("Người này thấy gì").select_option(label="Đại biểu Ana")
    page.get_by_role("button", name="So sánh").click()
    expect(page.get_by_role("heading", name="Đại biểu Ana xem được gì")).to_be_visible()
    usable(page)
    assert office.complaints == []


def test_events_are_found_by_keyboard_alone(office: Office) -> None:
    page = office.seat("auditor")
    page.goto("/audit/events")
    page.get_by_label("Loại sự kiện").focus()
    page.keyboard.type("SessionOpened")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Khai mạc phiên họp: có mặt 6, cần 5")).to_have_count(2)
    usable(page)
    page.goto("/audit/events?type=Nix")
    expect(page.get_by_text("Không tìm thấy sự kiện nào")).to_be_visible()
    usable(page)


def test_the_log_is_taken_away_knowing_what_that_means(office: Office, tmp_path: Path) -> None:
    page = office.seat("auditor")
    page.goto("/audit")
    page.get_by_label("Kèm toàn bộ tài liệu").check()
    page.get_by_role("button", name="Lập bản xuất").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Nhật ký sẽ ghi tên bạn là người tải")
    usable(page)
    asked.get_by_role("button", name="Lập bản xuất").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp").first.click()
    download.value.save_as(tmp_path / "export.tar")
    with tarfile.open(tmp_path / "export.tar") as tar:
        assert {"manifest.json", "checkpoint", "verifier.py", "events/00000000.jsonl"} <= set(tar.getnames())
    usable(page)
    assert office.complaints == []
