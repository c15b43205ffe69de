"""Vietnamese folding, and the part of a text to show for a query."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

EXCERPT_CHARS = 220

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a shown text; `found` where it answers the query."""

    text: str
    found: bool = False


def fold(text: str) -> str:
    """Lower case without Vietnamese marks: `Đường sắt` and `duong sat` fold alike, composed or decomposed."""
    plain = unicodedata.normalize("NFC", text).replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn").lower()


def fold_aligned(text: str) -> str:
    """The fold with exactly one letter for each of the text, also where Unicode would take more."""
    folded = fold(text)
    return folded if len(folded) == len(text) else "".join((fold(c) or " ")[0] for c in text)


def places(text: str, folded: str, as_typed: Sequence[str], folded_words: Sequence[str]) -> list[Span]:
    """Where the words stand: as typed if they do so anywhere, otherwise without their marks."""
    lowered = text.lower()
    if as_typed and len(lowered) == len(text) and (exact := _spans(lowered, as_typed)):
        return exact
    return _spans(folded, folded_words)


def excerpt(text: str, found: Sequence[Span]) -> tuple[Piece, ...]:
    """About two lines of the text, around the most found words."""
    start, end = _window(text, found)
    before = (Piece("… "),) if start > 0 else ()
    after = (Piece(" …"),) if end < len(text) else ()
    return (*before, *_pieces(text, start, end, found), *after)


def marked(text: str, found: Sequence[Span]) -> tuple[Piece, ...]:
    return _pieces(text, 0, len(text), found)


def _spans(text: str, words: Sequence[str]) -> list[Span]:
    side_by_side = r"[\W_]+".join(map(re.escape, words))
    phrase = [match.span() for match in islice(re.finditer(rf"\b{side_by_side}\b", text), 500)]
    if phrase:
        return phrase
    *whole, last = (re.escape(word) for word in words)
    any_word = "|".join((*(rf"{word}\b" for word in whole), rf"{last}\b", last))
    return _joined(text, (match.span() for match in islice(re.finditer(rf"\b(?:{any_word})", text), 2000)))


def _joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Words with nothing but space between them are one place."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and text[joined[-1][1] : start].isspace():
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _window(text: str, found: Sequence[Span]) -> Span:
    """The part of the text with the most found words, widened to whole words."""
    best, most = 0, 0
    for i, (start, _) in enumerate(found):
        count = sum(1 for place in islice(found, i, i + 12) if place[1] <= start + EXCERPT_CHARS // 2)
        if count > most:
            best, most = start, count
    start = max(0, best - EXCERPT_CHARS // 3)
    end = min(len(text), start + EXCERPT_CHARS)
    while 0 < start < best and not text[start - 1].isspace():
        start += 1
    while end < len(text) and not text[end].isspace() and end < start + EXCERPT_CHARS + 30:
        end += 1
    return start, end


def _pieces(text: str, start: int, end: int, found: Sequence[Span]) -> tuple[Piece, ...]:
    pieces = []
    at = start
    for begin, finish in found:
        if begin >= at and finish <= end:
            pieces += [Piece(_flat(text[at:begin])), Piece(_flat(text[begin:finish]), found=True)]
            at = finish
    pieces.append(Piece(_flat(text[at:end])))
    return tuple(piece for piece in pieces if piece.text)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)
