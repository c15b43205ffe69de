"""What a signer's own agent sent back: our bytes, one update after them, and in it a signature over exactly that."""

import hashlib
from datetime import UTC, datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from kernel.decider import Refused
from services.signing.pdf.additions import refuse_other_changes
from services.signing.pdf.examination import Coverage, Examination, FoundSignature, VerdictCode
from services.signing.pdf.examining import examine
from services.signing.pdf.instructions import Signed, Slot
from services.signing.pdf.proof import proof_expires
from services.signing.pdf.structure import opened
from services.signing.pdf.trust import Trust

REFUSALS = {
    VerdictCode.revocation_unknown: "revocation_unknown",
    VerdictCode.untrusted: "certificate_untrusted",
    VerdictCode.expired: "certificate_expired",
    VerdictCode.expired_unproven: "certificate_expired",
    VerdictCode.revoked: "certificate_revoked",
    VerdictCode.broken: "signature_broken",
    VerdictCode.altered: "not_one_signature",
}


def accept_returned(
    trust: Trust, ours: bytes, returned: bytes, expected_sha256: str, slot: Slot | None = None
) -> Signed:
    """`expected_sha256`: of the certificate. A field for somebody else is not taken, no place on a page chosen."""
    if not returned.startswith(ours) or returned == ours:
        raise Refused("not_our_document")
    found = examine(trust, returned)
    if found.problems:
        raise Refused(found.problems[0].code, found.problems[0].detail)
    if not found.signatures:
        raise Refused("not_one_signature", found.verdict.code)
    before, after = opened(ours), opened(returned)
    _refuse_other_changes(before, after)
    signature = found.signatures[-1]
    if signature.coverage is not Coverage.whole_file:
        raise Refused("not_one_signature", signature.coverage)
    for each in found.signatures:
        if each.verdict.code is not VerdictCode.valid:
            raise Refused(REFUSALS[each.verdict.code], each.field)
    if signature.certificate.sha256 != expected_sha256:
        raise Refused("wrong_signer", signature.certificate.sha256)
    if slot is not None:
        _refuse_other_slot(before, after, signature, slot)
    return _accepted(returned, found, signature)


def _refuse_other_slot(before: PdfFileReader, after: PdfFileReader, signature: FoundSignature, slot: Slot) -> None:
    """After the first signature a new field that shows anything already counts as an alteration."""
    new = _field_names(after) - _field_names(before)
    if signature.field != (slot.field or signature.field) or new != (set() if slot.field else {signature.field}):
        raise Refused("wrong_signature_field", f"{signature.field}, new: {sorted(new)}")
    if signature.locks and not slot.last:
        raise Refused("document_locked", signature.field)


def _field_names(reader: PdfFileReader) -> set[str]:
    return {name for name, _value, _field in enumerate_sig_fields(reader)}


def _refuse_other_changes(before: PdfFileReader, after: PdfFileReader) -> None:
    revisions = before.xrefs.total_revisions
    if after.xrefs.total_revisions != revisions + 1:
        raise Refused("not_one_signature", f"{after.xrefs.total_revisions - revisions} updates")
    if len(after.embedded_signatures) != len(before.embedded_signatures) + 1:
        raise Refused("not_one_signature", "no signature, or more than one")
    refuse_other_changes(after, revisions)


def _accepted(returned: bytes, found: Examination, signature: FoundSignature) -> Signed:
    return Signed(
        content=returned,
        sha256=hashlib.sha256(returned).hexdigest(),
        certificate=signature.certificate,
        level=signature.level,
        signed_at=signature.stamped_at or signature.claimed_at or datetime.now(UTC),
        provable_until=proof_expires(found) or signature.certificate.valid_until,
    )
