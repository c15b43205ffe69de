"""The bytes of a CSV or XLSX file as rows of text. What the file says it is counts for nothing; its bytes do."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from kernel.decider import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 40
MAX_ENTRIES = 200
MAX_INFLATED = 64 * 1024 * 1024
BLANK_ROWS_ALLOWED = 2000
DELIMITERS = (",", ";", "\t")

Row = tuple[str, ...]


def read(file: bytes) -> list[Row]:
    """The header and at most `MAX_ROWS` rows, each with its texts in NFC; blank rows are left as empty tuples."""
    if len(file) > MAX_BYTES:
        raise Refused("too_large", f"{len(file)} bytes")
    rows = _limited(_xlsx(file) if file.startswith(b"PK") else _csv(file))
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise Refused("empty_sheet")
    return rows


def _limited(rows: Iterable[Iterable[object]]) -> list[Row]:
    read: list[Row] = []
    filled = 0
    for cells in islice(rows, MAX_ROWS + BLANK_ROWS_ALLOWED + 2):
        texts = tuple(_text(each) for each in islice(cells, MAX_COLUMNS))
        read.append(texts if any(texts) else ())
        filled += bool(read[-1])
    if filled > MAX_ROWS + 1 or len(read) > MAX_ROWS + BLANK_ROWS_ALLOWED + 1:
        raise Refused("too_many_rows")
    return read


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return " ".join(unicodedata.normalize("NFC", str(cell)).split())


def _csv(file: bytes) -> Iterator[list[str]]:
    text = decoded(file)
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise Refused("unreadable_sheet", str(error)) from error


def decoded(file: bytes) -> str:
    """UTF-8 or UTF-16, with or without a byte order mark, else Windows-1258, the Vietnamese code page of old Excel."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if file.startswith(mark):
            return _decode(file, encoding)
    if file[1:200:2].count(0) > len(file[1:200:2]) // 2:
        return _decode(file, "utf-16-le")
    if file[0:200:2].count(0) > len(file[0:200:2]) // 2:
        return _decode(file, "utf-16-be")
    try:
        return _checked(file.decode("utf-8"))
    except UnicodeDecodeError:
        return _decode(file, "cp1258")


def _decode(file: bytes, encoding: str) -> str:
    try:
        return _checked(file.decode(encoding))
    except UnicodeDecodeError as error:
        raise Refused("unreadable_sheet", encoding) from error


def _checked(text: str) -> str:
    if any(each < " " and each not in "\r\n\t" for each in text):
        raise Refused("unreadable_sheet", "control characters: not a text file")
    return unicodedata.normalize("NFC", text)


def _xlsx(file: bytes) -> Iterator[tuple[object, ...]]:
    _check_inflated(file)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(file), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # The size written in the file may be wrong or huge; rows are counted as they come.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    except Refused:
        raise
    except Exception as error:  # openpyxl lets through whatever its parsers raise on a damaged file
        raise Refused("unreadable_sheet", type(error).__name__) from error


def _check_inflated(file: bytes) -> None:
    """Before anything is inflated; zipfile then never gives more than an entry declares."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(file)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("unreadable_sheet", "not a zip file") from error
    if len(entries) > MAX_ENTRIES or sum(each.file_size for each in entries) > MAX_INFLATED:
        raise Refused("unreadable_sheet", "inflates to too much")
    if "xl/workbook.xml" not in {each.filename for each in entries}:
        raise Refused("unreadable_sheet", "not a workbook")
