"""The typeface of visible text, which has every Vietnamese letter."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from PIL import ImageFont
from pyhanko.pdf_utils.font.api import FontEngineFactory
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from kernel.decider import Refused

HINTING = ("fpgm", "prep", "cvt ", "cvar", "gasp", "hdmx", "LTSH", "VDMX")


class Typeface(FontEngineFactory):
    """Embedded as far as it is used. The library's own factory leaves the font's file open."""

    def __init__(self, font: bytes, points: float) -> None:
        self._font = font
        self._points = points

    def create_font_engine(self, writer: BasePdfFileWriter, obj_stream: Any = None) -> GlyphAccumulator:
        return GlyphAccumulator(writer, BytesIO(self._font), font_size=self._points, obj_stream=obj_stream)

    def broken(self, text: str, width: float) -> list[str]:
        """In lines that are no wider, in points, unless a single word is."""
        measure = ImageFont.truetype(BytesIO(self._font), 1000)
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and measure.getlength(longer) * self._points / 1000 <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


@lru_cache(maxsize=4)
def typeface(fonts: Path | None, points: float) -> Typeface:
    face = fonts / "Tinos-Regular.ttf" if fonts else None
    if face is None or not face.is_file():
        raise Refused("fonts_missing", str(fonts))
    return Typeface(_in_thousandths(face), points)


def _in_thousandths(face: Path) -> bytes:
    """PDF counts widths in thousandths of an em; the library takes the font's own units for those.

    Hints are programs in the old units: where they run, as in Chromium, they would draw letters out of shape.
    """
    with TTFont(face) as font:
        scale_upem(font, 1000)
        for table in HINTING:
            if table in font:
                del font[table]
        for glyph in font["glyf"].glyphs.values():
            glyph.removeHinting()
        made = BytesIO()
        font.save(made)
    return made.getvalue()
