"""From plain data to PDF/A-2b (and PDF/UA-1, for screen readers) by a template that imports `decree30.typ`.

Rendering takes tens of milliseconds of processor time: call it in a thread, never inside an event loop.
"""

import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

LAYOUT = Path(__file__).with_name("decree30.typ")
STANDARDS = ["a-2b", "ua-1"]
SCREEN_PPI = 96.0
NEAREST = str.maketrans(
    {"→": "->", "←": "<-", "≥": ">=", "≤": "<=", "‑": "-", "−": "–", "×": "x", "✓": "v", "●": "•", "\t": " "}
)
UNPRINTABLE = "\ufffd"


class FontsMissing(Exception):
    """The folder holds no Tinos: run the front-end set-up, which builds it."""


def typeset(template: Path, values: dict[str, Any], fonts: Path) -> bytes:
    """The same template, values and fonts give the same bytes."""
    pdf: Any = typst.compile(_sources(template), **{**_inputs(values, fonts), "pdf_standards": STANDARDS})
    assert isinstance(pdf, bytes)
    return pdf


def typeset_pages(template: Path, values: dict[str, Any], fonts: Path) -> Sequence[bytes]:
    pages: Any = typst.compile(_sources(template), format="png", ppi=SCREEN_PPI, **_inputs(values, fonts))
    return [pages] if isinstance(pages, bytes) else list(pages)


def _sources(template: Path) -> dict[str, Path]:
    """What a template may import: its neighbours and the layout."""
    return {**{each.name: each for each in template.parent.glob("*.typ")}, LAYOUT.name: LAYOUT, "main": template}


def _inputs(values: dict[str, Any], fonts: Path) -> dict[str, Any]:
    data = printable(values, coverage(fonts))
    return {
        "root": LAYOUT.parent,
        "font_paths": faces(fonts),
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
    }


@cache
def faces(fonts: Path) -> Any:
    """Only our own files: any other face would slip into the PDF without a word."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])


@cache
def coverage(fonts: Path) -> frozenset[str]:
    """The characters that every style of the font has."""
    files = sorted(fonts.glob("Tinos-*.ttf"))
    if not files:
        raise FontsMissing(str(fonts))
    return frozenset.intersection(*(frozenset(map(chr, TTFont(path).getBestCmap())) for path in files))


def printable(value: Any, covered: frozenset[str]) -> Any:
    """PDF/A has no place for a letter without a glyph: what the font lacks is shown as a replacement sign."""
    match value:
        case str():
            return "".join(_glyph(each, covered) for each in unicodedata.normalize("NFC", value).translate(NEAREST))
        case dict():
            return {key: printable(each, covered) for key, each in value.items()}
        case list():
            return [printable(each, covered) for each in value]
        case _:
            return value


def unprintable(text: str, fonts: Path) -> list[str]:
    """The characters of a text that the paper cannot show, each once, for a warning before it is printed."""
    covered = coverage(fonts)
    composed = unicodedata.normalize("NFC", text).translate(NEAREST)
    return sorted({each for each in composed if _glyph(each, covered) == UNPRINTABLE})


def _glyph(character: str, covered: frozenset[str]) -> str:
    """Control and format characters (such as those that turn the direction of writing) are dropped."""
    if character == "\n":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return ""
    return character if character in covered else UNPRINTABLE
