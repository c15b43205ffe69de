"""Questions to authorities: only to the hosts of the allow-list, one answer without a redirect, at most 1 MiB."""

import hashlib
import time
from asyncio import to_thread
from collections.abc import Mapping
from datetime import datetime

import requests
from asn1crypto import cms, tsp, x509
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, set_tsp_headers
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity
from pyhanko_certvalidator.fetchers.api import Fetchers, FetchLimits
from pyhanko_certvalidator.fetchers.common_utils import FetchBudget
from pyhanko_certvalidator.fetchers.requests_fetchers.cert_fetch_client import RequestsCertificateFetcher
from pyhanko_certvalidator.fetchers.requests_fetchers.crl_client import RequestsCRLFetcher
from pyhanko_certvalidator.fetchers.requests_fetchers.ocsp_client import RequestsOCSPFetcher

from services.signing.pdf.trust import Trust

LARGEST_ANSWER = 1024 * 1024
LIMITS = FetchLimits(max_requests=1000, max_cert_requests=100, max_aia_urls_per_object=3)


class NotAllowed(requests.RequestException):
    """The address is not of a host that this deployment asks."""


def asked(trust: Trust, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> requests.Response:
    """Raises `requests.RequestException` for whatever is not a good answer."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(
            method,
            url,
            data=body,
            headers=dict(headers),
            timeout=trust.timeout_seconds,
            allow_redirects=False,
            stream=True,
        )
        content = _read(answer, time.monotonic() + trust.timeout_seconds)
        if answer.status_code != 200:
            raise requests.RequestException(f"status {answer.status_code}")
        answer._content = content
        return answer


def _read(answer: requests.Response, until: float) -> bytes:
    """The library's own limit is for each piece; somebody who sends a byte a second would hold us for days."""
    content = b""
    for piece in answer.iter_content(16 * 1024):
        content += piece
        if len(content) > LARGEST_ANSWER or time.monotonic() > until:
            raise requests.RequestException(f"{len(content)} bytes, or too slow")
    return content


class Asking:
    """For the library's fetchers: their two ways out, narrowed to the allow-list."""

    trust: Trust

    async def _get(self, url: str, *, acceptable_content_types: tuple[str, ...]) -> requests.Response:
        return await self._asked("GET", url, None, {"Accept": ",".join(acceptable_content_types)})

    async def _post(
        self, url: str, data: bytes, *, content_type: str, acceptable_content_types: tuple[str, ...]
    ) -> requests.Response:
        headers = {"Accept": ",".join(acceptable_content_types), "Content-Type": content_type}
        return await self._asked("POST", url, data, headers)

    async def _asked(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> requests.Response:
        if not self.trust.allows(url):
            raise NotAllowed(f"{url!r} is not of an allowed host")
        return await to_thread(asked, self.trust, method, url, body, headers)


class Responders(Asking, RequestsOCSPFetcher):
    pass


class RevocationLists(Asking, RequestsCRLFetcher):
    pass


class Issuers(Asking, RequestsCertificateFetcher):
    pass


def fetchers(trust: Trust) -> Fetchers:
    """They keep what they were told as long as they live."""
    budget = FetchBudget(LIMITS)
    made = Fetchers(Responders(budget=budget), RevocationLists(budget=budget), Issuers(budget=budget))
    for each in (made.ocsp_fetcher, made.crl_fetcher, made.cert_fetcher):
        assert isinstance(each, Asking)
        each.trust = trust
    return made


class TimeAuthority(TimeStamper):
    """The configured RFC 3161 service. What its answers look like is asked once per process, to reserve their size.

    `given`: the times that it gave in the act under way.
    """

    def __init__(self, trust: Trust) -> None:
        super().__init__()
        self._trust = trust
        self.given: list[datetime] = []

    async def certificates(self) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
        """Its own, as its answers bear it, and those above."""
        await self._ensure_dummy()
        return next(iter(self._certs.values())), tuple(self.cert_registry)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = await super().async_timestamp(message_digest, md_algorithm)
        stamped = token["content"]["encap_content_info"]["content"]
        signer = extract_signer_info(token["content"])
        certificate = extract_certs_for_validation(token["content"]).signer_cert
        digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(stamped)).digest()
        if validate_sig_integrity(signer, certificate, "tst_info", digest) != (True, True):
            raise TimestampRequestError("the stamp's own signature is broken")
        if stamped.parsed["message_imprint"]["hashed_message"].native != message_digest:
            raise TimestampRequestError("something else was stamped")
        if self._certs and certificate.issuer_serial not in self._certs:
            self._certs.clear()
            self._dummy_response_cache.clear()
            raise TimestampRequestError("the authority has another certificate by now")
        self.given.append(stamped.parsed["gen_time"].native)
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = set_tsp_headers({})
        try:
            answer = await to_thread(asked, self._trust, "POST", self._trust.tsa_url, req.dump(), headers)
            return tsp.TimeStampResp.load(answer.content)
        except (requests.RequestException, ValueError) as error:
            raise TimestampRequestError(f"no time stamp: {type(error).__name__}") from None
