"""The text of a file, as its own library reads it. Runs in the worker process only.

The libraries are imported where they are used, so that only the worker process ever loads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageSequence

from kernel.decider import Refused
from services.documents.intake_office import MEDIA_TYPES

if TYPE_CHECKING:
    from pptx.shapes.base import BaseShape

WORD, EXCEL, POWERPOINT = MEDIA_TYPES.values()
PAGE_BREAK = "\f"
MAX_TEXT_CHARS = 8_000_000
OCR_DOTS_PER_INCH = 200


@dataclass(frozen=True)
class Extracted:
    """`text` has a form feed between pages; `pages` where the format knows them."""

    text: str
    pages: int | None = None


def extract_file(path: str, media_type: str) -> Extracted:
    try:
        pages = list(_pages(path, media_type))
    except MemoryError:
        raise
    except Exception as error:  # parsers of hostile files raise anything, and not everything can be pickled
        raise Refused("unreadable_file", type(error).__name__) from None
    text = PAGE_BREAK.join(pages)[:MAX_TEXT_CHARS].replace("\0", " ").replace("\ufffe", "-")
    return Extracted(
        text=text.encode("utf-8", "replace").decode(),
        pages=len(pages) if media_type in ("application/pdf", POWERPOINT) else None,
    )


def draw_pages(path: str, folder: str, most: int) -> int:
    """Page images for OCR, `0001.png` and so on; how many."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        count = min(len(pdf), most)
        for number in range(count):
            page = pdf[number]
            image = page.render(scale=OCR_DOTS_PER_INCH / 72, grayscale=True).to_pil()
            image.save(Path(folder) / f"{number + 1:04}.png")
            page.close()
    return count


def picture_to_pdf(path: str, made: str) -> int:
    """A PDF with each frame of the picture as one page; how many. For pictures that browsers do not show."""
    with Image.open(path) as picture:
        frames = [
            frame.convert("L" if frame.mode in ("1", "L") else "RGB") for frame in ImageSequence.Iterator(picture)
        ]
    frames[0].save(made, "PDF", save_all=True, append_images=frames[1:], resolution=150)
    return len(frames)


def _pages(path: str, media_type: str) -> Iterator[str]:
    if media_type == "application/pdf":
        return _pdf(path)
    if media_type == WORD:
        return _word(path)
    if media_type == EXCEL:
        return _excel(path)
    if media_type == POWERPOINT:
        return _powerpoint(path)
    if media_type == "text/plain":
        return iter([Path(path).read_bytes().decode("utf-8-sig")])
    raise Refused("unsupported_type", media_type)


def _pdf(path: str) -> Iterator[str]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            text = page.get_textpage()
            yield text.get_text_range().replace("\r\n", "\n")
            text.close()
            page.close()


def _word(path: str) -> Iterator[str]:
    import docx

    lines: list[str] = []
    document = docx.Document(path)
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            lines += ["\t".join(dict.fromkeys(cell.text for cell in row.cells)) for row in block.rows]
        else:
            lines.append(block.text)
    yield "\n".join(lines)


def _excel(path: str) -> Iterator[str]:
    import openpyxl

    with open(path, "rb") as file:
        for sheet in openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets:
            cells = ((str(cell) for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True))
            yield "\n".join([sheet.title, *filter(None, map("\t".join, cells))])


def _powerpoint(path: str) -> Iterator[str]:
    import pptx

    for slide in pptx.Presentation(path).slides:
        lines = [text for shape in slide.shapes for text in _shape_texts(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            lines.append(slide.notes_slide.notes_text_frame.text)
        yield "\n".join(lines)


def _shape_texts(shape: "BaseShape") -> Iterator[str]:
    if shape.has_text_frame:
        yield shape.text_frame.text
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:
            yield "\t".join(cell.text for cell in row.cells)
    for inner in getattr(shape, "shapes", ()):
        yield from _shape_texts(inner)
