"""Whether a certificate is good now: chain to an anchor, validity, revocation."""

import time
from contextlib import suppress
from dataclasses import dataclass

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.api import Fetchers
from pyhanko_certvalidator.path import ValidationPath

from kernel.decider import Refused

TIME_STAMPS = "time_stamping"


@dataclass(frozen=True)
class Standing:
    """`ocsps`, `crls`: what showed that nothing on the path is revoked. `asked`: monotonic seconds."""

    certificate: x509.Certificate
    path: ValidationPath
    ocsps: tuple[ocsp.OCSPResponse, ...]
    crls: tuple[crl.CertificateList, ...]
    asked: float


async def standing(
    context: ValidationContext,
    answers: Fetchers,
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
    purpose: str,
) -> Standing:
    """Raises `Refused`. `answers`: what the context's fetchers have been told."""
    validator = CertificateValidator(certificate, intermediate_certs=list(chain), validation_context=context)
    try:
        if purpose:
            path = await validator.async_validate_usage(set(), {purpose})
        else:
            path = await validator.async_validate_usage({"non_repudiation"})
    except ExpiredError as error:
        raise Refused("certificate_expired", str(error)) from None
    except RevokedError as error:
        raise Refused("certificate_revoked", str(error)) from None
    except InsufficientRevinfoError as error:
        raise Refused("revocation_unknown", str(error)) from None
    except (PathBuildingError, ValidationError) as error:
        raise Refused("certificate_untrusted", str(error)) from None
    return _with_proofs(answers, certificate, path)


def _with_proofs(answers: Fetchers, own: x509.Certificate, path: ValidationPath) -> Standing:
    """Only what concerns this path: the fetchers also know what others asked."""
    ocsps: list[ocsp.OCSPResponse] = []
    lists: list[crl.CertificateList] = []
    for certificate in path.iter_certs(include_root=False):
        ocsps += answers.ocsp_fetcher.fetched_responses_for_cert(certificate)
        with suppress(KeyError):  # nobody asked for its list
            lists += answers.crl_fetcher.fetched_crls_for_cert(certificate)
    return Standing(own, path, tuple(ocsps), tuple(lists), time.monotonic())
