"""Whom this deployment believes and asks: certificates of authorities, time stamps, revocation, and nobody else."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kernel.settings import UnusableFile

SUFFIXES = (".pem", ".crt", ".cer", ".der")


class RevocationMode(StrEnum):
    """`required`: every certificate below the anchor must be shown as not revoked. `known`: where it names whom to ask.

    `lenient`: who cannot be asked is not held against it; what is known to be revoked always is.
    """

    required = "require"
    known = "hard-fail"
    lenient = "soft-fail"


@dataclass(frozen=True)
class Trust:
    """Certificates are DER. `hosts`: `name` or `name:port` that may be asked for revocation, whatever a file says.

    `fonts`: the folder of the Tinos faces, for marks of copies and appendices.
    """

    anchors: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()
    revocation: RevocationMode = RevocationMode.known
    tsa_url: str = ""
    hosts: frozenset[str] = frozenset()
    fonts: Path | None = None
    timeout_seconds: float = 5.0

    def allows(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and (parts.netloc in self.hosts or parts.hostname in self.hosts)


def trust_of(folder: Path | None, revocation: str, tsa_url: str, hosts: str, fonts: Path | None = None) -> Trust:
    """`folder`: certificates, PEM or DER, self-signed ones are anchors; without, nobody is trusted.

    Raises `UnusableFile`: who leaves out what cannot be read would call good signatures untrusted.
    """
    found = [each for path in _files(folder) for each in _read(path)]
    return Trust(
        anchors=tuple(each.public_bytes(Encoding.DER) for each in found if each.issuer == each.subject),
        intermediates=tuple(each.public_bytes(Encoding.DER) for each in found if each.issuer != each.subject),
        revocation=RevocationMode(revocation),
        tsa_url=tsa_url,
        hosts=frozenset(filter(None, (each.strip() for each in hosts.split(",")))),
        fonts=fonts,
    )


def _files(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    try:
        return sorted(each for each in folder.iterdir() if each.suffix in SUFFIXES)
    except OSError as error:
        raise UnusableFile(folder, error.strerror) from error


def _read(path: Path) -> list[x509.Certificate]:
    try:
        content = path.read_bytes()
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except OSError as error:
        raise UnusableFile(path, error.strerror) from error
    except ValueError as error:
        raise UnusableFile(path, "it is no certificate") from error
