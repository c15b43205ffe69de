"""A clerk records who votes for whom and with how many votes; the poll, its ballots and its result follow it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.browser.test_accessibility import violations
from tests.browser.test_ways_of_voting import agree, close
from tests.scenario.test_voting import Hall
from tests.scenario.test_ways_of_voting import OWN_CARD, own_card
from tests.world import VOTERS, World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

QUESTION = "Thông qua quy chế tài chính"


@pytest.mark.timeout(600)
def test_proxies_substitutes_and_weights_from_the_clerks_page_to_the_result(world: World) -> None:
    hall = Hall(world, present=(*VOTERS[:-2], "guest")).opened()
    own_card(world)
    with browser() as chromium:
        office = Office(chromium, world)
        clerk, chair, ana = office.seat("clerk"), office.seat("chair"), office.seat("ana", PHONE)
        clerk.goto(f"/meetings/{hall.id}/session")
        clerk.get_by_role("link", name="Ủy quyền, dự thay và trọng số").click()
        record(clerk)
        assert violations(clerk) == []
        open_poll(chair, hall)
        ana.goto(f"/meetings/{hall.id}/session")
        paper = ana.get_by_role("article").filter(has_text=QUESTION)
        expect(paper.get_by_text("Biểu quyết theo ủy quyền của Đại biểu Dan")).to_be_visible()
        for each in (paper.locator("[id^=for-]"), paper):
            each.get_by_role("button", name="Tán thành", exact=True).first.click()
            agree(ana)
            expect(each.get_by_text("đã được ghi nhận").first).to_be_visible()
        expect(paper.get_by_text("Đã ghi nhận phiếu của bạn")).to_be_visible()
        close(chair)
        chair.get_by_role("button", name="Công bố kết quả").click()
        agree(chair)
        expect(chair.get_by_role("button", name="Công bố kết quả")).to_have_count(0)
        ana.goto(f"/polls/{hall.chair.ok('GET', f'/meetings/{hall.id}/polls')[0]['poll_id']}")
        expect(ana.get_by_role("table", name="Ủy quyền và dự thay")).to_contain_text("Giấy ủy quyền số 3")
        expect(ana.get_by_text("9 phiếu theo trọng số").first).to_be_visible()
        assert violations(ana) == []
        assert [each for each in office.complaints if "422" not in each] == []


def record(clerk: Page) -> None:
    """By keyboard where a row is added and taken away; a proxy for oneself is refused and put right."""
    expect(clerk.get_by_text("Chưa ghi ai ủy quyền.")).to_be_visible()
    expect(clerk.locator("html")).to_have_attribute("data-ready", "")
    more = clerk.get_by_role("button", name="Thêm ủy quyền")
    more.focus()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_text("Chưa ghi ai ủy quyền.")).to_be_hidden()
    expect(clerk.locator("#voter-0")).to_be_focused()
    clerk.get_by_role("button", name="Bỏ dòng này").focus()
    clerk.keyboard.press("Enter")
    expect(more).to_be_focused()
    clerk.keyboard.press("Enter")
    proxy = clerk.get_by_role("group", name="Ủy quyền")
    proxy.get_by_label("Đại biểu, thành viên vắng mặt").select_option(label="Đại biểu Dan")
    proxy.get_by_label("Người nhận ủy quyền").select_option(label="Đại biểu Dan")
    proxy.get_by_label("Giấy tờ làm căn cứ").fill("Giấy ủy quyền số 3")
    clerk.get_by_role("button", name="Thêm người dự thay").click()
    substitute = clerk.get_by_role("group", name="Dự thay")
    substitute.get_by_label("Đại biểu, thành viên vắng mặt").select_option(label="Đại biểu Eve")
    substitute.get_by_label("Người dự thay").select_option(label="Khách mời Mặt trận")
    substitute.get_by_label("Giấy tờ làm căn cứ").fill("Văn bản cử người số 4")
    clerk.get_by_label("Đại biểu Ben").fill("3")
    save(clerk)
    expect(clerk.get_by_role("alert")).to_contain_text("Người nhận ủy quyền phải là một người khác")
    proxy.get_by_label("Người nhận ủy quyền").select_option(label="Đại biểu Ana")
    save(clerk)
    expect(clerk.get_by_text("Văn thư Hội đồng ghi lúc")).to_be_visible()
    expect(proxy.get_by_label("Người nhận ủy quyền").locator("option:checked")).to_have_text("Đại biểu Ana")
    expect(clerk.get_by_label("Đại biểu Ben")).to_have_value("3")


def save(clerk: Page) -> None:
    clerk.get_by_role("button", name="Lưu danh sách").click()
    agree(clerk)


def open_poll(chair: Page, hall: Hall) -> None:
    chair.goto(f"/meetings/{hall.id}/session")
    chair.get_by_role("button", name="Mở biểu quyết").click()
    form = chair.get_by_role("dialog")
    form.get_by_label("Câu hỏi biểu quyết").fill(QUESTION)
    form.get_by_label(OWN_CARD["title"]).check()
    expect(form.get_by_text("1 ủy quyền, 1 dự thay, 1 người có trọng số khác 1")).to_be_visible()
    form.get_by_role("button", name="Mở biểu quyết").click()
    agree(chair)
    expect(chair.get_by_role("heading", name=QUESTION)).to_be_visible()
