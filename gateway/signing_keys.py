"""Where the keys for signing are: files that the operator puts into one folder; nothing of them is in the log.

`<login>.p12` is a person's software key, or `<login>.json` says where the key is: `{"token": "…", "label": "…",
"module": "/usr/lib/…so"}` in a token or HSM, `{"service_url": "https://…", "credential": "…"}` at a remote signing
service. `<login>.cer` or `.crt` (DER or PEM) is the certificate of a key that never leaves the person's own computer,
where an agent signs with it. `<login>.png` is the handwritten signature, blue with transparency. A body's own are
named `agency-<unit id>`, its image is the seal, red with transparency.
"""

import hashlib
import json
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID

from kernel.decider import Refused
from kernel.settings import Settings
from services.signing.messages.orders import KeyKind
from services.signing.pdf import Key, RemoteKey, SoftwareKey, TokenKey

CERTIFICATES = (".cer", ".crt")
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


@dataclass(frozen=True)
class Held:
    """A key and the image that goes with it, if there is one."""

    key: Key
    image: bytes | None

    @property
    def kind(self) -> KeyKind:
        match self.key:
            case SoftwareKey():
                return KeyKind.software
            case TokenKey():
                return KeyKind.token
            case RemoteKey():
                return KeyKind.remote


@dataclass(frozen=True)
class Registered:
    """A certificate as its holder knows it: by their name and its serial number (hexadecimal)."""

    sha256: str
    subject: str
    serial: str


def of_person(settings: Settings, login: str) -> Held:
    """Raises `no_signing_key`."""
    return _held(_folder(settings), login)


def of_body(settings: Settings, unit_id: UUID | str) -> Held:
    """The agency's own key. Raises `no_signing_key`."""
    return _held(_folder(settings), name_of_body(unit_id))


def has_key(settings: Settings, name: str) -> bool:
    """Whether this system holds or reaches a key of that name, whatever it will say when it is used."""
    return any((_folder(settings) / f"{name}{suffix}").is_file() for suffix in (".p12", ".json"))


def has_certificate(settings: Settings, name: str) -> bool:
    """Whether the certificate of a key outside this system is registered under that name."""
    return any((_folder(settings) / f"{name}{suffix}").is_file() for suffix in CERTIFICATES)


def name_of_body(unit_id: UUID | str) -> str:
    return f"agency-{unit_id}"


def _folder(settings: Settings) -> Path:
    return settings.signing_keys_dir or settings.data_dir / "signing-keys"


def _held(folder: Path, name: str) -> Held:
    software, elsewhere, picture = (folder / f"{name}{suffix}" for suffix in (".p12", ".json", ".png"))
    image = picture.read_bytes() if picture.is_file() else None
    if software.is_file():
        return Held(SoftwareKey(software), image)
    if not elsewhere.is_file():
        raise Refused("no_signing_key", name)
    return Held(_elsewhere(elsewhere), image)


def certificate(settings: Settings, name: str) -> Registered:
    """Of the key that is with the person or body alone. Raises `no_signing_certificate`."""
    folder = _folder(settings)
    path = next((each for suffix in CERTIFICATES if (each := folder / f"{name}{suffix}").is_file()), None)
    if path is None:
        raise Refused("no_signing_certificate", name)
    content = path.read_bytes()
    written = PEM.search(content)
    der = ssl.PEM_cert_to_DER_cert(written[0].decode("ascii")) if written else content
    try:
        read = x509.load_der_x509_certificate(der)
        names = read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        subject = str(names[0].value) if names else read.subject.rfc4514_string()
        return Registered(hashlib.sha256(der).hexdigest(), subject, f"{read.serial_number:x}")
    except ValueError as error:
        raise Refused("no_signing_certificate", f"{path.name}: {error}") from error


def _elsewhere(path: Path) -> Key:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if "service_url" in said:
            return RemoteKey(said["service_url"], said["credential"])
        return TokenKey(Path(said["module"]), said["token"], said["label"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused("key_unavailable", f"{path.name}: {error}") from error
