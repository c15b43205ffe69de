"""A signature from instruction to file: four levels, several signers, and everything that is refused."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kernel.decider import Refused
from services.signing.messages import Act, Level
from services.signing.pdf import (
    AgencySeal,
    AppendixMark,
    ChangedAfter,
    CopyMark,
    Coverage,
    Handwriting,
    LaterField,
    NameAndTime,
    Revocation,
    SoftwareKey,
    Trust,
    VerdictCode,
    proof_expires,
    seal_place,
)
from services.signing.pdf.appearance import POINTS
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.office import office
from tests.signing import token
from tests.signing.authority import PASSWORD, Authority
from tests.signing.papers import PERSON, consent, instruction, picture, resolution


def refused(code: str, *act: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        sign(*act)  # type: ignore[arg-type]
    assert refusal.value.code == code, refusal.value
    return refusal.value


@pytest.mark.parametrize("label", ["chair", "deputy"])
@pytest.mark.parametrize("level", list(Level))
def test_a_signature_holds_at_each_level(level: Level, label: str, authority: Authority, trust: Trust) -> None:
    document = resolution()
    given = instruction(document, level, appearance=Handwriting(picture(), PERSON))
    signed = sign(trust, document, given, SoftwareKey(authority.pkcs12(label)), consent(PASSWORD))
    found = examine(trust, signed.content)
    assert found.verdict.code is VerdictCode.valid
    (signature,) = found.signatures
    assert (signature.level, signature.act, signature.locks) == (level, Act.sign, True)
    assert signature.certificate == signed.certificate
    assert [each.common_name for each in signature.chain][1:] == [
        "Chứng thực cấp phát thử nghiệm",
        "Chứng thực gốc thử nghiệm",
    ]
    assert signature.revocation is Revocation.good
    assert signature.coverage is (Coverage.whole_file if level in (Level.b_b, Level.b_t) else Coverage.whole_revision)
    assert (signature.stamped_at or given.at.replace(microsecond=0)) - signed.signed_at < timedelta(seconds=1)
    assert len(found.time_stamps) == (level is Level.b_lta)
    assert proof_expires(found) == signed.provable_until
    assert signed.provable_until.year == (2033 if level is Level.b_lta else 2030)


def test_the_space_for_a_signature_is_exact(authority: Authority, trust: Trust) -> None:
    document = resolution()
    signed = sign(trust, document, instruction(document), SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))
    assert b"00>" not in signed.content[len(document) :]


def test_people_sign_one_after_the_other_and_the_seal_locks_the_file(authority: Authority, trust: Trust) -> None:
    document = resolution()
    seal = AgencySeal(picture("red"), PERSON)
    later = (LaterField("sign-1", PERSON), LaterField("seal-1", seal_place(seal), last=True))
    steps = [
        ("deputy", Act.initial, {"last": False, "later": later}),
        ("chair", Act.sign, {"last": False, "appearance": Handwriting(picture(), PERSON), "field": "sign-1"}),
        ("agency", Act.seal, {"last": True, "appearance": seal, "field": "seal-1"}),
    ]
    content = document
    for label, act, given in steps:
        made = instruction(content, Level.b_lta if act is Act.seal else Level.b_t, act=act, **given)
        content = sign(trust, content, made, SoftwareKey(authority.pkcs12(label)), consent(PASSWORD)).content
    found = examine(trust, content)
    assert found.valid
    assert [(each.act, each.locks, each.changed_after) for each in found.signatures] == [
        (Act.initial, False, ChangedAfter.signatures),
        (Act.sign, False, ChangedAfter.signatures),
        (Act.seal, True, ChangedAfter.time_stamps),
    ]
    key = SoftwareKey(authority.pkcs12("chair"))
    refused("document_locked", trust, content, instruction(content), key, consent(PASSWORD))


def test_other_bytes_than_those_that_the_signer_saw_are_stale(authority: Authority, trust: Trust) -> None:
    seen, changed = resolution(), resolution(amount=999)
    key = SoftwareKey(authority.pkcs12("chair"))
    refused("stale_document", trust, changed, instruction(seen), key, consent(PASSWORD))


@pytest.mark.parametrize(
    ("label", "architecture", "code"),
    [
        ("expired", "council", "certificate_expired"),
        ("revoked", "council", "certificate_revoked"),
        ("chair", "lookalike", "certificate_untrusted"),
        ("tsa", "council", "certificate_untrusted"),
    ],
)
def test_a_certificate_that_is_not_good_signs_nothing(
    label: str, architecture: str, code: str, authority: Authority, trust: Trust
) -> None:
    document = resolution()
    key = SoftwareKey(authority.pkcs12(label, architecture))
    refused(code, trust, document, instruction(document), key, consent(PASSWORD))


def test_a_certificate_that_expires_while_it_signs_signs_nothing(authority: Authority, trust: Trust) -> None:
    document = resolution()
    after = instruction(document, at=datetime(2030, 1, 1, 0, 0, 1, tzinfo=UTC))
    refused("certificate_expired", trust, document, after, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))


def test_without_time_authority_only_b_b_is_signed(authority: Authority, trust: Trust) -> None:
    document = resolution()
    key = SoftwareKey(authority.pkcs12("chair"))
    authority.down.add("/tsa/")
    try:
        for level in (Level.b_t, Level.b_lt, Level.b_lta):
            refused("tsa_unavailable", trust, document, instruction(document, level), key, consent(PASSWORD))
        assert sign(trust, document, instruction(document), key, consent(PASSWORD)).level is Level.b_b
    finally:
        authority.down.clear()
    nowhere = replace(trust, tsa_url="")
    refused("tsa_unavailable", nowhere, document, instruction(document, Level.b_t), key, consent(PASSWORD))
    assert sign(trust, document, instruction(document, Level.b_t), key, consent(PASSWORD)).level is Level.b_t


def test_a_time_authority_that_changed_its_certificate_is_asked_anew(authority: Authority, trust: Trust) -> None:
    """What is embedded must be about the certificate that stamped: one act is refused, the next one holds."""
    document = resolution()
    key = SoftwareKey(authority.pkcs12("chair"))
    sign(trust, document, instruction(document, Level.b_lta), key, consent(PASSWORD))
    authority.instead["/council/tsa/tsa"] = "/council/tsa/later"
    try:
        refused("tsa_unavailable", trust, document, instruction(document, Level.b_lta), key, consent(PASSWORD))
        signed = sign(trust, document, instruction(document, Level.b_lta), key, consent(PASSWORD))
        found = examine(trust, signed.content)
        assert found.valid
        assert proof_expires(found) == signed.provable_until == datetime(2044, 1, 1, tzinfo=UTC)
    finally:
        authority.instead.clear()
    refused("tsa_unavailable", trust, document, instruction(document, Level.b_lta), key, consent(PASSWORD))


def test_when_nobody_says_whether_it_was_revoked_nothing_is_signed(authority: Authority, trust: Trust) -> None:
    document = resolution()
    key = SoftwareKey(authority.pkcs12("chair"))
    authority.down |= {"/ocsp/", "/crls/"}
    office(trust).ask_anew()
    try:
        refused("revocation_unknown", trust, document, instruction(document), key, consent(PASSWORD))
    finally:
        authority.down.clear()


def test_hosts_that_are_not_allowed_are_never_asked(authority: Authority, trust: Trust) -> None:
    document = resolution()
    alone = replace(trust, hosts=frozenset({"ocsp.example.vn"}))
    before = len(authority.asked)
    key = SoftwareKey(authority.pkcs12("chair"))
    refused("revocation_unknown", alone, document, instruction(document), key, consent(PASSWORD))
    assert authority.asked[before:] == []


def test_a_clock_that_is_a_minute_off_signs_nothing_with_time(authority: Authority, trust: Trust) -> None:
    document = resolution()
    late = instruction(document, Level.b_t, at=datetime.now(UTC) - timedelta(minutes=2))
    refused("clock_wrong", trust, document, late, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))


@pytest.mark.needs("softhsm2")
def test_a_token_that_is_gone_leaves_nothing_and_signs_again_once_it_is_back(
    authority: Authority, trust: Trust, hsm: Path
) -> None:
    document = resolution()
    key = token.key("chair", authority)
    sign(trust, document, instruction(document), key, consent(token.PIN))
    away = hsm.rename(hsm.with_name("away"))
    try:
        refused("key_unavailable", trust, document, instruction(document), key, consent(token.PIN))
    finally:
        away.rename(hsm)
    assert sign(trust, document, instruction(document), key, consent(token.PIN)).content.startswith(document)


def test_a_field_that_is_signed_or_comes_too_late_is_taken(authority: Authority, trust: Trust) -> None:
    document = resolution()
    key = SoftwareKey(authority.pkcs12("chair"))
    first = instruction(document, last=False, field="sign-1")
    content = sign(trust, document, first, key, consent(PASSWORD)).content
    again = instruction(content, field="sign-1")
    refused("signature_field_taken", trust, content, again, key, consent(PASSWORD))
    visible = instruction(content, appearance=Handwriting(picture(), PERSON))
    refused("signature_field_taken", trust, content, visible, key, consent(PASSWORD))


def test_what_is_no_pdf_is_unreadable(authority: Authority, trust: Trust) -> None:
    for document in (b"", b"%PDF-1.7\n", resolution()[:2000], b"text"):
        key = SoftwareKey(authority.pkcs12("chair"))
        refused("unreadable_file", trust, document, instruction(document), key, consent(PASSWORD))


def test_the_picture_is_a_png_with_transparency_in_the_right_colour(authority: Authority, trust: Trust) -> None:
    document = resolution()
    key = SoftwareKey(authority.pkcs12("chair"))
    opaque = BytesIO()
    Image.new("RGB", (40, 40), (0, 0, 255)).save(opaque, "PNG")
    for wrong in (b"no picture", opaque.getvalue(), picture("red")):
        given = instruction(document, appearance=Handwriting(wrong, PERSON))
        refused("bad_signature_image", trust, document, given, key, consent(PASSWORD))
    blue_seal = instruction(document, appearance=AgencySeal(picture("blue"), PERSON))
    refused("bad_signature_image", trust, document, blue_seal, key, consent(PASSWORD))


@pytest.mark.needs("vendor")
def test_copies_and_appendices_bear_words_and_the_time_with_its_zone(authority: Authority, trust: Trust) -> None:
    document = resolution()
    at = datetime.now(UTC)
    local = (at + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S+07:00")
    key = SoftwareKey(authority.pkcs12("agency"))
    marks = {
        CopyMark("SAO Y", "Hội đồng nhân dân thành phố Thử Nghiệm"): "SAO Y",
        AppendixMark("15/NQ-HĐND"): "15/NQ-HĐND",
    }
    for mark, words in marks.items():
        given = instruction(document, act=Act.seal, at=at, appearance=mark)
        content = sign(trust, document, given, key, consent(PASSWORD)).content
        assert examine(trust, content).valid
        shown, letter = words_shown(content, words)
        assert words in shown
        assert local in shown
        assert letter == pytest.approx(0.55, abs=0.1)
    alone = replace(trust, fonts=None)
    refused("fonts_missing", alone, document, instruction(document, appearance=mark), key, consent(PASSWORD))


@pytest.mark.needs("vendor")
def test_letters_keep_their_shape_where_hints_are_followed(authority: Authority, trust: Trust) -> None:
    """As in Chromium, whose renderer this is."""
    import pypdfium2

    document = resolution()
    given = instruction(document, appearance=NameAndTime("Chủ tịch Mẫu", PERSON))
    content = sign(trust, document, given, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD)).content
    with pypdfium2.PdfDocument(content) as pdf:
        pdf.init_forms()
        page = pdf[0]
        shown = page.render(scale=4, may_draw_forms=True).to_pil().convert("L")
        page.close()
    left, top, right, bottom = (
        round(each * POINTS * 4)
        for each in (PERSON.left, PERSON.top, PERSON.left + PERSON.width, PERSON.top + PERSON.height)
    )
    inked = shown.crop((left, top, right, bottom)).point(lambda each: 255 * (each < 128)).getbbox()
    assert inked is not None
    assert 16 <= (inked[3] - inked[1]) / 4 <= 20.5


def words_shown(content: bytes, words: str) -> tuple[str, float]:
    """The text of page 1 with its signatures, as pdfium draws it, and how many ems a letter of the words takes."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0]
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()
        page = pdf[0]
        text = page.get_textpage()
        shown = str(text.get_text_range())
        left, _, right, _ = text.get_rect(text.count_rects(*text.search(words).get_next()) - 1)
        text.close()
        page.close()
    return shown, (right - left) / len(words) / 10


def test_the_seal_covers_a_third_of_the_signature_on_its_left() -> None:
    place = seal_place(AgencySeal(picture("red"), PERSON, diameter=36))
    assert place.left + place.width == pytest.approx(PERSON.left + PERSON.width / 3)
    assert place.top + place.height / 2 == pytest.approx(PERSON.top + PERSON.height / 2)


def test_the_same_file_has_one_hash(authority: Authority, trust: Trust) -> None:
    document = resolution()
    signed = sign(trust, document, instruction(document), SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))
    assert signed.sha256 == hashlib.sha256(signed.content).hexdigest() == examine(trust, signed.content).sha256
