"""An administrator sets up a ward through the gateway: units, people, mandates, roles, accounts, and a list."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from gateway.people_import.columns import EXAMPLE, HEADERS
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, CULTURE, World

NEW_UNIT = {
    "name": "Ban Kinh tế - Ngân sách",
    "short_name": "Ban KTNS",
    "kind": "council_committee",
    "tier": "commune_level",
    "parent_id": str(COUNCIL),
    "valid_from": "2026-01-01",
}
BODY = "Hội đồng nhân dân phường Thử Nghiệm"


@pytest.fixture(scope="module")
def admin(shared_world: World) -> Any:
    return shared_world.client("admin")


def as_csv(*rows: tuple[str, ...], header: tuple[str, ...] = HEADERS, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue()


def line(name: str, **cells: str) -> tuple[str, ...]:
    given = {"Họ và tên": name, **{key.replace("_", " "): value for key, value in cells.items()}}
    return tuple(given.get(column, "") for column in HEADERS)


def preview(admin: Any, file: bytes | str) -> Any:
    content = file.encode() if isinstance(file, str) else file
    answer = admin.post("/api/v1/people/import/preview", content=content, headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused_file(admin: Any, file: bytes) -> tuple[int, str]:
    answer = admin.post("/api/v1/people/import/preview", content=file, headers={"content-type": "text/csv"})
    return answer.status_code, answer.json()["code"]


def test_a_unit_is_founded_renamed_given_rules_and_dissolved_into_its_successor(admin: Any) -> None:
    old = admin.ok("POST", "/units", NEW_UNIT)["id"]
    admin.ok("POST", f"/units/{old}/name", {"name": "Ban Kinh tế", "short_name": "Ban KT"})
    rules = {
        "seats": 5,
        "seats_source": "Nghị quyết bầu Ban",
        "notice_days_regular": 3,
        "notice_days_urgent": 1,
        "notice_in_working_days": False,
    }
    admin.ok("POST", f"/units/{old}/rules", {"rules": rules})
    new = admin.ok("POST", "/units", {**NEW_UNIT, "name": "Ban Kinh tế mới", "valid_from": "2026-07-01"})["id"]
    end = {"valid_to": "2026-06-30", "successor_ids": [new], "legal_basis": "Nghị quyết 05/NQ-HĐND"}
    admin.ok("POST", f"/units/{old}/dissolution", end)
    shown = admin.ok("GET", f"/units/{old}")
    assert (shown["name"], shown["rules"]["seats"], shown["successor_ids"]) == ("Ban Kinh tế", 5, [new])
    assert admin.ok("GET", f"/units/{new}")["predecessor_ids"] == [old]
    assert old in {each["id"] for each in admin.ok("GET", "/units?on=2026-06-30")}
    assert old not in {each["id"] for each in admin.ok("GET", "/units?on=2026-07-01")}
    refused = admin.refused("POST", f"/units/{old}/name", {"name": "X", "short_name": "X"})
    assert refused == (409, "unit_dissolved")


def test_a_person_gets_mandate_role_and_account(shared_world: World, admin: Any) -> None:
    person = admin.ok("POST", "/people", {"full_name": "Phạm Thị Hoa", "unit_id": str(CULTURE)})["id"]
    mandate = admin.ok(
        "POST", f"/people/{person}/mandates", {"body_id": str(COUNCIL), "title": "Đại biểu", "valid_from": "2026-01-01"}
    )["id"]
    admin.ok("POST", f"/people/{person}/roles", {"role": "delegate", "unit_id": str(COUNCIL)})
    admin.ok("POST", f"/people/{person}/account", {"login": "hoa.pham"})
    shown = admin.ok("GET", f"/people/{person}")
    assert shown["login"] == "hoa.pham" and shown["unit_name"] == "Phòng Văn hóa - Xã hội"
    assert [each["title"] for each in shown["mandates"]] == ["Đại biểu"]
    members = admin.ok("GET", f"/units/{COUNCIL}/members")
    assert person in {each["person_id"] for each in members}
    admin.ok(
        "POST", f"/people/{person}/mandates/{mandate}/end", {"valid_to": "2026-02-28", "reason": "Chuyển công tác"}
    )
    assert person not in {each["person_id"] for each in admin.ok("GET", f"/units/{COUNCIL}/members")}
    assert person in {each["person_id"] for each in admin.ok("GET", f"/units/{COUNCIL}/members?on=2026-02-28")}
    overlap = {"body_id": str(COUNCIL), "valid_from": "2026-02-28"}
    assert admin.refused("POST", f"/people/{person}/mandates", overlap) == (409, "mandate_overlaps")
    taken = admin.refused("POST", f"/people/{shared_world.person('outsider')}/account", {"login": "hoa.pham"})
    assert taken == (409, "account_open")


def test_people_are_found_with_or_without_accents(admin: Any) -> None:
    def found(query: str) -> list[str]:
        return [each["full_name"] for each in admin.ok("GET", "/people", params={"q": query})]

    assert found("van thu") == found("Văn thư") == ["Văn thư Hội đồng"]
    assert found("khong ai ca") == []
    assert len(admin.ok("GET", "/people?role=delegate")) >= 7


def test_contacts_are_shown_to_those_who_need_them(shared_world: World, admin: Any) -> None:
    person = admin.ok("POST", "/people", {"full_name": "Đỗ Kín", "phone": "0912345678"})["id"]
    assert admin.ok("GET", f"/people/{person}")["phone"] == "0912345678"
    assert shared_world.client("clerk").ok("GET", f"/people/{person}")["phone"] == "0912345678"
    assert shared_world.client("ana").ok("GET", f"/people/{person}")["phone"] is None
    assert shared_world.client("ana").ok("GET", f"/people/{ids('ana')}")["login"] == "ana"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/units", NEW_UNIT),
        ("/people", {"full_name": "Ai đó"}),
        (f"/people/{ids('ana')}/roles", {"role": "administrator"}),
        (f"/people/{ids('ben')}/account/code", None),
        (f"/people/{ids('ben')}/account/closure", {"reason": "Thử"}),
        ("/people/import", {"token": "x"}),
    ],
)
@pytest.mark.parametrize("login", ["ana", "clerk", "chair", "auditor", "leader"])
def test_only_administrators_change_the_directory(shared_world: World, login: str, path: str, body: Any) -> None:
    assert shared_world.client(login).refused("POST", path, body) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"/units/{ids('nowhere')}/name", {"name": "A", "short_name": "A"}, (404, "not_found")),
        (f"/people/{ids('nobody')}/roles", {"role": "leader"}, (404, "not_found")),
        (f"/people/{ids('ana')}/roles", {"role": "king"}, (422, "invalid")),
        (f"/people/{ids('ana')}/roles", {"role": "leader", "unit_id": str(ids("nowhere"))}, (422, "unknown_unit")),
        ("/people", {"full_name": " "}, (422, "invalid")),
        ("/people", {"full_name": "An", "email": "không phải"}, (422, "invalid")),
        ("/people", {"full_name": "An", "salary": 1}, (422, "invalid")),
        ("/units", {**NEW_UNIT, "valid_from": "31/12/2026"}, (422, "invalid")),
        ("/units", {**NEW_UNIT, "valid_from": 0}, (422, "invalid")),
        ("/units", {**NEW_UNIT, "valid_from": "20261231"}, (422, "invalid")),
        ("/units", {**NEW_UNIT, "parent_id": str(ids("nowhere"))}, (422, "unknown_unit")),
        ("/units", {**NEW_UNIT, "valid_from": "1990-01-01"}, (422, "parent_not_valid")),
        (f"/people/{ids('ana')}/mandates", {"body_id": str(CULTURE), "valid_from": "2026-01-01"}, (422, "not_a_body")),
        (f"/people/{ids('ana')}/account", {"login": "Có Dấu"}, (422, "invalid")),
        (
            f"/people/{ids('ana')}/mandates/{ids('x')}/end",
            {"valid_to": "2026-01-01", "reason": "x"},
            (404, "unknown_mandate"),
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(admin: Any, path: str, body: Any, expected: Any) -> None:
    assert admin.refused("POST", path, body) == expected


def test_the_preview_tells_every_row_its_fate_and_writes_nothing(shared_world: World, admin: Any) -> None:
    before = shared_world.embedded.store.wait(0, 0)
    shown = preview(
        admin,
        as_csv(
            line("Bùi Thị Mới", Đơn_vị="Phòng VHXH", Vai_trò="Chuyên viên", Tên_đăng_nhập="moi.bui"),
            line("Chuyên viên Văn hóa", Đơn_vị="Phòng VHXH"),
            line("", Đơn_vị="Phòng VHXH"),
            line("Sai Thư", Thư_điện_tử="sai@thư"),
            line("Sai Số", Điện_thoại="gọi tôi"),
            line("Sai Ngày", Cơ_quan_có_nhiệm_kỳ=BODY, Từ_ngày="31/02/2026"),
            line("Sai Đơn Vị", Đơn_vị="Phòng Không Có"),
            line("Sai Vai Trò", Vai_trò="Thần hộ mệnh"),
            line("Bùi Thị Mới", Tên_đăng_nhập="moi.bui"),
            line("Thiếu Ngày", Cơ_quan_có_nhiệm_kỳ=BODY),
            line("Ngược Ngày", Cơ_quan_có_nhiệm_kỳ=BODY, Từ_ngày="02/01/2026", Đến_hết_ngày="01/01/2026"),
            line("Không Phải Ana", Tên_đăng_nhập="ana"),
            line("Vai Trò Trống", Vai_trò="Lãnh đạo"),
        ),
    )
    fates = {each["number"]: (each["fate"], each["reasons"]) for each in shown["rows"]}
    assert fates == {
        2: ("new", []),
        3: ("existing", []),
        4: ("error", ["missing_name"]),
        5: ("error", ["bad_email"]),
        6: ("error", ["bad_phone"]),
        7: ("error", ["bad_date", "mandate_needs_date"]),
        8: ("error", ["unknown_unit"]),
        9: ("error", ["unknown_role"]),
        10: ("error", ["duplicate_in_file"]),
        11: ("error", ["mandate_needs_date"]),
        12: ("error", ["ends_before_it_starts"]),
        13: ("error", ["login_taken"]),
        14: ("error", ["role_needs_unit"]),
    }
    assert shown["rows"][0]["adds"] == ["person", "role", "account"]
    assert shown["rows"][8]["same_as_line"] == 2
    assert shown["counts"] == {"new": 1, "existing": 1, "error": 11}
    assert shared_world.embedded.store.wait(0, 0) == before


def test_a_confirmed_list_is_written_once_and_a_second_import_adds_nothing(shared_world: World, admin: Any) -> None:
    names = [f"Đại biểu Nhập {number}" for number in range(40)]
    file = as_csv(
        *(
            line(
                name,
                Đơn_vị="UBND phường",
                Vai_trò="Đại biểu",
                Cơ_quan_có_nhiệm_kỳ=BODY,
                Từ_ngày="01/09/2026",
                Tên_đăng_nhập=f"nhap.{number}",
            )
            for number, name in enumerate(names)
        )
    )
    token = preview(admin, file)["token"]
    done = admin.ok("POST", "/people/import", {"token": token})
    assert (done["people"], done["mandates"], done["roles"], len(done["accounts"])) == (40, 40, 40, 40)
    assert done["refused"] == []
    assert admin.refused("POST", "/people/import", {"token": token}) == (409, "import_expired")
    members = {each["full_name"] for each in admin.ok("GET", f"/units/{COUNCIL}/members")}
    assert set(names) <= members
    first = done["accounts"][0]
    activation = {"login": first["login"], "code": first["activation_code"], "new_password": "con trâu đi qua cầu gỗ"}
    shared_world.anonymous().ok("POST", "/activation", activation)
    head = shared_world.embedded.store.wait(0, 0)
    again = preview(admin, file)
    assert again["counts"] == {"new": 0, "existing": 40, "error": 0}
    assert {tuple(each["adds"]) for each in again["rows"]} == {()}
    assert admin.ok("POST", "/people/import", {"token": again["token"]})["people"] == 0
    assert shared_world.embedded.store.wait(0, 0) == head


def test_a_list_is_confirmed_only_by_the_session_that_previewed_it_and_in_time(world: World) -> None:
    admin = world.client("admin")
    token = preview(admin, as_csv(line("Một Người")))["token"]
    other = world.anonymous()
    other.ok("POST", "/session", {"login": "admin", "password": "một mật khẩu dài 2026"})
    assert other.refused("POST", "/people/import", {"token": token}) == (409, "import_expired")
    world.now += timedelta(minutes=20)
    admin.ok("GET", "/session")
    world.now += timedelta(minutes=20)
    admin.ok("GET", "/session")
    world.now += timedelta(minutes=21)
    assert admin.refused("POST", "/people/import", {"token": token}) == (409, "import_expired")


def test_two_people_of_one_name_are_told_apart_by_their_addresses(admin: Any) -> None:
    rows = [line("Nguyễn Văn Trùng", Thư_điện_tử=f"trung{number}@phuong.vn") for number in (1, 2)]
    shown = preview(admin, as_csv(*rows))
    assert shown["counts"]["new"] == 2
    admin.ok("POST", "/people/import", {"token": shown["token"]})
    assert preview(admin, as_csv(*rows))["counts"]["existing"] == 2
    unclear = preview(admin, as_csv(line("Nguyễn Văn Trùng")))
    assert unclear["rows"][0]["reasons"] == ["ambiguous_person"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_lists_come_in_the_encodings_and_delimiters_that_offices_have(
    admin: Any, encoding: str, delimiter: str
) -> None:
    shown = preview(admin, as_csv(line("Đặng Thị Ưng Ý"), delimiter=delimiter).encode(encoding))
    assert [(each["full_name"], each["fate"]) for each in shown["rows"]] == [("Đặng Thị Ưng Ý", "new")]


def test_the_old_vietnamese_code_page_is_read_and_composed(admin: Any) -> None:
    # Windows-1258 writes tones as combining marks after the letter.
    header = "Ho\u0323 va\u0300 t\u00ean,Ch\u01b0\u0301c vu\u0323"
    row = "Nguy\u00ea\u0303n Thi\u0323 \u00c2n,Gia\u0301m \u0111\u00f4\u0301c"
    shown = preview(admin, f"{header}\r\n{row}\r\n".encode("cp1258"))
    assert [each["full_name"] for each in shown["rows"]] == ["Nguyễn Thị Ân"]


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in (HEADERS, *rows):
        book.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_with_its_dates_and_lost_zeros(admin: Any) -> None:
    from datetime import datetime

    row = list(line("Lý Bảng Tính", Cơ_quan_có_nhiệm_kỳ=BODY))
    row[HEADERS.index("Điện thoại")] = 912345678  # type: ignore[call-overload]
    row[HEADERS.index("Từ ngày")] = datetime(2026, 9, 1)  # type: ignore[call-overload]
    shown = preview(admin, workbook(tuple(row)))
    assert shown["rows"][0]["fate"] == "new" and shown["rows"][0]["adds"] == ["person", "mandate"]
    admin.ok("POST", "/people/import", {"token": shown["token"]})
    assert admin.ok("GET", "/people", params={"q": "ly bang tinh"})[0]["phone"] == "0912345678"


def test_a_file_comes_as_a_form_too(admin: Any) -> None:
    files = {"file": ("danh sách.csv", as_csv(line("Người Qua Biểu Mẫu")).encode(), "text/csv")}
    answer = admin.post("/api/v1/people/import/preview", files=files)
    assert answer.status_code == 200 and answer.json()["counts"]["new"] == 1


def test_a_wrong_header_is_told_with_the_expected_one(admin: Any) -> None:
    shown = preview(admin, "Tên,Tuổi,Chức vụ,Chức vụ\nAn,50,x,y\n")
    assert shown["header_is_good"] is False and shown["rows"] == []
    assert shown["unknown_columns"] == ["Tên", "Tuổi"] and shown["repeated_columns"] == ["Chức vụ"]
    assert shown["expected_columns"] == list(HEADERS)
    page = admin.get(f"/people/import/{shown['token']}", headers={"accept": "text/html"})
    assert page.status_code == 200 and "Họ và tên" in page.text


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 80_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b"", (422, "empty_sheet")),
        (b"\n\n\n", (422, "empty_sheet")),
        (",".join(HEADERS).encode(), (422, "empty_sheet")),
        (b"\x00\x01\x02\x03" * 100, (422, "unreadable_sheet")),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\x00\x00", (422, "unreadable_sheet")),
        (b"PK\x03\x04 not a zip", (422, "unreadable_sheet")),
        (b'"Ho va ten\nAn"x,"', (422, "unreadable_sheet")),
        (bomb(), (422, "unreadable_sheet")),
        (b"x" * (5 * 1024 * 1024 + 1), (413, "too_large")),
        (b"x" * (7 * 1024 * 1024), (413, "too_large")),
        (("Họ và tên\n" + "An\n" * 5001).encode(), (422, "too_many_rows")),
        (("Họ và tên\n" + "\n" * 9000 + "An\n").encode(), (422, "too_many_rows")),
    ],
    ids=[
        "nothing",
        "blank lines",
        "header alone",
        "control characters",
        "PDF",
        "broken zip",
        "open quote",
        "zip bomb",
        "a byte too many",
        "too large",
        "too many rows",
        "too many blank rows",
    ],
)
def test_a_file_that_is_no_list_is_refused(admin: Any, file: bytes, expected: tuple[int, str]) -> None:
    assert refused_file(admin, file) == expected


def test_five_thousand_rows_are_previewed(admin: Any) -> None:
    rows = [line(f"Người Thứ {number}", Đơn_vị="Phòng VHXH") for number in range(5000)]
    assert preview(admin, as_csv(*rows))["counts"]["new"] == 5000


def test_the_template_is_itself_a_good_list(admin: Any) -> None:
    for name in ("template.csv", "template.xlsx"):
        file = admin.get(f"/api/v1/people/import/{name}")
        assert file.status_code == 200 and "attachment" in file.headers["content-disposition"]
        shown = preview(admin, file.content)
        assert shown["header_is_good"] and shown["rows"][0]["full_name"] == EXAMPLE[0]
    assert load_workbook(io.BytesIO(file.content)).active.max_row == 2


PAGES = (
    "/organisation",
    "/organisation?on=2020-01-01",
    "/organisation?on=hôm nay",
    "/organisation?everything=true",
    "/organisation/new",
    f"/units/{COUNCIL}",
    f"/units/{COMMITTEE}?on=2026-01-01",
    f"/units/{CULTURE}",
    "/people",
    "/people?q=an&role=delegate&unit_id=&page=1",
    "/people?q=khongaica",
    "/people/new",
    "/people/import",
    f"/people/{ids('ana')}",
    "/account",
    "/policy",
)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_administrator_is_shown(admin: Any, path: str, language: str) -> None:
    page = admin.get(path, headers={"accept": "text/html", "accept-language": language})
    assert page.status_code == 200 and f'<html lang="{language}">' in page.text
    assert "<script>" not in page.text and " style=" not in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/organisation", 200),
        (f"/units/{COUNCIL}", 200),
        ("/people", 200),
        (f"/people/{ids('ben')}", 200),
        ("/account", 200),
        ("/organisation/new", 403),
        ("/people/new", 403),
        ("/people/import", 403),
        ("/policy", 403),
        (f"/people/{ids('nobody')}", 404),
    ],
)
def test_a_delegate_sees_the_organisation_but_not_its_administration(
    shared_world: World, path: str, status: int
) -> None:
    page = shared_world.client("ana").get(path, headers={"accept": "text/html"})
    assert page.status_code == status
    assert "data-dialog=" not in page.text


def test_auditors_read_the_policy_in_force(shared_world: World) -> None:
    page = shared_world.client("auditor").get("/policy", headers={"accept": "text/html"})
    assert page.status_code == 200 and "manage_directory" in page.text
