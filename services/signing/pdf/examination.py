"""What is found in a PDF: its signatures, who made them, what they cover, and whether they hold."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.signing.messages import Act, Level
from services.signing.pdf.instructions import CertificateFacts


class VerdictCode(StrEnum):
    """Of a signature, and of a file: the gravest one of its signatures, in this order from the end.

    `valid`: it holds. `expired_unproven`: made with a certificate that has expired since, without proof of the time.
    `revocation_unknown`: whether the certificate was withdrawn could not be found out. `untrusted`: no chain to a
    trusted authority. `expired`, `revoked`: the certificate was no longer good at the time of signing. `broken`: the
    signature is not of these bytes, or its time stamp is not. `altered`: the content was changed after signing.
    `refused`: the file may show other people something else, whatever its signatures say; see `problems`.
    `unreadable`: not a PDF that can be read to its end.
    """

    unsigned = "unsigned"
    valid = "valid"
    expired_unproven = "expired_unproven"
    revocation_unknown = "revocation_unknown"
    untrusted = "untrusted"
    expired = "expired"
    revoked = "revoked"
    broken = "broken"
    altered = "altered"
    refused = "refused"
    unreadable = "unreadable"


class Revocation(StrEnum):
    """`not_asked`: the certificate names nobody who could tell, or this deployment does not ask."""

    good = "good"
    revoked = "revoked"
    unknown = "unknown"
    not_asked = "not_asked"


class Coverage(StrEnum):
    """What of the file the signature is over: all, all that there was when it was made, or only a part."""

    whole_file = "whole_file"
    whole_revision = "whole_revision"
    part = "part"


class ChangedAfter(StrEnum):
    """What was added after the signature, at most."""

    nothing = "nothing"
    time_stamps = "time_stamps"
    signatures = "signatures"
    content = "content"


@dataclass(frozen=True)
class Verdict:
    """`code` chooses the sentence; the others fill it. `at`: when it was signed, expired or withdrawn, by the code."""

    code: VerdictCode
    signer: str = ""
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class Problem:
    """Why the file is refused: the same codes as at intake and at signing. `detail` is for logs."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class FoundSignature:
    """`claimed_at` is the signer's own clock; `stamped_at` a time authority's. `act`: by the field's name, where ours.

    `level` is what the file has the parts for: B-T a time stamp in the signature or after it, B-LT also its validation
    data, B-LTA both and a time stamp after it.
    `archived`: a time stamp over the document, with validation data, came after it, whatever its own level.
    `locks`: nothing but time stamps may follow it.
    """

    field: str
    act: Act | None
    certificate: CertificateFacts
    chain: tuple[CertificateFacts, ...]
    claimed_at: datetime | None
    stamped_at: datetime | None
    stamp_certificate: CertificateFacts | None
    level: Level
    archived: bool
    revocation: Revocation
    revoked_at: datetime | None
    coverage: Coverage
    changed_after: ChangedAfter
    locks: bool
    verdict: Verdict


@dataclass(frozen=True)
class FoundTimeStamp:
    """A time stamp over the whole document. `at`: the authority's time."""

    field: str
    at: datetime
    certificate: CertificateFacts
    verdict: Verdict


@dataclass(frozen=True)
class Examination:
    """`sha256` is of the file; `signatures` and `time_stamps` in the order in which they were added."""

    sha256: str
    examined_at: datetime
    pages: int
    signatures: tuple[FoundSignature, ...]
    time_stamps: tuple[FoundTimeStamp, ...]
    problems: tuple[Problem, ...]
    verdict: Verdict

    @property
    def valid(self) -> bool:
        return self.verdict.code is VerdictCode.valid
