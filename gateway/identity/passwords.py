"""Passwords: what is accepted, and their Argon2id hashes (OWASP parameters, 19 MiB, two passes)."""

import re
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.decider import Refused
from kernel.search import fold

MIN_CHARACTERS = 12
MAX_CHARACTERS = 200
LEAST_UNPREDICTABLE = 6
"""So many characters must be left when common words, years and runs such as `1234` or `aaaa` go."""

HASHER = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
AT_ONCE = threading.BoundedSemaphore(4)
"""Each hash takes 19 MiB and a core; a crowd of attempts must not take all of either."""

COMMON_WORDS = (
    *("password", "passw0rd", "p@ssword", "p@ssw0rd", "matkhau", "admin", "administrator", "welcome", "letmein"),
    *("qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "asdf", "zxcv", "iloveyou", "anhyeuem", "emyeuanh", "yeuem"),
    *("dienhong", "hoidongnhandan", "uybannhandan", "hoidong", "uyban", "nhandan", "hdnd", "ubnd", "daibieu"),
    *("vietnam", "viet nam", "hanoi", "saigon", "tphcm", "hochiminh", "tinh", "phuong", "huyen", "congsan"),
    *("khongbiet", "abc123", "abcdef", "monkey", "dragon", "football", "master", "login", "secret", "changeme"),
    *("test", "demo", "user", "default", "computer", "internet", "laptop", "samsung", "iphone"),
)
ROWS = (
    "01234567890",
    "09876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y",
)


def normal(text: str) -> str:
    """NFC: `ế` typed on two keyboards is one password."""
    return unicodedata.normalize("NFC", text)


def check_acceptable(password: str, login: str, full_name: str) -> None:
    """Refuses what is too short, names its owner, or would be among the first guesses."""
    text = normal(password)
    if len(text) < MIN_CHARACTERS:
        raise Refused("password_too_short")
    if len(text) > MAX_CHARACTERS:
        raise Refused("password_too_long")
    plain = re.sub(r"[\s._-]", "", fold(text))
    own = [re.sub(r"[\s._-]", "", fold(each)) for each in (login, full_name)]
    if any(len(each) >= 3 and each in plain for each in own):
        raise Refused("password_names_you")
    if len(_unpredictable(fold(text))) < LEAST_UNPREDICTABLE:
        raise Refused("password_too_common")


def _unpredictable(text: str) -> str:
    for word in sorted(COMMON_WORDS, key=len, reverse=True):
        text = text.replace(word, "")
    text = re.sub(r"(19|20)\d\d", "", text)
    text = re.sub(r"(.{1,4}?)\1{2,}", r"\1", text)
    for row in ROWS:
        for length in range(len(row), 2, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
    return text


def hashed(password: str) -> str:
    with AT_ONCE:
        return HASHER.hash(normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Takes the same time when nothing is stored, so that the answer does not tell who has an account."""
    with AT_ONCE:
        try:
            return HASHER.verify(stored or _nobody(), normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    return HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return HASHER.hash("the password of nobody")
