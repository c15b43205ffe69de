"""A new file with pages of another one, as they are seen: what stands in fields and signatures is drawn into them.

Pages that are taken out of a file bear none of its signatures, and a file that its last signer locked takes no mark
any more; so a copy is a file of its own, with the seal of who made it and no other signature.
"""

from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
    RectangleObject,
    StreamObject,
)

from kernel.decider import Refused
from services.signing.pdf.trust import Trust

VERSION = "%PDF-1.7"
HIDDEN = 0b100010
"""Of annotation flags (ISO 32000-2, 12.5.3): hidden, or not shown on screens."""

OF_THE_FILE = ("/OutputIntents", "/Metadata", "/Lang")
"""What makes a file an archival one (PDF/A-2b) beside its pages."""

DROPPED = ("/Annots", "/StructParents", "/Tabs", "/AA", "/B", "/Thumb", "/PieceInfo")
Matrix = tuple[float, float, float, float, float, float]


def copied(trust: Trust, document: bytes, pages: tuple[int, ...]) -> bytes:
    """`pages`: counted from 1, in their order; none for all. Refuses `page_not_found`, and what cannot be read."""
    try:
        return _copied(document, pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Refused("unreadable_file", type(error).__name__) from error


def _copied(document: bytes, pages: tuple[int, ...]) -> bytes:
    reader = PdfReader(BytesIO(document))
    numbers = pages or tuple(range(1, len(reader.pages) + 1))
    if numbers[-1] > len(reader.pages):
        raise Refused("page_not_found", f"{numbers[-1]} of {len(reader.pages)}")
    writer = PdfWriter()
    writer.metadata, writer.pdf_header = None, VERSION
    for number in numbers:
        taken = reader.pages[number - 1]
        _draw(writer, writer.add_page(taken, excluded_keys=DROPPED), _shown(taken))
    _stand_upright(writer.pages[0])
    for key in OF_THE_FILE:
        if key in reader.root_object:
            writer.root_object[NameObject(key)] = reader.root_object.raw_get(key).clone(writer)
    writer.generate_file_identifiers()
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _shown(page: PageObject) -> list[tuple[StreamObject, Matrix]]:
    """What lies over the page, in the order of drawing, with how it is moved there (ISO 32000-2, 12.5.5)."""
    shown = []
    for each in _list(page.get("/Annots")):
        annotation = _dictionary(each)
        appearance = _appearance(annotation)
        if appearance is not None and not int(annotation.get("/F", 0)) & HIDDEN and "/Rect" in annotation:
            shown.append((appearance, _moved(appearance, RectangleObject(_list(annotation["/Rect"])))))
    return shown


def _appearance(annotation: DictionaryObject) -> StreamObject | None:
    found = _dictionary(annotation.get("/AP")).get("/N")
    found = found.get_object() if found is not None else None
    if isinstance(found, DictionaryObject) and not isinstance(found, StreamObject):
        found = _dictionary(found.get(str(annotation.get("/AS", ""))))
    return found if isinstance(found, StreamObject) else None


def _moved(appearance: StreamObject, place: RectangleObject) -> Matrix:
    a, b, c, d, e, f = (float(each) for each in appearance.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    box = RectangleObject(_list(appearance.get("/BBox")) or (0, 0, 0, 0))
    corners = [(x, y) for x in (float(box.left), float(box.right)) for y in (float(box.bottom), float(box.top))]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    width, height = max(across) - min(across), max(up) - min(up)
    wide = float(place.width) / width if width else 1.0
    high = float(place.height) / height if height else 1.0
    left, bottom = min(float(place.left), float(place.right)), min(float(place.bottom), float(place.top))
    return wide, 0.0, 0.0, high, left - min(across) * wide, bottom - min(up) * high


def _draw(writer: PdfWriter, page: PageObject, shown: list[tuple[StreamObject, Matrix]]) -> None:
    """After the page's own content, which is left as it is."""
    if not shown:
        return
    resources = DictionaryObject(_dictionary(page.get("/Resources")))
    forms = DictionaryObject(_dictionary(resources.get("/XObject")))
    drawn = ["Q"]
    for number, (appearance, matrix) in enumerate(shown, 1):
        name = f"/Shown{number}"
        form = appearance.clone(writer, ignore_fields=("/Parent", "/P"))
        form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        forms[NameObject(name)] = form.indirect_reference
        numbers = " ".join(FloatObject(round(each, 5)).myrepr() for each in matrix)
        drawn.append(f"q {numbers} cm {name} Do Q")
    resources[NameObject("/XObject")] = forms
    page[NameObject("/Resources")] = resources
    own = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
    held = own.get_object()
    between = list(held) if isinstance(held, ArrayObject) else [own]
    page[NameObject("/Contents")] = ArrayObject([_stream(writer, "q"), *between, _stream(writer, "\n".join(drawn))])


def _stream(writer: PdfWriter, text: str) -> PdfObject:
    stream = DecodedStreamObject()
    stream.set_data(f"{text}\n".encode("ascii"))
    return writer._add_object(stream)


def _stand_upright(page: PageObject) -> None:
    """The mark is placed on the page as it is seen: turned by nothing, cut by nothing."""
    if "/CropBox" in page:
        page[NameObject("/MediaBox")] = RectangleObject(page.cropbox)
        del page["/CropBox"]
    if page.rotation:
        page.transfer_rotation_to_content()


def _dictionary(value: object) -> DictionaryObject:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _list(value: object) -> list[PdfObject]:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return list(found) if isinstance(found, ArrayObject) else []
