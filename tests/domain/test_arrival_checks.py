"""What was found in a file that arrives, and what may be done with it then: registered, with doubts or not at all."""

from pathlib import Path

import pytest

from kernel.adapters.blobs_files import FileBlobs
from services.signing.checking import Checked, checking
from services.signing.messages import Act, Level
from services.signing.messages.incoming import Verdict as Arrives
from services.signing.pdf.examination import (
    ChangedAfter,
    Coverage,
    Examination,
    FoundSignature,
    Revocation,
    Verdict,
    VerdictCode,
)
from services.signing.pdf.instructions import CertificateFacts
from tests.official_examples import SEALED
from tests.stamps import STAMP_AT

CAN_BE_REGISTERED = {
    "valid": Arrives.valid,
    "unsigned": Arrives.unsigned,
    "expired_unproven": Arrives.doubtful,
    "revocation_unknown": Arrives.doubtful,
    "untrusted": Arrives.doubtful,
}
FILE = b"%PDF-1.7"


def examination(code: VerdictCode, *signers: str) -> Examination:
    signatures = tuple(map(signature, signers))
    return Examination(SEALED, STAMP_AT, 1, signatures, (), (), Verdict(code))


def signature(signer: str) -> FoundSignature:
    certificate = CertificateFacts(f"CN={signer}", signer, "", "CA", "0a", "f" * 64, STAMP_AT, STAMP_AT)
    return FoundSignature(
        field="sign-1",
        act=Act.sign,
        certificate=certificate,
        chain=(),
        claimed_at=STAMP_AT,
        stamped_at=None,
        stamp_certificate=None,
        level=Level.b_b,
        archived=False,
        revocation=Revocation.good,
        revoked_at=None,
        coverage=Coverage.whole_file,
        changed_after=ChangedAfter.nothing,
        locks=False,
        verdict=Verdict(VerdictCode.valid),
    )


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path)


@pytest.mark.parametrize("code", list(VerdictCode))
def test_what_holds_or_cannot_be_told_is_registered_and_nothing_else(code: VerdictCode, blobs: FileBlobs):
    check = checking(blobs, lambda content: examination(code) if content == FILE else pytest.fail())
    assert check(blobs.put([FILE]).sha256) == Checked(CAN_BE_REGISTERED.get(code, Arrives.invalid), code, ())


def test_each_signer_is_named_once_in_the_order_of_signing(blobs: FileBlobs):
    found = examination(VerdictCode.valid, "Chủ tịch", "Chánh Văn phòng", "Chủ tịch")
    check = checking(blobs, lambda _content: found)
    assert check(blobs.put([FILE]).sha256).signers == ("Chủ tịch", "Chánh Văn phòng")


def test_bytes_that_are_not_there_or_are_others_hold_for_nothing(blobs: FileBlobs, tmp_path: Path):
    check = checking(blobs, lambda _content: examination(VerdictCode.valid))
    unreadable = Checked(Arrives.invalid, "unreadable", ())
    assert check("a" * 64) == unreadable
    stored = blobs.put([FILE]).sha256
    path = tmp_path / stored[:2] / stored
    path.chmod(0o640)
    path.write_bytes(b"%PDF-1.6")
    assert check(stored) == unreadable
