"""One more revision of a file: the bytes that were there, then what is added."""

from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def next_revision(document: bytes, *, strict: bool = True) -> IncrementalPdfFileWriter:
    """Begins on a line of its own, as PDF/A asks of every object (ISO 19005-2, 6.1.9): not every file ends with one."""
    ended = document if document.endswith((b"\n", b"\r")) else document + b"\n"
    return IncrementalPdfFileWriter(BytesIO(ended), strict=strict)
