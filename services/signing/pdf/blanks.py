"""Number and day of an official document: blanks laid out before the first signature, filled after the last.

The competent person signs before there is a number (Decree 30/2020, articles 13 to 15). What is filled into a form
field later leaves a signature valid that allows it, and shows as such; text laid over a signed page would not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.text import TextBox, TextBoxStyle

from kernel.decider import Refused
from services.signing.pdf.placing import Box, found
from services.signing.pdf.revision import next_revision
from services.signing.pdf.trust import Trust
from services.signing.pdf.typeface import typeface

NUMBER, DAY, MONTH = "number", "day", "month"
FONT_POINTS = 13
LINE_POINTS = 4.0
"""Words whose lower edges differ by less stand on one line."""

BELOW_LINE = 4
"""From the lower edge of a blank to the line that its digits stand on."""

PRINTED = 4
"""Of annotation flags (ISO 32000-2, 12.5.3)."""


@dataclass(frozen=True)
class Blank:
    name: str
    box: Box


def lay_out(trust: Trust, document: bytes, symbol: str) -> bytes:
    """With empty fields between `Số:` and the symbol, and for day and month. Refuses `no_place_for_number`."""
    import pypdfium2

    with pypdfium2.PdfDocument(document) as pdf:
        page = pdf[0]
        try:
            blanks = _blanks(page, symbol)
        finally:
            page.close()
    writer = next_revision(document)
    page_reference = writer.find_page_for_modification(0)[0]
    fields = [writer.add_object(_field(writer, each)) for each in blanks]
    _append(writer, writer.root, "/AcroForm", fields)
    _append(writer, page_reference.get_object(), "/Annots", fields)
    return _written(writer)


def fill(trust: Trust, document: bytes, values: Mapping[str, str]) -> bytes:
    """As one more revision of the same file."""
    writer = next_revision(document)
    listed = writer.root["/AcroForm"]["/Fields"] if "/AcroForm" in writer.root else ()
    fields = {str(each.get_object()["/T"]): each for each in listed if "/T" in each.get_object()}
    for name, value in values.items():
        if name not in fields:
            raise Refused("no_place_for_number", name)
        field = fields[name].get_object()
        field["/V"] = pdf_string(value)
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): _look(writer, field, value, trust.fonts)})
        writer.update_container(field)
    return _written(writer)


def _blanks(page: Any, symbol: str) -> list[Blank]:
    """`Số: … /NQ-HĐND` and `ngày … tháng … năm` on the first page."""
    number = _between(found(page, "Số:"), found(page, f"/{symbol}"))
    months = found(page, "tháng")
    day, month = _between(found(page, "ngày"), months), _between(months, found(page, "năm"))
    if number is None or day is None or month is None:
        raise Refused("no_place_for_number", symbol)
    on_the_line_of_month = (day[0], month[1], day[2], month[3])
    return [Blank(NUMBER, number), Blank(DAY, on_the_line_of_month), Blank(MONTH, month)]


def _between(lefts: list[Box], rights: list[Box]) -> Box | None:
    """The gap on the first line that has both, wide enough for two digits.

    It stands on the base line of whichever word has no letter below it: `Số:` and `năm` have none.
    """
    for left in lefts:
        for right in rights:
            same_line = abs(left[1] - right[1]) < LINE_POINTS
            if same_line and right[0] - left[2] >= FONT_POINTS:
                base_line = max(left[1], right[1])
                return left[2] + 1, base_line - BELOW_LINE, right[0] - 1, base_line + FONT_POINTS
    return None


def _field(writer: IncrementalPdfFileWriter, blank: Blank) -> generic.DictionaryObject:
    """A field that only programs fill: people's viewers offer nothing to type into."""
    empty = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): _rectangle((0, 0, blank.box[2] - blank.box[0], blank.box[3] - blank.box[1])),
        },
        stream_data=b"",
    )
    read_only = 1
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): pdf_string(blank.name),
            pdf_name("/Ff"): generic.NumberObject(read_only),
            pdf_name("/F"): generic.NumberObject(PRINTED),
            pdf_name("/Rect"): _rectangle(blank.box),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(empty)}),
        }
    )


def _append(writer: IncrementalPdfFileWriter, holder: Any, key: str, fields: list[generic.IndirectObject]) -> None:
    """To the form's fields or the page's annotations, made where there are none."""
    if key == "/AcroForm":
        if key not in holder:
            holder[pdf_name(key)] = writer.add_object(generic.DictionaryObject())
            writer.update_root()
        holder, key = holder[key], "/Fields"
    if key not in holder:
        holder[pdf_name(key)] = generic.ArrayObject()
        writer.update_container(holder)
    listed = holder[key]
    listed.extend(fields)
    writer.update_container(listed)


def _look(
    writer: IncrementalPdfFileWriter, field: generic.DictionaryObject, value: str, fonts: Path | None
) -> generic.IndirectObject:
    left, bottom, right, top = (float(each) for each in field["/Rect"])
    style = TextBoxStyle(
        font=typeface(fonts, FONT_POINTS),
        font_size=FONT_POINTS,
        border_width=0,
        box_layout_rule=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MID,
            y_align=layout.AxisAlignment.ALIGN_MIN,
            margins=layout.Margins(bottom=BELOW_LINE),
        ),
    )
    box = TextBox(style, writer, box=layout.BoxConstraints(width=right - left, height=top - bottom))
    box.content = value
    return writer.add_object(box.as_form_xobject())


def _rectangle(box: Box) -> generic.ArrayObject:
    return generic.ArrayObject(generic.FloatObject(round(each, 2)) for each in box)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    made = BytesIO()
    writer.write(made)
    return made.getvalue()
