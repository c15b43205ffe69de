"""Small files made on the spot."""

import io
from collections.abc import Callable, Sequence

import docx
import typst
from pypdf import PdfReader, PdfWriter


def pdf(*pages: str) -> bytes:
    """One page for each text."""
    source = "\n#pagebreak()\n".join(f"#{json_text(page)}" for page in pages)
    return bytes(typst.compile(source.encode()))


def json_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def changed_pdf(change: Callable[[PdfWriter], object], *pages: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(*pages or ("Báo cáo",)))))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def word(*paragraphs: str, rows: Sequence[Sequence[str]] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
