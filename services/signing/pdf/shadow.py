"""What lets one file show different things to different people, prepared before it is signed.

Signatures hold on such files, so they are refused before the first signature, and named when a file is examined.
"""

from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from kernel import safe_pdf
from kernel.decider import Refused
from services.signing.pdf.covered import refuse_covered_text
from services.signing.pdf.structure import opened, refuse_stray_bytes
from services.signing.pdf.trust import Trust

SHOWN_ANNOTATIONS = ("/Widget", "/Link", "/Popup")


def refuse_unsafe(trust: Trust, document: bytes) -> None:
    """For a document without signatures as for one with them. Raises `Refused` with the first reason found."""
    try:
        check(document)
    except Refused:
        raise
    except Exception as error:  # parsers of hostile files raise anything
        raise Refused("unreadable_file", type(error).__name__) from None


def check(document: bytes, strict: PdfFileReader | None = None) -> None:
    """`strict`: the same bytes, if they are open already. Raises `Refused`, and whatever parsers raise."""
    reader = safe_pdf.checked(document)
    refuse_stray_bytes(document, strict or opened(document))
    root = reader.root_object
    _refuse_hidden_layers(root)
    _refuse_form_values(root)
    _refuse_annotations(reader)
    _refuse_unused_pages(reader)
    refuse_covered_text(document)


def _refuse_hidden_layers(root: DictionaryObject) -> None:
    """Layers that are off, or that printing, exporting or viewing switches."""
    if "/OCProperties" not in root:
        return
    properties = _dictionary(root["/OCProperties"])
    configurations = [properties.get("/D"), *_list(properties.get("/Configs"))]
    for each in map(_dictionary, configurations):
        if _list(each.get("/OFF")) or _list(each.get("/AS")) or each.get("/BaseState", "/ON") != "/ON":
            raise Refused("pdf_hidden_layers")


def _refuse_form_values(root: DictionaryObject) -> None:
    """A field's value is what programs read, its appearance what people see."""
    form = _dictionary(root.get("/AcroForm"))
    if form.get("/NeedAppearances"):
        raise Refused("pdf_form_differs", "appearances are left to the reader's program")
    waiting = _list(form.get("/Fields"))
    while waiting:
        field = _dictionary(waiting.pop())
        waiting += [kid for kid in _list(field.get("/Kids")) if "/T" in _dictionary(kid)]
        if field.get("/FT") == "/Tx" and "/V" in field:
            shown = [field, *map(_dictionary, _list(field.get("/Kids")))]
            if not any(_shows(each, str(field["/V"])) for each in shown):
                raise Refused("pdf_form_differs", str(field.get("/T")))


def _shows(widget: DictionaryObject, value: str) -> bool:
    appearance = _dictionary(_dictionary(widget.get("/AP")).get("/N"))
    if not isinstance(appearance, StreamObject):
        return not value.strip()
    text = _text_of(appearance)
    return "".join(text.split()) == "".join(value.split())


def _text_of(appearance: StreamObject) -> str:
    """As drawn. pypdf reads the text of pages, so the appearance is read as one."""
    from pypdf import PageObject

    page = PageObject()
    page.update({key: appearance.raw_get(key) for key in appearance if key == "/Resources"})
    return str(page.extract_xform_text(appearance))  # type: ignore[arg-type]


def _refuse_annotations(reader: PdfReader) -> None:
    """An annotation with an appearance lies over the page and can be hidden, moved or dropped by a program."""
    for number, page in enumerate(reader.pages, 1):
        for each in map(_dictionary, _list(page.get("/Annots"))):
            kind = each.get("/Subtype")
            if kind not in SHOWN_ANNOTATIONS and "/AP" in each:
                raise Refused("pdf_overlapping_content", f"{kind} on page {number}")


def _refuse_unused_pages(reader: PdfReader) -> None:
    """A second catalogue or page that nothing leads to waits for somebody to point to it."""
    shown = {page.indirect_reference.idnum for page in reader.pages if page.indirect_reference}
    for number, found in _all_objects(reader):
        if isinstance(found, DictionaryObject) and found.get("/Type") == "/Page" and number not in shown:
            raise Refused("pdf_unused_pages", f"object {number}")
        if isinstance(found, DictionaryObject) and found.get("/Type") == "/Catalog":
            current = reader.trailer.raw_get("/Root")
            if number != getattr(current, "idnum", None):
                raise Refused("pdf_unused_pages", f"catalogue {number}")


def _all_objects(reader: PdfReader) -> list[tuple[int, PdfObject | None]]:
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    return [(number, reader.get_object(number)) for number, _ in sorted(numbers) if number]


def _dictionary(value: object) -> DictionaryObject:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _list(value: object) -> list[PdfObject]:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return list(found) if isinstance(found, ArrayObject) else []
