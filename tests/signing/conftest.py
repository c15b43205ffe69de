"""One authority, one token, one signing service for the tests of a process; each takes less than two seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.typefaces import FONTS as FONTS
from services.signing.pdf import Trust
from tests.signing import remote, token
from tests.signing.authority import Authority, serving
from tests.signing.remote import SigningService


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
