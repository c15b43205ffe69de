"""The building blocks of a paper, as plain data for the templates: the PDF and the web page show the same ones."""

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]
Column = tuple[str, float, str]
"""Title, relative width, alignment (`left`, `center` or `right`)."""


def heading(level: int, text: str) -> Block:
    return {"kind": "heading", "level": level, "text": text}


def section(lines: Sequence[str]) -> Block:
    """A part or chapter: its number and its title, each on a line of its own."""
    return {"kind": "section", "lines": list(lines)}


def title(text: str) -> Block:
    """Of an article: in bold, indented as a paragraph, on one page with what follows."""
    return {"kind": "title", "text": text}


def paragraph(text: str, label: str = "") -> Block:
    """`label` is printed in bold before the text."""
    return {"kind": "paragraph", "text": text, "label": label}


def written(text: str) -> list[Block]:
    """What a person wrote: one paragraph for each line that is not empty."""
    return [paragraph(line.strip()) for line in text.splitlines() if line.strip()]


def bullets(items: Sequence[str]) -> Block:
    return {"kind": "bullets", "items": list(items)}


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Block:
    """A row of one cell is a heading over the rows below it."""
    return {
        "kind": "table",
        "caption": caption,
        "columns": [{"title": title, "width": width, "align": align} for title, width, align in columns],
        "rows": [list(row) for row in rows],
    }


def chart(
    caption: str,
    description: str,
    points: Sequence[tuple[float, int]],
    *,
    length: float,
    top: int,
    threshold: int,
    ticks: Sequence[tuple[float, str]],
) -> Block:
    """A step line of `points` (x from 0 to `length`, y from 0 to `top`) with a dashed `threshold`."""
    return {
        "kind": "chart",
        "caption": caption,
        "description": description,
        "points": [list(point) for point in points],
        "length": length,
        "top": top,
        "threshold": threshold,
        "ticks": [list(tick) for tick in ticks],
    }
