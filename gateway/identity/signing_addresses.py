"""Addresses under which a signer's own program gets the bytes to sign and sends them back: for minutes, once each.

They work without a session, so the token in them is the right to use them; only its SHA-256 is kept.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from gateway.identity.store import IdentityStore
from kernel.decider import Refused

LIFE = timedelta(minutes=5)


class Direction(StrEnum):
    download = "download"
    upload = "upload"


@dataclass(frozen=True)
class Offer:
    """What was offered to whom: `order_sha256` is what they read, `sha256` and `size` of what the agent signs.

    `field`: the name of the empty field for the signature; without one the agent makes a new invisible field.
    `position`: what the views must show at least, at whichever gateway the agent comes to.
    """

    person_id: str
    order_id: str
    order_sha256: str
    sha256: str
    size: int
    field: str
    last: bool
    position: int
    on_behalf_of: str | None = None
    delegation_id: str | None = None


@dataclass(frozen=True)
class Tokens:
    download: str
    upload: str
    ends_at: datetime


class SigningAddresses:
    def __init__(self, store: IdentityStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def make(self, offer: Offer, life: timedelta = LIFE) -> Tokens:
        """The person's earlier addresses for this order end."""
        tokens = {each: secrets.token_urlsafe(32) for each in Direction}
        now = self._now()
        ends_at = now + int(life.total_seconds())
        with self._store.writing() as transaction:
            transaction.change(
                "DELETE FROM signing_addresses WHERE ends_at <= ? OR (person_id = ? AND order_id = ?)",
                now,
                offer.person_id,
                offer.order_id,
            )
            transaction.change_each(
                "INSERT INTO signing_addresses (token, direction, person_id, order_id, offer, ends_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (_hashed(token), str(way), offer.person_id, offer.order_id, json.dumps(asdict(offer)), ends_at)
                    for way, token in tokens.items()
                ],
            )
        return Tokens(tokens[Direction.download], tokens[Direction.upload], datetime.fromtimestamp(ends_at, UTC))

    def read(self, direction: Direction, token: str) -> Offer:
        """Raises `signing_address_over` when it is over, used, or was never given out; nobody is told which."""
        found = self._store.rows(
            "SELECT offer FROM signing_addresses WHERE token = ? AND direction = ? AND ends_at > ?",
            _hashed(token),
            str(direction),
            self._now(),
        )
        if not found:
            raise Refused("signing_address_over")
        return Offer(**json.loads(found[0]["offer"]))

    def take(self, direction: Direction, token: str) -> Offer:
        """Only the first of two that use the same address gets it."""
        offer = self.read(direction, token)
        with self._store.writing() as transaction:
            if transaction.change("DELETE FROM signing_addresses WHERE token = ?", _hashed(token)) == 0:
                raise Refused("signing_address_over")
        return offer

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
