"""Sessions: an opaque 256-bit token in the cookie, of which only the SHA-256 is kept."""

import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from gateway.identity.store import IdentityStore, Row, Transaction
from kernel.ids import uuid7
from kernel.settings import Settings

NOTE_USE_AFTER = 30
"""Seconds; a session's use is written at most so often."""
LOOKED_UP = 512
"""Sessions asked for in one statement."""


@dataclass(frozen=True)
class Session:
    id: str
    begun_at: datetime
    used_at: datetime
    address: str
    agent: str
    current: bool


class Sessions:
    def __init__(self, store: IdentityStore, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._idle = settings.session_idle_minutes * 60
        self._absolute = settings.session_absolute_hours * 3600

    def begin(self, transaction: Transaction, person_id: str, address: str, agent: str) -> str:
        """A new token. It is begun inside the caller's transaction, together with what allowed it."""
        token = secrets.token_urlsafe(32)
        now = self._now()
        transaction.change(
            "DELETE FROM sessions WHERE used_at <= ? OR begun_at <= ?", now - self._idle, now - self._absolute
        )
        transaction.change(
            "INSERT INTO sessions (token_hash, id, person_id, begun_at, used_at, address, agent)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            _hashed(token),
            str(uuid7()),
            person_id,
            now,
            now,
            address[:60],
            agent[:200],
        )
        return token

    def subject_of(self, token: str) -> str | None:
        """The person whose living session this is; asking counts as use."""
        now = self._now()
        row = self._living(token, now)
        if row is None:
            return None
        if now - row["used_at"] >= NOTE_USE_AFTER:
            self._store.change("UPDATE sessions SET used_at = ? WHERE token_hash = ?", now, _hashed(token))
        return str(row["person_id"])

    def subjects_of(self, tokens: Collection[str]) -> dict[str, str]:
        """The persons whose living sessions these are, by token; the caller tells `used` of them afterwards."""
        by_hash = {_hashed(token): token for token in tokens}
        now, found = self._now(), dict[str, str]()
        for page in _pages(list(by_hash)):
            found |= self._store.pairs(
                "SELECT token_hash AS name, person_id AS value FROM sessions WHERE used_at > ? AND begun_at > ?"
                f" AND token_hash IN ({', '.join('?' * len(page))})",
                now - self._idle,
                now - self._absolute,
                *page,
            )
        return {by_hash[each]: person_id for each, person_id in found.items()}

    def used(self, tokens: Collection[str]) -> None:
        now = self._now()
        for page in _pages([_hashed(token) for token in tokens]):
            self._store.change(
                f"UPDATE sessions SET used_at = ? WHERE used_at <= ? AND token_hash IN ({', '.join('?' * len(page))})",
                now,
                now - NOTE_USE_AFTER,
                *page,
            )

    def holder_of(self, token: str) -> str | None:
        """The person whose living session this is; asking is no use."""
        row = self._living(token, self._now())
        return str(row["person_id"]) if row else None

    def end(self, token: str) -> None:
        self._store.change("DELETE FROM sessions WHERE token_hash = ?", _hashed(token))

    def end_one(self, person_id: str, session_id: str) -> bool:
        """False when this person has no such session."""
        return self._store.change("DELETE FROM sessions WHERE person_id = ? AND id = ?", person_id, session_id) > 0

    def end_others(self, person_id: str, token: str) -> None:
        self._store.change("DELETE FROM sessions WHERE person_id = ? AND token_hash <> ?", person_id, _hashed(token))

    def of(self, person_id: str, token: str) -> list[Session]:
        """The person's living sessions, the latest used first."""
        now = self._now()
        rows = self._store.rows(
            "SELECT * FROM sessions WHERE person_id = ? AND used_at > ? AND begun_at > ? ORDER BY used_at DESC, id",
            person_id,
            now - self._idle,
            now - self._absolute,
        )
        return [
            Session(
                id=row["id"],
                begun_at=datetime.fromtimestamp(row["begun_at"], UTC),
                used_at=datetime.fromtimestamp(row["used_at"], UTC),
                address=row["address"],
                agent=row["agent"],
                current=row["token_hash"] == _hashed(token),
            )
            for row in rows
        ]

    def _living(self, token: str, now: int) -> Row | None:
        found = self._store.rows(
            "SELECT person_id, used_at FROM sessions WHERE token_hash = ? AND used_at > ? AND begun_at > ?",
            _hashed(token),
            now - self._idle,
            now - self._absolute,
        )
        return found[0] if found else None

    def _now(self) -> int:
        return int(self._clock().timestamp())


def end_all(transaction: Transaction, person_id: str) -> None:
    transaction.change("DELETE FROM sessions WHERE person_id = ?", person_id)


def _pages(hashes: list[str]) -> Iterator[list[str]]:
    """Filled up to a power of two, so that a store meets few different statements."""
    for start in range(0, len(hashes), LOOKED_UP):
        page = hashes[start : start + LOOKED_UP]
        size = 1 << (len(page) - 1).bit_length()
        yield [*page, *page[:1] * (size - len(page))]


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
