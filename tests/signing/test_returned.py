"""What a signer's own agent brings back: our bytes and one signature over them, in the signer's own field.

The agent has its own program and key; we have our bytes and the certificate that the signer registered.
"""

import asyncio
import hashlib
import io
import random
from datetime import UTC, datetime

import pytest
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from kernel.decider import Refused
from services.signing.messages import Level
from services.signing.pdf import LaterField, Slot, SoftwareKey, Trust
from services.signing.pdf.examining import examine
from services.signing.pdf.fields import lay_out_fields
from services.signing.pdf.making import sign
from services.signing.pdf.office import office
from services.signing.pdf.returned import accept_returned
from tests.signing.attacks import Files, drawing, page_of, page_replaced, signature_edit, updated
from tests.signing.authority import PASSWORD, Authority
from tests.signing.papers import NAME, consent, instruction, resolution
from tests.signing.past import signed_then, time_authority
from tests.signing.test_attacks import by_hand


@pytest.fixture
def expected(authority: Authority) -> str:
    return hashlib.sha256(authority.certificate("chair")).hexdigest()


def test_our_bytes_and_one_signature_are_accepted(authority: Authority, trust: Trust, expected: str) -> None:
    document = resolution()
    returned = by_hand(document, authority, "chair", "council", box=(350, 200, 480, 260))
    accepted = accept_returned(trust, document, returned, expected)
    assert (accepted.content, accepted.sha256) == (returned, hashlib.sha256(returned).hexdigest())
    assert accepted.signed_at == examine(trust, returned).signatures[0].claimed_at
    assert accepted.provable_until == accepted.certificate.valid_until
    assert accepted.level is Level.b_b
    assert accepted.certificate.common_name == NAME


def test_anything_else_is_refused(authority: Authority, trust: Trust, expected: str) -> None:
    document = resolution()
    good = by_hand(document, authority, "chair", "council")
    dice = random.Random(1)
    changed = page_replaced(Files(document, document, b""), dice)
    cases = {
        "not_our_document": [document, by_hand(resolution(amount=7), authority, "chair", "council"), b""],
        "not_one_signature": [
            updated(document, lambda writer: writer.update_root()),
            by_hand(good, authority, "chair", "council"),
            time_stamped(document, authority),
            by_hand(changed, authority, "chair", "council"),
            updated(good, lambda writer: writer.update_root()),
        ],
        "wrong_signer": [by_hand(document, authority, "deputy", "council")],
        "certificate_untrusted": [by_hand(document, authority, "chair", "lookalike")],
        "certificate_revoked": [by_hand(document, authority, "revoked", "council")],
        "certificate_expired": [
            by_hand(document, authority, "expired", "council"),
            signed_then(document, Level.b_b, authority),
        ],
        "pdf_trailing_bytes": [good + b"PK"],
    }
    for code, files in cases.items():
        for returned in files:
            with pytest.raises(Refused) as refusal:
                accept_returned(trust, document, returned, expected)
            assert refusal.value.code == code


def test_a_page_changed_within_the_signing_update_is_found(authority: Authority, trust: Trust, expected: str) -> None:
    document = resolution()
    with pytest.raises(Refused) as refusal:
        accept_returned(trust, document, signed_with_a_change(document, authority), expected)
    assert refusal.value.code == "not_one_signature"


def test_a_new_field_that_shows_something_alters_what_was_signed_before(
    authority: Authority, trust: Trust, expected: str
) -> None:
    document, key = resolution(), SoftwareKey(authority.pkcs12("deputy"))
    signed = sign(trust, document, instruction(document, last=False), key, consent(PASSWORD)).content
    accepted = by_hand(signed, authority, "chair", "council")
    assert accept_returned(trust, signed, accepted, expected).content == accepted
    shown = by_hand(signed, authority, "chair", "council", box=(350, 200, 480, 260))
    with pytest.raises(Refused) as refusal:
        accept_returned(trust, signed, shown, expected)
    assert refusal.value.code == "not_one_signature"


def test_a_time_stamp_does_not_make_an_earlier_signature_of_the_signer_a_new_one(
    authority: Authority, trust: Trust, expected: str
) -> None:
    signed = by_hand(resolution(), authority, "chair", "council")
    with pytest.raises(Refused) as refusal:
        accept_returned(trust, signed, time_stamped(signed, authority), expected)
    assert refusal.value.code == "not_one_signature"


def test_nobody_knows_whether_the_certificate_was_withdrawn(authority: Authority, trust: Trust, expected: str) -> None:
    document = resolution()
    returned = by_hand(document, authority, "chair", "council")
    authority.down |= {"/ocsp/", "/crls/"}
    office(trust).ask_anew()
    try:
        with pytest.raises(Refused) as refusal:
            accept_returned(trust, document, returned, expected)
        assert refusal.value.code == "revocation_unknown"
    finally:
        authority.down.clear()
        office(trust).ask_anew()


def test_a_page_changed_in_a_later_update_than_the_first_is_found(
    authority: Authority, trust: Trust, expected: str
) -> None:
    document = resolution()
    harmless = updated(document, lambda writer: writer.update_root())
    with pytest.raises(Refused) as refusal:
        accept_returned(trust, document, signed_with_a_change(harmless, authority), expected)
    assert refusal.value.code == "not_one_signature"


def test_one_signature_does_not_fill_the_field_of_somebody_else_as_well(
    authority: Authority, trust: Trust, expected: str
) -> None:
    document = lay_out_fields(trust, resolution(), (LaterField("seal-1"), LaterField("sign-1")))
    returned = signed_in_two_fields(document, authority)
    assert [each.field for each in examine(trust, returned).signatures] == ["seal-1", "sign-1"]
    with pytest.raises(Refused) as refusal:
        accept_returned(trust, document, returned, expected, Slot("sign-1", last=False))
    assert refusal.value.code == "not_one_signature"


def test_a_time_authority_is_believed_before_the_clock_of_the_signer(
    authority: Authority, trust: Trust, expected: str
) -> None:
    document, key = resolution(), SoftwareKey(authority.pkcs12("chair"))
    returned = sign(trust, document, instruction(document, Level.b_t), key, consent(PASSWORD)).content
    (signature,) = examine(trust, returned).signatures
    assert accept_returned(trust, document, returned, expected).signed_at == signature.stamped_at


def test_a_broken_signature_is_refused(authority: Authority, trust: Trust, expected: str) -> None:
    document = resolution()
    returned = by_hand(document, authority, "chair", "council")
    broken = signature_edit(Files(returned, document, b""), random.Random(2))
    with pytest.raises(Refused) as refusal:
        accept_returned(trust, document, broken, expected)
    assert refusal.value.code == "signature_broken"


def test_the_field_of_this_signer_is_signed_and_no_other(authority: Authority, trust: Trust, expected: str) -> None:
    document = lay_out_fields(trust, resolution(), (LaterField("sign-1"), LaterField("seal-1", last=True)))
    key = SoftwareKey(authority.pkcs12("chair"))

    def by_agent(field: str, last: bool = False) -> bytes:
        return sign(trust, document, instruction(document, field=field, last=last), key, consent(PASSWORD)).content

    here, locked, own = by_agent("sign-1"), by_agent("sign-1", last=True), by_agent("own-1")
    mine, my_last, invisible = Slot("sign-1", last=False), Slot("sign-1", last=True), Slot("", last=False)
    for returned, slot in ((here, mine), (here, my_last), (locked, my_last), (own, invisible)):
        assert accept_returned(trust, document, returned, expected, slot).content == returned
    another = signed_with_a_new_field(document, authority)
    cases = {
        "wrong_signature_field": [(by_agent("seal-1"), mine), (own, mine), (here, invisible), (another, mine)],
        "document_locked": [(locked, mine)],
    }
    for code, given in cases.items():
        for returned, slot in given:
            with pytest.raises(Refused) as refusal:
                accept_returned(trust, document, returned, expected, slot)
            assert refusal.value.code == code


def time_stamped(document: bytes, authority: Authority) -> bytes:
    stamper = signers.PdfTimeStamper(time_authority(authority, datetime.now(UTC)))
    made = stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(document)), "sha256")
    return bytes(made.getvalue())


def signed_with_a_new_field(document: bytes, authority: Authority) -> bytes:
    """An agent that signs where it shall, and lays out a field for somebody else."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    append_signature_field(writer, SigFieldSpec("another-1"))
    signer = signers.SimpleSigner.load_pkcs12(str(authority.pkcs12("chair")), passphrase=PASSWORD.encode())
    made = signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="sign-1"), signer=signer)
    return bytes(made.getvalue())


def signed_in_two_fields(document: bytes, authority: Authority) -> bytes:
    """An agent that puts its one signature, which is good, into the seal's field as well."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    signer = signers.SimpleSigner.load_pkcs12(str(authority.pkcs12("chair")), passphrase=PASSWORD.encode())
    metadata = signers.PdfSignatureMetadata(field_name="sign-1", subfilter=SigSeedSubFilter.PADES)
    session = signers.PdfSigner(metadata, signer).init_signing_session(writer)
    prepared = session.prepare_tbs_document(None, 8_192)
    fields = {name: field.get_object() for name, _value, field in enumerate_sig_fields(writer)}
    fields["seal-1"][pdf_name("/V")] = fields["sign-1"].raw_get("/V")
    writer.update_container(fields["seal-1"])
    digest, output = prepared.digest_tbs_document(in_place=True)
    asyncio.run(prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes()))
    output.seek(0)
    return bytes(output.read())


def signed_with_a_change(document: bytes, authority: Authority) -> bytes:
    """An agent that shows one page and signs another: its signature is good, over all its bytes."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    page = page_of(writer)
    page[pdf_name("/Contents")] = drawing(writer, "999")
    writer.update_container(page)
    signer = signers.SimpleSigner.load_pkcs12(str(authority.pkcs12("chair")), passphrase=PASSWORD.encode())
    made = signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="x"), signer=signer)
    return bytes(made.getvalue())
