"""Vietnamese names: one spelling of their characters, and the order of lists of people and of units."""

import unicodedata

from kernel.search import fold

ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng: they tell words apart that are equal without them."""


def tidy(text: str) -> str:
    """NFC with single spaces: the same name typed on two keyboards is one text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_order(full_name: str) -> tuple[str, str, str]:
    """People are listed by their given name, the last word of a Vietnamese name."""
    folded = fold(full_name)
    return folded.rpartition(" ")[2], folded, full_name


def alphabetical(name: str) -> tuple[list[tuple[list[int], list[int]]], str]:
    """Units are listed as in a Vietnamese dictionary, word by word: Đ follows D, and Ủy ban stands before Văn phòng."""
    return [_spelled(word) for word in unicodedata.normalize("NFD", name.lower()).split()], name


def _spelled(word: str) -> tuple[list[int], list[int]]:
    letters = unicodedata.normalize("NFC", "".join(each for each in word if each not in TONES))
    tones = [TONES.find(each) for each in word if each in TONES or each.isalpha()]
    return [ALPHABET.find(each) for each in letters], tones
