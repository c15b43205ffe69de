"""Signatures in PDF files: made, examined, kept provable. Knows nothing of orders, events or people's rights.

Everything is reached through `SigningDesk`, made once from `Trust`, and closed at the end. It does its work in
processes of its own (some hold keys, one reads files that may be hostile), so nothing here loads pyHanko or a PKCS#11
driver into the process that calls; each call blocks its thread, so keep it out of event loops.

    desk.sign(document, instruction, key, consent) -> Signed
    desk.certificate(key, consent) -> CertificateFacts         whose key it is, before anything is signed
    desk.examine(content) -> Examination                       never refuses: a verdict is an answer
    desk.refuse_unsafe(document) -> None                       what a document must not hold before its first signature
    desk.archive(content) -> bytes                             a new archive time stamp, with all validation data
    desk.lay_out_fields(document, fields) -> bytes             empty signature fields, for a first signature elsewhere
    desk.accept_returned(ours, returned, sha256, slot) -> Signed   what a signer's own agent sent back
    desk.place_of_signature(document, position, name) -> Place | None   between the two lines of the signature block
    desk.lay_out_number(document, symbol) -> bytes             blanks for number and day, before the first signature
    desk.fill_number(document, values) -> bytes                filled after the last signature, which stays valid
    desk.copied(document, pages) -> bytes                       a new file of these pages, without their signatures
    desk.examine_scan(document) -> Scan                         of paper: pages, size, dots per inch, what it lacks
    proof_expires(examination) -> datetime | None              when signatures become unprovable, unless archived again

Dataclasses: `instructions.py` (SigningInstruction, Consent, keys, appearances, Signed, CertificateFacts),
`examination.py` (Examination, FoundSignature, Verdict and its codes), `trust.py` (Trust, trust_of).

Refusals are `kernel.decider.Refused`; whatever is refused leaves nothing behind.

| code | when |
|---|---|
| `stale_document` | the bytes are not those of `document_sha256` |
| `tsa_unavailable` | no time stamp at B-T or above, or for an archive stamp |
| `key_unavailable` | token, HSM, key file or remote service cannot be reached, or holds no such key |
| `wrong_key_pin` | password, PIN or consent is not accepted |
| `certificate_expired`, `certificate_revoked` | before signing or by the time it was done |
| `certificate_untrusted` | no chain to a trusted anchor, or not a certificate for signatures |
| `revocation_unknown` | the authority could not be asked and the deployment demands it |
| `clock_wrong` | our clock and the time authority's differ by more than a minute |
| `proof_expired` | an archive stamp on what does not hold, or no longer |
| `document_locked` | its last signature forbids more |
| `signature_field_taken` | the field named is signed already, or no signature field |
| `bad_signature_image` | not a PNG with transparency in blue (person) or red (seal) |
| `fonts_missing` | no faces for the text of a copy's or an appendix's mark |
| `pdf_*`, `unreadable_file` | what may not be in a document: see `kernel/safe_pdf.py` and `shadow.py` |
| `no_place_for_number` | page 1 has no room after `Số:` and in `ngày … tháng … năm …` |
| `page_not_found` | a copy of pages that the file does not have |
| `scan_too_old`, `not_a_scan` | a scan before PDF 1.4, or with a page that is no image |
| `not_our_document`, `not_one_signature`, `wrong_signer`, `signature_broken` | returned: not ours plus one signature |
| `wrong_signature_field` | returned: signed elsewhere than in the field for this signature |
"""

from services.signing.pdf.desk import SigningDesk
from services.signing.pdf.examination import (
    ChangedAfter,
    Coverage,
    Examination,
    FoundSignature,
    FoundTimeStamp,
    Problem,
    Revocation,
    Verdict,
    VerdictCode,
)
from services.signing.pdf.instructions import (
    AgencySeal,
    Appearance,
    AppendixMark,
    CertificateFacts,
    Consent,
    CopyMark,
    Handwriting,
    Key,
    LaterField,
    NameAndTime,
    Place,
    RemoteKey,
    Secret,
    Signed,
    SigningInstruction,
    Slot,
    SoftwareKey,
    TokenKey,
    seal_place,
)
from services.signing.pdf.proof import proof_expires
from services.signing.pdf.scanned import Scan
from services.signing.pdf.trust import RevocationMode, Trust, trust_of

__all__ = [
    "AgencySeal",
    "Appearance",
    "AppendixMark",
    "CertificateFacts",
    "ChangedAfter",
    "Consent",
    "CopyMark",
    "Coverage",
    "Examination",
    "FoundSignature",
    "FoundTimeStamp",
    "Handwriting",
    "Key",
    "LaterField",
    "NameAndTime",
    "Place",
    "Problem",
    "RemoteKey",
    "Revocation",
    "RevocationMode",
    "Scan",
    "Secret",
    "Signed",
    "SigningDesk",
    "SigningInstruction",
    "Slot",
    "SoftwareKey",
    "TokenKey",
    "Trust",
    "Verdict",
    "VerdictCode",
    "proof_expires",
    "seal_place",
    "trust_of",
]
