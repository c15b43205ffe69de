"""The test authority on loopback: certificates, time stamps, OCSP and CRLs, by certomancer from `authority.yaml`."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, KeyLabel, PKIArchitecture
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from werkzeug.serving import WSGIRequestHandler, make_server

SPECIFICATION = Path(__file__).with_name("authority.yaml")
PASSWORD = "mật khẩu của khóa"
ON_CURVES = ("deputy", "later-tsa", "expired", "revoked", "ocsp")
"""The keys that are ECDSA P-256; all others are RSA-2048."""


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@dataclass
class Authority:
    """`address` serves both architectures while `serving`.

    `down`: parts of paths that answer 503. `instead`: paths that another path answers. `asked`: every path so far.
    """

    config: CertomancerConfig
    folder: Path
    address: str
    down: set[str]
    asked: list[str]
    instead: dict[str, str]

    def architecture(self, name: str = "council") -> PKIArchitecture:
        return self.config.get_pki_arch(ArchLabel(name))

    def certificate(self, label: str, architecture: str = "council") -> bytes:
        """DER."""
        return bytes(self.architecture(architecture).get_cert(CertLabel(label)).dump())

    def pkcs12(self, label: str, architecture: str = "council", password: str = PASSWORD) -> Path:
        path = self.folder / f"{architecture}-{label}.p12"
        if not path.exists():
            path.write_bytes(
                self.architecture(architecture).package_pkcs12(CertLabel(label), password=password.encode())
            )
        return path

    def private_key(self, label: str) -> bytes:
        """PKCS#8, DER."""
        return bytes(self.architecture().key_set.get_private_key(KeyLabel(label)).dump())

    def tsa(self, label: str = "tsa") -> str:
        return f"{self.address}/council/tsa/{label}"

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")


@contextmanager
def serving(folder: Path) -> Iterator[Authority]:
    make_keys(folder)
    down: set[str] = set()
    asked: list[str] = []
    instead: dict[str, str] = {}
    waiting: list[Animator] = []

    def answer(environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        asked.append(path)
        if any(name in path for name in down):
            start("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"down"]
        return waiting[0]({**environ, "PATH_INFO": instead.get(path, path)}, start)

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    config = specified(folder, address)
    waiting.append(Animator(AnimatorArchStore(config.pki_archs), with_web_ui=False))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(config, folder, address, down, asked, instead)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def specified(folder: Path, address: str) -> CertomancerConfig:
    words: dict[str, Any] = yaml.safe_load(SPECIFICATION.read_text())
    return CertomancerConfig({**words, "external-url-prefix": address}, key_search_dir=str(folder))


def make_keys(folder: Path) -> None:
    keysets: Mapping[str, Any] = yaml.safe_load(SPECIFICATION.read_text())["keysets"]
    for keyset in keysets.values():
        place = folder / keyset.get("path-prefix", "")
        place.mkdir(parents=True, exist_ok=True)
        for label, key in keyset["keys"].items():
            (place / key["path"]).write_bytes(made_key(label))


def made_key(label: str) -> bytes:
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    if label in ON_CURVES:
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
