"""An opened key as pyHanko's signer: it assembles the CMS, the key makes the raw signature.

The certificates and the size of a signature never change while a key is open, so both are worked out once.
"""

from functools import lru_cache

from asn1crypto import keys, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.sign.signers.pdf_cms import Signer as CmsSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kernel.decider import Refused
from services.signing.pdf.instructions import Consent
from services.signing.pdf.keys import Signer
from services.signing.pdf.software_key import HASHES

DIGEST = "sha256"
DIGEST_BY_SIZE = {384: "sha384", 512: "sha512", 521: "sha512"}


class KeyInUse(CmsSigner):
    """For one act: `consent` goes with it."""

    def __init__(self, key: Signer, consent: Consent, chain: tuple[x509.Certificate, ...]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(chain)
        super().__init__(signing_cert=key.certificate, cert_registry=store, embed_roots=False)
        self._key = key
        self._consent = consent

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(raw_size(self._key.certificate.public_key))
        made = await self._key.sign(data, digest_algorithm, self._consent)
        if not verifies(self._key.certificate, made, data, digest_algorithm):
            raise Refused("key_unavailable", "what it signed does not fit its certificate")
        return made


def verifies(certificate: x509.Certificate, made: bytes, data: bytes, digest_algorithm: str) -> bool:
    """A token whose key and certificate were mixed up would give files that nobody can verify."""
    public = public_key(certificate.public_key.dump())
    digest = HASHES[digest_algorithm]()
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(made, data, padding.PKCS1v15(), digest)
        else:
            public.verify(made, data, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def public_key(der: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    found = load_der_public_key(der)
    if not isinstance(found, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise Refused("certificate_untrusted", "a key of another kind")
    return found


def raw_size(public: keys.PublicKeyInfo) -> int:
    """Exact for RSA; for ECDSA the most that two integers in DER take."""
    if public.algorithm == "rsa":
        return int(public.byte_size)
    return 2 * (int(public.bit_size) // 8 + 3) + 4


def digest_for(certificate: x509.Certificate) -> str:
    public = certificate.public_key
    return DIGEST if public.algorithm == "rsa" else DIGEST_BY_SIZE.get(public.bit_size, DIGEST)


def allowed(certificate: x509.Certificate) -> bool:
    """RSA from 2048 bits, ECDSA on curves from 256."""
    public = certificate.public_key
    least = {"rsa": 2048, "ec": 256}.get(public.algorithm)
    return least is not None and public.bit_size >= least
