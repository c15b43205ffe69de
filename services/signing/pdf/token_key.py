"""A key that never leaves its token or HSM, by PKCS#11. Its calls block."""

import hashlib
import hmac
from contextlib import suppress
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error
from pkcs11.util.ec import encode_ecdsa_signature
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import find_token

from kernel.decider import Refused
from services.signing.pdf.instructions import Consent, TokenKey

WRONG_PIN = (PinIncorrect, PinInvalid, PinLenRange, PinLocked)
RSA = {"sha256": Mechanism.SHA256_RSA_PKCS, "sha384": Mechanism.SHA384_RSA_PKCS, "sha512": Mechanism.SHA512_RSA_PKCS}


class TokenSessions:
    """One login for each token: to the driver, the process is the user, whichever key it uses."""

    def __init__(self) -> None:
        self._open: dict[tuple[Path, str], tuple[bytes, Any]] = {}

    def of(self, key: TokenKey, consent: Consent, pin_mark: bytes) -> Any:
        """Another PIN than that of the login ends the login, so that the token itself judges it."""
        known = self._open.get((key.module, key.token))
        if known is not None and hmac.compare_digest(known[0], pin_mark):
            return known[1]
        self.close(key)
        session = _login(key, consent)
        self._open[key.module, key.token] = (pin_mark, session)
        return session

    def close(self, key: TokenKey) -> None:
        known = self._open.pop((key.module, key.token), None)
        if known is not None:
            with suppress(PKCS11Error, RuntimeError):  # the token may be gone, and the session with it
                known[1].close()


class TokenSigner:
    def __init__(self, key: TokenKey, consent: Consent, sessions: TokenSessions, pin_mark: bytes) -> None:
        self._key = key
        self._sessions = sessions
        try:
            session = sessions.of(key, consent, pin_mark)
            self._private = _one(session, {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: key.label})
            own = _one(session, {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: key.label})
            self.certificate = x509.Certificate.load(own[Attribute.VALUE])
        except WRONG_PIN:
            raise Refused("wrong_key_pin") from None
        except (PKCS11Error, RuntimeError, OSError) as error:
            sessions.close(key)
            raise Refused("key_unavailable", type(error).__name__) from None
        self.chain = tuple(x509.Certificate.load(each) for each in key.chain)

    async def sign(self, content: bytes, digest_algorithm: str, consent: Consent) -> bytes:
        try:
            if self._private.key_type is KeyType.RSA:
                return bytes(self._private.sign(content, mechanism=RSA[digest_algorithm]))
            digest = hashlib.new(digest_algorithm, content).digest()
            return encode_ecdsa_signature(self._private.sign(digest, mechanism=Mechanism.ECDSA))
        except (PKCS11Error, RuntimeError) as error:
            raise Refused("key_unavailable", type(error).__name__) from None

    def close(self) -> None:
        """Other keys of the token are opened anew at their next use."""
        self._sessions.close(self._key)


def _login(key: TokenKey, consent: Consent) -> Any:
    driver = pkcs11.lib(str(key.module))
    token = _token(driver, key)
    if token is None:
        driver.reinitialize()  # some drivers look for tokens only when they begin
        token = _token(driver, key)
    if token is None:
        raise Refused("key_unavailable", "no such token")
    return token.open(user_pin=consent.pin.reveal())


def _token(driver: Any, key: TokenKey) -> Any:
    return find_token(driver.get_slots(token_present=True), token_criteria=TokenCriteria(label=key.token))


def _one(session: Any, wanted: dict[Attribute, object]) -> Any:
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        raise Refused("key_unavailable", f"{len(found)} objects of that label")
    return found[0]
