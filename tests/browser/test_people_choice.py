"""Among many accounts, the one who is meant is found by typing, with the keyboard alone or by a press."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from services.directory.messages import OpenAccount, RegisterPerson
from tests.browser.people import Office, browser
from tests.browser.test_accessibility import violations
from tests.distributed.waiting import eventually
from tests.scenario.test_official import drafted
from tests.scenario.test_preparation import published
from tests.stamps import ids
from tests.world import COUNCIL, WORKS, World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]
FOUND = "Những người tìm thấy"


@pytest.fixture(scope="module")
def seats(shared_world: World) -> Iterator[Office]:
    for number in range(30):
        employ(shared_world, f"staff{number}", f"Lê Thị Nhân Viên {number}")
    employ(shared_world, "first", "Nguyễn Văn Đức")
    employ(shared_world, "other", "Lê Văn Út", "Đội trưởng, Đội Nguyễn Du")
    employ(shared_world, "second", "Nguyễn Văn Dũng")
    shared_world.settle()
    with browser() as chromium:
        yield Office(chromium, shared_world)


def employ(world: World, login: str, name: str, position: str = "Phó Trưởng phòng") -> None:
    world.execute(RegisterPerson, person_id=ids(login), full_name=name, position=position, unit_id=WORKS)
    world.execute(OpenAccount, person_id=ids(login), login=login)


def test_a_signatory_is_found_without_marks_and_chosen_by_keyboard(seats: Office) -> None:
    clerk = seats.seat("clerk")
    clerk.goto(f"/officials/write?issuer={COUNCIL}")
    signatory = clerk.get_by_label("Người ký", exact=True)
    words = clerk.get_by_role("combobox", name="Tìm theo tên: Người ký")
    signatory.focus()
    clerk.keyboard.press("Tab")
    expect(words).to_be_focused()
    clerk.keyboard.type("nguyen van d")
    found = clerk.get_by_role("listbox", name=FOUND).get_by_role("option")
    expect(found).to_have_text(
        [re.compile("^Nguyễn Văn Đức"), re.compile("^Nguyễn Văn Dũng"), re.compile("^Lê Văn Út")]
    )
    expect(found.first).to_have_attribute("aria-selected", "true")
    eventually(lambda: violations(clerk) == [])
    clerk.keyboard.press("ArrowDown")
    expect(words).to_have_attribute("aria-activedescendant", re.compile("-1$"))
    chosen = found.nth(1).inner_text()
    clerk.keyboard.press("Enter")
    expect(signatory.locator("option:checked")).to_have_text(chosen)
    expect(clerk.get_by_role("status").filter(has_text=f"Đã chọn: {chosen}")).to_be_visible()
    expect(clerk.get_by_label("Chức vụ ghi trên văn bản")).to_have_value("PHÓ TRƯỞNG PHÒNG")
    expect(clerk).to_have_url(re.compile("/officials/write"))
    clerk.keyboard.type("khong ai")
    expect(clerk.get_by_text("Không thấy ai")).to_be_visible()
    assert seats.complaints == []


def test_several_are_asked_for_initials_one_after_the_other(seats: Office, shared_world: World) -> None:
    clerk = seats.seat("clerk")
    clerk.goto(f"/officials/{drafted(shared_world)}")
    clerk.get_by_role("button", name="Trình ký", exact=True).click()
    dialog = clerk.get_by_role("dialog")
    for words in ("duc nguyen", "lanh dao thuong"):
        find(dialog.get_by_role("combobox"), words)
    removal = dialog.get_by_role("button", name=re.compile("^Bỏ Nguyễn Văn Đức"))
    expect(dialog.get_by_role("button", name="Bỏ Lãnh đạo Thường trực")).to_be_visible()
    eventually(lambda: violations(clerk) == [])
    removal.click()
    expect(removal).to_have_count(0)
    dialog.get_by_role("button", name="Thêm bước ký nháy").click()
    find(dialog.get_by_role("combobox").last, "nguyen dung")
    dialog.get_by_role("button", name="Gửi trình ký").click()
    way = clerk.get_by_role("region", name="Tiến trình")
    expect(way).to_contain_text("Đang chờ: Lãnh đạo Thường trực (ký nháy)")
    steps = clerk.get_by_role("region", name="Trình tự ký")
    expect(steps).to_contain_text("Nguyễn Văn Dũng")
    expect(steps).not_to_contain_text("Nguyễn Văn Đức")
    assert seats.complaints == []


def test_a_press_below_a_list_that_closes_with_it_is_heard(seats: Office, shared_world: World) -> None:
    clerk = seats.seat("clerk")
    clerk.goto(f"/officials/{drafted(shared_world)}")
    clerk.get_by_role("button", name="Trình ký", exact=True).click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_role("combobox").press_sequentially("nguyen van d")
    expect(clerk.get_by_role("listbox", name=FOUND)).to_be_visible()
    dialog.get_by_role("button", name="Thêm bước ký nháy").click()
    expect(clerk.get_by_role("listbox", name=FOUND)).to_be_hidden()
    expect(dialog.get_by_role("combobox")).to_have_count(2)


def test_who_presents_and_who_is_invited_are_found_on_a_meeting_page(seats: Office, shared_world: World) -> None:
    clerk = seats.seat("clerk")
    clerk.goto(f"/meetings/{published(shared_world)}")
    clerk.get_by_text("Thêm nội dung", exact=True).click()
    clerk.get_by_label("Nội dung", exact=True).fill("Đầu tư công")
    clerk.get_by_role("combobox", name="Tìm theo tên: Người trình bày").press_sequentially("kinh te nguyen dung")
    expect(clerk.get_by_role("option", name="Nguyễn Văn Dũng")).to_be_visible()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_label("Người trình bày").locator("option:checked")).to_contain_text("Nguyễn Văn Dũng")
    clerk.get_by_role("button", name="Thêm vào chương trình").click()
    agenda = clerk.get_by_role("region", name="Chương trình họp").get_by_role("listitem")
    expect(agenda.filter(has_text="Đầu tư công")).to_contain_text("Nguyễn Văn Dũng")
    clerk.get_by_role("button", name="Mời thêm người").click()
    dialog = clerk.get_by_role("dialog")
    for words in ("duc nguyen", "nguyen dung"):
        find(dialog.get_by_role("combobox"), words)
    eventually(lambda: violations(clerk) == [])
    dialog.get_by_role("button", name="Bỏ Nguyễn Văn Dũng").click()
    dialog.get_by_role("button", name="Gửi giấy mời").click()
    invited = clerk.get_by_role("region", name="Người được mời")
    expect(invited).to_contain_text("Nguyễn Văn Đức")
    expect(invited).not_to_contain_text("Nguyễn Văn Dũng")
    assert seats.complaints == []


def find(words: Locator, typed: str) -> None:
    """Chooses the only one found, by a press."""
    words.press_sequentially(typed)
    words.page.get_by_role("listbox", name=FOUND).get_by_role("option").click()
