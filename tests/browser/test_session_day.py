"""A council session from the first draft to the minutes, as chair, clerk, leader, unit and three delegates see it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, PROJECTOR, Office, browser
from tests.files import pdf
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

TITLE = "Kỳ họp thứ ba, Hội đồng nhân dân phường Thử Nghiệm"
ITEM = "Tờ trình dự toán ngân sách năm 2027"
DUTY = "Báo cáo nhu cầu vốn của các trường tiểu học"
SECOND = "Báo cáo kết quả giám sát"


@pytest.mark.timeout(600)
def test_a_session_from_draft_to_minutes(world: World) -> None:
    with browser() as chromium:
        office = Office(chromium, world)
        clerk, chair, leader = office.seat("clerk"), office.seat("chair"), office.seat("leader")
        ana, ben, cat = office.seat("ana"), office.seat("ben", PHONE), office.seat("cat")
        meeting = plan(clerk, world)
        fill_agenda(clerk)
        attach_paper(clerk)
        submit(clerk)
        return_once_then_approve(leader, clerk, meeting)
        publish(clerk, meeting)
        answer(ana, ben, clerk, meeting)
        read_the_paper(ana, meeting)
        find_the_paper(cat)
        hall = office.seat("clerk", PROJECTOR)
        call_the_roll(clerk, hall, {"ana": ana, "ben": ben, "cat": cat}, meeting)
        discuss(chair, clerk, ana, ben, hall, meeting)
        vote(chair, {"ana": ana, "ben": ben, "cat": cat, "leader": leader}, hall, meeting)
        conclude(clerk, meeting, world)
        carry_out(office.seat("head"), chair)
        write_minutes(chair, clerk, ana, meeting)
        assert office.complaints == []


def plan(clerk: Page, world: World) -> str:
    """Answers the meeting's address."""
    starts = world.now + timedelta(hours=8)
    clerk.get_by_role("link", name="Cuộc họp").first.click()
    clerk.get_by_role("link", name="Tạo cuộc họp").click()
    clerk.get_by_label("Loại cuộc họp").select_option(label="Họp đột xuất")
    clerk.get_by_label("Tên cuộc họp").fill(TITLE)
    clerk.get_by_label("Địa điểm").fill("Hội trường A")
    clerk.get_by_label("Giờ bắt đầu").fill(f"{starts:%Y-%m-%dT%H:%M}")
    clerk.get_by_label("Giờ kết thúc").fill(f"{starts + timedelta(hours=3):%Y-%m-%dT%H:%M}")
    clerk.get_by_label("Chủ tọa").select_option(label="Chủ tọa Kỳ họp")
    clerk.get_by_label("Thư ký").select_option(label="Văn thư Hội đồng")
    clerk.get_by_role("button", name="Tạo cuộc họp").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(TITLE)
    return re.sub(r"^https?://[^/]+", "", clerk.url)


def fill_agenda(clerk: Page) -> None:
    agenda = clerk.get_by_role("region", name="Chương trình họp")
    for title in (SECOND, ITEM):
        if not agenda.get_by_label("Nội dung", exact=True).last.is_visible():
            agenda.get_by_text("Thêm nội dung").click()
        agenda.get_by_label("Nội dung", exact=True).last.fill(title)
        agenda.get_by_role("button", name="Thêm vào chương trình").click()
        expect(agenda.get_by_role("listitem").filter(has_text=title)).to_be_visible()
    agenda.get_by_role("button", name="Chuyển nội dung 2 lên trên").click()
    expect(agenda.get_by_role("listitem").first).to_contain_text(ITEM)


def attach_paper(clerk: Page) -> None:
    papers = clerk.get_by_role("region", name="Tài liệu chung")
    papers.get_by_label("Thuộc nội dung").first.select_option(label=f"1. {ITEM}")
    paper = pdf("Dự toán chi đầu tư công năm 2027", "Phụ lục")
    papers.locator("input[type=file]").set_input_files(
        {"name": "Dự toán 2027.pdf", "mimeType": "application/pdf", "buffer": paper}
    )
    first = clerk.get_by_role("region", name="Chương trình họp").get_by_role("listitem").first
    expect(first.get_by_role("link", name="Dự toán 2027")).to_be_visible()


def submit(clerk: Page) -> None:
    clerk.get_by_role("button", name="Trình duyệt hồ sơ").click()
    form = clerk.get_by_role("dialog")
    form.get_by_label("Lãnh đạo duyệt").select_option(label="Lãnh đạo Thường trực")
    form.get_by_role("button", name="Trình hồ sơ").click()
    expect(clerk.get_by_role("region", name="Hồ sơ đang chờ duyệt")).to_be_visible()


def return_once_then_approve(leader: Page, clerk: Page, meeting: str) -> None:
    leader.goto("/")
    leader.get_by_role("link", name=f"Duyệt hồ sơ: {TITLE}").click()
    leader.get_by_role("button", name="Trả lại").click()
    form = leader.get_by_role("dialog")
    form.get_by_role("textbox").fill("Bổ sung thời lượng thảo luận")
    form.get_by_role("button", name="Trả lại").click()
    expect(clerk.get_by_text("Bổ sung thời lượng thảo luận").first).to_be_visible()
    clerk.goto(meeting)
    submit(clerk)
    leader.goto(meeting)
    leader.get_by_role("button", name="Duyệt hồ sơ").click()
    leader.get_by_role("dialog").get_by_role("button", name="Duyệt").click()
    expect(leader.get_by_text("Đã duyệt").first).to_be_visible()


def publish(clerk: Page, meeting: str) -> None:
    clerk.goto(meeting)
    clerk.get_by_role("button", name="Gửi giấy mời").click()
    form = clerk.get_by_role("dialog")
    expect(form).to_contain_text("Mời 7 người có quyền biểu quyết")
    form.get_by_role("button", name="Gửi giấy mời").click()
    expect(clerk.get_by_role("region", name="Người được mời 8")).to_be_visible()


def answer(ana: Page, ben: Page, clerk: Page, meeting: str) -> None:
    ana.goto("/")
    ana.get_by_role("link", name=f"Trả lời giấy mời: {TITLE}").click()
    ana.get_by_role("button", name="Tôi sẽ dự họp").click()
    expect(ana.get_by_role("region", name="Câu trả lời của bạn")).to_contain_text("Dự họp")
    ben.goto(meeting)
    ben.get_by_role("button", name="Xin vắng mặt").click()
    form = ben.get_by_role("dialog")
    form.get_by_role("textbox").fill("Đi công tác")
    form.get_by_role("button", name="Gửi câu trả lời").click()
    expect(ben.get_by_text("Đi công tác").first).to_be_visible()
    answers = clerk.get_by_role("region", name="Người được mời 8")
    expect(answers.get_by_role("definition").first).to_have_text("1")


def read_the_paper(ana: Page, meeting: str) -> None:
    ana.goto(meeting)
    ana.get_by_role("link", name="Dự toán 2027").click()
    expect(ana.get_by_role("document", name="Dự toán 2027")).to_contain_text("Dự toán chi đầu tư công năm 2027")
    expect(ana.get_by_text("Gửi muộn").first).to_be_visible()


def find_the_paper(cat: Page) -> None:
    """Typed without accents, found with them."""
    cat.goto("/search")
    cat.get_by_role("searchbox").first.fill("du toan chi dau tu cong")
    expect(cat.locator("mark", has_text="đầu").first).to_be_visible()


def call_the_roll(clerk: Page, hall: Page, delegates: dict[str, Page], meeting: str) -> None:
    clerk.goto(f"{meeting}/session")
    clerk.get_by_role("button", name="Mở điểm danh").click()
    hall.goto(f"{meeting}/hall")
    shown = hall.get_by_role("region", name="Mã điểm danh").get_by_text(re.compile(r"^[0-9]{3}\s[0-9]{3}$"))
    code = re.sub(r"\D", "", shown.inner_text())
    for name, page in delegates.items():
        page.goto(f"{meeting}/checkin")
        if name == "cat":
            page.get_by_role("button", name="Xác nhận dự trực tuyến").click()
        else:
            page.get_by_label("Mã điểm danh").fill(code)
            page.get_by_role("button", name="Xác nhận có mặt").click()
        expect(page.get_by_text("từ ").first).to_be_visible()
    expect(hall.get_by_role("region", name="Đại biểu có mặt")).to_contain_text("3/7")
    expect(hall.get_by_role("region", name="Đại biểu có mặt")).to_contain_text("Không đủ số đại biểu")
    for name in ("Chủ tọa Kỳ họp", "Lãnh đạo Thường trực"):
        clerk.get_by_role("button", name=f"{name} có mặt").click()
    expect(hall.get_by_role("region", name="Đại biểu có mặt")).to_contain_text("5/7")


def discuss(chair: Page, clerk: Page, ana: Page, ben: Page, hall: Page, meeting: str) -> None:
    chair.goto(f"{meeting}/session")
    chair.get_by_role("button", name="Khai mạc phiên họp").click()
    for page in (ana, ben):
        page.goto(f"{meeting}/session")
        expect(page.get_by_text("Đang họp").first).to_be_visible()
    chair.get_by_role("button", name="Chuyển sang nội dung 1").click()
    expect(hall.get_by_text(ITEM).first).to_be_visible()
    ana.get_by_role("button", name="Đăng ký phát biểu").first.click()
    ben.get_by_role("button", name="Đăng ký phát biểu").first.click()
    queue = chair.get_by_role("region", name=re.compile("^Phát biểu"))
    expect(queue.get_by_role("listitem").first).to_contain_text("Đại biểu Ana")
    queue.get_by_role("button", name=re.compile("Mời Đại biểu Ana.* 5 phút|Mời 5 phút")).first.click()
    expect(hall.get_by_text("Đại biểu Ana").first).to_be_visible()
    clerk.get_by_label("Nội dung ghi chép").fill("Đề nghị làm rõ nguồn vốn đầu tư công")
    clerk.get_by_role("button", name="Lưu ghi chép").click()
    expect(clerk.get_by_text("Đề nghị làm rõ nguồn vốn đầu tư công").first).to_be_visible()


def vote(chair: Page, voters: dict[str, Page], hall: Page, meeting: str) -> None:
    chair.get_by_role("button", name="Mở biểu quyết").first.click()
    form = chair.get_by_role("dialog").filter(has=chair.get_by_label("Câu hỏi biểu quyết"))
    expect(form).to_contain_text("cần 4")
    on_a_phone = voters["ben"]
    on_a_phone.goto(f"{meeting}/session")
    expect(on_a_phone.get_by_text("Chưa có biểu quyết nào")).to_have_count(1)
    form.get_by_role("button", name="Mở biểu quyết").click()
    confirm(chair)
    for choice in ("Tán thành", "Không tán thành", "Không biểu quyết"):
        expect(on_a_phone.get_by_role("button", name=choice, exact=True)).to_be_in_viewport(ratio=1)
    for name, choice in {
        "ana": "Tán thành",
        "ben": "Không tán thành",
        "cat": "Tán thành",
        "leader": "Tán thành",
    }.items():
        page = voters[name]
        page.goto(f"{meeting}/session")
        page.get_by_role("button", name=choice, exact=True).click()
        confirm(page)
        expect(page.get_by_text("Đã ghi nhận phiếu của bạn").first).to_be_visible()
        expect(page.get_by_text("Số biên nhận").first).to_be_visible()
    chair.get_by_role("button", name="Tán thành", exact=True).click()
    confirm(chair)
    expect(hall.get_by_text("5", exact=True).first).to_be_visible()
    expect(hall.get_by_text("Được thông qua")).to_have_count(0)
    chair.get_by_role("button", name="Kết thúc biểu quyết").click()
    confirm(chair)
    chair.get_by_role("button", name="Công bố kết quả").click()
    confirm(chair)
    expect(hall.get_by_role("region", name="Biểu quyết")).to_contain_text("có 4 phiếu tán thành; được thông qua")
    voters["ana"].get_by_role("link", name=f"Thông qua: {ITEM}").click()
    result = voters["ana"].locator("main")
    for words in ("cần 4", "Đại biểu Ben", "Không tán thành"):
        expect(result).to_contain_text(words)


def conclude(clerk: Page, meeting: str, world: World) -> None:
    clerk.goto(f"{meeting}/conclusions")
    clerk.get_by_role("link", name=re.compile("Ghi kết luận")).first.click()
    clerk.get_by_label("Nội dung kết luận").fill("Thống nhất thông qua dự toán. Giao Phòng Văn hóa - Xã hội báo cáo.")
    clerk.get_by_role("button", name="Thêm việc").click()
    clerk.get_by_label("Nội dung công việc").fill(DUTY)
    clerk.get_by_label("Đơn vị chủ trì").select_option(label="Phòng Văn hóa - Xã hội")
    due = world.now + timedelta(days=30)
    clerk.get_by_label("Hạn xử lý").fill(f"{due:%Y-%m-%dT17:00}")
    clerk.get_by_role("button", name="Xem trước và ghi").click()
    expect(clerk.get_by_role("dialog")).to_contain_text(DUTY)
    clerk.get_by_role("dialog").get_by_role("button", name="Ghi kết luận").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("Kết luận")
    expect(clerk.get_by_text(DUTY).first).to_be_visible()


def carry_out(head: Page, chair: Page) -> None:
    head.goto("/tasks")
    head.get_by_role("link", name=DUTY).click()
    head.get_by_role("button", name="Tiếp nhận").first.click()
    head.get_by_role("dialog").get_by_role("button").first.click()
    head.get_by_role("button", name="Báo cáo tiến độ").first.click()
    form = head.get_by_role("dialog")
    form.get_by_label("Tiến độ (%)").fill("60")
    form.get_by_role("textbox").last.fill("Đã lập danh mục")
    form.get_by_role("button").first.click()
    expect(head.get_by_text("60 %").first).to_be_visible()
    head.get_by_role("button", name="Gửi báo cáo kết quả").first.click()
    form = head.get_by_role("dialog")
    form.get_by_role("textbox").first.fill("Báo cáo nhu cầu vốn đã gửi kèm.")
    form.get_by_role("button", name="Gửi báo cáo kết quả").click()
    address = head.url
    chair.goto(address)
    chair.get_by_role("button", name="Chấp nhận kết quả").click()
    confirm(chair)
    for page in (chair, head):
        expect(page.get_by_text("Hoàn thành đúng hạn").first).to_be_visible()


def write_minutes(chair: Page, clerk: Page, ana: Page, meeting: str) -> None:
    chair.goto(f"{meeting}/session")
    chair.get_by_role("button", name="Bế mạc").click()
    confirm(chair)
    expect(chair.get_by_text("Đã bế mạc").first).to_be_visible()
    minutes = meeting.replace("/meetings/", "/minutes/")
    clerk.goto(minutes)
    clerk.get_by_role("button", name="Lập dự thảo biên bản").click()
    clerk.wait_for_url("**/edit")
    clerk.get_by_label(re.compile("Nội dung đoạn")).first.fill("Chủ tọa tuyên bố lý do, giới thiệu đại biểu.")
    expect(clerk.get_by_text("Chưa lưu").first).to_be_visible()
    clerk.get_by_role("button", name="Lưu đoạn này").first.click()
    expect(clerk.get_by_text("Chưa lưu").first).to_be_hidden()
    clerk.get_by_role("button", name="Trình duyệt").click()
    confirm(clerk)
    clerk.wait_for_url(f"**{minutes}")
    chair.goto("/")
    chair.get_by_role("link", name=re.compile("Duyệt biên bản")).first.click()
    chair.get_by_role("button", name="Duyệt biên bản").click()
    confirm(chair)
    expect(chair.get_by_text("Đã duyệt").first).to_be_visible()
    clerk.goto(minutes)
    clerk.get_by_role("link", name=re.compile("Phát hành")).first.click()
    clerk.get_by_role("button", name="Phát hành biên bản").click()
    confirm(clerk)
    clerk.wait_for_url(f"**{minutes}")
    ana.goto("/")
    ana.get_by_role("region", name=re.compile("Biên bản mới nhận")).get_by_role("link", name=TITLE).click()
    expect(ana.locator("main")).to_contain_text("Chủ tọa tuyên bố lý do, giới thiệu đại biểu.")
    paper = ana.get_by_role("link", name=re.compile("PDF")).first.get_attribute("href")
    assert ana.request.get(str(paper)).body().startswith(b"%PDF-")


def confirm(page: Page) -> None:
    """Says yes to what cannot be undone; the way back has the focus."""
    question = page.locator("dialog:modal").filter(has=page.locator("#confirm-question"))
    expect(question.get_by_role("button", name="Hủy bỏ")).to_be_focused()
    question.locator("button[value=yes]").click()
    expect(question).to_have_count(0)
