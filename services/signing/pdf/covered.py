"""Text under something opaque that was drawn after it: what is signed is not what was read.

pdfium knows where each thing lies. It runs in the process for hostile files only.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kernel.decider import Refused

NEARLY_ALL = 0.9
SMALLEST_COVER = 20.0
"""Square points; smaller things are parts of letters and lines."""

MOST_OBJECTS = 20_000
INVISIBLE_TEXT = 3


@dataclass(frozen=True)
class Drawn:
    """`box`: left, bottom, right, top, in points of its page or of the form that it stands in."""

    box: tuple[float, float, float, float]
    text: bool
    opaque: bool


def refuse_covered_text(document: bytes) -> None:
    """Refuses `pdf_overlapping_content`. Invisible text, as under scanned pages, does not count."""
    import pypdfium2

    with pypdfium2.PdfDocument(document) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            try:
                _refuse_page(page, number + 1)
            finally:
                page.close()


def _refuse_page(page: Any, number: int) -> None:
    containers: dict[object, list[Drawn]] = {}
    for count, (container, each) in enumerate(_drawn(page)):
        if count > MOST_OBJECTS:
            return
        containers.setdefault(container, []).append(each)
    for drawn in containers.values():
        texts: list[Drawn] = []
        for each in drawn:
            if each.text:
                texts.append(each)
            elif each.opaque and _area(each.box) > SMALLEST_COVER and any(_covers(each, text) for text in texts):
                raise Refused("pdf_overlapping_content", f"page {number}")


def _drawn(page: Any) -> Iterator[tuple[object, Drawn]]:
    """In the order of drawing, with the form that each stands in: itself, for its `id` goes to the next form."""
    import pypdfium2.raw as pdfium

    for each in page.get_objects(max_depth=4):
        text = each.type == pdfium.FPDF_PAGEOBJ_TEXT
        if text and pdfium.FPDFTextObj_GetTextRenderMode(each) == INVISIBLE_TEXT:
            continue
        opaque = each.type in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING) or (
            each.type == pdfium.FPDF_PAGEOBJ_PATH and _filled(each)
        )
        if text or opaque:
            yield getattr(each, "container", None), Drawn(tuple(each.get_bounds()), text, opaque)


def _filled(path: Any) -> bool:
    import pypdfium2.raw as pdfium

    mode, stroke = ctypes.c_int(), ctypes.c_int()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPath_GetDrawMode(path, mode, stroke) or mode.value == pdfium.FPDF_FILLMODE_NONE:
        return False
    pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    return alpha.value > 200


def _area(box: tuple[float, float, float, float]) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _covers(cover: Drawn, text: Drawn) -> bool:
    mine, its = cover.box, text.box
    common = (max(mine[0], its[0]), max(mine[1], its[1]), min(mine[2], its[2]), min(mine[3], its[3]))
    return _area(its) > 1.0 and _area(common) >= NEARLY_ALL * _area(its)
