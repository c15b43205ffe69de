"""Where the handwritten signature stands: between the signer's position and name (Decree 30, cells 7a to 7c)."""

from typing import Any

from services.signing.pdf.instructions import Place
from services.signing.pdf.trust import Trust

MILLIMETRES = 25.4 / 72
WIDTH = 50.0
LEAST_HEIGHT, MOST_HEIGHT, CLEAR = 8.0, 30.0, 1.0

Box = tuple[float, float, float, float]


def place_of_signature(trust: Trust, document: bytes, position: str, name: str) -> Place | None:
    """On the last page that has both lines, the name below the position. None where there is no room between them."""
    import pypdfium2

    with pypdfium2.PdfDocument(document) as pdf:
        for number in range(len(pdf), 0, -1):
            page = pdf[number - 1]
            try:
                place = _between(page, number, position, name)
            finally:
                page.close()
            if place is not None:
                return place
    return None


def _between(page: Any, number: int, position: str, name: str) -> Place | None:
    positions, names = found(page, position) + found(page, position.upper()), found(page, name)
    for written in reversed(names):
        above = [each for each in positions if each[1] >= written[3] and _same_column(each, written)]
        if above:
            return _place(page, number, min(above, key=lambda each: each[1]), written)
    return None


def _place(page: Any, number: int, position: Box, name: Box) -> Place | None:
    height = (position[1] - name[3]) * MILLIMETRES - 2 * CLEAR
    if height < LEAST_HEIGHT:
        return None
    used = min(height, MOST_HEIGHT)
    middle = (name[0] + name[2]) / 2 * MILLIMETRES
    top = (page.get_height() - position[1]) * MILLIMETRES + CLEAR + (height - used) / 2
    return Place(page=number, left=middle - WIDTH / 2, top=top, width=WIDTH, height=used)


def found(page: Any, words: str) -> list[Box]:
    """Left, bottom, right, top of each occurrence, in reading order."""
    text = page.get_textpage()
    boxes: list[Box] = []
    search = text.search(words, match_case=True)
    while (hit := search.get_next()) is not None:
        rectangles = [text.get_rect(each) for each in range(text.count_rects(*hit))]
        lefts, bottoms, rights, tops = zip(*rectangles, strict=True)
        boxes.append((min(lefts), min(bottoms), max(rights), max(tops)))
    text.close()
    return boxes


def _same_column(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2]
