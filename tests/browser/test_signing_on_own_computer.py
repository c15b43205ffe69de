"""Signing with a key in one's own computer, as leader, chair and clerk do it: by hand, and by the VGCA plug-in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.signing.messages import Act
from tests.browser.people import PHONE, Office, browser
from tests.browser.test_official import confirm, looked_at, stands
from tests.scenario.test_official import authority, drafted, equipped, submitted
from tests.scenario.test_signing_agent import Agent
from tests.signing.authority import Authority
from tests.signing.fake_vgca_agent import FakeVgcaAgent, serving
from tests.world import COUNCIL, PASSWORD, World

__all__ = ["authority"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    """The leader and the agency have their keys in tokens at home; the chair has one here and one there."""
    folder = tmp_path_factory.mktemp("office")
    world = equipped(folder, authority, signing_agent="vgca")
    keys, agency = folder / "signing-keys", f"agency-{COUNCIL}"
    for name, label in (("leader", "deputy"), ("chair", "chair"), (agency, "agency")):
        (keys / f"{name}.cer").write_bytes(authority.certificate(label))
    for name in ("leader", agency):
        (keys / f"{name}.p12").unlink()
    yield world
    world.close()


@pytest.fixture(scope="module")
def plug_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeVgcaAgent]:
    with serving(tmp_path_factory.mktemp("plug-in")) as plug_in:
        yield plug_in


@pytest.fixture(scope="module")
def seats(office: World, plug_in: FakeVgcaAgent) -> Iterator[Office]:
    with browser(*plug_in.browser_arguments()) as chromium:
        yield Office(chromium, office)


class Token:
    """Somebody's token with a desktop program that signs one field."""

    def __init__(self, office: World, authority: Authority, label: str) -> None:
        self._agent = Agent(office, authority, label)

    def signed(self, document: bytes, field: str, act: Act) -> bytes:
        """In a thread of its own, for the browser's driver has its loop in this one."""
        with ThreadPoolExecutor(1) as desk:
            return desk.submit(self._agent.signed, document, field, act, last=act is Act.seal).result()


def ask(page: Page, button: str) -> None:
    own = page.locator("#own-way")
    own.get_by_label("Mật khẩu đăng nhập của bạn").fill(PASSWORD)
    own.get_by_role("button", name=button).click()


def downloaded(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải tệp cần ký").click()
    return Path(download.value.path()).read_bytes()


def choose(page: Page, content: bytes) -> None:
    file = {"name": "da-ky.pdf", "mimeType": "application/pdf", "buffer": content}
    page.get_by_label("Chọn tệp đã ký").set_input_files(file)  # type: ignore[arg-type]


def drop(page: Page, content: bytes) -> None:
    carried = page.evaluate_handle(
        """bytes => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], "da-ky.pdf", { type: "application/pdf" }));
          return carried;
        }""",
        list(content),
    )
    page.locator("#own-drop").dispatch_event("drop", {"dataTransfer": carried})


def test_a_resolution_is_initialled_signed_and_sealed_by_hand(
    seats: Office, office: World, authority: Authority
) -> None:
    official = drafted(office)
    order = submitted(office, official)
    before = len(seats.complaints)
    initial_by_hand(seats.seat("leader"), Token(office, authority, "deputy"), order)
    sign_by_hand(seats.seat("chair", PHONE), Token(office, authority, "chair"), order)
    clerk = seats.seat("clerk")
    seal_by_hand(clerk, Token(office, authority, "agency"), official)
    confirm(clerk, "Phát hành văn bản")
    stands(clerk, "Đã phát hành")
    office.settle()
    incoming = office.client("guest").ok("GET", "/incoming")["incoming"]
    (arrived,) = [each for each in incoming if each["official_id"] == official]
    assert (arrived["verdict"], len(arrived["signers"])) == ("valid", 3)
    (refused,) = set(seats.complaints[before:])  # of one address, whose refusal a browser may tell of twice
    assert "422" in refused


def initial_by_hand(leader: Page, token: Token, order: str) -> None:
    leader.goto(f"/signing-orders/{order}")
    expect(leader.get_by_label("Mã PIN của khóa ký")).to_have_count(0)
    ask(leader, "Lấy tệp để ký")
    expect(leader.get_by_role("timer")).to_contain_text("Còn 29 phút")
    document = downloaded(leader)
    expect(leader.get_by_text("initial-1")).to_be_visible()
    choose(leader, document)
    problem = leader.locator("#own-problem")
    expect(problem).to_contain_text("chưa có chữ ký nào")
    choose(leader, b"%PDF-1.7 other" + document)
    expect(problem).to_contain_text("không phải tệp vừa tải")
    looked_at(leader)
    choose(leader, token.signed(document, "sign-1", Act.initial))
    expect(problem).to_contain_text("không nằm ở ô ký dành cho người ký")
    looked_at(leader)
    leader.get_by_role("button", name="Xin địa chỉ mới").click()
    ask(leader, "Lấy tệp để ký")
    drop(leader, token.signed(downloaded(leader), "initial-1", Act.initial))
    expect(leader.get_by_role("region", name="Trình tự ký")).to_contain_text("phần mềm ký trên máy")


def sign_by_hand(chair: Page, token: Token, order: str) -> None:
    """With a key here as well, that way comes first."""
    chair.goto(f"/signing-orders/{order}")
    ways = chair.get_by_role("heading", level=3).filter(has_text="Ký bằng")
    expect(ways).to_have_text(["Ký bằng khóa của bạn trên hệ thống", "Ký bằng phần mềm trên máy này"])
    ask(chair, "Lấy tệp để ký")
    document = downloaded(chair)
    expect(chair.get_by_text("sign-1")).to_be_visible()
    looked_at(chair)
    choose(chair, token.signed(document, "sign-1", Act.sign))
    stands(chair, "Đã đủ chữ ký")


def seal_by_hand(clerk: Page, token: Token, official: str) -> None:
    clerk.goto(f"/officials/{official}")
    confirm(clerk, "Cấp số")
    clerk.get_by_role("button", name="Chuẩn bị đóng dấu").click()
    clerk.get_by_role("link", name="Xem và đóng dấu").click()
    expect(clerk.get_by_role("button", name="Ký bằng phần mềm VGCA")).to_have_count(0)
    ask(clerk, "Lấy tệp để ký")
    choose(clerk, token.signed(downloaded(clerk), "seal-1", Act.seal))
    stands(clerk, "Đã đóng dấu")
    clerk.get_by_role("link", name="Mở trang văn bản").click()


def test_whoever_takes_too_long_is_told_so_in_time_and_asks_anew(seats: Office, office: World) -> None:
    order = submitted(office, drafted(office))
    leader = seats.seat("leader")
    leader.clock.install()
    leader.goto(f"/signing-orders/{order}")
    ask(leader, "Lấy tệp để ký")
    downloaded(leader)
    leader.clock.fast_forward("20:30")
    expect(leader.locator("#announcer")).to_have_text("Còn 10 phút để nộp tệp đã ký.")
    leader.clock.fast_forward("10:00")
    expect(leader.locator("#own-problem")).to_contain_text("Đã hết giờ ký")
    expect(leader.get_by_role("button", name="Tải tệp cần ký")).to_be_hidden()
    leader.get_by_role("button", name="Xin địa chỉ mới").click()
    ask(leader, "Lấy tệp để ký")
    expect(leader.get_by_role("timer")).to_contain_text("Còn 29 phút")


def test_a_leader_signs_by_the_plug_in_and_the_order_goes_on(
    seats: Office, office: World, authority: Authority, plug_in: FakeVgcaAgent
) -> None:
    order = submitted(office, drafted(office))
    leader, token = seats.seat("leader"), Token(office, authority, "deputy")
    before = len(seats.complaints)
    leader.goto(f"/signing-orders/{order}")
    problem = leader.locator("#own-problem")
    plug_in.signs = None
    ask(leader, "Ký bằng phần mềm VGCA")
    expect(problem).to_contain_text("Phần mềm VGCA báo: Người dùng đã huỷ.")
    plug_in.signs = lambda document: token.signed(document, "sign-1", Act.initial)
    leader.get_by_role("button", name="Xin địa chỉ mới").click()
    ask(leader, "Ký bằng phần mềm VGCA")
    expect(problem).to_contain_text("không nằm ở ô ký dành cho người ký")
    looked_at(leader)
    plug_in.signs = lambda document: token.signed(document, "initial-1", Act.initial)
    leader.get_by_role("button", name="Xin địa chỉ mới").click()
    ask(leader, "Ký bằng phần mềm VGCA")
    expect(leader.get_by_role("region", name="Trình tự ký")).to_contain_text("phần mềm ký trên máy")
    chair = seats.seat("chair")
    chair.goto(f"/signing-orders/{order}")
    expect(chair.get_by_role("heading", name="Ký ban hành")).to_be_visible()
    assert set(plug_in.asked[-1]) == {"FileUploadHandler", "SessionId", "JWTToken", "FileName"}
    assert plug_in.origins[-1] == office.url
    assert seats.complaints[before:] == []


def test_a_leader_whose_plug_in_does_not_answer_is_told_what_to_do(
    seats: Office, office: World, plug_in: FakeVgcaAgent
) -> None:
    order = submitted(office, drafted(office))
    leader, plug_in.away = seats.seat("leader"), True
    leader.goto(f"/signing-orders/{order}")
    ask(leader, "Ký bằng phần mềm VGCA")
    expect(leader.locator("#own-problem")).to_contain_text("Không gọi được phần mềm VGCA trên máy này")
    leader.get_by_role("button", name="Xin địa chỉ mới").click()
    ask(leader, "Lấy tệp để ký")
    assert downloaded(leader).startswith(b"%PDF")
    plug_in.away = False
