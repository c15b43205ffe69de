"""A key at a signing service that speaks the Cloud Signature Consortium API, version 1 (2019).

Each signature has an authorisation of its own, bound to the one hash that is signed.
"""

import asyncio
from typing import Any

import aiohttp
from asn1crypto import x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)

from kernel.decider import Refused
from services.signing.pdf.instructions import Consent, RemoteKey

SECONDS = 30
"""A person may have to confirm on a telephone."""


class RemoteSigner:
    def __init__(self, key: RemoteKey) -> None:
        self._service = CSCServiceSessionInfo(key.service_url, key.credential)
        self._credential = asyncio.run(self._asked())
        self.certificate: x509.Certificate = self._credential.signing_cert
        self.chain: tuple[x509.Certificate, ...] = tuple(self._credential.chain)

    async def sign(self, content: bytes, digest_algorithm: str, consent: Consent) -> bytes:
        try:
            async with aiohttp.ClientSession() as session:
                authorisation = Authorisation(self._service, self._credential, session, consent)
                signer = CSCSigner(session, authorisation, sign_timeout=SECONDS)
                signature: bytes = await signer.async_sign_raw(content, digest_algorithm)
                return signature
        except (SigningError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Refused("key_unavailable", type(error).__name__) from None

    def close(self) -> None:
        pass

    async def _asked(self) -> CSCCredentialInfo:
        try:
            async with aiohttp.ClientSession() as session:
                return await fetch_certs_in_csc_credential(session, self._service, timeout=SECONDS)
        except (SigningError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Refused("key_unavailable", type(error).__name__) from None


class Authorisation(CSCAuthorizationManager):
    """Asks for the right to sign this hash, with the signer's PIN and code."""

    def __init__(
        self,
        service: CSCServiceSessionInfo,
        credential: CSCCredentialInfo,
        session: aiohttp.ClientSession,
        consent: Consent,
    ) -> None:
        super().__init__(service, credential)
        self._session = session
        self._consent = consent

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        code = self._consent.one_time_code
        asked: dict[str, Any] = self.format_csc_auth_request(
            pin=self._consent.pin.reveal(), otp=code.reveal() if code else None, hash_b64s=hash_b64s
        )
        async with self._session.post(
            self.csc_session_info.endpoint_url("credentials/authorize"),
            headers=self.auth_headers,
            json=asked,
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        ) as answer:
            if 400 <= answer.status < 500:
                raise Refused("wrong_key_pin", f"the service answered {answer.status}")
            answer.raise_for_status()
            return self.parse_csc_auth_response(await answer.json())
