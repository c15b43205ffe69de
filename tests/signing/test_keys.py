"""What holds for every kind of key, and for each."""

import logging
import pickle
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kernel.decider import Refused
from services.signing.messages import Level
from services.signing.pdf import Key, RemoteKey, Secret, SoftwareKey, TokenKey, Trust
from services.signing.pdf.making import certificate, sign
from services.signing.pdf.office import office
from services.signing.pdf.signing_key import KeyInUse
from services.signing.pdf.software_key import SoftwareSigner
from tests.signing import remote, token
from tests.signing.authority import PASSWORD, Authority
from tests.signing.papers import consent, instruction, resolution
from tests.signing.remote import SigningService


class KeyContract:
    """Each kind gives a way to its RSA key of the chair and its ECDSA key of the deputy, and the PIN."""

    pin: str

    def test_bears_the_certificate_and_signs_by_it(self, keys: dict[str, Key], trust: Trust) -> None:
        for label in ("chair", "deputy"):
            signer = office(trust).keys.opened(keys[label], consent(self.pin))
            signature = office(trust).run(signer.sign(b"bytes to sign", "sha256", consent(self.pin)))
            check(signer.certificate, signature)

    def test_signs_a_document_and_says_by_whom(self, keys: dict[str, Key], trust: Trust) -> None:
        document = resolution()
        signed = sign(trust, document, instruction(document, Level.b_t), keys["chair"], consent(self.pin))
        assert signed.content.startswith(document)
        assert signed.certificate == certificate(trust, keys["chair"], consent(self.pin))
        assert signed.certificate.common_name == "Chủ tịch Mẫu"

    def test_a_wrong_pin_is_refused_also_when_the_key_is_open(self, keys: dict[str, Key], trust: Trust) -> None:
        document = resolution()
        sign(trust, document, instruction(document), keys["chair"], consent(self.pin))
        with pytest.raises(Refused) as refused:
            sign(trust, document, instruction(document), keys["chair"], consent("wrong-words-1"))
        assert refused.value.code == "wrong_key_pin"
        assert "wrong-words-1" not in repr(refused.value) + repr(refused.value.__cause__)
        sign(trust, document, instruction(document), keys["chair"], consent(self.pin))

    def test_the_pin_is_in_no_log_line(
        self, keys: dict[str, Key], trust: Trust, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        document = resolution()
        with caplog.at_level(logging.DEBUG):
            office(trust).keys.forget(keys["chair"])
            sign(trust, document, instruction(document, Level.b_lta), keys["chair"], consent(self.pin))
        shown = "".join(capfd.readouterr())
        assert self.pin not in caplog.text + shown + repr(office(trust).keys.__dict__)

    def test_a_key_that_is_not_there_is_unavailable(self, missing: Key, trust: Trust) -> None:
        with pytest.raises(Refused) as refused:
            office(trust).keys.opened(missing, consent(self.pin))
        assert refused.value.code == "key_unavailable"


def check(own: x509.Certificate, signature: bytes) -> None:
    public = load_der_public_key(own.public_key.dump())
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, b"bytes to sign", padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, b"bytes to sign", ec.ECDSA(hashes.SHA256()))


class TestSoftwareKey(KeyContract):
    pin = PASSWORD

    @pytest.fixture
    def keys(self, authority: Authority) -> dict[str, Key]:
        return {label: SoftwareKey(authority.pkcs12(label)) for label in ("chair", "deputy")}

    @pytest.fixture
    def missing(self, tmp_path: Path) -> Key:
        return SoftwareKey(tmp_path / "none.p12")


@pytest.mark.needs("softhsm2")
class TestTokenKey(KeyContract):
    pin = token.PIN

    @pytest.fixture
    def keys(self, authority: Authority, hsm: Path) -> dict[str, Key]:
        return {label: token.key(label, authority) for label in ("chair", "deputy")}

    @pytest.fixture
    def missing(self, authority: Authority, hsm: Path) -> Key:
        return token.key("nobody", authority)

    def test_a_token_or_a_driver_that_is_not_there_is_unavailable(
        self, authority: Authority, hsm: Path, trust: Trust
    ) -> None:
        there = token.key("chair", authority)
        for absent in (TokenKey(there.module, "other", "chair"), TokenKey(Path("/no/driver.so"), "council", "chair")):
            with pytest.raises(Refused) as refused:
                office(trust).keys.opened(absent, consent(self.pin))
            assert refused.value.code == "key_unavailable"


class TestRemoteKey(KeyContract):
    pin = remote.PIN

    @pytest.fixture
    def keys(self, signing_service: SigningService) -> dict[str, Key]:
        return {label: RemoteKey(signing_service.address, f"council/{label}") for label in ("chair", "deputy")}

    @pytest.fixture
    def missing(self, signing_service: SigningService) -> Key:
        return RemoteKey(signing_service.address, "council/nobody")

    def test_a_service_that_falls_silent_is_unavailable(
        self, keys: dict[str, Key], trust: Trust, signing_service: SigningService
    ) -> None:
        document = resolution()
        sign(trust, document, instruction(document), keys["chair"], consent(self.pin))
        signing_service.down = True
        try:
            with pytest.raises(Refused) as refused:
                sign(trust, document, instruction(document), keys["chair"], consent(self.pin))
        finally:
            signing_service.down = False
        assert refused.value.code == "key_unavailable"


def test_nothing_shows_a_secret_that_is_not_asked_to() -> None:
    secret = Secret("mã bí mật 1357")
    given = consent("mã bí mật 1357")
    assert "1357" not in repr(secret) + str(secret) + repr(given) + f"{given}"
    assert pickle.loads(pickle.dumps(given)).pin.reveal() == "mã bí mật 1357"


def test_a_key_that_does_not_fit_its_certificate_signs_nothing(authority: Authority, trust: Trust) -> None:
    """As on a token whose labels were mixed up."""
    right = SoftwareSigner(SoftwareKey(authority.pkcs12("chair")), consent(PASSWORD))
    right.certificate = x509.Certificate.load(authority.certificate("agency"))
    with pytest.raises(Refused) as refused:
        office(trust).run(KeyInUse(right, consent(PASSWORD), ()).async_sign_raw(b"bytes", "sha256"))
    assert refused.value.code == "key_unavailable"
