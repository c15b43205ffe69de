"""Issued documents, damaged at random: whoever is told that one holds sees exactly what was sealed.

Of each of the four levels, with bytes changed, put in, taken out or added at the end, with objects dropped, doubled,
or set in the place of others: 72 files here, 480 by `make signing-real` (`SIGNING_ROUNDS`).
"""

import io
import os
import random
import re
import time
from collections.abc import Callable

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from services.signing.messages import Act, Level
from services.signing.pdf import AgencySeal, Handwriting, LaterField, SoftwareKey, Trust, blanks, seal_place
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.placing import place_of_signature
from tests.signing.attacks import CONTENTS, replaced, updated
from tests.signing.authority import PASSWORD, Authority
from tests.signing.papers import NAME, POSITION, consent, instruction, picture
from tests.signing.test_blanks import SYMBOL, VALUES, draft
from tests.signing.test_copying import picture_of

ROUNDS = int(os.environ.get("SIGNING_ROUNDS", "3"))
FILES = 6
"""Of each level in each round."""
MOST_SECONDS = 20
"""Of the processor for one file: a slow machine takes some of them, a file that leads in circles takes them all."""
OBJECT = re.compile(rb"\n\d+ 0 obj\b.*?endobj", re.DOTALL)

Damage = Callable[[bytes, random.Random], bytes]


@pytest.fixture(scope="session")
def issued(authority: Authority, trust: Trust) -> dict[Level, bytes]:
    """Signed by hand, numbered, sealed."""
    laid_out = blanks.lay_out(trust, draft(), SYMBOL)
    place = place_of_signature(trust, laid_out, POSITION, NAME)
    assert place is not None
    seal = AgencySeal(picture("red"), place)
    own = {"field": "sign-1", "appearance": Handwriting(picture(), place), "last": False}
    later = (LaterField("seal-1", seal_place(seal), last=True),)
    made = {}
    for level in Level:
        first = instruction(laid_out, level, later=later, **own)
        signed = sign(trust, laid_out, first, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD)).content
        numbered = blanks.fill(trust, signed, VALUES)
        sealing = instruction(numbered, level, act=Act.seal, field="seal-1", appearance=seal)
        key = SoftwareKey(authority.pkcs12("agency"))
        made[level] = sign(trust, numbered, sealing, key, consent(PASSWORD)).content
    return made


def bytes_changed(file: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice([1, 1, 2, 20])):
        place = dice.randrange(len(file))
        file = replaced(file, place, bytes([file[place] ^ (1 << dice.randrange(8))]))
    return file


def bytes_put_in(file: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(file))
    return file[:place] + dice.choice([b"\n", b" ", b"%\n", dice.randbytes(9)]) + file[place:]


def bytes_taken_out(file: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(file))
    return file[:place] + file[place + dice.choice([1, 1, 9, 500]) :]


def bytes_added(file: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(file))
    return file + dice.choice([b"\n%", b"\x00A", dice.randbytes(40), file[start : start + 300], file])


def digits_of_a_container_changed(file: bytes, dice: random.Random) -> bytes:
    """Signatures, certificates and time stamps themselves, which no signature covers."""
    found = dice.choice(list(CONTENTS.finditer(file)))
    used = len(found[1].rstrip(b"0"))
    place = found.start(1) + dice.randrange(used)
    return replaced(file, place, dice.choice([b"0", b"9", b"F"]))


def object_taken_out(file: bytes, dice: random.Random) -> bytes:
    found = dice.choice(list(OBJECT.finditer(file)))
    return file[: found.start()] + dice.choice([b"", b" " * len(found[0])]) + file[found.end() :]


def object_doubled(file: bytes, dice: random.Random) -> bytes:
    found, other = (dice.choice(list(OBJECT.finditer(file))) for _ in range(2))
    return file[: other.end()] + found[0] + file[other.end() :]


def object_dropped_by_an_update(file: bytes, dice: random.Random) -> bytes:
    dropped = dice.choice(_numbers(file))

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.objects[(0, dropped)] = generic.NullObject()

    return updated(file, change)


def object_replaced_by_an_update(file: bytes, dice: random.Random) -> bytes:
    replaced_one, other = (dice.choice(_numbers(file)) for _ in range(2))

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.objects[(0, replaced_one)] = writer.get_object(generic.Reference(other, 0, pdf=writer))

    return updated(file, change)


def _numbers(file: bytes) -> list[int]:
    """Of its objects, but for those that the program that makes the update needs itself."""
    reader = PdfFileReader(io.BytesIO(file))
    known = [(reader.trailer, "/Root"), (reader.trailer, "/Info"), (reader.root, "/Metadata")]
    needed = {holder.raw_get(key).idnum for holder, key in known if key in holder}
    return sorted({int(each[0].split()[0]) for each in OBJECT.finditer(file)} - needed)


DAMAGES: tuple[Damage, ...] = (
    bytes_changed,
    bytes_put_in,
    bytes_taken_out,
    bytes_added,
    digits_of_a_container_changed,
    object_taken_out,
    object_doubled,
    object_dropped_by_an_update,
    object_replaced_by_an_update,
)


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("level", list(Level))
def test_whoever_is_told_that_a_damaged_file_holds_sees_what_was_sealed(
    level: Level, turn: int, issued: dict[Level, bytes], trust: Trust
) -> None:
    file, dice = issued[level], random.Random(f"{level}{turn}")
    for number in range(FILES):
        damage = DAMAGES[(turn * FILES + number) % len(DAMAGES)]
        damaged = damage(file, dice)
        began = time.process_time()
        found = examine(trust, damaged)
        told = (damage.__name__, level, turn, number, found.verdict)
        assert time.process_time() - began < MOST_SECONDS, told
        if found.valid and damaged != file:
            assert picture_of(damaged).tobytes() == picture_of(file).tobytes(), told
            assert len(found.signatures) == 2, told


def test_issued_documents_that_nobody_damaged_hold(issued: dict[Level, bytes], trust: Trust) -> None:
    assert all(examine(trust, each).valid for each in issued.values())
