"""An election in two rounds on tablets; a secret ballot on paper, whose wrong figures are caught in time."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.scenario.test_voting import Hall
from tests.world import VOTERS, World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

ELECTION = "Bầu hai Ủy viên Ủy ban nhân dân"
FIRST, SECOND, THIRD = "Ứng viên Một", "Ứng viên Hai", "Ứng viên Ba"


@pytest.mark.timeout(600)
def test_an_election_in_two_rounds(world: World) -> None:
    hall = Hall(world).opened()
    with browser() as chromium:
        office = Office(chromium, world)
        chair = office.seat("chair")
        voters = {"ana": office.seat("ana"), "ben": office.seat("ben", PHONE)}
        chair.goto(f"/meetings/{hall.id}/session")
        open_election(chair)
        poll = first_round(world, hall, voters)
        close(chair)
        chair.goto(f"/polls/{poll}")
        results = chair.get_by_role("table", name="Kết quả từng mục")
        expect(results.get_by_role("row", name=f"{FIRST} 7 Trúng cử")).to_be_visible()
        expect(results.get_by_role("row", name=f"{SECOND} 1 Không trúng cử")).to_be_visible()
        expect(chair.get_by_text("Còn 1 vị trí chưa bầu được").first).to_be_visible()
        chair.get_by_role("button", name="Công bố kết quả").click()
        agree(chair)
        expect(chair.get_by_role("button", name="Công bố kết quả")).to_have_count(0)
        chair.get_by_role("button", name="Mở vòng bầu tiếp theo").click()
        agree(chair)
        expect(chair.get_by_role("heading", name="(vòng 2)")).to_be_visible()
        second_round(world, hall, voters)
        close(chair)
        chair.get_by_role("button", name="Công bố kết quả").click()
        agree(chair)
        expect(chair.get_by_role("button", name="Công bố kết quả")).to_have_count(0)
        ana = voters["ana"]
        ana.goto(f"/polls/{newest(hall)}")
        expect(ana.get_by_role("row", name=f"{SECOND} 7 Trúng cử")).to_be_visible()
        expect(ana.get_by_text("Đã bầu đủ").first).to_be_visible()
        assert office.complaints == []


def open_election(chair: Page) -> None:
    chair.get_by_role("button", name="Mở biểu quyết").click()
    form = chair.get_by_role("dialog")
    form.get_by_role("button", name="Bầu cử").click()
    expect(form.get_by_label("Số người được bầu")).to_be_visible()
    form.get_by_label("Câu hỏi biểu quyết").fill(ELECTION)
    form.get_by_role("button", name="Thêm người ứng cử").click()
    for name, field in zip((FIRST, SECOND, THIRD), form.get_by_label("Họ và tên trên phiếu").all(), strict=True):
        field.fill(name)
    form.get_by_label("Số người được bầu").fill("2")
    form.get_by_role("button", name="Mở biểu quyết").click()
    agree(chair)
    expect(chair.get_by_role("heading", name=ELECTION)).to_be_visible()


def first_round(world: World, hall: Hall, voters: dict[str, Page]) -> str:
    """Everyone wants the first; nobody else has more than half of the seven."""
    poll = newest(hall)
    for login, page in voters.items():
        page.goto(f"/meetings/{hall.id}/session")
        paper = page.get_by_role("article").filter(has_text=ELECTION)
        paper.get_by_label(FIRST).check()
        paper.get_by_label(SECOND if login == "ana" else THIRD).check()
        paper.get_by_role("button", name="Gửi phiếu").click()
        agree(page)
        expect(page.get_by_text("Đã ghi nhận phiếu của bạn")).to_be_visible()
    for login in [each for each in VOTERS if each not in voters]:
        world.client(login).ok("POST", f"/polls/{poll}/ballots", {"marks": ["c1"]})
    return poll


def second_round(world: World, hall: Hall, voters: dict[str, Page]) -> None:
    world.settle()
    poll = newest(hall)
    for page in voters.values():
        page.goto(f"/meetings/{hall.id}/session")
        paper = page.get_by_role("article").filter(has_text="(vòng 2)")
        expect(paper.get_by_label(FIRST)).to_have_count(0)
        paper.get_by_label(SECOND).check()
        paper.get_by_role("button", name="Gửi phiếu").click()
        agree(page)
        expect(page.get_by_text("Đã ghi nhận phiếu của bạn")).to_be_visible()
    key = next(each["key"] for each in hall.chair.ok("GET", f"/polls/{poll}")["choices"] if each["label"] == SECOND)
    for login in [each for each in VOTERS if each not in voters]:
        world.client(login).ok("POST", f"/polls/{poll}/ballots", {"marks": [key]})


@pytest.mark.timeout(600)
def test_a_paper_ballot_whose_wrong_figures_are_caught(world: World) -> None:
    hall = Hall(world).opened()
    with browser() as chromium:
        office = Office(chromium, world)
        chair, dan, eve = office.seat("chair"), office.seat("dan"), office.seat("eve", PHONE)
        chair.goto(f"/meetings/{hall.id}/session")
        open_paper_ballot(chair)
        appoint(chair)
        close(chair, "Đóng hòm phiếu")
        for teller in (dan, eve):
            teller.goto(f"/meetings/{hall.id}/session")
        key_in(dan, unused="1")
        expect(dan.get_by_role("alert")).to_contain_text("Số phiếu phát ra phải bằng")
        key_in(dan)
        expect(dan.get_by_text("Bạn đã nhập lần thứ nhất")).to_be_visible()
        key_in(eve, against="2", valid="6", for_="4")
        expect(eve.get_by_text("Hai lần nhập không khớp")).to_be_visible()
        key_in(eve)
        dan.reload()
        key_in(dan)
        dan.get_by_role("button", name="Xác nhận kết quả kiểm phiếu").click()
        agree(dan)
        expect(dan.get_by_role("link", name="Biên bản kiểm phiếu (PDF)")).to_be_visible()
        chair.get_by_role("button", name="Công bố kết quả").first.click()
        agree(chair)
        eve.goto(f"/polls/{newest(hall)}")
        expect(eve.get_by_text("Được thông qua").first).to_be_visible()
        assert [each for each in office.complaints if "422" not in each] == []


def open_paper_ballot(chair: Page) -> None:
    chair.get_by_role("button", name="Mở biểu quyết").click()
    form = chair.get_by_role("dialog")
    form.get_by_label("Câu hỏi biểu quyết").fill("Miễn nhiệm một chức danh")
    form.get_by_label("Bỏ phiếu kín bằng phiếu giấy").check()
    form.get_by_role("button", name="Mở biểu quyết").click()
    agree(chair)


def appoint(chair: Page) -> None:
    chair.get_by_role("link", name="Ghi ban kiểm phiếu").click()
    chair.get_by_label("Trưởng ban").select_option(label="Đại biểu Dan")
    for name in ("Đại biểu Eve", "Đại biểu Cat"):
        chair.get_by_label(name).check()
    chair.get_by_role("button", name="Ghi ban kiểm phiếu").click()
    expect(chair.get_by_text("Trưởng ban kiểm phiếu")).to_be_visible()
    chair.go_back()
    chair.go_back()


def key_in(
    teller: Page,
    *,
    issued: str = "7",
    unused: str = "0",
    valid: str = "6",
    for_: str = "5",
    against: str = "1",
) -> None:
    if not teller.url.endswith("/count"):
        teller.get_by_role("link", name="Nhập số liệu kiểm phiếu").click()
    figures = {
        "Số phiếu phát ra": issued,
        "Số phiếu thu về": "7",
        "Số phiếu không sử dụng": unused,
        "Số phiếu hỏng": "0",
        "Số phiếu hợp lệ": valid,
        "Số phiếu không hợp lệ": "1",
    }
    for label, number in figures.items():
        teller.get_by_label(label).fill(number)
    for label, number in (("Tán thành", for_), ("Không tán thành", against), ("Không biểu quyết", "0")):
        teller.get_by_label(label, exact=True).fill(number)
    teller.get_by_role("button", name="Gửi số liệu kiểm phiếu").click()
    agree(teller)


def close(chair: Page, words: str = "Kết thúc biểu quyết") -> None:
    chair.get_by_role("button", name=words).click()
    agree(chair)


def agree(page: Page) -> None:
    """To the question that stands before what cannot be undone."""
    page.get_by_role("dialog", name="?").get_by_role("button").first.click()


def newest(hall: Hall) -> str:
    return str(hall.chair.ok("GET", f"/meetings/{hall.id}/polls")[0]["poll_id"])
