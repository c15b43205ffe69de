"""Whether a scanned paper is what Decree 30/2020, Annex I, asks of one: PDF from 1.4, in colour, 200 dots per inch.

That it was scanned 1:1 only who holds the paper can say; the file tells its size.
"""

import re
from dataclasses import dataclass
from typing import Any

from kernel.decider import Refused
from services.signing.messages.copies import ScanFlaw
from services.signing.pdf.trust import Trust

OLDEST = (1, 4)
LEAST_DPI = 199.5
"""Scanners round sizes to whole points."""

MILLIMETRES = 25.4 / 72
COLOUR_BITS = 24
HEADER = re.compile(rb"%PDF-(\d)\.(\d)")


@dataclass(frozen=True)
class Scan:
    """`dpi`: of the coarsest page; `width` and `height` of the first page in millimetres."""

    pages: int
    dpi: int
    width: int
    height: int
    flaws: tuple[ScanFlaw, ...]


def examine_scan(trust: Trust, document: bytes) -> Scan:
    """Refuses `scan_too_old` and `not_a_scan`, a file with a page that is no image."""
    import pypdfium2

    with pypdfium2.PdfDocument(document) as pdf:
        version = pdf.get_version() or 0
        if divmod(version, 10) < OLDEST:
            raise Refused("scan_too_old", str(version))
        width, height = pdf[0].get_size()
        images = [_image(pdf, number) for number in range(len(pdf))]
    dpi = min(each_dpi for each_dpi, _ in images)
    flaws = []
    if not all(coloured for _, coloured in images):
        flaws.append(ScanFlaw.not_colour)
    if dpi < LEAST_DPI:
        flaws.append(ScanFlaw.too_coarse)
    size = round(width * MILLIMETRES), round(height * MILLIMETRES)
    return Scan(len(images), round(dpi), *size, tuple(flaws))


def _image(pdf: Any, number: int) -> tuple[float, bool]:
    """Dots per inch and whether in colour, of the image that takes most of a page."""
    import pypdfium2.raw as pdfium

    page = pdf[number]
    try:
        found = [(_area(each), each) for each in page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4)]
        size, image = max(found, key=lambda each: each[0], default=(0.0, None))
        width, height = page.get_size()
        if image is None or size < width * height / 2:
            raise Refused("not_a_scan", f"page {number + 1}")
        facts = image.get_metadata()
        coloured = facts.bits_per_pixel >= COLOUR_BITS or facts.colorspace == pdfium.FPDF_COLORSPACE_INDEXED
        return min(facts.horizontal_dpi, facts.vertical_dpi), coloured
    finally:
        page.close()


def _area(image: Any) -> float:
    left, bottom, right, top = image.get_bounds()
    return float((right - left) * (top - bottom))
