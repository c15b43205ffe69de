"""Identifiers: UUID version 7 (RFC 9562 section 5.7), ordered by time."""

import os
import time
from hashlib import sha256
from uuid import UUID

FIXED = 0x7 << 76 | 0x2 << 62
VARIABLE = ~(0xF << 76 | 0x3 << 62)
"""The version and the variant, and every other bit."""


def uuid7() -> UUID:
    return _version7(time.time_ns() // 1_000_000, os.urandom(10))


def derived(cause: UUID, index: int | str) -> UUID:
    """The same cause and index always give the same id, so a repeated command or reaction cannot act twice."""
    seed = sha256(cause.bytes + str(index).encode()).digest()
    return _version7(cause.int >> 80 if cause.version == 7 else 0, seed[:10])


def _version7(milliseconds: int, tail: bytes) -> UUID:
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(tail, "big")
    return UUID(int=value & VARIABLE | FIXED)
