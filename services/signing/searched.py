"""What of summaries and numbers is searched in the lists."""

import re

from kernel.excerpts import fold

WORD = re.compile(r"[\w/–-]+")
"""A number with its symbol, such as 15/NQ-HĐND, is one word."""


def searchable(*texts: str) -> str:
    """What is searched in these texts: their words without marks, each after a blank."""
    return "".join(f" {word}" for text in texts for word in WORD.findall(fold(text)))
