"""Vietnamese names: one spelling of their characters, and the order of a name list."""

import unicodedata

from kernel.search import fold


def tidy(text: str) -> str:
    """NFC with single spaces: the same name typed on two keyboards is one text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_order(full_name: str) -> tuple[str, str, str]:
    """People are listed by their given name, the last word of a Vietnamese name."""
    folded = fold(full_name)
    return folded.rpartition(" ")[2], folded, full_name
