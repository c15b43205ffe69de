"""Until when a signature can be shown to have been made while its certificate was good."""

from datetime import datetime

from services.signing.pdf.examination import Examination, FoundSignature, VerdictCode


def proof_expires(examination: Examination) -> datetime | None:
    """The moment after which the first of its signatures can no longer be proved; None if none holds now.

    A new archive time stamp must be set before, while the authority's certificates can still be checked.
    """
    holding = [each for each in examination.signatures if each.verdict.code is VerdictCode.valid]
    return min((_expires(each, examination) for each in holding), default=None)


def _expires(signature: FoundSignature, examination: Examination) -> datetime:
    """Archived: the last archive stamp's certificate. Otherwise the signer's own, at whatever level.

    Not every validator takes revocation data for older than the file that brings them, unless an archive stamp says
    so (ETSI EN 319 102-1, 5.6.2.4; DSS does): at B-LT too the certificate must be good when it is looked at.
    """
    if signature.archived and examination.time_stamps:
        return examination.time_stamps[-1].certificate.valid_until
    return signature.certificate.valid_until
