"""Until when a signature can be shown to have been made while its certificate was good."""

from datetime import datetime

from services.signing.messages import Level
from services.signing.pdf.examination import Examination, FoundSignature, VerdictCode


def proof_expires(examination: Examination) -> datetime | None:
    """The moment after which the first of its signatures can no longer be proved; None if none holds now.

    A new archive time stamp must be set before, while the authority's certificates can still be checked.
    """
    holding = [each for each in examination.signatures if each.verdict.code is VerdictCode.valid]
    return min((_expires(each, examination) for each in holding), default=None)


def _expires(signature: FoundSignature, examination: Examination) -> datetime:
    """Archived: the last archive stamp's certificate. B-LT: that of its own stamp. Below: the signer's.

    At B-T the time is proved, but whether the certificate was withdrawn can be asked only while it has not expired.
    """
    own = signature.certificate.valid_until
    if signature.archived and examination.time_stamps:
        return examination.time_stamps[-1].certificate.valid_until
    if signature.level is Level.b_lt and signature.stamp_certificate is not None:
        return signature.stamp_certificate.valid_until
    return own
