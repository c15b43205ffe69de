"""No file that was tampered with is accepted, and none makes the examiner fail.

A few files of each class here; `make signing-real` takes twenty (`SIGNING_ROUNDS`).
"""

import io
import os
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

from kernel.decider import Refused
from services.signing.messages import Level
from services.signing.pdf import SoftwareKey, Trust, VerdictCode
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.shadow import refuse_unsafe
from tests.signing.attacks import AFTER_SIGNING, Files, updated
from tests.signing.authority import PASSWORD, Authority
from tests.signing.papers import consent, instruction, resolution
from tests.signing.shadows import BEFORE_SIGNING

ROUNDS = int(os.environ.get("SIGNING_ROUNDS", "3"))
LEVELS = (Level.b_t, Level.b_lta, Level.b_lt)


@pytest.fixture(scope="session")
def files(authority: Authority, trust: Trust) -> list[Files]:
    """Each level, documents that allow further signatures and documents that do not, both kinds of keys."""
    made = []
    for number in range(6):
        level, last = LEVELS[number % 3], number % 2 == 0
        key = SoftwareKey(authority.pkcs12("chair" if number < 4 else "deputy"))
        document, other = resolution(amount=number), resolution(amount=number + 1000)
        signed, another = (
            sign(trust, each, instruction(each, level, last=last), key, consent(PASSWORD)).content
            for each in (document, other)
        )
        made.append(Files(signed, document, another))
    return made


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", list(AFTER_SIGNING))
def test_what_was_done_to_a_signed_file_is_found(name: str, turn: int, files: list[Files], trust: Trust) -> None:
    dice = random.Random(f"{name}{turn}")
    attacked = AFTER_SIGNING[name](files[turn % len(files)], dice)
    assert attacked != files[turn % len(files)].signed
    found = examine(trust, attacked)
    assert not found.valid, (name, turn, found.verdict)


WHY = {
    "hidden_layer": "pdf_hidden_layers",
    "form_value_hidden": "pdf_form_differs",
    "words_covered": "pdf_overlapping_content",
    "note_in_wait": "pdf_overlapping_content",
    "page_in_wait": "pdf_unused_pages",
    "object_in_wait": "pdf_stray_bytes",
}


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", list(BEFORE_SIGNING))
def test_what_was_prepared_before_signing_is_refused(name: str, turn: int, authority: Authority, trust: Trust) -> None:
    code = WHY[name]
    document = BEFORE_SIGNING[name](resolution(amount=turn), random.Random(f"{name}{turn}"))
    with pytest.raises(Refused) as refusal:
        refuse_unsafe(trust, document)
    assert refusal.value.code == code, refusal.value
    key = SoftwareKey(authority.pkcs12("chair"))
    signed = sign(trust, document, instruction(document), key, consent(PASSWORD)).content
    found = examine(trust, signed)
    assert found.verdict.code is VerdictCode.refused
    assert [each.code for each in found.problems] == [code]


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize(
    ("label", "architecture", "code"),
    [
        ("chair", "lookalike", VerdictCode.untrusted),
        ("expired", "council", VerdictCode.expired),
        ("revoked", "council", VerdictCode.revoked),
    ],
)
def test_a_certificate_that_was_not_good_is_told(
    label: str, architecture: str, code: VerdictCode, turn: int, authority: Authority, trust: Trust
) -> None:
    document = resolution(amount=turn)
    found = examine(trust, by_hand(document, authority, label, architecture))
    assert found.verdict.code is code
    assert found.verdict.signer


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_stranger_who_signs_over_the_page_is_found(
    turn: int, files: list[Files], authority: Authority, trust: Trust
) -> None:
    """A second signature with a large visible field, on a document that allows signatures."""
    signed = files[1 + 2 * (turn % 3)].signed
    box = (40, 300 - turn, 550, 600)
    found = examine(trust, by_hand(signed, authority, "chair", "lookalike", box=box))
    assert not found.valid


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_an_authority_that_nobody_trusts_is_told(
    turn: int, files: list[Files], authority: Authority, trust: Trust
) -> None:
    stranger = replace(trust, anchors=(authority.certificate("root", "lookalike"),), intermediates=())
    assert examine(stranger, files[turn % len(files)].signed).verdict.code in (
        VerdictCode.untrusted,
        VerdictCode.revocation_unknown,
    )


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_whatever_the_bytes_there_is_an_answer(turn: int, files: list[Files], trust: Trust) -> None:
    dice = random.Random(turn)
    signed = bytearray(files[turn % len(files)].signed)
    for _ in range(dice.randrange(1, 40)):
        place = dice.randrange(len(signed))
        match dice.randrange(3):
            case 0:
                signed[place] = dice.randrange(256)
            case 1:
                del signed[place : place + dice.randrange(1, 30)]
            case _:
                signed[place:place] = dice.randbytes(dice.randrange(1, 30))
    found = examine(trust, bytes(signed))
    assert not found.valid or bytes(signed) == files[turn % len(files)].signed


def test_files_that_are_not_attacked_are_valid(files: list[Files], trust: Trust) -> None:
    assert [examine(trust, each.signed).verdict.code for each in files] == [VerdictCode.valid] * len(files)


def test_an_update_without_any_change_says_nothing_bad(files: list[Files], trust: Trust) -> None:
    """What validators must still accept, or they would refuse every file that another program saved again."""
    found = examine(trust, updated(files[1].signed, lambda writer: writer.update_root()))
    assert found.valid


def by_hand(
    document: bytes,
    authority: Authority,
    label: str,
    architecture: str,
    box: tuple[int, int, int, int] | None = None,
) -> bytes:
    """Signed by somebody who asks nobody whether the certificate is good."""
    signer = signers.SimpleSigner.load_pkcs12(str(authority.pkcs12(label, architecture)), passphrase=PASSWORD.encode())
    name = f"by-hand-{datetime.now(UTC).microsecond}"
    metadata = signers.PdfSignatureMetadata(field_name=name, subfilter=SigSeedSubFilter.PADES)
    field = SigFieldSpec(name, box=box) if box else None
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    made = signers.sign_pdf(writer, metadata, signer=signer, new_field_spec=field)
    return bytes(made.getvalue())
