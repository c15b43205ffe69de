"""Checks of PDF files: nothing that runs, opens or hides something, and nothing a reader would choke on."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from kernel.decider import Refused

MAX_PAGES = 2000
MAX_STREAM_BYTES = 64 * 1024 * 1024
END = b"%%EOF"
LINE_ENDS = (b"", b"\n", b"\r", b"\r\n")

FORBIDDEN_KEYS = {
    "/JS": "pdf_javascript",
    "/JavaScript": "pdf_javascript",
    "/AA": "pdf_additional_actions",
    "/EmbeddedFiles": "pdf_embedded_file",
    "/EF": "pdf_embedded_file",
    "/RichMediaContent": "pdf_rich_media",
    "/RichMediaSettings": "pdf_rich_media",
    "/XFA": "pdf_xfa",
}
FORBIDDEN_NAMES = {
    ("/S", "/JavaScript"): "pdf_javascript",
    ("/S", "/Launch"): "pdf_launch",
    ("/S", "/ImportData"): "pdf_launch",
    ("/S", "/SubmitForm"): "pdf_launch",
    ("/S", "/GoToE"): "pdf_embedded_file",
    ("/S", "/Rendition"): "pdf_rich_media",
    ("/Type", "/EmbeddedFile"): "pdf_embedded_file",
    ("/Subtype", "/FileAttachment"): "pdf_embedded_file",
    ("/Subtype", "/RichMedia"): "pdf_rich_media",
    ("/Subtype", "/Movie"): "pdf_rich_media",
    ("/Subtype", "/Screen"): "pdf_rich_media",
    ("/Subtype", "/3D"): "pdf_rich_media",
}


def check(content: bytes) -> int:
    """The number of pages of a PDF that may be kept. The bytes are never changed: a signed PDF is kept or refused."""
    return len(checked(content).pages)


def checked(content: bytes) -> PdfReader:
    """The same file, read; for those who look for more."""
    _check_ends(content)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise Refused("pdf_encrypted")
        _check_open_action(reader.root_object)
        for each in _objects(reader):
            _check_object(each)
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError) as error:
        raise Refused("unreadable_file", f"{type(error).__name__}: {error}") from error
    except RecursionError as error:
        raise Refused("unreadable_file", "nested too deeply") from error
    if pages > MAX_PAGES:
        raise Refused("pdf_too_many_pages", str(pages))
    if pages == 0:
        raise Refused("unreadable_file", "no pages")
    return reader


def _check_ends(content: bytes) -> None:
    """The file is a PDF from its first to its last byte, and no ZIP archive at the same time."""
    end = content.rfind(END)
    if end < 0:
        raise Refused("unreadable_file", "no end-of-file mark")
    if content[end + len(END) :] not in LINE_ENDS:
        raise Refused("pdf_trailing_bytes", "bytes after the last %%EOF")
    if zipfile.is_zipfile(BytesIO(content)):
        raise Refused("pdf_trailing_bytes", "also a ZIP archive")


def _check_open_action(root: DictionaryObject) -> None:
    """A destination to open at (an array, or a GoTo action) only turns to a page; any other action is refused."""
    action = root.get("/OpenAction")
    action = action.get_object() if action is not None else None
    if isinstance(action, DictionaryObject) and action.get("/S") != "/GoTo":
        raise Refused(FORBIDDEN_NAMES.get(("/S", str(action.get("/S"))), "pdf_open_action"))


def _objects(reader: PdfReader) -> Iterator[PdfObject]:
    """Every object the file defines, referenced or not."""
    yield reader.trailer
    plain = ((number, generation) for generation, found in reader.xref.items() for number in found)
    packed = ((number, 0) for number in reader.xref_objStm)
    for number, generation in {*plain, *packed}:
        if number:
            found = reader.get_object(IndirectObject(number, generation, reader))
            if found is not None:
                yield found


def _check_object(whole: PdfObject) -> None:
    """Looks into the object and all that stands directly in it; what it refers to is an object of its own."""
    waiting: list[PdfObject] = [whole]
    while waiting:
        each = waiting.pop()
        if isinstance(each, StreamObject):
            _check_stream(each)
        if isinstance(each, DictionaryObject):
            _check_dictionary(each)
            waiting += [each.raw_get(key) for key in each]
        elif isinstance(each, ArrayObject):
            waiting += list(list.__iter__(each))


def _check_dictionary(found: DictionaryObject) -> None:
    for key in found:
        if key in FORBIDDEN_KEYS:
            raise Refused(FORBIDDEN_KEYS[key], str(key))
    for key in ("/S", "/Type", "/Subtype"):
        code = FORBIDDEN_NAMES.get((key, str(found.get(key)))) if key in found else None
        if code is not None:
            raise Refused(code, f"{key} {found[key]}")


def _check_stream(stream: StreamObject) -> None:
    """Counts what each deflate layer would give, without keeping it."""
    filters = stream.get("/Filter")
    names = [filters] if isinstance(filters, str) else list(filters or ())
    if not names or names[0] not in ("/FlateDecode", "/Fl"):
        return
    content: bytes = stream._data
    for name in names:
        if name not in ("/FlateDecode", "/Fl"):
            return
        content = _inflated(content)


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(content, MAX_STREAM_BYTES)
    except zlib.error:
        return b""  # a damaged stream shows nothing; readers skip it as well
    if len(plain) == MAX_STREAM_BYTES and inflater.decompress(inflater.unconsumed_tail, 1):
        raise Refused("pdf_stream_too_large")
    return plain
