"""Ways to make people read something else than what was signed, or believe in a signature that does not hold.

Each takes a signed file and a generator of random numbers. What is prepared before signing is in `shadows.py`.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

BYTE_RANGE = re.compile(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+) *\]")
CONTENTS = re.compile(rb"/Contents ?<([0-9a-fA-F]+)>")


@dataclass(frozen=True)
class Files:
    """A signed file, its document, and another file signed by the same person."""

    signed: bytes
    document: bytes
    other: bytes


Attack = Callable[[Files, random.Random], bytes]


def contents(file: bytes, which: int = -1) -> re.Match[bytes]:
    return list(CONTENTS.finditer(file))[which]


def replaced(file: bytes, start: int, piece: bytes) -> bytes:
    return file[:start] + piece + file[start + len(piece) :]


def updated(file: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    """With one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(file), strict=False)
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def drawing(writer: IncrementalPdfFileWriter, words: str) -> generic.IndirectObject:
    content = f"q 1 1 1 rg 60 400 450 120 re f 0 g BT /F1 18 Tf 80 450 Td ({words}) Tj ET Q".encode()
    return writer.add_object(generic.StreamObject(stream_data=content))


def page_of(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page = writer.find_page_for_modification(0)[0].get_object()
    assert isinstance(page, generic.DictionaryObject)
    return page


def byte_edit(files: Files, dice: random.Random) -> bytes:
    """One bit of the document itself."""
    place = dice.randrange(20, len(files.document) - 20)
    return replaced(files.signed, place, bytes([files.signed[place] ^ (1 << dice.randrange(8))]))


def signature_edit(files: Files, dice: random.Random) -> bytes:
    """One digit of what the key made. The certificates beside it are not signed, and need not be."""
    found = contents(files.signed, 0)
    made = cms.ContentInfo.load(bytes.fromhex(found[1].decode()), strict=False)["content"]["signer_infos"][0]
    digits = made["signature"].native.hex().upper().encode()
    place = found.start(1) + found[1].index(digits) + dice.randrange(len(digits))
    old = files.signed[place : place + 1]
    return replaced(files.signed, place, b"7" if old != b"7" else b"8")


def zeroed_signature(files: Files, dice: random.Random) -> bytes:
    found = contents(files.signed, 0)
    return replaced(files.signed, found.start(1), b"0" * len(found[1]))


def page_replaced(files: Files, dice: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        page[pdf_name("/Contents")] = drawing(writer, f"Quyet nghi {dice.randrange(1000)} ty dong")
        writer.update_container(page)

    return updated(files.signed, change)


def page_turned(files: Files, dice: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        corners = (0, dice.randrange(100, 500), 595, 842)
        page[pdf_name("/CropBox")] = generic.ArrayObject(generic.NumberObject(each) for each in corners)
        writer.update_container(page)

    return updated(files.signed, change)


def overlay(files: Files, dice: random.Random) -> bytes:
    """A note over the signed words."""
    kind = dice.choice(["/FreeText", "/Stamp", "/Square", "/Ink"])

    def change(writer: IncrementalPdfFileWriter) -> None:
        box = generic.ArrayObject(generic.NumberObject(each) for each in (60, 400, 510, 520))
        look = generic.StreamObject(
            {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): box},
            stream_data=b"1 1 1 rg 60 400 450 120 re f",
        )
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name(kind),
                pdf_name("/Rect"): box,
                pdf_name("/F"): generic.NumberObject(4),
                pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)}),
            }
        )
        page = page_of(writer)
        notes = page.get("/Annots", generic.ArrayObject())
        page[pdf_name("/Annots")] = generic.ArrayObject([*notes, writer.add_object(note)])
        writer.update_container(page)

    return updated(files.signed, change)


def script(files: Files, dice: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string(f"app.alert({dice.random()})")}
        writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
        writer.update_root()

    return updated(files.signed, change)


def launch(files: Files, dice: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        action = {pdf_name("/S"): pdf_name("/Launch"), pdf_name("/F"): pdf_string(f"calc{dice.randrange(99)}.exe")}
        page = page_of(writer)
        page[pdf_name("/AA")] = generic.DictionaryObject({pdf_name("/O"): generic.DictionaryObject(action)})
        writer.update_container(page)

    return updated(files.signed, change)


def attachment(files: Files, dice: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = generic.StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=dice.randbytes(64))
        kept = generic.DictionaryObject({pdf_name("/F"): writer.add_object(stream)})
        file = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Filespec"), pdf_name("/EF"): kept})
        names = generic.ArrayObject([pdf_string("a.exe"), writer.add_object(file)])
        tree = generic.DictionaryObject({pdf_name("/Names"): names})
        writer.root[pdf_name("/Names")] = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): tree})
        writer.update_root()

    return updated(files.signed, change)


def font_swapped(files: Files, dice: random.Random) -> bytes:
    """The same codes, other letters."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        fonts = page_of(writer)["/Resources"]["/Font"]
        name = dice.choice(sorted(fonts))
        font = fonts[name]
        font[pdf_name("/BaseFont")] = pdf_name("/Other")
        font[pdf_name("/ToUnicode")] = writer.add_object(generic.StreamObject(stream_data=b"beginbfrange endbfrange"))
        writer.update_container(font)

    return updated(files.signed, change)


def field_dropped(files: Files, dice: random.Random) -> bytes:
    """As if it had never been signed."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject()
        writer.update_container(writer.root["/AcroForm"])

    return updated(files.signed, change)


def signature_object_replaced(files: Files, dice: random.Random) -> bytes:
    """The field points to another signature dictionary, whose range leaves the new revision out."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        copied = generic.DictionaryObject({key: field["/V"].raw_get(key) for key in field["/V"]})
        copied[pdf_name("/Reason")] = pdf_string(f"{dice.random()}")
        field[pdf_name("/V")] = writer.add_object(copied)
        writer.update_container(field)
        page = page_of(writer)
        page[pdf_name("/Contents")] = drawing(writer, "khac")
        writer.update_container(page)

    return updated(files.signed, change)


def range_game(files: Files, dice: random.Random) -> bytes:
    """Other numbers of the same length in the range of bytes."""
    found = BYTE_RANGE.search(files.signed)
    assert found is not None
    which = dice.randrange(1, 5)
    old = int(found[which])
    new = max(0, old + dice.choice([-16, -8, 8, 16, 100])) if old else dice.randrange(1, 9)
    text = str(new).rjust(len(found[which]), "0")[: len(found[which])].encode()
    return replaced(files.signed, found.start(which), text)


def range_gap(files: Files, dice: random.Random) -> bytes:
    """Room for unsigned bytes after the container, which the second part leaves out."""
    found = BYTE_RANGE.search(files.signed)
    assert found is not None
    extra = b"\n" + b" " * dice.randrange(10, 200)
    end = contents(files.signed, 0).end()
    moved = int(found[3]) + len(extra)
    numbers = b"[%s %s %d %s]" % (found[1], found[2], moved, found[4])
    piece = (b"/ByteRange " + numbers).ljust(len(found[0]))
    return replaced(files.signed, found.start(), piece)[:end] + extra + files.signed[end:]


def trailing_zip(files: Files, dice: random.Random) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.exe", dice.randbytes(40))
    return files.signed + archive.getvalue()


def trailing_copy_of_the_end(files: Files, dice: random.Random) -> bytes:
    end = files.signed.rfind(b"startxref")
    return files.signed + dice.randbytes(30).hex().encode() + b"\n" + files.signed[end:]


def leading_bytes(files: Files, dice: random.Random) -> bytes:
    return b"GIF89a" + dice.randbytes(dice.randrange(1, 40)) + b"\n" + files.signed


def truncated(files: Files, dice: random.Random) -> bytes:
    return files.signed[: dice.randrange(len(files.signed) // 3, len(files.signed) - 30)]


def signature_of_another(files: Files, dice: random.Random) -> bytes:
    """A good signature by the same person, of something else."""
    mine, other = contents(files.signed, 0), contents(files.other, 0)
    digits = other[1].rstrip(b"0")[: len(mine[1])]
    return replaced(files.signed, mine.start(1), digits.ljust(len(mine[1]), b"0"))


def replayed_time_stamp(files: Files, dice: random.Random) -> bytes:
    """A time authority's stamp of another signature."""
    mine, other = contents(files.signed, 0), contents(files.other, 0)
    own, foreign = (cms.ContentInfo.load(bytes.fromhex(each[1].decode()), strict=False) for each in (mine, other))
    unsigned = foreign["content"]["signer_infos"][0]["unsigned_attrs"]
    own["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes.load(unsigned.untag().dump())
    digits = own.dump(force=True).hex().upper().encode()
    assert len(digits) <= len(mine[1])
    return replaced(files.signed, mine.start(1), digits.ljust(len(mine[1]), b"0"))


AFTER_SIGNING: Mapping[str, Attack] = {
    each.__name__: each
    for each in (
        byte_edit,
        signature_edit,
        zeroed_signature,
        page_replaced,
        page_turned,
        overlay,
        script,
        launch,
        attachment,
        font_swapped,
        field_dropped,
        signature_object_replaced,
        range_game,
        range_gap,
        trailing_zip,
        trailing_copy_of_the_end,
        leading_bytes,
        truncated,
        signature_of_another,
        replayed_time_stamp,
    )
}
"""None of these may be accepted."""
