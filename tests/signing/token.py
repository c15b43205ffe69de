"""A SoftHSM2 token with keys of the test authority. A process of its own fills it: a library is set up once."""

import os
import subprocess
import sys
from pathlib import Path

import pkcs11
from certomancer.integrations.alchemist import Alchemist, DefaultAlchemistBackend
from certomancer.registry import ArchLabel, CertLabel

from services.signing.pdf import TokenKey
from tests.signing.authority import Authority, specified

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN, TOKEN = "734512", "council"


def module() -> Path | None:
    return next((Path(each) for each in MODULES if Path(each).exists()), None)


def filled(authority: Authority, folder: Path, labels: tuple[str, ...]) -> Path:
    """The configuration file for `SOFTHSM2_CONF`."""
    (folder / "tokens").mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    program = [sys.executable, "-m", "tests.signing.token", str(authority.folder), authority.address, *labels]
    subprocess.run(program, check=True, env={**os.environ, "SOFTHSM2_CONF": str(configuration)}, timeout=60)
    return configuration


def key(label: str, authority: Authority) -> TokenKey:
    found = module()
    assert found is not None
    return TokenKey(found, TOKEN, label, chain=(authority.certificate("issuing"),))


if __name__ == "__main__":
    keys, address, *names = sys.argv[1:]
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "12345678"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    architecture = specified(Path(keys), address).get_pki_arch(ArchLabel("council"))
    with pkcs11.lib(str(module())).get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as session:
        alchemist = Alchemist(DefaultAlchemistBackend(session), architecture)
        alchemist.store_key_bundles({CertLabel(each) for each in names}, include_chains=False)
