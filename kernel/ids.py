"""Identifiers: UUID version 7 (RFC 9562 section 5.7), ordered by time."""

import os
import time
from collections import deque
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID, SafeUUID

from pydantic_core import to_json

FIXED = 0x7 << 76 | 0x2 << 62
VARIABLE = ~(0xF << 76 | 0x3 << 62)
IDENTIFYING = ~VARIABLE
"""The version and the variant, and every other bit."""

UNKNOWN = SafeUUID.unknown

_new, _set = object.__new__, object.__setattr__


# Asking the system for a few bytes at a time would let other threads in each time, and then wait for them.
TAIL = 10
DRAWN_AT_ONCE = 256
_drawn: deque[bytes] = deque()
os.register_at_fork(after_in_child=_drawn.clear)


def uuid7() -> UUID:
    return _version7(time.time_ns() // 1_000_000, _tail())


def _tail() -> bytes:
    try:
        return _drawn.pop()
    except IndexError:
        drawn = os.urandom(TAIL * DRAWN_AT_ONCE)
        _drawn.extend(drawn[at : at + TAIL] for at in range(TAIL, len(drawn), TAIL))
        return drawn[:TAIL]


def derived(cause: UUID, index: int | str) -> UUID:
    """The same cause and index always give the same id, so a repeated command or reaction cannot act twice."""
    number: int = cause.int
    seed = sha256(number.to_bytes(16, "big") + str(index).encode()).digest()
    return _version7(number >> 80 if number & IDENTIFYING == FIXED else 0, seed[:10])


def _version7(milliseconds: int, tail: bytes) -> UUID:
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(tail, "big")
    made = _new(UUID)  # what UUID(int=…) does after looking at all its other arguments, which takes four times as long
    _set(made, "int", value & VARIABLE | FIXED)
    _set(made, "is_safe", UNKNOWN)
    return made


def written(each: UUID) -> str:
    """What `str` gives, in half the time."""
    return to_json(each)[1:-1].decode()


def each_written(ids: Sequence[UUID]) -> list[str]:
    """`written`, of many at once in half its time."""
    return to_json(ids).decode()[2:-2].split('","') if ids else []
