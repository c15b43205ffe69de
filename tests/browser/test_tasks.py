"""From a conclusion to a finished task, as each of the people concerned sees it, without reloading."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.held_session import HeldSession
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor"), pytest.mark.timeout(600)]

DUTY = "Hoàn chỉnh phương án phân bổ vốn"
OTHER = "Rà soát danh mục công trình"
CULTURE = "Phòng Văn hóa - Xã hội"
WORKS = "Phòng Kinh tế, Hạ tầng và Đô thị"


def test_a_conclusion_is_carried_out(world: World, tmp_path: Path) -> None:
    session = HeldSession(world).open(world)
    with browser() as chromium:
        office = Office(chromium, world)
        clerk, head = office.seat("clerk"), office.seat("head", PHONE)
        head.goto("/tasks")
        conclude(clerk, session)
        expect(head.get_by_role("link", name=DUTY)).to_be_visible()
        head.get_by_role("link", name=DUTY).click()
        task = accept(head)
        officer, chair = office.seat("officer"), office.seat("chair")
        officer.goto(task)
        report(officer, "Báo cáo tiến độ", "Nội dung đã làm", "Đã có dự thảo.", percent="60")
        expect(head.get_by_text("báo cáo tiến độ 60 %")).to_be_visible()
        contribute(office.seat("works", PHONE), task)
        chair.goto(task)
        deliver(officer, tmp_path)
        expect(chair.get_by_role("link", name="to trinh")).to_be_visible()
        report(chair, "Trả lại", "Lý do trả lại", "Thiếu nguồn vốn đối ứng.")
        expect(officer.get_by_text("trả lại báo cáo kết quả")).to_be_visible()
        extend(chair)
        report(officer, "Gửi báo cáo kết quả", "Kết quả thực hiện", "Đã bổ sung nguồn vốn.")
        chair.get_by_role("button", name="Chấp nhận kết quả").click()
        act(chair, "Chấp nhận kết quả")
        expect(head.get_by_text("chấp nhận kết quả: hoàn thành đúng hạn")).to_be_visible()
        assert office.complaints == []


def test_nobody_overwrites_a_conclusion_they_have_not_seen(world: World) -> None:
    session = HeldSession(world).open(world)
    with browser() as chromium:
        office = Office(chromium, world)
        clerk = office.seat("clerk")
        clerk.goto(session.conclusion)
        clerk.get_by_label("Nội dung kết luận").fill("Bản của thư ký")
        world.client("chair").ok("POST", session.conclusion, {"text": "Bản của chủ tọa"})
        clerk.get_by_role("button", name="Xem trước và ghi").click()
        act(clerk, "Ghi kết luận")
        expect(clerk.get_by_role("alert")).to_contain_text("người khác sửa")
        expect(clerk.get_by_label("Nội dung kết luận")).to_have_value("Bản của thư ký")


def conclude(clerk: Page, session: HeldSession) -> None:
    """The preview names exactly the tasks; Enter cannot bypass it."""
    clerk.goto(f"/meetings/{session.id}/conclusions")
    clerk.get_by_role("link", name=re.compile("Ghi kết luận")).click()
    clerk.get_by_label("Nội dung kết luận").fill("Thống nhất chủ trương.")
    first = add_duty(clerk, 0, DUTY, CULTURE, "5 ngày làm việc")
    first.locator("summary").click()
    expect(first.get_by_label(CULTURE)).to_be_disabled()
    first.get_by_label(WORKS).check()
    add_duty(clerk, 1, OTHER, WORKS, "10 ngày làm việc").get_by_label("Hạn xử lý").press("Enter")
    dialog = clerk.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    expect(dialog.get_by_role("listitem").first).to_contain_text(f"{CULTURE} · phối hợp: {WORKS}")
    act(clerk, "Ghi kết luận")
    expect(clerk.get_by_role("link", name=OTHER)).to_be_visible()


def add_duty(clerk: Page, number: int, what: str, unit: str, by: str) -> Locator:
    clerk.get_by_role("button", name="Thêm việc").click()
    row = clerk.locator("[data-row]").nth(number)
    row.get_by_label("Nội dung công việc").fill(what)
    row.get_by_label("Đơn vị chủ trì").select_option(label=unit)
    row.get_by_role("button", name=by).click()
    expect(row.get_by_role("status")).to_contain_text(f"còn {by}")
    return row


def accept(head: Page) -> str:
    """Answers the task's address."""
    head.get_by_role("button", name="Tiếp nhận").click()
    head.get_by_label("Người phụ trách", exact=True).select_option(label="Chuyên viên Văn hóa")
    act(head, "Tiếp nhận")
    expect(head.get_by_text("người phụ trách: Chuyên viên Văn hóa")).to_be_visible()
    return head.url


def contribute(works: Page, task: str) -> None:
    works.goto(task)
    expect(works.get_by_role("button", name="Gửi báo cáo kết quả")).to_have_count(0)
    report(works, "Báo cáo phần phối hợp", "Phần việc đã làm", "Đã gửi danh mục.")
    expect(works.get_by_text("Đã gửi danh mục.")).to_be_visible()


def deliver(officer: Page, folder: Path) -> None:
    paper = folder / "to_trinh.txt"
    paper.write_text("Nội dung tờ trình")
    officer.get_by_role("button", name="Gửi báo cáo kết quả").click()
    officer.get_by_label("Kết quả thực hiện").fill("Đã trình phương án.")
    officer.get_by_label("Tài liệu kèm theo").set_input_files(paper)
    expect(officer.get_by_text("Đã tải lên", exact=True)).to_be_visible()
    act(officer, "Gửi báo cáo kết quả")
    expect(officer.get_by_text("đang chờ người giao việc xem xét")).to_be_visible()


def extend(chair: Page) -> None:
    chair.get_by_role("button", name="Gia hạn").click()
    later = chair.get_by_role("dialog").get_by_role("group").get_by_role("button").last
    later.click()
    chair.get_by_label("Lý do gia hạn").fill("Chờ ý kiến Sở Tài chính.")
    act(chair, "Gia hạn")
    expect(chair.get_by_text("gia hạn từ")).to_be_visible()


def report(page: Page, opener: str, label: str, words: str, percent: str = "") -> None:
    page.get_by_role("button", name=opener, exact=True).click()
    if percent:
        page.get_by_label("Tiến độ (%)").fill(percent)
    page.get_by_label(label).fill(words)
    page.get_by_role("dialog").locator("button:not([type=button])").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def act(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
