"""What the pages' own scripts promise: nothing sent twice, nothing lost in silence, every problem said where it is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.people import Office, browser
from tests.files import pdf
from tests.world import COUNCIL, PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor")]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def admin(chromium: Browser, shared_world: World) -> Page:
    return Office(chromium, shared_world).seat("admin")


@pytest.fixture
def clerk(chromium: Browser, shared_world: World) -> Page:
    return Office(chromium, shared_world).seat("clerk")


@pytest.fixture
def chair(chromium: Browser, shared_world: World) -> Page:
    return Office(chromium, shared_world).seat("chair")


def fill_in(page: Page, name: str) -> None:
    page.goto("/people/new")
    page.get_by_label("Họ và tên").fill(name)


def add(page: Page) -> None:
    page.get_by_role("button", name="Thêm người").click()


@pytest.mark.parametrize("trouble", ["lost", "busy"])
def test_what_is_sent_again_carries_the_same_key_and_happens_once(
    admin: Page, shared_world: World, trouble: str
) -> None:
    name = f"Người gửi lại {trouble}"
    keys: list[str] = []

    def fail_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
        elif trouble == "busy":
            route.fulfill(status=503, headers={"Retry-After": "0"}, body="{}")
        else:
            # The server does the work, and its answer is lost on the way.
            route.fetch()
            route.abort()

    admin.route("**/api/v1/people", fail_the_first_answer)
    fill_in(admin, name)
    add(admin)
    expect(admin.get_by_role("heading", level=1)).to_have_text(name)
    assert len(keys) == 2 and len(set(keys)) == 1
    people = shared_world.client("admin").ok("GET", "/people")
    assert [each["full_name"] for each in people].count(name) == 1


def test_a_second_press_while_the_first_is_under_way_sends_nothing(admin: Page) -> None:
    sent: list[str] = []
    held: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route.request.url)
        held.append(route)

    admin.route("**/api/v1/people", hold)
    fill_in(admin, "Người bấm hai lần")
    with admin.expect_request("**/api/v1/people"):
        add(admin)
    button = admin.get_by_role("button", name="Thêm người")
    expect(button).to_have_attribute("aria-busy", "true")
    button.dispatch_event("click")
    held[0].continue_()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Người bấm hai lần")
    assert len(sent) == 1


def test_a_problem_takes_the_focus_and_stands_beside_its_field(admin: Page) -> None:
    fill_in(admin, "Người có lỗi")
    admin.get_by_label("Họ và tên").evaluate("field => field.removeAttribute('maxlength')")
    admin.get_by_label("Họ và tên").fill("x" * 200)
    add(admin)
    summary = admin.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Họ và tên")
    field = admin.get_by_label("Họ và tên")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(admin.locator("[data-field=full_name] .field-error")).to_contain_text("120")
    summary.get_by_role("link").click()
    expect(field).to_be_focused()
    assert field.input_value() == "x" * 200


def test_a_server_out_of_reach_is_said_and_nothing_typed_is_lost(admin: Page) -> None:
    admin.route("**/api/v1/people", lambda route: route.abort())
    fill_in(admin, "Người ngoại tuyến")
    admin.evaluate("Math.random = () => 0")
    add(admin)
    expect(admin.get_by_role("alert")).to_contain_text("Không kết nối được máy chủ")
    assert admin.get_by_label("Họ và tên").input_value() == "Người ngoại tuyến"


def test_an_act_that_asks_first_is_sent_only_when_confirmed(admin: Page, shared_world: World) -> None:
    sent: list[str] = []
    admin.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    admin.goto(f"/people/{shared_world.person('guest')}")
    withdrawal = admin.locator("form[data-api$='/roles/withdrawal'] button")
    withdrawal.click()
    question = admin.get_by_role("dialog").filter(has=admin.locator("#confirm-question"))
    expect(question.get_by_role("button", name="Hủy bỏ")).to_be_focused()
    admin.keyboard.press("Escape")
    expect(admin.locator("#confirm-question")).to_have_count(0)
    expect(withdrawal).to_be_visible()
    assert sent == []
    withdrawal.click()
    question.get_by_role("button").first.click()
    expect(withdrawal).to_have_count(0)
    assert len(sent) == 1


def test_where_the_script_does_not_arrive_a_password_goes_nowhere(chromium: Browser, shared_world: World) -> None:
    page = chromium.new_page(base_url=shared_world.addresses()[0], locale="vi-VN")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.route("**/forms.js*", lambda route: route.abort())
    page.goto("/")
    page.get_by_label("Tên đăng nhập").fill("admin")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mật khẩu", exact=True)).to_have_value(PASSWORD)
    page.goto("/live")
    assert addresses and not any("password=" in each for each in addresses)


def test_a_file_that_is_chosen_before_the_page_can_take_it_is_taken(clerk: Page, shared_world: World) -> None:
    meeting = plan(shared_world, "Cuộc họp có tài liệu đến sớm")
    held: list[Route] = []
    clerk.route("**/upload.js*", lambda route: held.append(route))
    with clerk.expect_request("**/upload.js*"):
        clerk.goto(f"/meetings/{meeting}", wait_until="commit")
    early = {"name": "Tờ trình sớm.pdf", "mimeType": "application/pdf", "buffer": pdf("Tờ trình")}
    clerk.locator("#documents input[type=file]").set_input_files(early)  # type: ignore[arg-type]
    held[0].continue_()
    expect(clerk.get_by_role("link", name="Tờ trình sớm")).to_be_visible()


def test_each_file_meets_its_own_fate(clerk: Page, shared_world: World) -> None:
    meeting = plan(shared_world, "Cuộc họp có tài liệu")
    clerk.goto(f"/meetings/{meeting}")
    clerk.locator("[data-upload] input[type=file]").set_input_files(
        [
            {"name": "Tờ trình số 1.pdf", "mimeType": "application/pdf", "buffer": pdf("Tờ trình")},
            {"name": "chương-trình.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ" + b"\0" * 2000},
        ]
    )
    fates = clerk.locator(".upload-list > li")
    expect(fates.nth(0).locator(".upload-fate")).to_have_text("Đã tải lên")
    expect(fates.nth(1).locator(".upload-fate")).to_have_attribute("data-tone", "bad")
    expect(fates.nth(1).locator(".upload-fate")).not_to_be_empty()


def test_a_lost_line_is_said_and_what_was_missed_is_shown_afterwards(chair: Page, shared_world: World) -> None:
    meeting = plan(shared_world, "Cuộc họp theo dõi")
    chair.route("**/stream?*", lambda route: route.abort())
    chair.goto(f"/meetings/{meeting}")
    banner = chair.locator("#connection")
    expect(banner).to_be_visible()
    item = {"title": "Nội dung thêm khi mất kết nối", "minutes": 10}
    shared_world.client("clerk").ok("POST", f"/meetings/{meeting}/agenda", item)
    expect(chair.get_by_text("Nội dung thêm khi mất kết nối")).to_have_count(0)
    chair.unroute("**/stream?*")
    expect(banner).to_be_hidden()
    expect(chair.get_by_text("Nội dung thêm khi mất kết nối").first).to_be_visible()


def plan(world: World, title: str) -> str:
    meeting = world.client("clerk").ok(
        "POST",
        "/meetings",
        {
            "body_id": str(COUNCIL),
            "kind": "session_regular",
            "title": title,
            "place": "Hội trường A",
            "starts_at": f"{world.today}T23:00:00+07:00",
            "ends_at": f"{world.today}T23:59:00+07:00",
            "presiding_officer_id": world.person("chair"),
            "minute_taker_id": world.person("clerk"),
        },
    )
    return str(meeting["id"])


def test_what_was_written_and_not_sent_is_not_left_unasked(clerk: Page) -> None:
    asked: list[str] = []
    clerk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    clerk.goto("/opinion-forms/new")
    question = clerk.get_by_label("Câu hỏi")
    question.fill("Đồng chí có tán thành dự thảo không?")
    home = clerk.get_by_role("link", name="Trang chủ")
    home.click()
    expect(question).to_have_value("Đồng chí có tán thành dự thảo không?")
    assert asked == ["beforeunload"]
    question.fill("")
    home.click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("Kính chào")
