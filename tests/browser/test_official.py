"""A council resolution from draft to issue, as clerk, leader, chair and another unit's clerk see it."""

import hashlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, Office, browser
from tests.browser.test_accessibility import violations
from tests.distributed.waiting import eventually
from tests.scenario.test_official import authority, drafted, office, resolution, submitted
from tests.signing.authority import PASSWORD as KEY_PASSWORD
from tests.signing.authority import Authority
from tests.world import PASSWORD, World

__all__ = ["authority", "office"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]

SUMMARY = "Về dự toán ngân sách năm 2027"


@pytest.fixture(scope="module")
def seats(office: World) -> Iterator[Office]:
    with browser() as chromium:
        yield Office(chromium, office)


@pytest.mark.timeout(600)
def test_a_resolution_goes_from_draft_to_another_unit(seats: Office, office: World, authority: Authority) -> None:
    clerk, leader, chair = seats.seat("clerk"), seats.seat("leader"), seats.seat("chair", PHONE)
    address = draft(clerk)
    comment_and_answer(leader, clerk, address)
    submit(clerk)
    initial(leader)
    refused_then_signed(chair, authority)
    number_and_seal(clerk)
    receiver = seats.seat("guest")
    receiver.goto("/incoming")
    expect(receiver.get_by_text("Chưa có văn bản đến nào")).to_be_visible()
    issue(clerk)
    expect(receiver.get_by_role("link", name="01/NQ-HĐND")).to_be_visible()
    receiver.goto("/")
    receive(receiver)
    print_register(clerk)
    find(clerk)
    check(clerk, seats)
    no_time = [each for each in seats.complaints if "503" in each]
    (wrong_pin,) = set(seats.complaints) - set(no_time)  # a request that is sent again is refused again
    assert wrong_pin.startswith("chair") and "422" in wrong_pin and no_time


def confirm(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


def looked_at(page: Page) -> None:
    page.evaluate("scrollTo(0, 0)")  # what the bar at the top covers is no small target
    eventually(lambda: violations(page) == [])  # a fragment is paler while it is asked for again
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"), page.url


def stands(page: Page, words: str) -> None:
    expect(page.locator(".page-header")).to_contain_text(words)


def draft(clerk: Page) -> str:
    """Answers the document's address."""
    clerk.get_by_role("link", name="Văn bản", exact=True).click()
    clerk.get_by_role("link", name="Soạn văn bản").first.click()
    if clerk.get_by_text("Cơ quan nào ban hành").count():
        clerk.get_by_role("link", name="Hội đồng nhân dân phường Thử Nghiệm").click()
    clerk.wait_for_load_state("domcontentloaded")  # the page's scripts take files from then on
    file = {"name": "nghi-quyet.pdf", "mimeType": "application/pdf", "buffer": resolution()}
    clerk.locator("#official-text").set_input_files(file)  # type: ignore[arg-type]
    expect(clerk.get_by_role("heading", level=1)).to_have_text("Thông tin văn bản")
    clerk.get_by_label("Trích yếu").fill(SUMMARY)
    clerk.get_by_label("Viết tắt cơ quan ban hành").fill("HĐND")
    clerk.get_by_label("Người ký", exact=True).select_option(label="Chủ tọa Kỳ họp")
    clerk.get_by_label("Thẩm quyền ký").select_option(label="TM. – thay mặt tập thể")
    clerk.get_by_label("Chức vụ ghi trên văn bản").fill("CHỦ TỊCH")
    clerk.get_by_label("Thay mặt, ký thay hoặc thừa lệnh cho").fill("HỘI ĐỒNG NHÂN DÂN")
    clerk.get_by_role("checkbox", name="Ủy ban nhân dân phường Thử Nghiệm").check()
    clerk.get_by_role("button", name="Thêm nơi nhận").click()
    clerk.get_by_label("Tên nơi nhận").fill("Sở Tài chính")
    looked_at(clerk)
    clerk.get_by_role("button", name="Lưu dự thảo").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(SUMMARY)
    expect(clerk.get_by_role("region", name="Thông tin văn bản")).to_contain_text("Sở Tài chính")
    looked_at(clerk)
    return re.sub(r"^https?://[^/]+", "", clerk.url)


def comment_from(leader: Page, address: str, words: str) -> None:
    leader.goto(address)
    leader.get_by_label("Góp ý của bạn").fill(words)
    leader.get_by_role("button", name="Gửi góp ý").click()
    comments = leader.get_by_role("region", name="Góp ý dự thảo")
    expect(comments).to_contain_text("Chưa trả lời")


def comment_and_answer(leader: Page, clerk: Page, address: str) -> None:
    comment_from(leader, address, "Bổ sung căn cứ ban hành.")
    clerk.goto(address)
    expect(clerk.get_by_text("Còn góp ý chưa trả lời")).to_be_visible()
    expect(clerk.get_by_role("button", name="Trình ký", exact=True)).to_have_count(0)
    clerk.get_by_role("radio", name="Không tiếp thu").check()
    clerk.get_by_label("Nội dung giải trình").fill("Căn cứ đã nêu ở phần mở đầu.")
    looked_at(clerk)
    clerk.get_by_role("button", name="Lưu trả lời").click()
    expect(clerk.get_by_text("Giải trình: Căn cứ đã nêu ở phần mở đầu.")).to_be_visible()


def submit(clerk: Page) -> None:
    clerk.get_by_role("button", name="Trình ký", exact=True).click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_label("Người ký nháy").select_option(label="Lãnh đạo Thường trực")
    looked_at(clerk)
    dialog.get_by_role("button", name="Gửi trình ký").click()
    stands(clerk, "Đang trình ký")
    expect(clerk.get_by_role("region", name="Tiến trình")).to_contain_text("Lãnh đạo Thường trực (ký nháy)")


def give_words(page: Page, pin: str = KEY_PASSWORD) -> None:
    page.get_by_label("Mật khẩu đăng nhập của bạn").fill(PASSWORD)
    page.get_by_label("Mã PIN của khóa ký").fill(pin)


def initial(leader: Page) -> None:
    leader.goto("/")
    leader.get_by_role("link", name=f"Ký nháy văn bản: {SUMMARY}").click()
    expect(leader.get_by_role("document", name=SUMMARY)).to_contain_text("Quyết nghị dự toán")
    shown = leader.request.get(f"/api/v1{leader.evaluate('location.pathname')}/file").body()
    expect(leader.locator("#seen")).to_have_text(hashlib.sha256(shown).hexdigest())
    looked_at(leader)
    give_words(leader)
    leader.get_by_role("button", name="Ký nháy").click()
    expect(leader.get_by_role("region", name="Trình tự ký")).to_contain_text("Chữ ký đã có")


def refused_then_signed(chair: Page, authority: Authority) -> None:
    """A wrong PIN and an authority for time that is away are told in words; then it is signed."""
    chair.goto("/")
    chair.get_by_role("link", name="Văn bản", exact=True).click()
    chair.get_by_role("link", name="Chờ ký").click()
    looked_at(chair)
    chair.get_by_role("link", name=f"Ký ban hành: {SUMMARY}").click()
    looked_at(chair)
    give_words(chair, "sai")
    chair.get_by_role("button", name="Ký số").click()
    expect(chair.get_by_role("alert")).to_contain_text("Mã PIN hoặc mật khẩu của khóa ký không đúng")
    give_words(chair)
    authority.down.add("tsa")
    try:
        chair.get_by_role("button", name="Ký số").click()
        expect(chair.get_by_role("alert")).to_contain_text("Máy chủ cấp dấu thời gian không trả lời")
    finally:
        authority.down.clear()
    give_words(chair)
    chair.get_by_role("button", name="Ký số").click()
    stands(chair, "Đã đủ chữ ký")
    looked_at(chair)


def number_and_seal(clerk: Page) -> None:
    stands(clerk, "Đã ký, chờ cấp số")
    confirm(clerk, "Cấp số")
    stands(clerk, "01/NQ-HĐND")
    clerk.get_by_role("button", name="Chuẩn bị đóng dấu").click()
    clerk.get_by_role("link", name="Xem và đóng dấu").click()
    expect(clerk.get_by_role("document", name=SUMMARY)).to_contain_text("Quyết nghị dự toán")
    give_words(clerk)
    clerk.get_by_role("button", name="Đóng dấu", exact=True).click()
    stands(clerk, "Đã đóng dấu")
    clerk.get_by_role("link", name="Mở trang văn bản").click()


def issue(clerk: Page) -> None:
    stands(clerk, "Chờ phát hành")
    confirm(clerk, "Phát hành văn bản")
    stands(clerk, "Đã phát hành")
    arrivals = clerk.get_by_role("region", name="Nơi nhận trong hệ thống")
    expect(arrivals).to_contain_text("Ủy ban nhân dân phường Thử Nghiệm")
    clerk.get_by_text("Lịch sử xử lý").click()
    looked_at(clerk)


def receive(receiver: Page) -> None:
    receiver.get_by_role("link", name=f"Vào sổ văn bản đến: {SUMMARY}").click()
    check = receiver.get_by_role("region", name="Kiểm tra chữ ký số")
    expect(check).to_contain_text("Mọi chữ ký số đều hợp lệ và nội dung không thay đổi sau khi ký.")
    receiver.get_by_role("button", name="Vào sổ").click()
    stands(receiver, "Đã vào sổ, chờ chuyển")
    receiver.get_by_label("Đơn vị xử lý").select_option(label="Phòng Văn hóa - Xã hội")
    receiver.get_by_label("Ý kiến chỉ đạo").fill("Tham mưu tổ chức thực hiện.")
    looked_at(receiver)
    receiver.get_by_role("button", name="Chuyển văn bản").click()
    stands(receiver, "Đã chuyển xử lý")
    receiver.get_by_role("button", name="Xác nhận đã nhận với nơi gửi").click()
    expect(receiver.get_by_role("region", name="Thông tin văn bản")).to_contain_text("Đã xác nhận nhận")
    looked_at(receiver)
    receiver.get_by_role("link", name="Mở trang văn bản của nơi gửi").click()
    stands(receiver, "Đã phát hành")
    expect(receiver.get_by_role("region", name="Trình tự ký")).to_have_count(0)


def print_register(clerk: Page) -> None:
    clerk.goto("/registers")
    clerk.get_by_role("link", name=re.compile("^Nghị quyết")).click()
    row = clerk.get_by_role("row").filter(has_text="01/NQ-HĐND")
    expect(row).to_contain_text(SUMMARY)
    clerk.get_by_label("Lý do").fill("Văn bản giấy ký trước")
    confirm(clerk, "Giữ chỗ")
    kept = clerk.get_by_role("row").filter(has_text="Văn bản giấy ký trước")
    expect(kept).to_contain_text("Giữ chỗ")
    looked_at(clerk)


def find(clerk: Page) -> None:
    clerk.goto("/search?q=du+toan+ngan+sach&kind=official")
    clerk.get_by_role("link", name=f"01/NQ-HĐND {SUMMARY}").click()
    stands(clerk, "Đã phát hành")


def check(clerk: Page, seats: Office) -> None:
    """The issued file, as anybody may check it; and what the same file is worth with a byte more."""
    clerk.get_by_role("link", name="Đọc văn bản").click()
    clerk.get_by_role("link", name="Kiểm tra chữ ký").click()
    expect(clerk.locator("#report article")).to_have_count(3)
    looked_at(clerk)
    issued = clerk.request.get(f"{clerk.url.removesuffix('/signatures')}/original").body()
    ana = seats.seat("ana", PHONE)
    ana.goto("/signature-checks")
    ana.wait_for_load_state("domcontentloaded")
    verdicts = (
        (issued, "valid", "Mọi chữ ký số đều hợp lệ"),
        (issued + b"PK", "refused", "hiển thị cho người khác"),
    )
    for content, verdict, sentence in verdicts:
        file = {"name": "den.pdf", "mimeType": "application/pdf", "buffer": content}
        ana.locator("#check-file").set_input_files(file)  # type: ignore[arg-type]
        expect(ana.get_by_role("region", name="Kết quả kiểm tra")).to_contain_text(sentence)
        expect(ana.locator(".verdict")).to_have_attribute("data-state", verdict)
    looked_at(ana)


def test_a_signer_gives_back_delegates_and_a_clerk_takes_in_what_comes_from_elsewhere(
    seats: Office, office: World
) -> None:
    order = submitted(office, drafted(office))
    leader, receiver, before = seats.seat("leader"), seats.seat("guest", PHONE), len(seats.complaints)
    delegate(leader, seats.seat("ana"), order)
    decline(leader, order)
    take_in(receiver)
    keep_free_and_void(seats.seat("clerk"), office)
    assert len(seats.complaints) == before


def delegate(leader: Page, ana: Page, order: str) -> None:
    leader.goto("/signing-delegations")
    leader.get_by_label("Người được ủy quyền").select_option(label="Đại biểu Ana")
    leader.get_by_label("Căn cứ ủy quyền").fill("Giấy ủy quyền số 02/GUQ-HĐND")
    leader.get_by_role("button", name="Ghi ủy quyền").click()
    given = leader.get_by_role("listitem").filter(has_text="Bạn ủy quyền cho Đại biểu Ana")
    expect(given).to_contain_text("Đang hiệu lực")
    looked_at(leader)
    ana.goto("/signing-orders")
    expect(ana.get_by_text("ký thay Lãnh đạo Thường trực")).to_be_visible()
    ana.goto(f"/signing-orders/{order}")
    expect(ana.get_by_text("Bạn ký thay Lãnh đạo Thường trực theo Giấy ủy quyền số 02/GUQ-HĐND.")).to_be_visible()
    looked_at(ana)
    ana.close()
    given.get_by_text("Thu hồi ủy quyền").first.click()
    given.get_by_label("Lý do").fill("Đã về.")
    given.get_by_role("button", name="Thu hồi ủy quyền").click()
    expect(given).to_contain_text("Đã thu hồi")


def decline(leader: Page, order: str) -> None:
    leader.goto(f"/signing-orders/{order}")
    leader.get_by_role("button", name="Từ chối ký").click()
    leader.get_by_role("dialog").get_by_label("Lý do").fill("Thiếu căn cứ.")
    leader.get_by_role("dialog").get_by_role("button", name="Từ chối ký").click()
    stands(leader, "Bị từ chối ký")
    leader.get_by_role("link", name="Văn bản chờ ký khác").click()
    expect(leader.get_by_text("Không có văn bản nào chờ bạn ký")).to_be_visible()
    leader.get_by_role("link", name="Văn bản đi").click()
    expect(leader.get_by_text("trở lại dự thảo: Thiếu căn cứ.")).to_be_visible()
    looked_at(leader)


def take_in(receiver: Page) -> None:
    receiver.goto("/incoming/new")
    receiver.wait_for_load_state("domcontentloaded")
    receiver.get_by_label("Cơ quan gửi").fill("Bộ Nội vụ")
    receiver.get_by_label("Số, ký hiệu").fill("120/BNV-VP")
    receiver.get_by_label("Trích yếu").fill("Về biên chế năm 2027")
    looked_at(receiver)
    file = {"name": "den.pdf", "mimeType": "application/pdf", "buffer": resolution()}
    receiver.locator("#incoming-file").set_input_files(file)  # type: ignore[arg-type]
    check = receiver.get_by_role("region", name="Kiểm tra chữ ký số")
    expect(check).to_contain_text("Tệp không có chữ ký số nào.")
    looked_at(receiver)
    receiver.get_by_role("button", name="Trả lại nơi gửi").click()
    receiver.get_by_role("dialog").get_by_label("Lý do").fill("Chưa ký số.")
    receiver.get_by_role("dialog").get_by_role("button", name="Trả lại nơi gửi").click()
    expect(receiver.get_by_text("Đã trả lại nơi gửi: Chưa ký số.")).to_be_visible()
    receiver.goto("/incoming")
    looked_at(receiver)


def keep_free_and_void(clerk: Page, office: World) -> None:
    clerk.goto("/registers")
    clerk.get_by_label("Loại văn bản").select_option(label="Quyết định")
    clerk.get_by_label("Lý do").fill("Ký giấy trước")
    looked_at(clerk)
    confirm(clerk, "Giữ chỗ")
    expect(clerk.get_by_text("Đã giữ số 1 trong sổ này.")).to_be_focused()
    kept = clerk.get_by_role("row").filter(has_text="Ký giấy trước")
    kept.get_by_text("Bỏ số này").click()
    kept.get_by_label("Lý do").fill("Không ban hành")
    kept.get_by_role("button", name="Bỏ số", exact=True).click()
    clerk.get_by_role("dialog").get_by_role("button", name="Bỏ số", exact=True).click()
    expect(clerk.get_by_role("row").filter(has_text="Không ban hành")).to_contain_text("Bỏ số")
