"""What is said of files: of earlier years, with new archive stamps, through the desk."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields

from kernel.decider import Refused
from kernel.ports import Stopping
from services.signing.messages import Level
from services.signing.pdf import (
    Place,
    Revocation,
    SigningDesk,
    SoftwareKey,
    Trust,
    VerdictCode,
    proof_expires,
    trust_of,
)
from services.signing.pdf.archiving import archive
from services.signing.pdf.examination import Verdict
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.office import facts, office
from services.signing.pdf.placing import place_of_signature
from services.signing.pdf.shadow import refuse_unsafe
from tests.signing import token
from tests.signing.attacks import Files, byte_edit, updated
from tests.signing.authority import PASSWORD, Authority
from tests.signing.papers import NAME, POSITION, consent, instruction, resolution
from tests.signing.past import BEFORE_IT_WAS_REVOKED, THEN, signed_then
from tests.signing.shadows import words_covered
from tests.signing.test_attacks import by_hand


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (Level.b_b, VerdictCode.expired_unproven),
        (Level.b_lt, VerdictCode.expired_unproven),
        (Level.b_lta, VerdictCode.valid),
    ],
)
def test_a_signature_of_three_years_ago_is_valid_where_an_archive_stamp_proves_it(
    level: Level, code: VerdictCode, authority: Authority, trust: Trust
) -> None:
    found = examine(trust, signed_then(resolution(), level, authority))
    assert found.verdict.code is code
    (signature,) = found.signatures
    assert signature.level is level
    assert signature.certificate.valid_until == datetime(2024, 1, 1, tzinfo=UTC)
    if code is VerdictCode.valid:
        assert signature.stamped_at == THEN
        assert proof_expires(found) == datetime(2033, 1, 1, tzinfo=UTC)
    else:
        assert found.verdict.at == signature.certificate.valid_until
        assert proof_expires(found) is None


def test_a_certificate_withdrawn_since_leaves_what_was_proved_before(authority: Authority, trust: Trust) -> None:
    made = signed_then(resolution(), Level.b_lta, authority, "revoked", BEFORE_IT_WAS_REVOKED)
    proved = examine(trust, made)
    unproved = examine(trust, by_hand(resolution(), authority, "revoked", "council"))
    assert proved.valid
    assert proved.signatures[0].revoked_at == datetime(2025, 1, 1, tzinfo=UTC)
    assert unproved.verdict.code is VerdictCode.revoked
    assert unproved.signatures[0].revocation is Revocation.revoked
    assert unproved.verdict.at == unproved.signatures[0].revoked_at == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "code"),
    [(Level.b_b, VerdictCode.revoked), (Level.b_t, VerdictCode.valid), (Level.b_lt, VerdictCode.valid)],
)
def test_a_time_stamp_shows_that_the_certificate_was_withdrawn_later(
    level: Level, code: VerdictCode, authority: Authority, trust: Trust
) -> None:
    found = examine(trust, signed_then(resolution(), level, authority, "revoked", BEFORE_IT_WAS_REVOKED))
    assert found.verdict.code is code
    assert found.signatures[0].revoked_at == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_time_stamp_of_after_the_withdrawal_helps_nobody(authority: Authority, trust: Trust) -> None:
    late = datetime(2025, 6, 1, tzinfo=UTC)
    found = examine(trust, signed_then(resolution(), Level.b_t, authority, "revoked", late))
    assert found.verdict.code is VerdictCode.revoked


@pytest.mark.parametrize("level", list(Level))
def test_a_new_archive_stamp_prolongs_the_proof(level: Level, authority: Authority, trust: Trust) -> None:
    document = resolution()
    given = instruction(document, level)
    signed = sign(trust, document, given, SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))
    later = replace(trust, tsa_url=authority.tsa("later"))
    stamped = archive(later, signed.content)
    assert stamped.startswith(signed.content)
    found = examine(trust, stamped)
    assert found.valid
    assert found.signatures[0].archived
    assert found.signatures[0].level is Level.b_lta
    assert proof_expires(found) == datetime(2044, 1, 1, tzinfo=UTC)
    again = examine(trust, archive(later, stamped))
    assert again.valid
    assert len(again.time_stamps) == len(found.time_stamps) + 1


def test_what_does_not_hold_is_not_archived(authority: Authority, trust: Trust) -> None:
    for content in (resolution(), signed_then(resolution(), Level.b_b, authority)):
        with pytest.raises(Refused) as refusal:
            archive(trust, content)
        assert refusal.value.code == "proof_expired"


def test_without_an_answer_about_revocation_nothing_is_called_valid(authority: Authority, trust: Trust) -> None:
    document = resolution()
    content = sign(trust, document, instruction(document), SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))
    authority.down |= {"/ocsp/", "/crls/"}
    office(trust).ask_anew()
    try:
        assert examine(trust, content.content).verdict.code is VerdictCode.revocation_unknown
    finally:
        authority.down.clear()
        office(trust).ask_anew()
    assert examine(trust, content.content).valid


def test_a_file_without_signatures_and_one_that_is_no_pdf(trust: Trust) -> None:
    assert examine(trust, resolution()).verdict.code is VerdictCode.unsigned
    nothing = examine(trust, b"not a PDF")
    assert nothing.verdict == Verdict(VerdictCode.refused, detail="unreadable_file")
    assert (nothing.pages, [each.code for each in nothing.problems]) == (0, ["unreadable_file"])
    refuse_unsafe(trust, resolution())


def test_a_signature_that_cannot_be_read_makes_the_file_unreadable(trust: Trust) -> None:
    found = examine(trust, updated(resolution(), empty_signature))
    assert (found.verdict, found.problems) == (Verdict(VerdictCode.unreadable, detail="PdfReadError"), ())
    covered = examine(trust, updated(words_covered(resolution(), random.Random(4)), empty_signature))
    assert covered.verdict == Verdict(VerdictCode.refused, detail="pdf_overlapping_content")


def empty_signature(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("sign-1"))
    ((_name, _value, reference),) = enumerate_sig_fields(writer)
    reference.get_object()[pdf_name("/V")] = DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")})
    writer.update_container(reference.get_object())


def test_references_of_both_kinds_may_stand_before_a_signature_and_not_after(
    authority: Authority, trust: Trust
) -> None:
    assert examine(trust, with_both_kinds_of_references(resolution())).verdict.code is VerdictCode.unsigned
    signed = by_hand(resolution(), authority, "chair", "council")
    found = examine(trust, with_both_kinds_of_references(signed))
    assert found.verdict == Verdict(VerdictCode.refused, detail="pdf_stray_bytes")


def with_both_kinds_of_references(document: bytes) -> bytes:
    """One more update, with a table for old readers and a stream for new ones (ISO 32000-2, 7.5.8.4)."""
    size, root = int(re.findall(rb"/Size (\d+)", document)[-1]), re.findall(rb"/Root (\d+ 0 R)", document)[-1]
    before, place = int(document.rsplit(b"startxref", 1)[1].split()[0]), len(document) + 1
    entry = b"\x01" + place.to_bytes(4, "big") + b"\x00"
    kind = b"/Type/XRef/W[1 4 1]/Index[%d 1]/Length %d" % (size, len(entry))
    both = b"/Size %d/Root %s" % (size + 1, root)
    stream = b"\n%d 0 obj\n<<%s%s>>\nstream\n%s\nendstream\nendobj\n" % (size, kind, both, entry)
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<<%s/Prev %d/XRefStm %d>>\n" % (both, before, place)
    return document + stream + table + b"startxref\n%d\n%%%%EOF\n" % (len(document) + len(stream))


def test_the_signature_stands_between_position_and_name(trust: Trust) -> None:
    place = place_of_signature(trust, resolution(pages=2), POSITION, NAME)
    assert place is not None
    assert place.page == 1
    assert place.left + place.width / 2 == pytest.approx(155, abs=2)
    assert 175 < place.top < place.top + place.height < 230
    assert place_of_signature(trust, resolution(), POSITION, "Người Khác") is None


@pytest.fixture(scope="module")
def desk(trust: Trust) -> Iterator[SigningDesk]:
    desk = SigningDesk(trust, processes=1)
    yield desk
    desk.close()


class TestDesk:
    """In processes of its own, as services use it."""

    def test_signs_examines_archives_and_names(self, desk: SigningDesk, authority: Authority) -> None:
        document = resolution()
        desk.refuse_unsafe(document)
        key = SoftwareKey(authority.pkcs12("chair"))
        assert desk.certificate(key, consent(PASSWORD)).common_name == NAME
        signed = desk.sign(document, instruction(document, Level.b_lta), key, consent(PASSWORD))
        assert desk.examine(signed.content).valid
        assert desk.examine(desk.archive(signed.content)).valid
        assert isinstance(desk.place_of_signature(document, POSITION, NAME), Place)
        returned = by_hand(document, authority, "chair", "council")
        assert desk.accept_returned(document, returned, signed.certificate.sha256).content == returned

    def test_signs_nothing_that_hides_something(self, desk: SigningDesk, authority: Authority) -> None:
        document = words_covered(resolution(), random.Random(4))
        for _ in range(2):
            with pytest.raises(Refused) as refusal:
                desk.sign(document, instruction(document), SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))
            assert refusal.value.code == "pdf_overlapping_content"

    def test_refusals_come_back_as_they_are(self, desk: SigningDesk, authority: Authority) -> None:
        document = resolution()
        with pytest.raises(Refused) as refusal:
            desk.sign(document, instruction(document), SoftwareKey(authority.pkcs12("revoked")), consent(PASSWORD))
        assert refusal.value.code == "certificate_revoked"
        assert desk.examine(byte_edit(Files(document, document, b""), random.Random(3))).valid is False

    @pytest.mark.needs("softhsm2")
    def test_a_process_that_ends_is_replaced(self, desk: SigningDesk, authority: Authority, hsm: Path) -> None:
        document = resolution()
        for process in list(desk._signing._processes.values()):  # type: ignore[union-attr]
            process.kill()
            process.join()
        with pytest.raises(Refused) as refusal:
            desk.sign(document, instruction(document), token.key("chair", authority), consent(token.PIN))
        assert refusal.value.code == "key_unavailable"
        signed = desk.sign(document, instruction(document), token.key("chair", authority), consent(token.PIN))
        assert signed.content.startswith(document)

    def test_once_closed_it_has_not_tried(self, trust: Trust, authority: Authority) -> None:
        desk = SigningDesk(trust)
        desk.close()
        with pytest.raises(Stopping):
            desk.certificate(SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))


def test_a_folder_of_certificates_says_who_is_trusted(authority: Authority, trust: Trust, tmp_path: Path) -> None:
    (tmp_path / "root.der").write_bytes(authority.certificate("root"))
    (tmp_path / "issuing.cer").write_bytes(authority.certificate("issuing"))
    (tmp_path / "notes.txt").write_text("not a certificate")
    read = trust_of(tmp_path, "hard-fail", authority.tsa(), f" {authority.host}, ", trust.fonts)
    assert read == trust
    nobody = trust_of(None, "hard-fail", "", "")
    assert examine(nobody, by_hand(resolution(), authority, "chair", "council")).verdict.code in (
        VerdictCode.untrusted,
        VerdictCode.revocation_unknown,
    )


def test_facts_are_words_for_people(authority: Authority) -> None:
    found = facts(x509.Certificate.load(authority.certificate("chair")))
    assert (found.common_name, found.organisation) == (NAME, "HĐND thành phố Thử Nghiệm")
    assert int(found.serial, 16) > 0
