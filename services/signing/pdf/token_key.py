"""A key that never leaves its token or HSM, by PKCS#11. Its calls block."""

import hashlib
from contextlib import suppress
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


class TokenSigner:
    def __init__(self, key: TokenKey, consent: Consent) -> None:
        try:
            self._open(key, consent)
        except WRONG_PIN:
            raise Refused("wrong_key_pin") from None
        except (PKCS11Error, RuntimeError, OSError) as error:
            raise Refused("key_unavailable", type(error).__name__) from None

    async def sign(self, content: bytes, digest_algorithm: str, consent: Consent) -> bytes:
        try:
            if self._private.key_type is KeyType.RSA:
                return bytes(self._private.sign(content, mechanism=RSA[digest_algorithm]))
            digest = hashlib.new(digest_algorithm, content).digest()
            return encode_ecdsa_signature(self._private.sign(digest, mechanism=Mechanism.ECDSA))
        except (PKCS11Error, RuntimeError) as error:
            raise Refused("key_unavailable", type(error).__name__) from None

    def close(self) -> None:
        with suppress(PKCS11Error, RuntimeError):  # the token may be gone, and the session with it
            self._session.close()

    def _open(self, key: TokenKey, consent: Consent) -> None:
        slots = pkcs11.lib(str(key.module)).get_slots(token_present=True)
        token = find_token(slots, token_criteria=TokenCriteria(label=key.token))
        if token is None:
            raise Refused("key_unavailable", "no such token")
        self._session = token.open(user_pin=consent.pin.reveal())
        try:
            self._private = self._one({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: key.label})
            own = self._one({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: key.label})
            self.certificate = x509.Certificate.load(own[Attribute.VALUE])
            self.chain = tuple(x509.Certificate.load(each) for each in key.chain)
        except BaseException:
            self._session.close()
            raise

    def _one(self, wanted: dict[Attribute, object]) -> Any:
        found = list(self._session.get_objects(wanted))
        if len(found) != 1:
            raise Refused("key_unavailable", f"{len(found)} objects of that label")
        return found[0]
