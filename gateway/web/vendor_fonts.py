"""Builds the fonts: CSS with unicode ranges and tabular figures for screens, whole TTF files for documents."""

import string
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

VOWELS = "aăâeêioôơuưy"
TONES = "\u0300\u0301\u0303\u0309\u0323"
STYLES = {"Regular": "400-normal", "Bold": "700-normal", "Italic": "400-italic", "BoldItalic": "700-italic"}
RANGES = {
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, "
    "U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD",
    "vietnamese": "U+0102-0103, U+0110-0111, U+0128-0129, U+0168-0169, U+01A0-01A1, U+01AF-01B0, U+0300-0301, "
    "U+0303-0304, U+0308-0309, U+0323, U+0329, U+1EA0-1EF9, U+20AB",
}
FACE = """@font-face {{
  font-family: "{family}"; font-style: normal; font-display: swap; font-weight: {weight};
  src: url("{file}") format("woff2"); unicode-range: {letters};
}}
"""


def vietnamese_letters() -> str:
    """Every letter of Vietnamese with every tone, composed, in both cases, and the sign of the đồng."""
    from unicodedata import normalize

    lower = "đ" + "".join(normalize("NFC", vowel + tone) for vowel in VOWELS for tone in ("", *TONES))
    return lower + lower.upper() + "₫" + string.ascii_letters + string.digits + "–“”…"


def screen_fonts(folder: Path, weights: tuple[int, ...]) -> None:
    faces = [
        FACE.format(
            family="Be Vietnam Pro", weight=weight, file=f"be-vietnam-pro-{part}-{weight}-normal.woff2", letters=letters
        )
        for weight in weights
        for part, letters in RANGES.items()
    ]
    for weight in weights:
        figures = f"tabular-figures-{weight}.woff2"
        _tabular_figures(folder / f"be-vietnam-pro-latin-{weight}-normal.woff2", folder / figures)
        faces.append(FACE.format(family="Tabular Figures", weight=weight, file=figures, letters="U+0030-0039"))
    (folder / "be-vietnam-pro.css").write_text("".join(faces))


def _tabular_figures(source: Path, target: Path) -> None:
    """The web build of Be Vietnam Pro has proportional figures only; columns of votes need figures of one width."""
    font = TTFont(source, recalcTimestamp=False)
    keep = Subsetter()
    keep.populate(text=string.digits)
    keep.options.layout_features = []
    keep.subset(font)
    glyphs = [font.getBestCmap()[ord(digit)] for digit in string.digits]
    one_width = sorted(font["hmtx"][glyph][0] for glyph in glyphs)[len(glyphs) // 2]
    for glyph in glyphs:
        width, bearing = font["hmtx"][glyph]
        shift = (one_width - width) // 2
        outline = font["glyf"][glyph]
        outline.coordinates.translate((shift, 0))
        outline.recalcBounds(font["glyf"])
        font["hmtx"][glyph] = (one_width, bearing + shift)
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "Tabular Figures"
    font.flavor = "woff2"
    font.save(target)


def document_fonts(files: Path, folder: Path) -> None:
    """Web fonts are split by script; a document needs each style in one file, with every Vietnamese letter in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for style, cut in STYLES.items():
        target = folder / f"Tinos-{style}.ttf"
        parts = [str(_plain(files / f"tinos-{part}-{cut}.woff2", folder)) for part in ("latin", "vietnamese")]
        merged = Merger().merge(parts)
        merged.save(target)
        for part in parts:
            Path(part).unlink()
        held = TTFont(target).getBestCmap()
        missing = [letter for letter in vietnamese_letters() if ord(letter) not in held]
        if missing:
            raise RuntimeError(f"{target.name} lacks {''.join(missing)}")


def _plain(source: Path, folder: Path) -> Path:
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    target = folder / f"{source.stem}.part.ttf"
    font.save(target)
    return target
