"""Vietnamese names: one spelling of their characters, and the order of a name list."""

import unicodedata


def tidy(text: str) -> str:
    """NFC with single spaces: the same name typed on two keyboards is one text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """Lower case without accents; `đ` counts as `d`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def name_order(full_name: str) -> tuple[str, str, str]:
    """People are listed by their given name, the last word of a Vietnamese name."""
    return folded(full_name.split()[-1] if full_name.split() else ""), folded(full_name), full_name
