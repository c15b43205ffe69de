"""Guessing is slowed down, never answered with a lock-out that an outsider could impose on a delegate."""

import ipaddress
from sqlite3 import Connection

from gateway.problems import TryLater

FREE_FAILURES = 5
ACCOUNT_WINDOW = 15 * 60
FIRST_DELAY = 15
ADDRESS_FAILURES = 50
ADDRESS_WINDOW = 60 * 60


def admit(connection: Connection, login: str, address: str, now: int) -> int:
    """Counts the attempt as failed before the password is looked at, so that parallel guesses count too.

    Answers its number, for `forgive`. Raises `TryLater` with the seconds to wait; what it refuses prolongs no wait.
    """
    network = network_of(address)
    connection.execute("DELETE FROM failures WHERE at <= ?", (now - ADDRESS_WINDOW,))
    wait = max(_account_wait(connection, login, now), _address_wait(connection, network, now))
    if wait > 0:
        raise TryLater("too_many_sign_ins", wait)
    cursor = connection.execute("INSERT INTO failures VALUES (?, ?, ?)", (login, network, now))
    return cursor.lastrowid or 0


def forgive(connection: Connection, login: str, attempt: int) -> None:
    """After a success: neither the account's earlier failures nor this attempt count any more."""
    connection.execute("DELETE FROM failures WHERE login = ? OR rowid = ?", (login, attempt))


def _account_wait(connection: Connection, login: str, now: int) -> int:
    failed, last = connection.execute(
        "SELECT COUNT(*), MAX(at) FROM failures WHERE login = ? AND at > ?", (login, now - ACCOUNT_WINDOW)
    ).fetchone()
    if failed < FREE_FAILURES:
        return 0
    delay: int = min(FIRST_DELAY * 2 ** int(failed - FREE_FAILURES), ACCOUNT_WINDOW)
    return max(0, int(last) + delay - now)


def _address_wait(connection: Connection, network: str, now: int) -> int:
    row = connection.execute(
        "SELECT at FROM failures WHERE address = ? ORDER BY at DESC LIMIT 1 OFFSET ?", (network, ADDRESS_FAILURES - 1)
    ).fetchone()
    return max(0, int(row[0]) + ADDRESS_WINDOW - now) if row else 0


def network_of(address: str) -> str:
    """One household or office has one IPv4 address or one IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
