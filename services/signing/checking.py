"""What is said of the signatures of a document that arrives."""

from collections.abc import Callable
from dataclasses import dataclass

from kernel.ports import Blobs, Corrupt, NotStored
from services.signing.messages.incoming import Verdict
from services.signing.pdf.examination import Examination, VerdictCode

VERDICTS = {
    VerdictCode.valid: Verdict.valid,
    VerdictCode.unsigned: Verdict.unsigned,
    VerdictCode.expired_unproven: Verdict.doubtful,
    VerdictCode.revocation_unknown: Verdict.doubtful,
    VerdictCode.untrusted: Verdict.doubtful,
}
"""Everything else is invalid: altered, signed with what was no longer good, or able to show others something else."""


@dataclass(frozen=True)
class Checked:
    """`finding` is the examination's own code; `signers` as their certificates name them."""

    verdict: Verdict
    finding: str
    signers: tuple[str, ...]


Check = Callable[[str], Checked]
"""By the SHA-256 of the bytes."""


def checking(blobs: Blobs, examine: Callable[[bytes], Examination]) -> Check:
    def check(sha256: str) -> Checked:
        try:
            examination = examine(blobs.read(sha256))
        except (NotStored, Corrupt):
            return Checked(Verdict.invalid, VerdictCode.unreadable, ())
        code = examination.verdict.code
        signers = tuple(dict.fromkeys(each.certificate.common_name for each in examination.signatures))
        return Checked(VERDICTS.get(code, Verdict.invalid), code, signers)

    return check
