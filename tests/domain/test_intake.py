"""What a file really is, and every reason for which it is not kept."""

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from kernel import safe_pdf
from kernel.decider import Refused
from services.documents import intake, intake_office
from services.documents.extract import extract_file, picture_to_pdf
from services.documents.intake import clean_name, examine, examine_file
from tests.files import changed_pdf, pdf, word

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OLE = intake.OLE + bytes(1000)


def picture(kind: str, width: int = 30, height: int = 20) -> bytes:
    made = io.BytesIO()
    Image.new("L", (width, height), 255).save(made, kind)
    return made.getvalue()


def excel() -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Chỉ tiêu", "Đầu tư công", 12])
    book.save(made)
    return made.getvalue()


def powerpoint() -> bytes:
    deck, made = pptx.Presentation(), io.BytesIO()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Đường sắt đô thị"
    deck.save(made)
    return made.getvalue()


def with_entries(*entries: tuple[str | zipfile.ZipInfo, bytes], base: bytes | None = None) -> bytes:
    """A Word file with more in it."""
    made = io.BytesIO(base or word("Báo cáo"))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return made.getvalue()


def archived(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def symbolic_link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("word/link.xml")
    entry.external_attr = 0o120777 << 16
    return entry


def dictionary(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def action(kind: str, **entries: object) -> DictionaryObject:
    return dictionary(S=NameObject(kind), **entries)


def in_root(key: str, value: object) -> bytes:
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject(key)] = value

    return changed_pdf(change)


def in_page(key: str, value: object) -> bytes:
    def change(writer: PdfWriter) -> None:
        writer.pages[0][NameObject(key)] = value

    return changed_pdf(change)


def encrypted() -> bytes:
    return changed_pdf(lambda writer: writer.encrypt("mật khẩu", algorithm="RC4-128"))


def bomb_stream(layers: int = 1) -> bytes:
    def change(writer: PdfWriter) -> None:
        stream = StreamObject()
        content = bytes(safe_pdf.MAX_STREAM_BYTES + 1)
        for _ in range(layers):
            content = zlib.compress(content, 9)
        stream._data = content
        names = [NameObject("/FlateDecode")] * layers
        stream[NameObject("/Filter")] = ArrayObject(names) if layers > 1 else names[0]
        writer.root_object[NameObject("/Hidden")] = writer._add_object(stream)

    return changed_pdf(change)


def many_pages() -> bytes:
    writer = PdfWriter()
    for _ in range(safe_pdf.MAX_PAGES + 1):
        writer.add_blank_page(10, 10)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def script() -> DictionaryObject:
    return action("/JavaScript", JS=TextStringObject("app.alert(1)"))


def wide_png() -> bytes:
    """Announces 100,000 x 100,000 points and holds none."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    data = struct.pack(">I", 10) + b"IDAT" + bytes(14)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data


ACCEPTED: list[tuple[str, Callable[[], bytes], str]] = [
    ("to-trinh.pdf", lambda: pdf("Tờ trình"), "application/pdf"),
    ("TO-TRINH.PDF", lambda: pdf("Tờ trình"), "application/pdf"),
    ("bao-cao.docx", lambda: word("Báo cáo"), WORD),
    ("bieu.xlsx", excel, EXCEL),
    ("trinh-chieu.pptx", powerpoint, POWERPOINT),
    ("cu.doc", lambda: OLE, "application/x-ole-storage"),
    ("cu.xls", lambda: OLE, "application/x-ole-storage"),
    ("scan.png", lambda: picture("PNG"), "image/png"),
    ("scan.jpeg", lambda: picture("JPEG"), "image/jpeg"),
    ("scan.tif", lambda: picture("TIFF"), "image/tiff"),
    ("scan.webp", lambda: picture("WEBP"), "image/webp"),
    ("ghi-chu.txt", lambda: "Ghi chú".encode(), "text/plain"),
    ("ghi-chu.txt", lambda: b"\xef\xbb\xbf" + "Ghi chú\r\n\tHai".encode(), "text/plain"),
    ("mo-trang-2.pdf", lambda: in_root("/OpenAction", action("/GoTo", D=ArrayObject())), "application/pdf"),
    ("mo-trang-2.pdf", lambda: in_root("/OpenAction", ArrayObject([NumberObject(0)])), "application/pdf"),
    ("bieu-do.docx", lambda: with_entries(("word/embeddings/sheet.xlsx", excel())), WORD),
]

REFUSED: list[tuple[str, str, Callable[[], bytes]]] = [
    ("empty_file", "a.pdf", lambda: b""),
    ("type_mismatch", "a.docx", lambda: pdf("x")),
    ("type_mismatch", "a.pdf", lambda: picture("PNG")),
    ("type_mismatch", "a.png", lambda: picture("JPEG")),
    ("type_mismatch", "a.pdf.exe", lambda: pdf("x")),
    ("type_mismatch", "a.xlsx", lambda: word("x")),
    ("type_mismatch", "a.docm", lambda: word("x")),
    ("type_mismatch", "a.html", lambda: b"<script>alert(1)</script>"),
    ("type_mismatch", "a.svg", lambda: b"<svg xmlns='x'><script/></svg>"),
    ("unsupported_type", "a.exe", lambda: b"MZ\x90\0"),
    ("unsupported_type", "a.zip", lambda: archived(a=b"x")),
    ("unsupported_type", "a.gif", lambda: b"GIF89a\x01\x00\x01\x00\x00"),
    ("unsupported_type", "a.txt", lambda: "Tiếng Việt".encode("utf-16")),
    ("unsupported_type", "a.txt", lambda: b"C\xe9ng v\xa8n"),
    ("unreadable_file", "a.docx", lambda: word("x")[:400]),
    ("unreadable_file", "a.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(40)),
    ("unreadable_file", "a.pdf", lambda: b"%PDF-1.7\n"),
    ("unreadable_file", "a.pdf", lambda: b"%PDF-1.7\n" + bytes(2000) + b"%%EOF\n"),
    ("pdf_leading_bytes", "a.pdf", lambda: b"GIF89a;" + pdf("x")),
    ("pdf_leading_bytes", "a.pdf", lambda: b"\n" + pdf("x")),
    ("pdf_trailing_bytes", "a.pdf", lambda: pdf("x") + b"\n\nPK"),
    ("pdf_trailing_bytes", "a.pdf", lambda: pdf("x") + archived(a=b"x")),
    ("pdf_trailing_bytes", "a.pdf", lambda: pdf("x") + archived(a=b"x") + b"\nstartxref\n0\n%%EOF\n"),
    ("pdf_encrypted", "a.pdf", encrypted),
    ("pdf_javascript", "a.pdf", lambda: in_root("/OpenAction", script())),
    ("pdf_javascript", "a.pdf", lambda: in_root("/Names", dictionary(JavaScript=dictionary()))),
    ("pdf_javascript", "a.pdf", lambda: in_page("/Hidden", ArrayObject([dictionary(Deep=script())]))),
    ("pdf_launch", "a.pdf", lambda: in_root("/OpenAction", action("/Launch", F=TextStringObject("cmd.exe")))),
    ("pdf_launch", "a.pdf", lambda: in_page("/Annots", ArrayObject([dictionary(A=action("/Launch"))]))),
    ("pdf_launch", "a.pdf", lambda: in_page("/Annots", ArrayObject([dictionary(A=action("/SubmitForm"))]))),
    ("pdf_open_action", "a.pdf", lambda: in_root("/OpenAction", action("/URI", URI=TextStringObject("x:y")))),
    ("pdf_additional_actions", "a.pdf", lambda: in_page("/AA", dictionary(O=action("/URI")))),
    ("pdf_embedded_file", "a.pdf", lambda: changed_pdf(lambda writer: writer.add_attachment("a.txt", b"x"))),
    ("pdf_embedded_file", "a.pdf", lambda: in_page("/Annots", ArrayObject([action("/GoToE")]))),
    (
        "pdf_rich_media",
        "a.pdf",
        lambda: in_page("/Annots", ArrayObject([dictionary(Subtype=NameObject("/RichMedia"))])),
    ),
    ("pdf_xfa", "a.pdf", lambda: in_root("/AcroForm", dictionary(XFA=ArrayObject()))),
    ("pdf_too_many_pages", "a.pdf", many_pages),
    ("pdf_stream_too_large", "a.pdf", bomb_stream),
    ("pdf_stream_too_large", "a.pdf", lambda: bomb_stream(layers=2)),
    ("image_too_large", "a.png", lambda: picture("PNG", 10_000, 5_001)),
    ("image_too_large", "a.png", wide_png),
    ("archive_too_many_entries", "a.docx", lambda: with_entries(*[(f"word/{n}.xml", b"") for n in range(1001)])),
    ("archive_too_large", "a.docx", lambda: with_entries(*[(f"word/{n}.bin", bytes(50_000_000)) for n in range(5)])),
    ("archive_ratio", "a.docx", lambda: with_entries(("word/media.bin", bytes(50_000_000)))),
    ("archive_nested", "a.docx", lambda: with_entries(("word/a.zip", archived(b=archived(c=b"x"))))),
    ("archive_unsafe_name", "a.docx", lambda: with_entries(("../../etc/passwd", b"x"))),
    ("archive_unsafe_name", "a.docx", lambda: with_entries(("/etc/passwd", b"x"))),
    ("archive_unsafe_name", "a.docx", lambda: with_entries((symbolic_link(), b"/etc/passwd"))),
    ("office_macros", "a.docx", lambda: with_entries(("word/vbaProject.bin", b"x"))),
    ("office_macros", "a.docx", lambda: with_entries(("word/activeX/activeX1.xml", b"<x/>"))),
    ("office_macros", "a.doc", lambda: OLE + intake.OLE_MACROS),
    ("xml_entities", "a.docx", lambda: with_entries(("word/x.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///c">]>'))),
    ("xml_entities", "a.docx", lambda: with_entries(("word/x.xml", "<!DOCTYPE a>".encode("utf-16")))),
    ("file_encrypted", "a.docx", lambda: OLE),
]


@pytest.mark.parametrize(("name", "content", "media_type"), ACCEPTED)
def test_a_sound_file_is_known_by_its_contents(name: str, content: Callable[[], bytes], media_type: str) -> None:
    assert examine(content(), name).media_type == media_type


@pytest.mark.parametrize(("code", "name", "content"), REFUSED)
def test_an_unsafe_file_is_refused_with_its_reason(code: str, name: str, content: Callable[[], bytes]) -> None:
    with pytest.raises(Refused) as refusal:
        examine(content(), name)
    assert refusal.value.code == code


def test_a_name_without_extension_gets_the_one_of_its_contents() -> None:
    assert examine(pdf("x"), "Tờ trình số 1").file_name == "Tờ trình số 1.pdf"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/tờ trình.pdf", "tờ trình.pdf"),
        ("C:\\Users\\a\\b.docx", "b.docx"),
        ("bao\u202efdp.exe.pdf", "baofdp.exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie b.pdf"),
        (unicodedata.normalize("NFD", "nghị quyết.pdf"), "nghị quyết.pdf"),
        ("  . .  ", "tai-lieu"),
        ("", "tai-lieu"),
        ("\0\0", "tai-lieu"),
        (".pdf", "pdf"),
    ],
)
def test_a_file_name_is_only_a_name(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=400))
def test_no_file_name_breaks_out(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= intake.MAX_NAME_CHARS
    assert not set("/\\\r\n\0\u202e") & set(kept)
    assert kept == unicodedata.normalize("NFC", kept)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([pdf("x"), word("x"), OLE, picture("PNG"), picture("TIFF"), b""]))
def test_whatever_the_bytes_the_answer_is_a_type_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, base: bytes
) -> None:
    middle = len(base) // 2
    path = tmp_path_factory.getbasetemp() / "noise"
    for content in (noise, base[:middle] + noise + base[middle:], base[:-20] + noise, base[:10] + noise):
        path.write_bytes(content)
        try:
            assert examine_file(str(path), "a").media_type in intake.EXTENSIONS
        except Refused as refusal:
            assert refusal.code


def test_the_budget_of_an_archive_is_shared_with_those_inside_it() -> None:
    inner = archived(a=bytes(4_000_000))
    content = with_entries(*[(f"word/embeddings/{n}.zip", inner) for n in range(60)])
    with pytest.raises(Refused) as refusal:
        intake_office.check(content)
    assert refusal.value.code == "archive_too_large"


def test_text_comes_out_of_every_format(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("files")
    for content, media_type, words in (
        (pdf("Đầu tư công"), "application/pdf", "Đầu tư công"),
        (word("Đầu tư", rows=[["Chỉ tiêu", "Đường sắt"]]), WORD, "Đường sắt"),
        (excel(), EXCEL, "Đầu tư công"),
        (powerpoint(), POWERPOINT, "Đường sắt đô thị"),
        (b"\xef\xbb\xbf" + "Ghi chú".encode(), "text/plain", "Ghi chú"),
    ):
        path = folder / "file"
        path.write_bytes(content)
        found = extract_file(str(path), media_type)
        assert words in unicodedata.normalize("NFC", found.text)


def test_a_picture_that_browsers_do_not_show_becomes_a_pdf(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("files")
    (folder / "a.tif").write_bytes(picture("TIFF"))
    assert picture_to_pdf(str(folder / "a.tif"), str(folder / "a.pdf")) == 1
    assert examine((folder / "a.pdf").read_bytes(), "a.pdf").pages == 1
