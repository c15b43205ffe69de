"""The mark of an electronic copy as it lies on page 1, the pages of a copy, and what a scan must be."""

import ctypes
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageFont
from pypdf import PdfReader

from kernel.decider import Refused
from services.signing.messages import Act
from services.signing.messages.copies import ScanFlaw
from services.signing.pdf import AgencySeal, CopyMark, Handwriting, LaterField, SoftwareKey, Trust, blanks, seal_place
from services.signing.pdf.copying import copied
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.placing import place_of_signature
from services.signing.pdf.scanned import examine_scan
from services.signing.pdf.shadow import check
from tests.signing.authority import PASSWORD, Authority
from tests.signing.conftest import FONTS
from tests.signing.papers import NAME, POSITION, consent, instruction, picture, resolution, scan
from tests.signing.test_blanks import SYMBOL, VALUES, draft

MILLIMETRES = 25.4 / 72
AT = datetime(2026, 11, 22, 2, 5, 0, tzinfo=UTC)
BLACK = (0, 0, 0, 255)
TIME = "2026-11-22T09:05:00+07:00"
LONG = "Ủy ban Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội phường Thử Nghiệm thành phố Mẫu"


DOTS = 10
"""To a point, where ink is measured."""


def ink(content: bytes) -> tuple[float, float, float, float]:
    """Of page 1 with what lies over it: left, top, right, bottom, in points from its upper left corner."""
    box = ImageChops.invert(picture_of(content, DOTS).convert("L")).point(lambda dark: 255 * (dark > 127)).getbbox()
    assert box is not None, "nothing is drawn"
    left, top, right, bottom = (each / DOTS for each in box)
    return left, top, right, bottom


def picture_of(content: bytes, scale: int = 1) -> Image.Image:
    import pypdfium2
    import pypdfium2.raw as pdfium

    with pypdfium2.PdfDocument(content) as pdf:
        pdf.init_forms()
        if pdf.formenv:
            pdfium.FPDF_RemoveFormFieldHighlight(pdf.formenv)
        page = pdf[0]
        image: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        page.close()
    return image


def letters(content: bytes, words: str) -> tuple[float, str, bool]:
    """Of these words on page 1: their size in points, their face, and whether they are black."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0]
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()
        page = pdf[0]
        text = page.get_textpage()
        at, _ = text.search(words, match_case=True).get_next()
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        pdfium.FPDFText_GetFillColor(text, at, red, green, blue, alpha)
        name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(text, at, name, 200, flags)
        points = float(pdfium.FPDFText_GetFontSize(text, at))
        text.close()
        page.close()
    return points, name.value.decode().partition("+")[2], (red.value, green.value, blue.value, alpha.value) == BLACK


def sealed(trust: Trust, authority: Authority, document: bytes, agency: str) -> bytes:
    given = instruction(document, act=Act.seal, at=AT, appearance=CopyMark("SAO Y", agency))
    return sign(trust, document, given, SoftwareKey(authority.pkcs12("agency")), consent(PASSWORD)).content


@pytest.mark.parametrize(
    ("agency", "lines"),
    [
        ("Hội đồng nhân dân phường Thử Nghiệm", ["SAO Y", "Hội đồng nhân dân phường Thử Nghiệm", TIME]),
        (LONG, ["SAO Y", LONG[:60].strip(), LONG[60:], TIME]),
    ],
)
def test_the_mark_is_at_the_top_right_of_page_1_in_upright_black_letters_of_10_points(
    agency: str, lines: list[str], authority: Authority, trust: Trust
) -> None:
    content = sealed(trust, authority, copied(trust, scan(), ()), agency)
    assert examine(trust, content).valid
    for each in lines:
        size, face, black = letters(content, each[:20])
        assert (size, black) == (10, True)
        assert face.startswith("Tinos-Regular")
    left, top, right, bottom = (each * MILLIMETRES for each in ink(content))
    assert (right, top) == (pytest.approx(195, abs=0.7), pytest.approx(5.9, abs=0.7))
    assert left > 105 and bottom < 20
    measure = ImageFont.truetype(FONTS / "Tinos-Regular.ttf", 1000)
    widest = max(measure.getlength(each) for each in lines) / 100
    assert (right - left) / MILLIMETRES == pytest.approx(widest, abs=1), "no letter is made smaller"
    capitals = 6.6
    assert (bottom - top) / MILLIMETRES == pytest.approx((len(lines) - 1) * 10 + capitals, abs=1)


def test_the_mark_is_on_page_1_alone(authority: Authority, trust: Trust) -> None:
    content = sealed(trust, authority, resolution(pages=2), "Hội đồng nhân dân")
    first, second = PdfReader(BytesIO(content)).pages
    assert "/Annots" in first and "/Annots" not in second


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_on_a_page_that_is_shown_turned_the_mark_stands_upright(
    turned: int, authority: Authority, trust: Trust
) -> None:
    copy = copied(trust, scan(turned=turned), ())
    page = PdfReader(BytesIO(copy)).pages[0]
    assert page.rotation == 0
    width = float(page.mediabox.width) * MILLIMETRES
    assert width == pytest.approx(297 if turned != 180 else 210, abs=1)
    left, top, right, bottom = (each * MILLIMETRES for each in ink(sealed(trust, authority, copy, "Hội đồng nhân dân")))
    assert width - 105 < left < right < width - 14.5
    assert 5 < top < bottom < 20


def signed_resolution(trust: Trust, authority: Authority) -> bytes:
    """Numbered, signed by hand, sealed: as it was issued."""
    laid_out = blanks.lay_out(trust, draft(), SYMBOL)
    place = place_of_signature(trust, laid_out, POSITION, NAME)
    assert place is not None
    seal = AgencySeal(picture("red"), place)
    later = (LaterField("seal-1", seal_place(seal), last=True),)
    signing = instruction(laid_out, last=False, field="sign-1", appearance=Handwriting(picture(), place), later=later)
    signed = sign(trust, laid_out, signing, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD)).content
    numbered = blanks.fill(trust, signed, VALUES)
    sealing = instruction(numbered, act=Act.seal, field="seal-1", appearance=seal)
    return sign(trust, numbered, sealing, SoftwareKey(authority.pkcs12("agency")), consent(PASSWORD)).content


def test_a_copy_looks_like_the_signed_original_and_bears_one_signature(authority: Authority, trust: Trust) -> None:
    original = signed_resolution(trust, authority)
    copy = copied(trust, original, ())
    check(copy)
    seen, made = (picture_of(each, 4).convert("L").reduce(4) for each in (original, copy))
    assert max(ImageChops.difference(seen, made).getextrema()) < 64, "no letter moves by a pixel"
    reader = PdfReader(BytesIO(copy))
    assert reader.get_fields() is None and "/Annots" not in reader.pages[0]
    examination = examine(trust, sealed(trust, authority, copy, "Hội đồng nhân dân"))
    assert examination.valid and len(examination.signatures) == 1 and examination.signatures[0].locks


def test_an_issued_file_itself_takes_no_mark_any_more(authority: Authority, trust: Trust) -> None:
    """Why a copy is a file of its own: the seal of the original forbids every change."""
    with pytest.raises(Refused) as refusal:
        sealed(trust, authority, signed_resolution(trust, authority), "Hội đồng nhân dân")
    assert refusal.value.code == "document_locked"


def test_an_extract_has_the_chosen_pages_alone(trust: Trust) -> None:
    extract = copied(trust, resolution(pages=4), (1, 3))
    check(extract)
    reader = PdfReader(BytesIO(extract))
    assert len(reader.pages) == 2
    assert extract.count(b"/Type /Page\n") == 2, "pages that were left out are nowhere in the file"
    with pytest.raises(Refused) as refusal:
        copied(trust, resolution(pages=4), (4, 5))
    assert refusal.value.code == "page_not_found"


@pytest.mark.parametrize(
    ("mode", "dpi", "flaws"),
    [
        ("RGB", 200, ()),
        ("RGB", 300, ()),
        ("RGB", 150, (ScanFlaw.too_coarse,)),
        ("L", 200, (ScanFlaw.not_colour,)),
        ("1", 100, (ScanFlaw.not_colour, ScanFlaw.too_coarse)),
    ],
)
def test_a_scan_is_in_colour_with_200_dots_per_inch(
    mode: str, dpi: int, flaws: tuple[ScanFlaw, ...], trust: Trust
) -> None:
    examined = examine_scan(trust, scan(mode, dpi))
    assert (examined.pages, examined.dpi, examined.flaws) == (1, dpi, flaws)
    assert (examined.width, examined.height) == (210, 297)


@pytest.mark.parametrize(
    ("document", "code"),
    [(resolution(), "not_a_scan"), (scan().replace(b"%PDF-1.4", b"%PDF-1.3"), "scan_too_old")],
)
def test_what_is_no_scan_of_today_is_refused(document: bytes, code: str, trust: Trust) -> None:
    with pytest.raises(Refused) as refusal:
        examine_scan(trust, document)
    assert refusal.value.code == code
