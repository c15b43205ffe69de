"""The printed minutes, measured: Decree 30/2020's page, the archive format, the fonts, and that text stays text."""

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import product

import pypdfium2
import pytest

from gateway.typefaces import FONTS
from kernel.paper.typesetting import FontsMissing, printable, unprintable
from services.meeting.messages import MinutesSection
from services.meeting.paper import words
from services.meeting.paper.minutes import Sections, issuer, minutes_pages, minutes_paper, render_minutes
from services.meeting.record import assemble
from services.meeting.record_facts import Body
from tests.domain.session_log import MEETING, whole_session
from tests.stamps import ids

pytestmark = pytest.mark.needs("vendor")

MM = 72 / 25.4
IN_MARGIN = 280.0
"""Above this height, in mm, only the page number stands; accents of the first line reach a little over 277."""
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel, tone in product(VOWELS, TONES)) + "đ"
LETTERS = SMALL + SMALL.upper()
HOSTILE = '#panic("x") *đậm* _nghiêng_ $x^2$ <b> @ref [ngoặc] `mã` \\n // chú thích #import "a.typ" = tiêu đề'


def session(**size):
    log = whole_session(**size)
    return assemble(MEETING, log.events, log.head)


@pytest.fixture(scope="module")
def record():
    return session()


@pytest.fixture(scope="module")
def sections():
    texts = {MinutesSection.opening: f"{HOSTILE}\n\n{LETTERS}", MinutesSection.closing: "Chủ tọa phát biểu bế mạc."}
    return Sections(texts, number="07")


@pytest.fixture(scope="module")
def pdf(record, sections):
    return render_minutes(record, sections, FONTS)


@pytest.fixture(scope="module")
def document(pdf):
    document = pypdfium2.PdfDocument(pdf)
    yield document
    document.close()


def text_of(document, page):
    text_page = document[page].get_textpage()
    text = text_page.get_text_bounded()
    text_page.close()
    return " ".join(text.replace("\r\n", "\n").split())


def whole_text(document):
    return " ".join(text_of(document, page) for page in range(len(document)))


def boxes(document, page):
    """(character, left, bottom, right, top) in mm from the page's left and bottom edges."""
    text_page = document[page].get_textpage()
    found = []
    for index in range(text_page.count_chars()):
        character = text_page.get_text_range(index, 1)
        if character.strip():
            found.append((character, *(edge / MM for edge in text_page.get_charbox(index))))
    text_page.close()
    return found


def test_every_page_is_a4_portrait(document):
    for page in document:
        width, height = page.get_size()
        assert (round(width / MM), round(height / MM)) == (210, 297)


def test_text_keeps_within_the_decrees_margins(document):
    for page in range(len(document)):
        body = [box for box in boxes(document, page) if box[4] < IN_MARGIN]
        assert min(left for _, left, *_ in body) >= 29.5
        assert max(right for *_, right, _ in body) <= 210 - 15 + 0.5
        assert min(bottom for _, _, bottom, *_ in body) >= 19.5


def test_margins_are_within_the_decrees_range(document):
    first_lines = [max(top for *_, top in boxes(document, page) if top < IN_MARGIN) for page in range(1, len(document))]
    assert max(first_lines) == pytest.approx(277, abs=3)
    lefts = [min(left for _, left, *_ in boxes(document, page)) for page in range(len(document))]
    assert 29.5 <= min(lefts) <= 35


def test_the_page_number_stands_centred_in_the_top_margin_from_page_two(document):
    assert not [box for box in boxes(document, 0) if box[4] > IN_MARGIN]
    for page in (1, 2, 3):
        above = [box for box in boxes(document, page) if box[4] > IN_MARGIN]
        assert "".join(box[0] for box in above) == str(page + 1)
        middle = (above[0][1] + above[-1][3]) / 2
        assert middle == pytest.approx(30 + (210 - 30 - 15) / 2, abs=1)


def test_each_annex_counts_its_own_pages(document):
    begins = [page for page in range(len(document)) if text_of(document, page).startswith("Phụ lục")]
    assert len(begins) == 2
    for page in begins:
        assert not [box for box in boxes(document, page) if box[4] > IN_MARGIN]
        assert text_of(document, page + 1).startswith("2 ")


def test_the_state_name_stands_on_one_line_beside_the_issuer(document):
    first = boxes(document, 0)
    line = [box for box in first if box[4] > 270]
    text = "".join(box[0] for box in line)
    assert "CỘNGHÒAXÃHỘICHỦNGHĨAVIỆTNAM" in text
    assert text.startswith("HỘIĐỒNGNHÂNDÂN")


def test_the_head_says_number_place_and_date_as_the_decree_writes_them(document):
    text = text_of(document, 0)
    assert "Số: 07/BB-HĐND" in text
    assert "Xuân Phú, ngày 05 tháng 02 năm 2026" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "BIÊN BẢN" in text


def test_only_tinos_is_embedded(pdf):
    fonts = set(re.findall(rb"/BaseFont\s*/([^\s/]+)", pdf))
    assert fonts
    assert all(b"Tinos" in each for each in fonts), fonts


def test_the_file_says_that_it_is_pdf_a_2b_and_for_screen_readers(pdf):
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/Lang (vi-VN)" in pdf or b"/Lang(vi-VN)" in pdf
    assert pdf.rstrip().endswith(b"%%EOF")


def test_every_vietnamese_letter_is_printed_and_extracts(document):
    text = whole_text(document)
    assert [letter for letter in LETTERS if letter not in text] == []
    assert LETTERS in re.sub(r"[ \u200b]", "", text)


def test_what_people_write_is_never_taken_for_template_code(document):
    assert HOSTILE.replace(" ", "") in re.sub(r"[ \u200b]", "", whole_text(document))


def test_the_same_input_gives_the_same_bytes(record, sections, pdf):
    assert render_minutes(record, sections, FONTS) == pdf
    assert render_minutes(session(), sections, FONTS) == pdf


def test_a_changed_word_gives_other_bytes(record, pdf):
    assert render_minutes(record, Sections({}), FONTS) != pdf


def test_proof_and_annex_are_printed(document):
    text = whole_text(document)
    assert "51 đại biểu; cần 26; 33 tán thành; thông qua; quy tắc:" in text
    assert "CHI TIẾT BIỂU QUYẾT" in text
    assert "Kết quả chưa được chủ tọa công bố." in text


def test_the_signatures_stand_on_one_page_with_the_last_words(document):
    pages = [page for page in range(len(document)) if "THƯ KÝ CHỦ TỌA" in text_of(document, page)]
    assert len(pages) == 1
    assert "kết thúc vào 10 giờ 02 phút, ngày 05 tháng 02 năm 2026./." in text_of(document, pages[0])


def test_table_heads_are_repeated_on_every_page_of_the_annex(document):
    begins = [page for page in range(len(document)) if text_of(document, page).startswith("Phụ lục")]
    for page in range(begins[0], begins[1]):
        assert "STT Họ và tên" in text_of(document, page)


@pytest.mark.parametrize("size", [{"delegates": 3, "items": 1}, {"delegates": 120, "items": 12, "speakers": 9}])
def test_small_and_large_meetings_are_set(size):
    assert render_minutes(session(**size), Sections({}), FONTS).startswith(b"%PDF-1.7")


def test_very_long_words_names_and_texts_are_set(record):
    long = {each: "Một đoạn rất dài. " * 2500 + "x" * 400 for each in MinutesSection}
    assert render_minutes(record, Sections(long), FONTS).startswith(b"%PDF-1.7")


def test_minutes_before_the_opening_are_a_sheet_all_the_same():
    log = whole_session(delegates=5, items=1)
    planned = next(at.position for at, event in log.events if type(event).__name__ == "MeetingPlanned")
    early = assemble(MEETING, log.events, planned)
    assert render_minutes(early, Sections({}), FONTS).startswith(b"%PDF-1.7")


def test_pages_can_be_looked_at_as_images(record, sections, document):
    pages = minutes_pages(record, sections, FONTS)
    assert len(pages) == len(document)
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_letters_without_a_glyph_are_shown_as_missing_and_warned_of():
    covered = frozenset("abc \ufffd")
    assert printable({"a": ["a😀b", "\u202ecab\x07"]}, covered) == {"a": ["a\ufffdb", "cab"]}
    assert unprintable("được → 😀 漢 😀", FONTS) == ["漢", "😀"]


def test_letters_typed_as_base_and_mark_become_one(record):
    paper = minutes_paper(record, Sections({MinutesSection.opening: unicodedata.normalize("NFD", "Tiếng Việt")}))
    assert "Tiếng Việt" in str(printable(paper, frozenset(LETTERS + "TVng t")))


def test_missing_fonts_are_named_not_replaced(record, tmp_path):
    with pytest.raises(FontsMissing):
        render_minutes(record, Sections({}), tmp_path)


@pytest.mark.parametrize(
    ("month", "day", "text"),
    [
        (2, 5, "ngày 05 tháng 02 năm 2026"),
        (1, 10, "ngày 10 tháng 01 năm 2026"),
        (3, 9, "ngày 09 tháng 3 năm 2026"),
        (12, 31, "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_to_nine_and_the_first_two_months_have_two_digits(month, day, text):
    assert words.day(datetime(2026, month, day, 3, tzinfo=UTC)) == text


def test_the_day_is_that_of_viet_nam():
    assert words.day(datetime(2026, 2, 4, 17, 30, tzinfo=UTC)) == "ngày 05 tháng 02 năm 2026"


@pytest.mark.parametrize(
    ("name", "parent", "kind", "place", "symbol"),
    [
        ("Hội đồng nhân dân phường Xuân Phú", "", "people_council", "Xuân Phú", "BB-HĐND"),
        ("Ủy ban nhân dân Phường 7", "", "people_committee", "Phường 7", "BB-UBND"),
        ("Hội đồng nhân dân tỉnh Lào Cai", "", "people_council", "Lào Cai", "BB-HĐND"),
        ("Ban Pháp chế", "Hội đồng nhân dân xã Tân Hội", "council_committee", "Tân Hội", "BB-BPC"),
    ],
)
def test_place_and_symbol_follow_from_the_body(name, parent, kind, place, symbol):
    body = Body(ids(name), name, "BPC", kind, parent)
    assert words.default_place_name(body) == place
    assert words.default_symbol(body) == symbol


def test_a_committee_prints_its_council_above_itself():
    committee = Body(ids("bpc"), "Ban Pháp chế", "BPC", "council_committee", "Hội đồng nhân dân xã Tân Hội")
    assert issuer(committee) == {"above": ["HỘI ĐỒNG NHÂN DÂN XÃ TÂN HỘI"], "name": ["BAN PHÁP CHẾ"]}


def test_many_threads_set_the_same_paper_at_once(record, sections, pdf):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: render_minutes(record, sections, FONTS), range(24)))
    assert set(made) == {pdf}
