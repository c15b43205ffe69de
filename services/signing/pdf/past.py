"""What a file proves of the past by its time stamps and validation data (ETSI EN 319 102-1, 5.6.3)."""

from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.fetchers.api import FetcherBackend, Fetchers
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from services.signing.pdf.office import Office


class RecentAnswers(FetcherBackend):
    def __init__(self, desk: Office) -> None:
        self._desk = desk

    def get_fetchers(self) -> Fetchers:
        return self._desk.recent_answers()


async def proved_in_the_past(desk: Office, embedded: EmbeddedPdfSignature) -> bool:
    """Whether it was made while its certificate was good: by what the file holds, and its last stamp's standing."""
    try:
        found = await ades_lta_validation(embedded, _specification(desk))
    except SignatureValidationError:
        return False
    return found.ades_subindic is AdESPassed.OK


def _specification(desk: Office) -> PdfSignatureValidationSpec:
    checking = RevocationCheckingPolicy.from_legacy(desk.trust.revocation.value)
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(trust_roots=desk.anchors),
                revinfo_policy=CertRevTrustPolicy(checking),
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                RevinfoOnlineFetchingRule.NO_HISTORICAL_FETCH, fetcher_backend=RecentAnswers(desk)
            ),
            local_knowledge=LocalKnowledge(known_certs=[*desk.anchors, *desk.intermediates]),
        )
    )
