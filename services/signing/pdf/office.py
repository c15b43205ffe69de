"""What one process keeps between acts: opened keys, and answers of authorities for a minute."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.api import Fetchers

from kernel.decider import Refused
from services.signing.pdf.asking import TimeAuthority, fetchers
from services.signing.pdf.certificates import Standing, standing
from services.signing.pdf.instructions import CertificateFacts
from services.signing.pdf.keys import KeyRing
from services.signing.pdf.trust import Trust

ANSWERS_KEPT_SECONDS = 60.0
"""Whether a certificate was withdrawn is asked again after this."""

Answer = TypeVar("Answer")


class Office:
    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self.keys = KeyRing()
        self.time = TimeAuthority(trust)
        self.anchors = [x509.Certificate.load(each) for each in trust.anchors]
        self.intermediates = [x509.Certificate.load(each) for each in trust.intermediates]
        self._fetchers = fetchers(trust)
        self._fetchers_made = time.monotonic()
        self._standings: dict[tuple[bytes, str], Standing] = {}
        self.reserved: dict[tuple[bytes, bool], int] = {}

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run(work)

    async def standing(
        self, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], purpose: str = ""
    ) -> Standing:
        """As it was within the last minute. Raises `Refused`. `purpose`: an extended key usage that it must be for."""
        known = self._standings.get((certificate.sha256, purpose))
        if known is None or time.monotonic() - known.asked > ANSWERS_KEPT_SECONDS:
            context = self.context(certificates=chain)
            try:
                known = await standing(context, self.recent_answers(), certificate, chain, purpose)
            except Refused as refusal:
                if refusal.code == "revocation_unknown":
                    self.ask_anew()  # the fetchers also keep that somebody did not answer
                raise
            self._standings[certificate.sha256, purpose] = known
        return known

    def context(
        self,
        *,
        certificates: tuple[x509.Certificate, ...] = (),
        ocsps: tuple[ocsp.OCSPResponse, ...] = (),
        crls: tuple[crl.CertificateList, ...] = (),
    ) -> ValidationContext:
        """For one question, as of now. `ocsps`, `crls`: what the file brings along."""
        return ValidationContext(
            trust_roots=self.anchors,
            other_certs=[*self.intermediates, *certificates],
            revocation_mode=self.trust.revocation.value,
            allow_fetching=True,
            fetchers=self.recent_answers(),
            ocsps=list(ocsps),
            crls=list(crls),
        )

    def recent_answers(self) -> Fetchers:
        if time.monotonic() - self._fetchers_made > ANSWERS_KEPT_SECONDS:
            self.ask_anew()
        return self._fetchers

    def ask_anew(self) -> None:
        self._standings.clear()
        self._fetchers, self._fetchers_made = fetchers(self.trust), time.monotonic()


@cache
def office(trust: Trust) -> Office:
    """One for each process. The library logs a traceback for each certificate that it doubts: a verdict says it."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Office(trust)


def facts(certificate: x509.Certificate) -> CertificateFacts:
    subject = certificate.subject.native
    return CertificateFacts(
        subject=certificate.subject.human_friendly,
        common_name=_words(subject.get("common_name")),
        organisation=_words(subject.get("organization_name")),
        issuer=certificate.issuer.human_friendly,
        serial=f"{certificate.serial_number:x}",
        sha256=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
    )


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
