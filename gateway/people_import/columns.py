"""The columns of the list: what each is called, and what its cells may say."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gateway.people_import.sheet import Row
from gateway.texts import _
from gateway.web.directory_words import ROLES
from kernel.search import fold
from services.directory.messages import RoleName

COLUMNS: dict[str, tuple[str, ...]] = {
    "full_name": (_("Họ và tên"), "Họ tên", "full_name"),
    "position": (_("Chức vụ"), "position"),
    "unit": (_("Đơn vị"), "unit"),
    "email": (_("Thư điện tử"), "Email", "email"),
    "phone": (_("Điện thoại"), "Số điện thoại", "phone"),
    "login": (_("Tên đăng nhập"), "login"),
    "roles": (_("Vai trò"), "roles"),
    "body": (_("Cơ quan có nhiệm kỳ"), "body"),
    "title": (_("Chức danh"), "title"),
    "valid_from": (_("Từ ngày"), "valid_from"),
    "valid_to": (_("Đến hết ngày"), "valid_to"),
}
HEADERS = tuple(names[0] for names in COLUMNS.values())
EXAMPLE = (
    *("Nguyễn Thị An", "Phó Chủ tịch Hội đồng nhân dân", "HĐND xã Tân Phú", "an.nguyen@tanphu.gov.vn", "0912 345 678"),
    *("an.nguyen", "Đại biểu; Lãnh đạo", "HĐND xã Tân Phú", "Đại biểu", "01/07/2025", ""),
)


@dataclass(frozen=True)
class Header:
    """Which column stands where, and what is wrong with the header line if anything is."""

    places: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return "full_name" in self.places and not self.unknown and not self.repeated


def read_header(cells: Row) -> Header:
    known = {fold(name): key for key, names in COLUMNS.items() for name in names}
    places: dict[str, int] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for place, cell in enumerate(cells):
        key = known.get(fold(cell).rstrip(" *"))
        if key in places:
            repeated.append(cell)
        elif key is not None:
            places[key] = place
        elif cell:
            unknown.append(cell)
    return Header(places, tuple(unknown), tuple(repeated))


def cells_of(header: Header, row: Row) -> dict[str, str]:
    return {
        key: row[header.places[key]] if key in header.places and header.places[key] < len(row) else ""
        for key in COLUMNS
    }


def day(text: str) -> date | None:
    """31/12/2026, 31-12-2026 or 2026-12-31; None when it is no day."""
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return None


def phone(text: str) -> str:
    """A spreadsheet that took the number for a quantity has lost its leading zero."""
    return f"0{text}" if re.fullmatch(r"[35789]\d{8}", text) else text


def role_names(text: str) -> list[RoleName] | None:
    """The roles named in Vietnamese or by identifier; None when one is unknown."""
    known = {fold(words): RoleName(key) for key, words in ROLES.items()} | {each.value: each for each in RoleName}
    named = [each.strip() for each in re.split(r"[;,]", text) if each.strip()]
    found = [known.get(fold(each)) for each in named]
    roles = [each for each in found if each is not None]
    return roles if len(roles) == len(found) else None


def template_csv() -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for a code page."""
    quoted = [[f'"{cell}"' if ";" in cell or "," in cell else cell for cell in row] for row in (HEADERS, EXAMPLE)]
    return ("\ufeff" + "\r\n".join(",".join(row) for row in quoted) + "\r\n").encode()


def template_xlsx() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.create_sheet("Danh sách", 0)
    sheet.append(HEADERS)
    sheet.append(EXAMPLE)
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = max(14, len(EXAMPLE[number - 1]) + 2, len(cell.value) + 4)
        # Phone numbers and dates stay as typed.
        sheet.cell(2, number).number_format = "@"
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
