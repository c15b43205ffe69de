"""A list of people between its preview and its confirmation, bound to the session that sent it."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from gateway.identity.store import IdentityStore
from kernel.decider import Refused

LIFE = timedelta(hours=1)


class Previews:
    def __init__(self, store: IdentityStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def keep(self, session_token: str, file: bytes) -> str:
        """A token for an hour; the session's earlier list is dropped."""
        token = secrets.token_urlsafe(24)
        now = self._now()
        with self._store.writing() as transaction:
            transaction.change("DELETE FROM previews WHERE ends_at <= ? OR session = ?", now, _hashed(session_token))
            transaction.change(
                "INSERT INTO previews (token, session, file, ends_at) VALUES (?, ?, ?, ?)",
                _hashed(token),
                _hashed(session_token),
                file,
                now + int(LIFE.total_seconds()),
            )
        return token

    def read(self, session_token: str, token: str) -> bytes:
        """Raises `import_expired` when it is over, used, or another session's."""
        found = self._store.rows(
            "SELECT file FROM previews WHERE token = ? AND session = ? AND ends_at > ?",
            _hashed(token),
            _hashed(session_token),
            self._now(),
        )
        if not found:
            raise Refused("import_expired")
        return bytes(found[0]["file"])

    def take(self, session_token: str, token: str) -> bytes:
        """Only the first of two that confirm the same list gets it."""
        file = self.read(session_token, token)
        with self._store.writing() as transaction:
            if transaction.change("DELETE FROM previews WHERE token = ?", _hashed(token)) == 0:
                raise Refused("import_expired")
        return file

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
