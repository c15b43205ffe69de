"""Electronic copies through the JSON API: of an issued resolution, of what arrived, of scanned paper."""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.scenario.test_official import KEYS, act, arrives, authority, drafted, equipped, sign, submitted
from tests.signing.authority import Authority
from tests.signing.papers import picture, resolution, scan
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, World

__all__ = ["authority"]
WISH: dict[str, Any] = {
    "form": "true_copy",
    "body_symbol": "HĐND",
    "purpose": "Để các đơn vị thực hiện",
    "ordered_by": str(ids("chair")),
    "recipients": [{"name": "Ủy ban nhân dân", "unit_id": str(COMMITTEE)}, {"name": "Sở Tài chính"}],
}
EXTRACT = {**WISH, "form": "extract", "pages": "1", "part": "Điều 1"}
PAPER = {"issuer": "Bộ Nội vụ", "summary": "Về biên chế năm 2027", "symbol": "120/BNV-VP"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("office")
    world = equipped(folder, authority)
    (folder / "signing-keys" / f"agency-{COMMITTEE}.p12").write_bytes(authority.pkcs12(KEYS["chair"]).read_bytes())
    yield world
    world.close()


@pytest.fixture(scope="module")
def issued(office: World) -> str:
    return issue(office)


def issue(office: World) -> str:
    """A resolution that the committee has received."""
    clerk, official = office.client("clerk"), drafted(office)
    order = submitted(office, official)
    sign(office, "leader", order)
    sign(office, "chair", order)
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    seal = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    sign(office, "clerk", seal)
    clerk.ok("POST", f"/officials/{official}/issue")
    office.settle()
    return official


def seal(office: World, copy: str, login: str = "clerk") -> dict[str, Any]:
    """The copy with its number."""
    clerk = office.client(login)
    sign(office, login, clerk.ok("GET", f"/copies/{copy}")["order_id"])
    return dict(clerk.ok("GET", f"/copies/{copy}"))


def file_of(office: World, login: str, copy: str) -> bytes:
    return office.client(login).request("GET", f"/api/v1/documents/{copy}/original").content


def uploaded(office: World, content: bytes) -> str:
    headers = {"X-File-Name": "quet.pdf"}
    scanned = office.client("clerk").ok("PUT", f"/bodies/{COUNCIL}/scans", content=content, headers=headers)
    return str(scanned["id"])


def test_a_true_copy_is_sealed_numbered_and_received_as_what_it_is(office: World, issued: str) -> None:
    clerk, receiver = office.client("clerk"), office.client("guest")
    copy = clerk.ok("POST", f"/officials/{issued}/copies", WISH)["id"]
    office.settle()
    assert clerk.refused("POST", f"/copies/{copy}/issue") == (409, "copy_not_sealed")
    sealed = seal(office, copy)
    assert (sealed["stage"], sealed["symbol"]) == ("numbered", "SY-HĐND")
    assert receiver.refused("GET", f"/copies/{copy}") == (404, "not_found")
    assert f'href="/copies/{copy}"' in clerk.get("/").text, "it waits to be issued"
    clerk.ok("POST", f"/copies/{copy}/issue")
    office.settle()
    arrived = next(each for each in receiver.ok("GET", "/incoming")["incoming"] if each["document_id"] == copy)
    assert (arrived["symbol"], arrived["verdict"]) == (f"{sealed['number']:02}/SY-HĐND", "valid")
    original = receiver.ok("GET", f"/copies/{copy}")["described"]["original"]
    resolved = clerk.ok("GET", f"/officials/{issued}")["official"]
    assert (original["sha256"], original["symbol"]) == (resolved["sha256"], f"{resolved['number']:02}/NQ-HĐND")
    assert original["signers"] == ["Phó Chủ tịch Mẫu", "Chủ tịch Mẫu", "HĐND thành phố Thử Nghiệm"]
    assert office.client("officer").refused("GET", f"/copies/{copy}") == (404, "not_found")


def test_the_check_of_a_copys_file_says_what_it_is_a_copy_of(office: World, issued: str) -> None:
    copy = office.client("clerk").ok("POST", f"/officials/{issued}/copies", WISH)["id"]
    office.settle()
    sealed = seal(office, copy)
    content = file_of(office, "clerk", copy)
    assert hashlib.sha256(content).hexdigest() == sealed["sha256"]
    report = office.client("ana").ok("POST", "/signature-checks", content=content)
    assert (report["code"], len(report["signatures"])) == ("valid", 1)
    number = f"{sealed['number']:02}/SY-HĐND"
    assert re.fullmatch(rf"Bản sao y số {number} của Hội đồng nhân dân .*, sao từ \d+/NQ-HĐND\.", report["copy_of"])
    assert office.client("ana").ok("POST", "/signature-checks", content=resolution())["copy_of"] == ""


def test_an_extract_has_its_pages_alone_and_the_next_number_of_the_same_register(office: World, issued: str) -> None:
    clerk = office.client("clerk")
    path = f"/officials/{issued}/copies"
    for wish, code in (
        ({**EXTRACT, "pages": ""}, "extract_unclear"),
        ({**EXTRACT, "part": ""}, "extract_unclear"),
        ({**WISH, "pages": "1"}, "extract_unclear"),
        ({**EXTRACT, "pages": "một"}, "bad_pages"),
        ({**EXTRACT, "pages": "0"}, "bad_pages"),
        ({**EXTRACT, "pages": "2-3"}, "page_not_found"),
        ({**WISH, "form": "duplicate"}, "form_wants_true_copy"),
        ({**WISH, "ordered_by": str(ids("nobody"))}, "no_such_person"),
        ({**WISH, "recipients": [{"name": "?", "unit_id": str(ids("nowhere"))}]}, "no_such_unit"),
    ):
        assert clerk.refused("POST", path, wish) == (422, code)
    copy = clerk.ok("POST", path, EXTRACT)["id"]
    office.settle()
    sealed = seal(office, copy)
    assert sealed["symbol"] == "TrS-HĐND"
    assert len(PdfReader(BytesIO(file_of(office, "clerk", copy))).pages) == 1
    book = clerk.ok("GET", f"/registers/{COUNCIL}/{office.today.year}/copies")
    entries = book["entries"] if isinstance(book, dict) else book
    numbers = sorted((each["number"], each["symbol"]) for each in entries)
    assert [number for number, _ in numbers] == list(range(1, len(numbers) + 1))
    assert numbers[-1] == (sealed["number"], "TrS-HĐND")
    page = clerk.get(f"/registers/{COUNCIL}/{office.today.year}/copies").text
    assert f"/copies/{copy}" in page and "Sổ đăng ký bản sao" in page


def test_only_the_clerk_of_the_body_copies_and_only_here(office: World, issued: str) -> None:
    for login, status in (("leader", 403), ("chair", 403), ("guest", 403), ("officer", 404)):
        assert office.client(login).refused("POST", f"/officials/{issued}/copies", WISH)[0] == status
    copy = office.client("clerk").ok("POST", f"/officials/{issued}/copies", WISH)["id"]
    office.settle()
    order = office.client("clerk").ok("GET", f"/copies/{copy}")["order_id"]
    asked = {key: each for key, each in act(office, "clerk", order).items() if key != "pin"}
    path = f"/signing-orders/{order}/agent-addresses"
    assert office.client("clerk").refused("POST", path, asked) == (409, "mark_made_here")
    office.client("clerk").ok("POST", f"/signing-orders/{order}/refusal", {"reason": "Chọn nhầm nơi nhận."})
    office.settle()
    declined = office.client("clerk").ok("GET", f"/copies/{copy}")
    assert (declined["stage"], declined["reason"], declined["number"]) == ("declined", "Chọn nhầm nơi nhận.", None)


def test_a_withdrawn_document_is_not_copied_and_its_copies_say_so(office: World) -> None:
    clerk, official = office.client("clerk"), drafted(office)
    assert clerk.refused("POST", f"/officials/{official}/copies", WISH) == (409, "not_issued")
    official = issue(office)
    copy = clerk.ok("POST", f"/officials/{official}/copies", WISH)["id"]
    office.settle()
    clerk.ok("POST", f"/officials/{official}/withdrawal", {"how": "recalled", "reason": "Sai thẩm quyền."})
    assert clerk.refused("POST", f"/officials/{official}/copies", WISH) == (409, "original_withdrawn")
    assert "Văn bản gốc đã được thu hồi hoặc thay thế" in clerk.get(f"/copies/{copy}").text


def test_what_arrived_as_a_true_copy_is_copied_on_as_a_duplicate(office: World, issued: str) -> None:
    clerk, receiver = office.client("clerk"), office.client("guest")
    copy = clerk.ok("POST", f"/officials/{issued}/copies", WISH)["id"]
    office.settle()
    number = seal(office, copy)["number"]
    clerk.ok("POST", f"/copies/{copy}/issue")
    office.settle()
    arrived = next(each for each in receiver.ok("GET", "/incoming")["incoming"] if each["document_id"] == copy)
    path, wish = f"/incoming/{arrived['id']}/copies", {**WISH, "body_symbol": "UBND", "recipients": []}
    assert receiver.refused("POST", path, {**wish, "form": "duplicate"}) == (409, "original_not_registered")
    receiver.ok("POST", f"/incoming/{arrived['id']}/registration")
    office.settle()
    assert receiver.refused("POST", path, wish) == (422, "form_wants_original")
    duplicate = receiver.ok("POST", path, {**wish, "form": "duplicate"})["id"]
    office.settle()
    sealed = seal(office, duplicate, "guest")
    assert (sealed["symbol"], sealed["number"]) == ("SL-UBND", 1)
    original = sealed["described"]["original"]
    assert (original["symbol"], original["form"]) == (f"{number:02}/SY-HĐND", "true_copy")
    assert "Xem bản sao và bản gốc" in receiver.get(f"/incoming/{arrived['id']}").text


def test_what_arrived_from_elsewhere_unsigned_or_broken(office: World) -> None:
    receiver, wish = office.client("guest"), {**WISH, "recipients": []}
    arrived = arrives(office, resolution())
    assert receiver.refused("POST", f"/incoming/{arrived}/copies", wish) == (409, "original_not_registered")
    receiver.ok("POST", f"/incoming/{arrived}/registration")
    office.settle()
    made = receiver.ok("POST", f"/incoming/{arrived}/copies", {**wish, "form": "duplicate"})["id"]
    assert receiver.ok("GET", f"/copies/{made}")["described"]["original"]["form"] == "true_copy", "as the clerk says"


def test_paper_is_scanned_checked_and_copied(office: World) -> None:
    clerk, path = office.client("clerk"), f"/bodies/{COUNCIL}/copies"
    good = uploaded(office, scan())
    copy = clerk.ok("POST", path, {**WISH, **PAPER, "scan_id": good})["id"]
    office.settle()
    sealed = seal(office, copy)
    assert sealed["described"]["flaws"] == []
    content = file_of(office, "clerk", copy)
    assert content[:8] >= b"%PDF-1.4"
    clerk.ok("POST", f"/copies/{copy}/issue")
    office.settle()
    receiver = office.client("guest")
    assert receiver.request("GET", f"/api/v1/documents/{copy}/original").status_code == 200
    assert receiver.request("GET", f"/api/v1/documents/{good}/original").status_code == 404, "the scan stays here"
    assert clerk.request("GET", f"/api/v1/documents/{good}/original").status_code == 200


def test_a_scan_that_falls_short_is_refused_or_taken_with_eyes_open(office: World) -> None:
    clerk, path = office.client("clerk"), f"/bodies/{COUNCIL}/copies"
    headers = {"X-File-Name": "quet.pdf"}
    for content, code in (
        (resolution(), "not_a_scan"),
        (scan().replace(b"%PDF-1.4", b"%PDF-1.3"), "scan_too_old"),
    ):
        assert clerk.refused("PUT", f"/bodies/{COUNCIL}/scans", content=content, headers=headers) == (422, code)
    image = {"X-File-Name": "quet.png"}
    path_of_scans = f"/bodies/{COUNCIL}/scans"
    assert clerk.refused("PUT", path_of_scans, content=picture(), headers=image) == (422, "not_a_pdf")
    poor = uploaded(office, scan("L", 100))
    assert "độ phân giải dưới 200 dpi" in clerk.get(f"/copies/new?body={COUNCIL}&scan={poor}").text
    wish = {**WISH, **PAPER, "scan_id": poor}
    assert clerk.refused("POST", path, wish) == (409, "scan_flawed")
    copy = clerk.ok("POST", path, {**wish, "accepts_flaws": True})["id"]
    assert clerk.ok("GET", f"/copies/{copy}")["described"]["flaws"] == ["not_colour", "too_coarse"]
    unknown = {**wish, "scan_id": str(ids("somebody's scan"))}
    assert clerk.refused("POST", path, unknown) == (422, "no_such_document")


def test_a_copy_asked_for_twice_is_made_once(office: World, issued: str) -> None:
    clerk = office.client("clerk")
    headers = {"Idempotency-Key": str(ids("copied twice"))}
    made = {clerk.ok("POST", f"/officials/{issued}/copies", WISH, headers=headers)["id"] for _ in range(2)}
    assert len(made) == 1
    office.settle()
    assert [each["id"] for each in clerk.ok("GET", f"/copies?of={issued}")["copies"]].count(made.pop()) == 1
