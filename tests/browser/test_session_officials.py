"""After a session: its conclusions become a notice that is signed, sealed, issued and read by units and delegates."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.browser.test_official import confirm, give_words, looked_at, stands
from tests.held_session import BUDGET, HeldSession, concluded, obligation
from tests.scenario.test_session_officials import authority, office, voted
from tests.world import CULTURE, WORKS, World

__all__ = ["authority", "office"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

SUMMARY = "Kết luận của Chủ tọa tại Kỳ họp thứ tư"


@pytest.fixture(scope="module")
def seats(office: World) -> Iterator[Office]:
    with browser() as chromium:
        yield Office(chromium, office)


@pytest.mark.timeout(600)
def test_conclusions_become_a_notice_that_units_and_delegates_read(seats: Office, office: World) -> None:
    session = HeldSession(office).open(office)
    duty = obligation(office.now + timedelta(days=30), CULTURE, WORKS)
    concluded(office, session, duty)
    voted(office, session)
    clerk, ana = seats.seat("clerk"), seats.seat("ana", PHONE)
    ana.goto(f"/meetings/{session.id}")
    expect(of_the_session(ana)).to_contain_text("hiện ở đây sau khi phát hành")
    begin_resolution(clerk, session)
    write_notice(clerk, session)
    concluded(office, session, duty, revision=1, text="Thống nhất, có bổ sung.")
    write_anew(clerk)
    submit(clerk)
    sign(seats.seat("chair"))
    issue(clerk)
    office.settle()
    receive(seats.seat("head"))
    read(ana)
    assert seats.complaints == []


def of_the_session(page: Page) -> Locator:
    return page.get_by_role("region", name="Văn bản của kỳ họp")


def begin_resolution(clerk: Page, session: HeldSession) -> None:
    """The form has the words of the vote; it is begun from the meeting, the conclusions or the vote."""
    clerk.goto(f"/meetings/{session.id}")
    looked_at(clerk)
    of_the_session(clerk).get_by_role("link", name="Soạn nghị quyết").click()
    expect(clerk.locator("[name=summary]")).to_have_value(f"Về {BUDGET[0].lower()}{BUDGET[1:]}")
    expect(clerk.locator("[name=bases]")).to_have_value(re.compile("5/7 đại biểu tán thành"))
    expect(clerk.locator("textarea[name=text]")).to_have_value(re.compile("Kỳ họp thứ tư thông qua ngày"))


def write_notice(clerk: Page, session: HeldSession) -> None:
    clerk.goto(f"/meetings/{session.id}/conclusions")
    clerk.get_by_role("link", name="Soạn thông báo kết luận").click()
    text = clerk.locator("textarea[name=text]")
    expect(text).to_have_value(re.compile("Giao Phòng Văn hóa - Xã hội chủ trì, phối hợp với Phòng Kinh tế"))
    expect(clerk.get_by_role("checkbox", name="Phòng Văn hóa - Xã hội")).to_be_checked()
    clerk.get_by_role("button", name="Lưu dự thảo").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(SUMMARY)
    origin = clerk.get_by_role("region", name="Theo cuộc họp")
    expect(origin.get_by_role("link", name="Kỳ họp thứ tư")).to_be_visible()
    readable(clerk)
    looked_at(clerk)


def readable(clerk: Page) -> None:
    """The page is asked for again once its text can be read."""
    expect(clerk.locator("#way[hx-get$=read]")).to_be_attached()


def write_anew(clerk: Page) -> None:
    """The open page says that the presiding officer has changed the conclusion."""
    expect(clerk.get_by_text("Lời văn không còn khớp với kết luận của cuộc họp.")).to_be_visible()
    looked_at(clerk)
    clerk.get_by_role("link", name="Soạn lại từ kết luận").click()
    expect(clerk.locator("textarea[name=text]")).to_have_value(re.compile("Thống nhất, có bổ sung."))
    clerk.get_by_role("button", name="Lưu dự thảo").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(SUMMARY)
    expect(clerk.get_by_text("Lời văn không còn khớp")).to_have_count(0)
    readable(clerk)


def submit(clerk: Page) -> None:
    clerk.get_by_role("button", name="Trình ký", exact=True).click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_role("button", name="Bỏ bước này").click()
    dialog.get_by_role("button", name="Gửi trình ký").click()
    stands(clerk, "Đang trình ký")


def sign(chair: Page) -> None:
    chair.goto("/signing-orders")
    chair.get_by_role("link", name=f"Ký ban hành: {SUMMARY}").click()
    expect(chair.get_by_role("document", name=SUMMARY)).to_contain_text("Thống nhất, có bổ sung.")
    give_words(chair)
    chair.get_by_role("button", name="Ký số").click()
    stands(chair, "Đã đủ chữ ký")


def issue(clerk: Page) -> None:
    stands(clerk, "Đã ký, chờ cấp số")
    confirm(clerk, "Cấp số")
    stands(clerk, "01/TB-HĐND")
    clerk.get_by_role("button", name="Chuẩn bị đóng dấu").click()
    clerk.get_by_role("link", name="Xem và đóng dấu").click()
    give_words(clerk)
    clerk.get_by_role("button", name="Đóng dấu", exact=True).click()
    stands(clerk, "Đã đóng dấu")
    clerk.get_by_role("link", name="Mở trang văn bản").click()
    stands(clerk, "Chờ phát hành")
    confirm(clerk, "Phát hành văn bản")
    stands(clerk, "Đã phát hành")


def receive(head: Page) -> None:
    head.goto("/incoming")
    head.get_by_role("link", name=f"01/TB-HĐND: {SUMMARY}").click()
    expect(head.get_by_role("region", name="Kiểm tra chữ ký số")).to_contain_text("Mọi chữ ký số đều hợp lệ")


def read(ana: Page) -> None:
    """On the page that was open all the time."""
    of_the_session(ana).get_by_role("link", name="Thông báo 01/TB-HĐND").click()
    stands(ana, "Đã phát hành")
    expect(ana.get_by_role("region", name="Theo cuộc họp")).to_contain_text("Kỳ họp thứ tư")
    looked_at(ana)
    ana.get_by_role("link", name="Đọc văn bản").click()
    expect(ana.get_by_role("document", name=SUMMARY)).to_contain_text("Thống nhất, có bổ sung.")
