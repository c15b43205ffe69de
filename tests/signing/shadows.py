"""Documents prepared before they are signed, so that they can show something else afterwards (shadow attacks)."""

import io
import random
import re
from collections.abc import Callable, Mapping

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, FloatObject, NameObject
from pypdf.generic import StreamObject as Stream
from pypdf.generic import TextStringObject as Text

Preparation = Callable[[bytes, random.Random], bytes]


def rewritten(document: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def hidden_layer(document: bytes, dice: random.Random) -> bytes:
    def change(writer: PdfWriter) -> None:
        layer = writer._add_object(
            DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): Text("x")})
        )
        switch = dice.choice(["/OFF", "/AS"])
        usage = DictionaryObject(
            {NameObject("/Event"): NameObject("/Print"), NameObject("/OCGs"): ArrayObject([layer])}
        )
        default = DictionaryObject({NameObject(switch): ArrayObject([layer if switch == "/OFF" else usage])})
        writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
            {NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): default}
        )

    return rewritten(document, change)


def form_value_hidden(document: bytes, dice: random.Random) -> bytes:
    def change(writer: PdfWriter) -> None:
        look = Stream()
        look[NameObject("/Subtype")] = NameObject("/Form")
        look[NameObject("/BBox")] = ArrayObject(FloatObject(each) for each in (0, 0, 100, 20))
        look._data = b"BT /F1 12 Tf (100) Tj ET"
        field = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Widget"),
                NameObject("/FT"): NameObject("/Tx"),
                NameObject("/T"): Text("amount"),
                NameObject("/V"): Text(str(dice.randrange(200, 10_000))),
                NameObject("/Rect"): ArrayObject(FloatObject(each) for each in (100, 100, 200, 120)),
                NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(look)}),
            }
        )
        form: dict[NameObject, object] = {NameObject("/Fields"): ArrayObject([writer._add_object(field)])}
        if dice.random() < 0.5:
            form[NameObject("/NeedAppearances")] = BooleanObject(True)
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject(form)

    return rewritten(document, change)


def words_covered(document: bytes, dice: random.Random) -> bytes:
    """A white surface over what was written, and other words on it."""

    def change(writer: PdfWriter) -> None:
        page = writer.pages[0]
        cover = Stream()
        cover._data = b"q 1 1 1 rg 60 %d 500 400 re f Q" % dice.randrange(380, 440)
        old = page["/Contents"]
        before = list(old) if isinstance(old, ArrayObject) else [page.raw_get("/Contents")]
        page[NameObject("/Contents")] = ArrayObject([*before, writer._add_object(cover)])

    return rewritten(document, change)


def note_in_wait(document: bytes, dice: random.Random) -> bytes:
    """A note that lies over the page and can be hidden later."""

    def change(writer: PdfWriter) -> None:
        look = Stream()
        look[NameObject("/Subtype")] = NameObject("/Form")
        look[NameObject("/BBox")] = ArrayObject(FloatObject(each) for each in (0, 0, 450, 120))
        look._data = b"1 1 1 rg 0 0 450 120 re f"
        note = DictionaryObject(
            {
                NameObject("/Subtype"): NameObject(dice.choice(["/Stamp", "/FreeText", "/Redact"])),
                NameObject("/Rect"): ArrayObject(FloatObject(each) for each in (60, 400, 510, 520)),
                NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(look)}),
            }
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return rewritten(document, change)


def page_in_wait(document: bytes, dice: random.Random) -> bytes:
    """A second page of which nothing tells, until a later update points to it."""

    def change(writer: PdfWriter) -> None:
        page = DictionaryObject({key: writer.pages[0].raw_get(key) for key in writer.pages[0]})
        page[NameObject("/UserUnit")] = FloatObject(dice.random())
        writer.root_object[NameObject("/Spare")] = writer._add_object(page)

    return rewritten(document, change)


def object_in_wait(document: bytes, dice: random.Random) -> bytes:
    """An object between others that no table tells of."""
    place = document.rfind(b"endobj", 0, document.rfind(b"xref")) + len(b"endobj\n")
    hidden = b"4 0 obj\n<</Length 4>>\nstream\n%d\nendstream\nendobj\n" % dice.randrange(1000, 9999)
    moved = re.sub(
        rb"startxref\s+(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) + len(hidden)), document[place:]
    )
    return document[:place] + hidden + moved


BEFORE_SIGNING: Mapping[str, Preparation] = {
    each.__name__: each
    for each in (hidden_layer, form_value_hidden, words_covered, note_in_wait, page_in_wait, object_in_wait)
}
"""Signatures hold on these, so they are refused before, and named when they come signed."""
