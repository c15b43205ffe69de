"""Keys of four kinds behind one small port. Runs in the desk's own processes only.

A process keeps the keys that it has opened. Whoever uses one again must give the same PIN: its keyed hash is compared,
with a key that lives as long as the process; the PIN itself is kept nowhere.
"""

import hashlib
import hmac
import secrets
import time
from typing import Protocol

from asn1crypto import x509

from services.signing.pdf.instructions import Consent, Key, RemoteKey, Secret, SoftwareKey, TokenKey
from services.signing.pdf.remote_key import RemoteSigner
from services.signing.pdf.software_key import SoftwareSigner
from services.signing.pdf.token_key import TokenSessions, TokenSigner

KEPT_SECONDS = 15 * 60.0
"""A key that nobody used for so long is closed."""


class Signer(Protocol):
    """An opened key. `certificate` is its own; `chain` those of the authorities above it, as far as the key knows."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    async def sign(self, content: bytes, digest_algorithm: str, consent: Consent) -> bytes:
        """The raw signature of `content`: PKCS#1 v1.5, or ECDSA in DER. Raises `Refused`."""

    def close(self) -> None: ...


class KeyRing:
    """The keys that this process has opened."""

    def __init__(self) -> None:
        self._opened: dict[Key, tuple[tuple[bytes, object], Signer]] = {}
        self._used: dict[Key, float] = {}
        self._mark = secrets.token_bytes(32)
        self._tokens = TokenSessions()

    def __contains__(self, key: Key) -> bool:
        return key in self._opened

    def opened(self, key: Key, consent: Consent) -> Signer:
        """Raises `Refused`: `wrong_key_pin`, `key_unavailable`."""
        self._close_idle()
        marked, file = self._marked(consent.pin), _file(key)
        known = self._opened.get(key)
        if known is not None and hmac.compare_digest(known[0][0], marked) and known[0][1] == file:
            self._used[key] = time.monotonic()
            return known[1]
        if known is not None:
            self.forget(key)
        signer = self._open(key, consent, marked)
        self._opened[key], self._used[key] = ((marked, file), signer), time.monotonic()
        return signer

    def forget(self, key: Key) -> None:
        """A key that failed is opened anew the next time: its token may have been pulled, or restarted."""
        known = self._opened.pop(key, None)
        if known is not None:
            known[1].close()

    def _close_idle(self) -> None:
        now = time.monotonic()
        for key in [each for each in self._opened if now - self._used[each] > KEPT_SECONDS]:
            self.forget(key)

    def _open(self, key: Key, consent: Consent, pin_mark: bytes) -> Signer:
        match key:
            case SoftwareKey():
                return SoftwareSigner(key, consent)
            case TokenKey():
                return TokenSigner(key, consent, self._tokens, pin_mark)
            case RemoteKey():
                return RemoteSigner(key)

    def _marked(self, pin: Secret) -> bytes:
        return hmac.digest(self._mark, pin.reveal().encode(), hashlib.sha256)


def _file(key: Key) -> object:
    """Tells the key's file from one that took its place, such as that with the renewed certificate."""
    if not isinstance(key, SoftwareKey) or not key.path.exists():
        return None
    status = key.path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
