"""How a signature looks (Decree 30/2020, Annex I): images of people and seals, text of copies and appendices."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import BaseStampStyle, StaticStampStyle, TextStampStyle

from kernel.decider import Refused
from kernel.vietnam import VIETNAM
from services.signing.pdf.instructions import (
    AgencySeal,
    Appearance,
    AppendixMark,
    CopyMark,
    Handwriting,
    NameAndTime,
    Place,
    seal_place,
)
from services.signing.pdf.typeface import Typeface, typeface

POINTS = 72 / 25.4
TEXT_POINTS = 10
MOST_PIXELS = 4_000_000
MARGIN, MARK_TOP, MARK_WIDTH = 15.0, 5.0, 90.0
"""Millimetres: from the right and upper edge, and the width of a mark; pages have words from 20 mm on, as four lines
of a mark take it.
"""

INSIDE = layout.SimpleBoxLayoutRule(
    x_align=layout.AxisAlignment.ALIGN_MID,
    y_align=layout.AxisAlignment.ALIGN_MID,
    margins=layout.Margins.uniform(0),
)
FITTING = replace(INSIDE, inner_content_scaling=layout.InnerScaling.SHRINK_TO_FIT)
RIGHT = layout.SimpleBoxLayoutRule(
    x_align=layout.AxisAlignment.ALIGN_MAX,
    y_align=layout.AxisAlignment.ALIGN_MAX,
    margins=layout.Margins.uniform(0),
    inner_content_scaling=layout.InnerScaling.SHRINK_TO_FIT,
)


@dataclass(frozen=True)
class Look:
    """`box`: lower left and upper right corner in points, on the page with this index."""

    page: int
    box: tuple[float, float, float, float]
    style: BaseStampStyle


def look_of(appearance: Appearance, at: datetime, writer: IncrementalPdfFileWriter, fonts: Path | None) -> Look:
    match appearance:
        case Handwriting(png=png, place=place):
            return _image(png, "blue", place, writer)
        case NameAndTime(name=name, place=place):
            return _words(name, at, place, writer, fonts)
        case AgencySeal(png=png):
            return _image(png, "red", seal_place(appearance), writer)
        case CopyMark(form=form, agency=agency):
            return _text([form, agency, stamped(at)], writer, fonts)
        case AppendixMark(symbol=symbol):
            return _text([symbol, stamped(at)], writer, fonts)


def stamped(at: datetime) -> str:
    """ISO 8601 with Vietnam's zone, whatever zone the host is in."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def box_of(place: Place, writer: IncrementalPdfFileWriter) -> tuple[int, tuple[float, float, float, float]]:
    """The page's index and the place in its points; upright pages only, as every official document has."""
    index = place.page - 1 if place.page > 0 else place.page
    left, _, _, top = page_box(writer, index)
    x, y = left + place.left * POINTS, top - place.top * POINTS
    return index, (x, y - place.height * POINTS, x + place.width * POINTS, y)


def page_box(writer: IncrementalPdfFileWriter, index: int) -> tuple[float, float, float, float]:
    try:
        page = writer.find_page_for_modification(index)[0].get_object()
    except (IndexError, ValueError) as error:
        raise Refused("unreadable_file", "no such page") from error
    while "/MediaBox" not in page:
        page = page["/Parent"]
    left, bottom, right, top = (float(each) for each in page["/MediaBox"])
    return left, bottom, right, top


def _image(png: bytes, colour: str, place: Place, writer: IncrementalPdfFileWriter) -> Look:
    page, box = box_of(place, writer)
    background = PdfImage(checked_image(png, colour), writer=writer)
    return Look(page, box, StaticStampStyle(border_width=0, background=background, background_layout=INSIDE))


def _words(name: str, at: datetime, place: Place, writer: IncrementalPdfFileWriter, fonts: Path | None) -> Look:
    page, box = box_of(place, writer)
    face = typeface(fonts, TEXT_POINTS)
    lines = [*face.broken(f"Ký bởi: {name}", place.width * POINTS), stamped(at)]
    return Look(page, box, _style(lines, face, FITTING))


@lru_cache(maxsize=64)
def checked_image(png: bytes, colour: str) -> Image.Image:
    """Refuses what is not a PNG with transparency whose visible pixels are mostly of the colour."""
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as opened:
            if opened.width * opened.height > MOST_PIXELS or not opened.has_transparency_data:
                raise Refused("bad_signature_image", "too large, or without transparency")
            image = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise Refused("bad_signature_image", "not a PNG") from None
    small = image.resize((64, 64))
    seen = [small.getpixel((x, y)) for x in range(64) for y in range(64)]
    inked = [each for each in seen if isinstance(each, tuple) and each[3] > 64]
    coloured = [r for r, g, b, _ in inked if (b > r if colour == "blue" else r > b)]
    if not inked or len(inked) == len(seen) or len(coloured) < len(inked) * 0.7:
        raise Refused("bad_signature_image", f"not {colour} on a transparent ground")
    return image


def _text(lines: list[str], writer: IncrementalPdfFileWriter, fonts: Path | None) -> Look:
    _, _, right, top = page_box(writer, 0)
    x, y, width = right - MARGIN * POINTS, top - MARK_TOP * POINTS, MARK_WIDTH * POINTS
    face = typeface(fonts, TEXT_POINTS)
    lines = [part for each in lines for part in face.broken(each, width)]
    style = _style(lines, face, RIGHT)
    return Look(0, (x - width, y - len(lines) * TEXT_POINTS - 1, x, y), style)


def _style(lines: list[str], face: Typeface, rule: layout.SimpleBoxLayoutRule) -> TextStampStyle:
    return TextStampStyle(
        border_width=0,
        stamp_text="\n".join(lines).replace("%", "%%"),
        text_box_style=TextBoxStyle(font=face, font_size=TEXT_POINTS, border_width=0, box_layout_rule=rule),
        inner_content_layout=rule,
    )
