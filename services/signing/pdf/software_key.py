"""A key in a PKCS#12 file: for small offices and for tests."""

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from kernel.decider import Refused
from services.signing.pdf.instructions import Consent, SoftwareKey

HASHES: dict[str, type[hashes.SHA256] | type[hashes.SHA384] | type[hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class SoftwareSigner:
    def __init__(self, key: SoftwareKey, consent: Consent) -> None:
        try:
            content = key.path.read_bytes()
        except OSError as error:
            raise Refused("key_unavailable", type(error).__name__) from None
        try:
            private, certificate, others = pkcs12.load_key_and_certificates(content, consent.pin.reveal().encode())
        except ValueError:
            raise Refused("wrong_key_pin") from None
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or certificate is None:
            raise Refused("key_unavailable", "no RSA or ECDSA key with its certificate in the file")
        self._private = private
        self.certificate = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
        self.chain = tuple(x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in others)

    async def sign(self, content: bytes, digest_algorithm: str, consent: Consent) -> bytes:
        digest = HASHES[digest_algorithm]()
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(content, padding.PKCS1v15(), digest)
        return self._private.sign(content, ec.ECDSA(digest))

    def close(self) -> None:
        pass
