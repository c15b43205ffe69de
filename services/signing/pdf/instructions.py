"""What a signature is to be: where it stands, how it looks, whose key makes it, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.signing.messages import Act, Level


class Secret:
    """A password, PIN or token. Neither `repr` nor an exception ever shows it; only `reveal` does."""

    __slots__ = ("_words",)

    def __init__(self, words: str) -> None:
        self._words = words

    def reveal(self) -> str:
        return self._words

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class Consent:
    """What the signer gives for this one act; kept nowhere.

    `pin`: password of a PKCS#12 file, PIN of a token, or of a remote key. `one_time_code`: for remote signing services
    that ask for one.
    """

    pin: Secret
    one_time_code: Secret | None = None


@dataclass(frozen=True)
class SoftwareKey:
    """A PKCS#12 file with key, certificate and chain."""

    path: Path


@dataclass(frozen=True)
class TokenKey:
    """A key in a token or HSM by PKCS#11; key and certificate bear the same label. `chain`: those above it, DER."""

    module: Path
    token: str
    label: str
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class RemoteKey:
    """A key at a signing service that speaks the Cloud Signature Consortium API, version 1."""

    service_url: str
    credential: str


Key = SoftwareKey | TokenKey | RemoteKey


@dataclass(frozen=True)
class Place:
    """A rectangle on a page, in millimetres from the page's upper left corner. `page` counts from 1; -1 is the last."""

    page: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Handwriting:
    """A person's signature (Decree 30, cell 7c): a blue PNG with transparency, centred in `place`."""

    png: bytes
    place: Place


@dataclass(frozen=True)
class NameAndTime:
    """Who signed, and when, in `place`: where there is no picture of the handwriting."""

    name: str
    place: Place


@dataclass(frozen=True)
class AgencySeal:
    """The agency's seal (cell 8): a red PNG with transparency in its real size.

    It covers about a third of the person's signature, which stands at `beside`, on its left.
    """

    png: bytes
    beside: Place
    diameter: float = 36.0


@dataclass(frozen=True)
class CopyMark:
    """An electronic copy: form (`SAO Y`), agency and time at the upper right of page 1, without an image."""

    form: str
    agency: str


@dataclass(frozen=True)
class AppendixMark:
    """An appendix in a file of its own: symbol of the main document and time at the upper right, without an image."""

    symbol: str


def seal_place(seal: AgencySeal) -> Place:
    """The seal's right part lies over the left third of the signature, at the same height."""
    signature = seal.beside
    return Place(
        page=signature.page,
        left=signature.left + signature.width / 3 - seal.diameter,
        top=signature.top + signature.height / 2 - seal.diameter / 2,
        width=seal.diameter,
        height=seal.diameter,
    )


Appearance = Handwriting | NameAndTime | AgencySeal | CopyMark | AppendixMark


@dataclass(frozen=True)
class LaterField:
    """An empty field for a signer who comes later, laid out by the first signature.

    A visible field that is added after the first signature counts as an alteration. `place`: None for an invisible
    one. `last`: nothing may change any more once it is signed.
    """

    name: str
    place: Place | None = None
    last: bool = False


@dataclass(frozen=True)
class Slot:
    """Where an agent's signature belongs: an empty field of ours by its name, or, without one, a new invisible field.

    `last`: whether it may lock the document.
    """

    field: str
    last: bool


@dataclass(frozen=True)
class SigningInstruction:
    """One signature on the bytes with this SHA-256, and on no others.

    `field`: the name of an empty field of the document, or of a new one; by default the next of the act (`sign-1`).
    `last`: nothing but time stamps may follow (DocMDP P=1); before the last signature only signatures may (P=2).
    `at`: the signer's clock, zone included; it is shown and claimed, never trusted.
    """

    document_sha256: str
    act: Act
    level: Level
    at: datetime
    last: bool
    field: str = ""
    appearance: Appearance | None = None
    later: tuple[LaterField, ...] = ()


@dataclass(frozen=True)
class CertificateFacts:
    """`sha256` is of the DER bytes, `serial` in hexadecimal; names as people read them (RFC 4514 is for machines)."""

    subject: str
    common_name: str
    organisation: str
    issuer: str
    serial: str
    sha256: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class Signed:
    """`signed_at`: by the time stamp, or by the instruction where the level has none.

    `provable_until`: without a new archive time stamp nobody can prove the signature afterwards.
    """

    content: bytes
    sha256: str
    certificate: CertificateFacts
    level: Level
    signed_at: datetime
    provable_until: datetime
