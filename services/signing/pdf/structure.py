"""Every byte belongs to an object or a cross-reference of some revision; what does not could be shown by other readers.

A signature covers bytes; readers follow cross-references. Bytes that no reference leads to are covered by a signature
that the signer never saw the meaning of, and become content as soon as somebody appends a reference to them.
"""

import re
from collections.abc import Iterator
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from kernel.decider import Refused

BLANK = rb"[\x00\t\n\x0c\r ]"
HEADER = re.compile(rb"%PDF-\d\.\d" + BLANK + rb"*(?:%[^\r\n]*)?" + BLANK + rb"*\Z")
OBJECT = re.compile(rb"(\d+)" + BLANK + rb"+(\d+)" + BLANK + rb"+obj")
STREAM = re.compile(rb"stream\r?\n")
LENGTH = re.compile(rb"/Length" + BLANK + rb"+(\d+)(" + BLANK + rb"+(\d+)" + BLANK + rb"+R)?")
END = re.compile(BLANK + rb"*endobj" + BLANK + rb"*\Z")
STREAM_END = re.compile(BLANK + rb"*endstream" + BLANK + rb"*endobj" + BLANK + rb"*\Z")
TABLE = re.compile(
    rb"xref" + BLANK + rb"+(?:\d+ \d+" + BLANK + rb"+(?:\d{10} \d{5} [nf]" + BLANK + rb"*)*)+trailer" + BLANK + rb"*<<",
)
TAIL = re.compile(rb"startxref" + BLANK + rb"+\d+" + BLANK + rb"+%%EOF" + BLANK + rb"*\Z")


def opened(content: bytes) -> PdfFileReader:
    """Strict, but for files with both kinds of cross-references, as Word writes them; their bytes are checked too."""
    reader = PdfFileReader(BytesIO(content))
    return PdfFileReader(BytesIO(content), strict=False) if reader.xrefs.hybrid_xrefs_present else reader


def refuse_stray_bytes(content: bytes, reader: PdfFileReader) -> None:
    """Refuses `pdf_stray_bytes`, and `pdf_leading_bytes` for what stands before the header."""
    if not content.startswith(b"%PDF-"):
        raise Refused("pdf_leading_bytes")
    starts = sorted(_starts(reader))
    if not starts or HEADER.match(content[: starts[0]]) is None:
        raise Refused("pdf_stray_bytes", "after the header")
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        if not _whole(content[start:end], reader):
            raise Refused("pdf_stray_bytes", f"between {start} and {end}")


def _starts(reader: PdfFileReader) -> Iterator[int]:
    """Where objects and cross-references begin, over all revisions."""
    found: set[int] = set()
    for revision in range(reader.xrefs.total_revisions):
        section = reader.xrefs.get_xref_data(revision)
        found |= {offset for _, offset in section.standard_xrefs.values()}
        found.add(reader.xrefs.get_xref_container_info(revision).declared_startxref)
        if section.hybrid is not None:
            found |= {offset for _, offset in section.hybrid.xref_data.standard_xrefs.values()}
            found.add(section.hybrid.meta_info.declared_startxref)
    return iter(found)


def _whole(piece: bytes, reader: PdfFileReader) -> bool:
    """Nothing but one object, one table with its trailer, or one reference stream with its end of file."""
    if piece.startswith(b"xref"):
        tail = piece.rfind(b"startxref")
        return (
            TABLE.match(piece) is not None
            and TAIL.match(piece[tail:]) is not None
            and piece[:tail].rstrip().endswith(b">>")
            and b"endobj" not in piece
            and piece.count(b"%%EOF") == 1
        )
    if OBJECT.match(piece) is None:
        return False
    tail = piece.rfind(b"startxref")
    if tail > 0 and TAIL.match(piece[tail:]) is not None:
        piece = piece[:tail]
    stream = STREAM.search(piece)
    if stream is None:
        return piece.count(b"endobj") == 1 and END.search(piece) is not None
    head = piece[: stream.start()]
    length = None if b"endobj" in head else _length(head, reader)
    return length is not None and STREAM_END.match(piece[stream.end() + length :]) is not None


def _length(dictionary: bytes, reader: PdfFileReader) -> int | None:
    """Of the stream, as its dictionary says, directly or by reference."""
    found = LENGTH.search(dictionary)
    if found is None:
        return None
    if not found[2]:
        return int(found[1])
    value = reader.get_object(generic.Reference(int(found[1]), int(found[3]), pdf=reader))
    return int(value) if isinstance(value, int) else None
