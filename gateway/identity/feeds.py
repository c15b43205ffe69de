"""The secret of each person's calendar address. Losing them ends the addresses."""

import secrets
from hashlib import sha256

from gateway.identity.store import IdentityStore


class Feeds:
    def __init__(self, store: IdentityStore) -> None:
        self._store = store

    def secret_of(self, person_id: str) -> str | None:
        found = self._store.rows("SELECT secret FROM feeds WHERE person_id = ?", person_id)
        return str(found[0]["secret"]) if found else None

    def renew(self, person_id: str) -> str:
        """A new secret; the one before it stops working."""
        secret = secrets.token_urlsafe(32)
        self._store.change(
            "INSERT INTO feeds (person_id, secret, secret_hash) VALUES (?, ?, ?)"
            " ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, secret_hash = excluded.secret_hash",
            person_id,
            secret,
            _hashed(secret),
        )
        return secret

    def end(self, person_id: str) -> None:
        self._store.change("DELETE FROM feeds WHERE person_id = ?", person_id)

    def person_of(self, secret: str) -> str | None:
        found = self._store.rows("SELECT person_id FROM feeds WHERE secret_hash = ?", _hashed(secret))
        return str(found[0]["person_id"]) if found else None


def _hashed(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
