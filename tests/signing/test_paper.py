"""Official documents set from a clerk's words: Decree 30/2020's page, measured; text stays text; all can be signed."""

import re
from collections.abc import Iterator

import pypdfium2
import pytest

from gateway.typefaces import FONTS
from services.signing.messages import Act
from services.signing.messages.official import Described, Kind, Recipient, Signatory, Urgency
from services.signing.numbering import symbol_of
from services.signing.paper.official import OWN, Issuer, Written, render_official
from services.signing.pdf import (
    AgencySeal,
    Handwriting,
    LaterField,
    SoftwareKey,
    Trust,
    VerdictCode,
    blanks,
    seal_place,
)
from services.signing.pdf.blanks import FONT_POINTS
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.placing import found, place_of_signature
from services.signing.pdf.shadow import check
from tests.signing.authority import PASSWORD, Authority
from tests.signing.official_papers import PAPERS, SIGNER, WRITTEN_ON, facts, paper
from tests.signing.papers import consent, instruction, picture
from tests.signing.test_blanks import VALUES
from tests.stamps import ids

pytestmark = pytest.mark.needs("vendor")

MM = 72 / 25.4
IN_MARGIN = 280.0
HOSTILE = '#panic("x") *đậm* _nghiêng_ $x^2$ <b> @ref [ngoặc] `mã` \\n // chú thích #import "a.typ" = tiêu đề'
LONG = "\n".join(
    f"Điều {each}. Nội dung của điều này được thực hiện theo quy định của pháp luật." for each in range(1, 90)
)
SEVEN = sorted(OWN)


@pytest.fixture(params=SEVEN)
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


@pytest.fixture
def document(kind: Kind) -> Iterator[pypdfium2.PdfDocument]:
    with pypdfium2.PdfDocument(paper(kind)) as document:
        yield document


def written(text: str, kind: Kind = Kind.resolution, **fields) -> bytes:
    issuer = PAPERS.get(kind, PAPERS[Kind.report])[0]
    return render_official(facts(kind, **fields), Written(text), issuer, SIGNER, WRITTEN_ON, FONTS)


def words_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def boxes(page) -> list[tuple[float, ...]]:
    """Left, bottom, right, top of each character, in mm from the page's left and bottom edges."""
    text = page.get_textpage()
    shown = [each for each in range(text.count_chars()) if text.get_text_range(each, 1).strip()]
    return [tuple(edge / MM for edge in text.get_charbox(each)) for each in shown]


def sizes(page) -> dict[str, float]:
    """The size of letters in points, by what they say; one line's worth of text is one object."""
    text = page.get_textpage()
    objects = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT], textpage=text)
    return {each.extract(): round(each.get_font_size(), 1) for each in objects}


def test_the_page_is_a4_with_the_decrees_margins(document: pypdfium2.PdfDocument) -> None:
    for page in document:
        assert [round(each / MM) for each in page.get_size()] == [210, 297]
        lefts, bottoms, rights, tops = zip(*boxes(page), strict=True)
        assert 29.5 <= min(lefts) <= 35
        assert max(rights) <= 210 - 15 + 0.5
        assert min(bottoms) >= 19.5
        assert 297 - 25 <= max(tops) <= 297 - 17


def test_head_stands_in_two_columns_with_room_for_number_and_day(kind: Kind, document: pypdfium2.PdfDocument) -> None:
    page = document[0]
    state, motto = found(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")[0], found(page, "Độc lập - Tự do - Hạnh phúc")[0]
    number, symbol = found(page, "Số:")[0], found(page, f"/{symbol_of(facts(kind))}")[0]
    day = found(page, "ngày")[0]
    assert state[1] > motto[1] > day[1]
    assert number[2] < symbol[0] < state[0]
    assert 10 <= (symbol[0] - number[2]) / MM <= 20
    assert abs(number[1] - day[1]) < 4
    assert (state[0] + state[2]) / 2 == pytest.approx((motto[0] + motto[2]) / 2, abs=1)


def test_letters_have_the_decrees_sizes(kind: Kind, document: pypdfium2.PdfDocument) -> None:
    found_sizes = {words.strip(): size for words, size in sizes(document[0]).items()}

    def size(*beginnings: str) -> set[float]:
        return {each for words, each in found_sizes.items() if words and words.startswith(beginnings)}

    assert size("CỘNG HÒA") == {13}
    assert size("Độc lập") == {14}
    assert size("Số:") == {13}
    assert size("Nơi nhận") == {12}
    assert size("- Thường trực HĐND tỉnh") == {11}
    assert size(SIGNER) == {14}
    assert set(found_sizes.values()) <= {11, 12, 13, 14}


def test_the_signature_has_three_centimetres_between_position_and_name(
    trust: Trust, kind: Kind, document: pypdfium2.PdfDocument
) -> None:
    page = document[len(document) - 1]
    position = min(found(page, facts(kind).signatory.position), key=lambda box: box[1])
    name = found(page, SIGNER)[-1]
    assert 29 <= (position[1] - name[3]) / MM <= 40
    place = place_of_signature(trust, paper(kind), facts(kind).signatory.position, SIGNER)
    assert place is not None
    assert place.left > 105
    assert place.height >= 27


def test_it_is_pdf_a_2b_for_screen_readers_in_one_family_of_letters(kind: Kind) -> None:
    pdf = paper(kind)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    fonts = set(re.findall(rb"/BaseFont\s*/([^\s/]+)", pdf))
    assert fonts
    assert all(b"Tinos" in each for each in fonts)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.resolution, ("NGHỊ QUYẾT", "HỘI ĐỒNG NHÂN DÂN PHƯỜNG XUÂN PHÚ", "QUYẾT NGHỊ:", "TM. HỘI ĐỒNG NHÂN DÂN")),
        (Kind.decision, ("CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG XUÂN PHÚ", "QUYẾT ĐỊNH:", "KT. CHỦ TỊCH PHÓ CHỦ TỊCH")),
        (Kind.official_letter, ("V/v báo cáo", "Kính gửi:", "- Trạm Y tế phường.", "- Như trên;", "KHẨN")),
        (Kind.notice, ("THÔNG BÁO", "II. VỀ TIẾP XÚC CỬ TRI", "báo cáo Thường trực./.", "- Lưu: VT, VP.")),
        (Kind.invitation, ("GIẤY MỜI", "trân trọng kính mời: Các vị đại biểu", "HỎA TỐC")),
        (Kind.minutes, ("BIÊN BẢN", "THƯ KÝ Trần Văn Ví CHỦ TỌA", "ngày 20 tháng 11./.")),
        (Kind.submission, ("TỜ TRÌNH", "Kính gửi: Hội đồng nhân dân", "TM. ỦY BAN NHÂN DÂN KT.", "THƯỢNG KHẨN")),
    ],
)  # fmt: skip
def test_each_type_says_what_its_form_asks_for(kind: Kind, said: tuple[str, ...]) -> None:
    text = words_of(paper(kind))
    assert [each for each in said if each not in text] == []


def test_page_numbers_stand_centred_in_the_top_margin_from_page_two() -> None:
    with pypdfium2.PdfDocument(written(LONG)) as document:
        assert len(document) > 2
        assert not [box for box in boxes(document[0]) if box[3] > IN_MARGIN]
        for page in list(document)[1:]:
            above = [box for box in boxes(page) if box[3] > IN_MARGIN]
            assert (above[0][0] + above[-1][2]) / 2 == pytest.approx(30 + 165 / 2, abs=1)


def test_the_signature_stays_with_the_last_words() -> None:
    for articles in range(8, 16):
        text = "\n".join(LONG.splitlines()[:articles])
        with pypdfium2.PdfDocument(written(text, recipients=[Recipient(name="Sở Nội vụ")] * 9)) as document:
            last = document[len(document) - 1]
            assert found(last, SIGNER)
            assert found(last, f"Điều {articles}.")


def test_what_people_write_is_never_taken_for_template_code() -> None:
    fields = {"summary": HOSTILE, "recipients": [Recipient(name=HOSTILE)]}
    for each in (Kind.resolution, Kind.official_letter, Kind.invitation):
        signed = facts(each, **fields)
        text = Written(HOSTILE, (HOSTILE, HOSTILE), (HOSTILE,), authority=HOSTILE, minute_taker=HOSTILE)
        pdf = render_official(signed, text, PAPERS[each][0], HOSTILE, WRITTEN_ON, FONTS)
        assert re.sub(r"\s|\u200b", "", words_of(pdf)).count(re.sub(r"\s", "", HOSTILE)) >= 4


@pytest.mark.parametrize("text", ["", "x" * 400, "Một đoạn rất dài. " * 1500, "Điều 1. Tên điều", LONG])
def test_empty_and_very_long_texts_are_set(text: str) -> None:
    many = [Recipient(name=f"Ủy ban nhân dân phường số {each}") for each in range(200)]
    assert written(text, recipients=many).startswith(b"%PDF-1.7")


def test_the_same_words_give_the_same_bytes() -> None:
    assert written(LONG) == written(LONG)
    assert written(LONG) != written(LONG, urgency=Urgency.urgent)


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(OWN)))
def test_all_other_types_have_room_for_number_day_and_signature(trust: Trust, kind: Kind) -> None:
    content = written("Nội dung.", kind, drafter_symbol="VP")
    assert blanks.lay_out(trust, content, symbol_of(facts(kind))) != content
    assert place_of_signature(trust, content, "TRƯỞNG BAN", SIGNER) is not None


def test_long_names_and_symbols_leave_room_for_number_and_signature(trust: Trust) -> None:
    name = "Ban Chỉ đạo Phòng chống thiên tai và Tìm kiếm cứu nạn"
    body = Issuer(name, ["ỦY BAN NHÂN DÂN THÀNH PHỐ"], [name.upper()], "Thành phố Hồ Chí Minh")
    position = "Phó Trưởng ban thường trực kiêm Chánh Văn phòng"
    signatory = Signatory(person_id=ids("deputy"), position=position)
    long = facts(Kind.plan, issuer_symbol="BCĐPCTTTKCN-VPTT", drafter_symbol="VP", signatory=signatory)
    content = render_official(long, Written("Nội dung."), body, SIGNER, WRITTEN_ON, FONTS)
    assert blanks.lay_out(trust, content, symbol_of(long)) != content
    place = place_of_signature(trust, content, position, SIGNER)
    assert place is not None and place.height >= 27


def test_chapters_stand_centred() -> None:
    with pypdfium2.PdfDocument(written("Chương I\nQuy định chung\nĐiều 1. Phạm vi\n1. Khoản.")) as document:
        for line in ("Chương I", "QUY ĐỊNH CHUNG"):
            left, _, right, _ = found(document[0], line)[0]
            assert (left + right) / 2 / MM == pytest.approx(30 + 165 / 2, abs=1)
        assert found(document[0], "Điều 1.")[0][0] / MM == pytest.approx(40, abs=1)


def test_each_type_is_signed_numbered_and_sealed(authority: Authority, trust: Trust, kind: Kind) -> None:
    described = facts(kind)
    laid_out = blanks.lay_out(trust, paper(kind), symbol_of(described))
    place = place_of_signature(trust, laid_out, described.signatory.position, SIGNER)
    assert place is not None
    seal = AgencySeal(picture("red"), place)
    later = (LaterField("seal-1", seal_place(seal), last=True),)
    signing = instruction(laid_out, last=False, field="sign-1", appearance=Handwriting(picture(), place), later=later)
    signed = sign(trust, laid_out, signing, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD)).content
    numbered = blanks.fill(trust, signed, VALUES)
    check(numbered)
    assert filled_number(signed, described) is None
    assert filled_number(numbered, described) == (pytest.approx(0, abs=0.8), pytest.approx(9, abs=1))
    sealing = instruction(numbered, act=Act.seal, field="seal-1", appearance=seal)
    sealed = sign(trust, numbered, sealing, SoftwareKey(authority.pkcs12("agency")), consent(PASSWORD)).content
    examination = examine(trust, sealed)
    assert [each.verdict.code for each in examination.signatures] == [VerdictCode.valid] * 2
    assert examination.valid


def filled_number(content: bytes, described: Described) -> tuple[float, float] | None:
    """Lower and upper edge, in points above the line of `Số:`, of what is shown between it and the symbol."""
    with pypdfium2.PdfDocument(content) as document:
        document.init_forms()
        page = document[0]
        number, symbol = found(page, "Số:")[0], found(page, f"/{symbol_of(described)}")[0]
        line = page.get_height() - number[1]
        box = [int(4 * each) for each in (number[2] + 3, line - FONT_POINTS, symbol[0] - 3, line + 3)]
        shown = page.render(scale=4).to_pil().convert("L").crop(box).point(lambda each: 255 * (each < 128)).getbbox()
        page.close()
    return (FONT_POINTS - shown[3] / 4, FONT_POINTS - shown[1] / 4) if shown else None
