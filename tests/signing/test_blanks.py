"""Number and day come after the signature of the competent person, and leave it valid."""

from functools import cache

import pytest
import typst

from kernel.decider import Refused
from services.signing.messages import Act
from services.signing.pdf import (
    AgencySeal,
    Handwriting,
    LaterField,
    SoftwareKey,
    Trust,
    VerdictCode,
    blanks,
    seal_place,
)
from services.signing.pdf.archiving import archive
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.placing import place_of_signature
from services.signing.pdf.shadow import check
from tests.signing.authority import PASSWORD, Authority
from tests.signing.conftest import FONTS
from tests.signing.papers import NAME, POSITION, consent, instruction, picture, resolution

SYMBOL = "NQ-HĐND"
NUMBERED = """
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm))
#set document(title: "Nghị quyết", date: none)
#set text(font: "Tinos", size: 13pt)
#grid(columns: (1fr, 1.3fr), align: center,
  [HỘI ĐỒNG NHÂN DÂN \\ Số: #h(1.2cm)/NQ-HĐND],
  [CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM \\ _Phường Mẫu, ngày #h(0.9cm) tháng #h(0.9cm) năm 2026_])
Điều 1. Quyết nghị dự toán.
#place(top + left, dx: 90mm, dy: 155mm, box(width: 70mm)[#align(center)[
  TM. HỘI ĐỒNG NHÂN DÂN \\ *CHỦ TỊCH* #v(3cm) *NAME*]])
"""
VALUES = {blanks.NUMBER: "15", blanks.DAY: "22", blanks.MONTH: "11"}


@cache
def draft(name: str = NAME) -> bytes:
    return bytes(
        typst.compile(NUMBERED.replace("NAME", name).encode(), font_paths=[str(FONTS)], ignore_system_fonts=True)
    )


def test_number_and_day_leave_the_signature_valid_and_are_sealed(authority: Authority, trust: Trust) -> None:
    laid_out = blanks.lay_out(trust, draft(), SYMBOL)
    place = place_of_signature(trust, laid_out, POSITION, NAME)
    assert place is not None
    seal = AgencySeal(picture("red"), place)
    later = (LaterField("sign-1", place), LaterField("seal-1", seal_place(seal), last=True))
    initialled = sign(
        trust,
        laid_out,
        instruction(laid_out, act=Act.initial, last=False, later=later),
        SoftwareKey(authority.pkcs12("deputy")),
        consent(PASSWORD),
    ).content
    by_hand = Handwriting(picture(), place)
    key = SoftwareKey(authority.pkcs12("chair"))
    signing = instruction(initialled, last=False, field="sign-1", appearance=by_hand)
    signed = sign(trust, initialled, signing, key, consent(PASSWORD)).content
    numbered = blanks.fill(trust, signed, VALUES)
    check(numbered)
    sealing = instruction(numbered, act=Act.seal, field="seal-1", appearance=seal)
    sealed = sign(trust, numbered, sealing, SoftwareKey(authority.pkcs12("agency")), consent(PASSWORD)).content
    for content in (sealed, archive(trust, sealed)):
        examination = examine(trust, content)
        assert [each.verdict.code for each in examination.signatures] == [VerdictCode.valid] * 3
        assert examination.valid
    changed = blanks.fill(trust, sealed, {**VALUES, blanks.NUMBER: "16"})
    assert examine(trust, changed).verdict.code is VerdictCode.altered


def test_a_number_that_is_changed_after_the_seal_is_found(authority: Authority, trust: Trust) -> None:
    laid_out = blanks.lay_out(trust, draft(), SYMBOL)
    numbered = blanks.fill(trust, laid_out, VALUES)
    sealing = instruction(numbered, act=Act.seal)
    sealed = sign(trust, numbered, sealing, SoftwareKey(authority.pkcs12("agency")), consent(PASSWORD)).content
    changed = blanks.fill(trust, sealed, {**VALUES, blanks.NUMBER: "16"})
    assert examine(trust, changed).verdict.code is VerdictCode.altered


def test_a_paper_without_room_for_its_number_is_refused(trust: Trust) -> None:
    with pytest.raises(Refused) as refused:
        blanks.lay_out(trust, resolution(), SYMBOL)
    assert refused.value.code == "no_place_for_number"
    with pytest.raises(Refused) as refused:
        blanks.fill(trust, resolution(), VALUES)
    assert refused.value.code == "no_place_for_number"
