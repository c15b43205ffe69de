"""Guessing is slowed down, never answered with a lock-out that an outsider could impose on a delegate."""

import ipaddress

from gateway.identity.store import IdentityStore, Transaction
from gateway.problems import TryLater
from kernel.ids import uuid7

FREE_FAILURES = 5
ACCOUNT_WINDOW = 15 * 60
FIRST_DELAY = 15
ADDRESS_FAILURES = 50
ADDRESS_WINDOW = 60 * 60


def admit(transaction: Transaction, login: str, address: str, now: int) -> str:
    """Counts the attempt as failed before the password is looked at, so that parallel guesses count too.

    Answers its id, for `forgive`. Raises `TryLater` with the seconds to wait; what it refuses prolongs no wait.
    """
    network = network_of(address)
    transaction.change("DELETE FROM attempts WHERE at <= ?", now - ADDRESS_WINDOW)
    wait = max(_account_wait(transaction, login, now), _address_wait(transaction, network, now))
    if wait > 0:
        raise TryLater("too_many_sign_ins", wait)
    attempt = str(uuid7())
    transaction.change(
        "INSERT INTO attempts (id, login, address, at) VALUES (?, ?, ?, ?)", attempt, login, network, now
    )
    return attempt


def forgive(store: IdentityStore, login: str, attempt: str) -> None:
    """After a success: neither the account's earlier failures nor this attempt count any more."""
    store.change("DELETE FROM attempts WHERE login = ? OR id = ?", login, attempt)


def take_back(store: IdentityStore, attempt: str) -> None:
    """It was no guess."""
    store.change("DELETE FROM attempts WHERE id = ?", attempt)


def _account_wait(transaction: Transaction, login: str, now: int) -> int:
    failures = transaction.rows(
        "SELECT COUNT(*) AS failed, MAX(at) AS last FROM attempts WHERE login = ? AND at > ?",
        login,
        now - ACCOUNT_WINDOW,
    )[0]
    if failures["failed"] < FREE_FAILURES:
        return 0
    delay: int = min(FIRST_DELAY * 2 ** int(failures["failed"] - FREE_FAILURES), ACCOUNT_WINDOW)
    return max(0, int(failures["last"]) + delay - now)


def _address_wait(transaction: Transaction, network: str, now: int) -> int:
    rows = transaction.rows(
        "SELECT at FROM attempts WHERE address = ? ORDER BY at DESC LIMIT 1 OFFSET ?", network, ADDRESS_FAILURES - 1
    )
    return max(0, int(rows[0]["at"]) + ADDRESS_WINDOW - now) if rows else 0


def network_of(address: str) -> str:
    """One household or office has one IPv4 address or one IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
