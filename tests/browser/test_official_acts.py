"""The rarer acts on official documents, each pressed by whose right it is: what comes back, ends, or is given up."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from services.signing.pdf.blanks import fill
from tests.browser.people import PHONE, Office, browser
from tests.browser.test_official import confirm, give_words, looked_at, stands
from tests.scenario.test_official import authority, drafted, office, sign, submitted
from tests.signing.authority import Authority
from tests.signing.conftest import trusting
from tests.world import COUNCIL, World

__all__ = ["authority", "office"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def seats(office: World, authority: Authority) -> Iterator[Office]:
    """Ana, who is to sign in the leader's place, has a key of her own."""
    (office.settings.data_dir / "signing-keys/ana.p12").write_bytes(authority.pkcs12("deputy").read_bytes())
    with browser() as chromium:
        yield Office(chromium, office)


def signed(office: World) -> str:
    official = drafted(office)
    order = submitted(office, official)
    sign(office, "leader", order)
    sign(office, "chair", order)
    return official


def sealed_and_issued(office: World, official: str) -> str:
    """Its number as it is printed."""
    clerk = office.client("clerk")
    order = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    sign(office, "clerk", order)
    clerk.ok("POST", f"/officials/{official}/issue")
    office.settle()
    shown = clerk.ok("GET", f"/officials/{official}")["official"]
    return f"{shown['number']:02}/{shown['symbol']}"


def issued(office: World) -> tuple[str, str]:
    official = signed(office)
    office.client("clerk").ok("POST", f"/officials/{official}/number", {})
    office.settle()
    return official, sealed_and_issued(office, official)


def dialog(page: Page, opened_by: str, done_by: str, **filled: str) -> None:
    """Nothing is done by the first button alone."""
    page.get_by_role("button", name=opened_by, exact=True).click()
    asked = page.get_by_role("dialog")
    for label, value in filled.items():
        asked.get_by_label(label).fill(value)
    looked_at(page)
    asked.get_by_role("button", name=done_by, exact=True).click()


def test_a_draft_is_given_up_and_a_submission_recalled(seats: Office, office: World) -> None:
    clerk, known = seats.seat("clerk"), len(seats.complaints)
    official = drafted(office)
    office.settle()
    clerk.goto(f"/officials/{official}")
    clerk.get_by_role("button", name="Bỏ dự thảo", exact=True).click()
    clerk.get_by_role("dialog").get_by_role("button", name="Hủy bỏ").click()
    stands(clerk, "Dự thảo")
    dialog(clerk, "Bỏ dự thảo", "Bỏ dự thảo", **{"Lý do": "Trùng với dự thảo khác."})
    stands(clerk, "Đã bỏ")
    expect(clerk.get_by_text("Dự thảo đã bị bỏ. Lý do: Trùng với dự thảo khác.")).to_be_visible()
    expect(clerk.get_by_role("button", name="Trình ký", exact=True)).to_have_count(0)
    looked_at(clerk)
    official = drafted(office)
    order = submitted(office, official)
    sign(office, "leader", order)
    clerk.goto(f"/officials/{official}")
    dialog(clerk, "Rút bản trình ký", "Rút bản trình ký", **{"Lý do": "Sửa số liệu Điều 2."})
    stands(clerk, "Dự thảo")
    expect(clerk.get_by_text("Bản trình ký đã rút lại: Sửa số liệu Điều 2.")).to_be_visible()
    expect(clerk.get_by_role("region", name="Trình tự ký")).to_contain_text("Đã rút lại")
    looked_at(clerk)
    chair = seats.seat("chair", PHONE)
    chair.goto("/signing-orders")
    expect(chair.get_by_text("Không có văn bản nào chờ bạn ký")).to_be_visible()
    chair.close()
    assert len(seats.complaints) == known


def test_what_is_typed_stays_when_somebody_else_was_first(seats: Office, office: World) -> None:
    official = drafted(office)
    order = submitted(office, official)
    sign(office, "leader", order)
    clerk, known = seats.seat("clerk"), len(seats.complaints)
    clerk.goto(f"/officials/{official}")
    clerk.get_by_role("button", name="Rút bản trình ký", exact=True).click()
    asked = clerk.get_by_role("dialog")
    asked.get_by_label("Lý do").fill("Sửa số liệu Điều 2.")
    with clerk.expect_response(lambda answer: "/_way" in answer.url and "hx-refresh" in answer.headers):
        sign(office, "chair", order)
    expect(asked.get_by_label("Lý do")).to_have_value("Sửa số liệu Điều 2.")
    asked.get_by_role("button", name="Rút bản trình ký").click()
    expect(asked.get_by_role("alert")).to_contain_text("không ở bước ký")
    asked.get_by_role("button", name="Hủy bỏ").click()
    stands(clerk, "Đã ký, chờ cấp số")
    assert [each for each in seats.complaints[known:] if "409" not in each] == []


def test_a_number_kept_free_is_used_and_one_that_is_not_needed_stays_in_the_book(seats: Office, office: World) -> None:
    clerk, official, known = seats.seat("clerk"), signed(office), len(seats.complaints)
    for reason in ("Nghị quyết ký giấy", "Để dành"):
        clerk.goto("/registers")
        clerk.get_by_label("Loại văn bản").select_option(label="Nghị quyết")
        clerk.get_by_label("Lý do").fill(reason)
        confirm(clerk, "Giữ chỗ")
        told = clerk.get_by_text(re.compile(r"^Đã giữ số \d+ trong sổ này\.$"))
        expect(told).to_be_focused()
    last, before = (
        each.split()[0] for each in clerk.get_by_role("row").filter(has_text="Giữ chỗ").all_inner_texts()[:2]
    )
    expect(told).to_have_text(f"Đã giữ số {last} trong sổ này.")
    assert int(last) == int(before) + 1
    looked_at(clerk)
    clerk.goto(f"/officials/{official}")
    choice = clerk.get_by_label("Số", exact=True)
    wanted = choice.locator("option").filter(has_text="Nghị quyết ký giấy")
    choice.select_option(value=wanted.get_attribute("value"))
    looked_at(clerk)
    number = int(wanted.get_attribute("value") or 0)
    confirm(clerk, "Cấp số")
    stands(clerk, f"{number:02}/NQ-HĐND")
    clerk.goto(f"/registers/{COUNCIL}/{office.today.year}/resolution")
    expect(clerk.get_by_role("row").filter(has_text=f"{number:02}/NQ-HĐND")).to_contain_text("Đã cấp")
    spare = clerk.get_by_role("row").filter(has_text="Để dành")
    spare.get_by_text("Bỏ số này").click()
    spare.get_by_label("Lý do").fill("Không ban hành nữa.")
    looked_at(clerk)
    spare.get_by_role("button", name="Bỏ số", exact=True).click()
    clerk.get_by_role("dialog").get_by_role("button", name="Bỏ số", exact=True).click()
    given_up = clerk.get_by_role("row").filter(has_text="Không ban hành nữa.")
    expect(given_up).to_contain_text("Bỏ số")
    expect(given_up.get_by_text("Bỏ số này")).to_have_count(0)
    assert len(seats.complaints) == known


def test_what_was_issued_is_kept_recalled_updated_and_replaced(seats: Office, office: World) -> None:
    (first, _), (second, number), (third, _) = issued(office), issued(office), issued(office)
    clerk, receiver, known = seats.seat("clerk"), seats.seat("guest", PHONE), len(seats.complaints)
    clerk.goto(f"/officials/{second}")
    facts = clerk.get_by_role("region", name="Thông tin văn bản")
    dialog(clerk, "Đưa vào hồ sơ lưu", "Lưu hồ sơ", **{"Số, ký hiệu hồ sơ": "01.2026.H", "Thời hạn lưu": "20"})
    expect(facts).to_contain_text("01.2026.H · lưu 20 năm")
    dialog(clerk, "Đưa vào hồ sơ lưu", "Lưu hồ sơ", **{"Thời hạn lưu": ""})
    expect(facts).to_contain_text("lưu vĩnh viễn")
    for official, how, words in (
        (first, "Thay thế bằng văn bản khác", "Đã thay thế bằng văn bản khác"),
        (third, "Cập nhật bằng văn bản khác", "Đã cập nhật bằng văn bản khác"),
    ):
        clerk.goto(f"/officials/{official}")
        withdraw(clerk, how, number)
        expect(clerk.get_by_text(f"{words}. Lý do: Sai phụ lục.")).to_be_visible()
        expect(clerk.get_by_role("link", name=number)).to_be_visible()
        looked_at(clerk)
    clerk.get_by_role("link", name=number).click()
    withdraw(clerk, "Thu hồi", "")
    stands(clerk, "Đã thu hồi, thay thế")
    expect(clerk.get_by_role("button", name="Thu hồi, cập nhật hoặc thay thế")).to_have_count(0)
    receiver.goto("/incoming")
    expect(receiver.get_by_text("Nơi gửi đã thu hồi, thay thế")).to_have_count(3)
    looked_at(receiver)
    arrivals = office.client("guest").ok("GET", "/incoming")["incoming"]
    (arrived,) = [each["id"] for each in arrivals if each["official_id"] == first]
    receiver.goto(f"/incoming/{arrived}")
    told = "Nơi gửi đã thay thế văn bản này bằng văn bản khác. Lý do: Sai phụ lục."
    expect(receiver.get_by_text(told)).to_be_visible()
    looked_at(receiver)
    receiver.get_by_role("link", name=number).click()
    stands(receiver, "Đã thu hồi, thay thế")
    receiver.close()
    assert len(seats.complaints) == known


def withdraw(clerk: Page, how: str, successor: str) -> None:
    clerk.get_by_role("button", name="Thu hồi, cập nhật hoặc thay thế").click()
    asked = clerk.get_by_role("dialog")
    asked.get_by_role("radio", name=how, exact=True).check()
    if successor:
        option = asked.get_by_label("Văn bản thay cho văn bản này").locator("option").filter(has_text=successor)
        asked.get_by_label("Văn bản thay cho văn bản này").select_option(value=option.get_attribute("value"))
    asked.get_by_label("Lý do").fill("Sai phụ lục.")
    looked_at(clerk)
    asked.get_by_role("button", name="Thực hiện").click()


def test_what_was_altered_is_returned_and_what_holds_goes_to_a_person(
    seats: Office, office: World, authority: Authority
) -> None:
    official, number = issued(office)
    receiver, officer, known = seats.seat("guest", PHONE), seats.seat("officer"), len(seats.complaints)
    document = office.client("clerk").ok("GET", f"/officials/{official}")["official"]["described"]["document_id"]
    content = office.client("clerk").request("GET", f"/api/v1/documents/{document}/original").content
    receiver.goto("/incoming/new")
    receiver.wait_for_load_state("domcontentloaded")
    altered = fill(trusting(authority), content, {"number": "99"})
    file = {"name": "den.pdf", "mimeType": "application/pdf", "buffer": altered}
    receiver.locator("#incoming-file").set_input_files(file)  # type: ignore[arg-type]
    expect(receiver.get_by_label("Trích yếu")).to_be_focused()  # no file is taken before it is said what it is
    expect(receiver.get_by_text("den.pdf")).to_have_count(0)
    receiver.get_by_label("Cơ quan gửi").fill("Hội đồng nhân dân tỉnh")
    receiver.get_by_label("Trích yếu").fill("Bản đã bị sửa số")
    receiver.locator("#incoming-file").set_input_files(file)  # type: ignore[arg-type]
    expect(receiver.get_by_role("region", name="Kiểm tra chữ ký số")).to_contain_text("Chữ ký không hợp lệ")
    expect(receiver.get_by_text("không vào sổ được; hãy trả lại nơi gửi")).to_be_visible()
    expect(receiver.get_by_role("button", name="Vào sổ")).to_have_count(0)
    looked_at(receiver)
    dialog(receiver, "Trả lại nơi gửi", "Trả lại nơi gửi", **{"Lý do": "Nội dung bị sửa sau khi ký."})
    expect(receiver.get_by_text("Đã trả lại nơi gửi: Nội dung bị sửa sau khi ký.")).to_be_visible()
    expect(receiver.get_by_role("button", name="Xác nhận đã nhận với nơi gửi")).to_have_count(0)
    receiver.goto("/incoming?q=du+toan&show=received")
    receiver.get_by_role("link", name=number).click()
    receiver.get_by_role("button", name="Vào sổ").click()
    stands(receiver, "Đã vào sổ, chờ chuyển")
    receiver.get_by_label("Đơn vị xử lý").select_option(label="Phòng Văn hóa - Xã hội")
    receiver.get_by_label("Người xử lý").select_option(label="Chuyên viên Văn hóa")
    receiver.get_by_label("Ý kiến chỉ đạo").fill("Tham mưu trong tuần.")
    receiver.get_by_label("Hạn xử lý").fill(str(office.today))
    receiver.get_by_role("button", name="Chuyển văn bản").click()
    stands(receiver, "Đã chuyển xử lý")
    receiver.goto("/")
    receiver.get_by_role("link", name="Xác nhận đã nhận văn bản").click()
    receiver.get_by_role("button", name="Xác nhận đã nhận với nơi gửi").click()
    expect(receiver.get_by_role("region", name="Thông tin văn bản")).to_contain_text("Đã xác nhận nhận")
    receiver.goto("/")
    expect(receiver.get_by_role("link", name="Xác nhận đã nhận văn bản")).to_have_count(0)
    receiver.close()
    officer.goto("/")
    officer.get_by_role("link", name="Xử lý văn bản đến").click()
    expect(officer.get_by_role("region", name="Thông tin văn bản")).to_contain_text("Tham mưu trong tuần.")
    looked_at(officer)
    officer.close()
    assert len(seats.complaints) == known


def test_who_stands_in_signs_and_does_so_no_longer_once_it_is_taken_back(seats: Office, office: World) -> None:
    leader, ana, known = seats.seat("leader"), seats.seat("ana", PHONE), len(seats.complaints)
    order = submitted(office, drafted(office))
    leader.goto("/signing-delegations")
    leader.get_by_label("Người được ủy quyền").select_option(label="Đại biểu Ana")
    leader.get_by_label("Căn cứ ủy quyền").fill("Giấy ủy quyền số 05/GUQ-HĐND")
    leader.get_by_role("button", name="Ghi ủy quyền").click()
    given = leader.get_by_role("listitem").filter(has_text="Bạn ủy quyền cho Đại biểu Ana")
    expect(given).to_contain_text("Đang hiệu lực")
    ana.goto(f"/signing-orders/{order}")
    expect(ana.get_by_text("Bạn ký thay Lãnh đạo Thường trực theo Giấy ủy quyền số 05/GUQ-HĐND.")).to_be_visible()
    give_words(ana)
    ana.get_by_role("button", name="Ký nháy").click()
    expect(ana.get_by_role("region", name="Trình tự ký")).to_contain_text("ký thay Lãnh đạo Thường trực")
    looked_at(ana)
    given.get_by_text("Thu hồi ủy quyền").first.click()
    given.get_by_label("Lý do").fill("Đã về.")
    looked_at(leader)
    given.get_by_role("button", name="Thu hồi ủy quyền").click()
    expect(given).to_contain_text("Đã thu hồi")
    later = submitted(office, drafted(office))
    ana.goto("/signing-orders")
    expect(ana.get_by_text("Không có văn bản nào chờ bạn ký")).to_be_visible()
    ana.goto(f"/signing-orders/{later}")
    expect(ana.get_by_role("heading", level=1)).to_contain_text("Không tìm thấy")
    ana.close()
    assert [each for each in seats.complaints[known:] if "404" not in each] == []


def test_a_clerk_finds_a_document_by_the_keyboard_alone_and_the_address_says_how(seats: Office, office: World) -> None:
    clerk, known = seats.seat("clerk"), len(seats.complaints)
    drafted(office)
    clerk.goto("/officials?show=drafts")
    clerk.get_by_label("Trích yếu, số hoặc ký hiệu").focus()
    clerk.keyboard.type("du toan 2027")
    for key in ("Tab", "Tab", "Enter", "Tab"):
        clerk.keyboard.press(key)
    expect(clerk.get_by_label("Loại văn bản")).to_be_focused()
    clerk.get_by_label("Loại văn bản").select_option(label="Nghị quyết")
    clerk.get_by_label("Năm", exact=True).fill(str(office.today.year))
    looked_at(clerk)
    clerk.get_by_label("Năm", exact=True).press("Enter")
    clerk.wait_for_url("**/officials?show=drafts&q=du+toan+2027&kind=resolution**")
    expect(clerk.get_by_role("link", name="Dự thảo")).to_have_attribute("aria-current", "page")
    expect(clerk.get_by_role("link", name="Nghị quyết: Về dự toán ngân sách năm 2027").first).to_be_visible()
    clerk.get_by_role("link", name="Bỏ lọc").click()
    clerk.wait_for_url("**/officials?show=drafts")
    clerk.goto("/officials?q=khong+co+gi")
    expect(clerk.get_by_text("Không có văn bản nào theo điều kiện này")).to_be_visible()
    looked_at(clerk)
    for page in ("/incoming?due=soon&sender=bo+noi+vu", f"/registers?year={office.today.year}"):
        clerk.goto(page)
        looked_at(clerk)
    assert len(seats.complaints) == known
