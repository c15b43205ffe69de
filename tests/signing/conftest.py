"""One authority, one token, one signing service for the tests of a process; each takes less than two seconds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.typefaces import FONTS as FONTS
from services.signing.pdf import Consent, Key, RemoteKey, SoftwareKey, Trust
from tests.signing import java_validators, remote, token
from tests.signing.authority import PASSWORD, Authority, serving
from tests.signing.java_validators import JavaValidators, Trusted
from tests.signing.papers import consent
from tests.signing.remote import SigningService

Keys = Callable[[str, str], tuple[Key, Consent]]
"""By kind (software, token, remote) and label."""


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with serving(tmp_path_factory.mktemp("authority")) as authority:
        yield authority


@pytest.fixture(scope="session")
def trust(authority: Authority) -> Trust:
    return trusting(authority)


def trusting(authority: Authority) -> Trust:
    return Trust(
        anchors=(authority.certificate("root"),),
        intermediates=(authority.certificate("issuing"),),
        tsa_url=authority.tsa(),
        hosts=frozenset({authority.host}),
        fonts=FONTS,
    )


@pytest.fixture(scope="session")
def hsm(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its folder of tokens. Needs the part `softhsm2`."""
    folder = tmp_path_factory.mktemp("hsm")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(token.filled(authority, folder, ("chair", "deputy"))))
        yield folder / "tokens"


@pytest.fixture(scope="session")
def signing_service(authority: Authority) -> Iterator[SigningService]:
    with remote.serving(authority) as service:
        yield service


@pytest.fixture(scope="session")
def java(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JavaValidators]:
    with java_validators.running(tmp_path_factory.mktemp("java")) as java:
        yield java


@pytest.fixture(scope="session")
def trusted(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Trusted:
    return java_validators.trusted(authority, tmp_path_factory.mktemp("trusted"))


@pytest.fixture
def keys(authority: Authority, request: pytest.FixtureRequest) -> Keys:
    def key(kind: str, label: str) -> tuple[Key, Consent]:
        if kind == "software":
            return SoftwareKey(authority.pkcs12(label)), consent(PASSWORD)
        if kind == "token":
            request.getfixturevalue("hsm")
            return token.key(label, authority), consent(token.PIN)
        service: SigningService = request.getfixturevalue("signing_service")
        return RemoteKey(service.address, f"council/{label}"), consent(remote.PIN)

    return key
