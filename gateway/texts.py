"""Texts for people. The source language is Vietnamese; English comes from the catalogues in `locale/en`."""

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = ("vi", "en")
CATALOGUES = Path(__file__).parent / "locale"


def _(text: str) -> str:
    """Marks a Vietnamese text as translatable; it is translated where it is shown."""
    return text


@cache
def translations(locale: str) -> Translations:
    merged = Translations()
    for path in sorted((CATALOGUES / locale).glob("*.po")):
        merged.merge(_compiled(path, locale))
    return merged


def translate(text: str, locale: str) -> str:
    return translations(locale).ugettext(text)


def _compiled(path: Path, locale: str) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def preferred(accept_language: str) -> str:
    """The first of our locales that an Accept-Language header names; Vietnamese otherwise."""
    for part in accept_language.split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in LOCALES:
            return language
    return LOCALES[0]
