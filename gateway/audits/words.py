"""What each event says, in one sentence for people: the words of the auditor's pages and of `dienhong audit explain`.

Ids are shown as names, lists as how many things are in them.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from gateway.audits.sentences import SENTENCES, VALUES
from kernel.vietnam import VIETNAM

NameOf = Callable[[str], str]
Say = Callable[[str], str]

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
DIGEST = re.compile(r"[0-9a-f]{64}")
DIGEST_SHOWN = 12
NOTHING = "—"


def sentence(kind: str, data: Mapping[str, Any], name_of: NameOf, say: Say = str) -> str:
    """`say` puts the words into the reader's language. A type without words is named as it is."""
    words = SENTENCES.get(kind)
    return kind if words is None else say(words).format_map(_Told(data, name_of, say))


class _Told(dict[str, str]):
    def __init__(self, data: Mapping[str, Any], name_of: NameOf, say: Say) -> None:
        self._data, self._name_of, self._say = data, name_of, say

    def __missing__(self, field: str) -> str:
        return told(field, self._data.get(field), self._name_of, self._say)


def told(field: str, value: object, name_of: NameOf, say: Say = str) -> str:
    """A value within a sentence: a list as the number of what is in it, a digest by its beginning."""
    if isinstance(value, list | tuple | dict):
        return str(len(value))
    if isinstance(value, str) and DIGEST.fullmatch(value):
        return f"{value[:DIGEST_SHOWN]}…"
    return worded(field, value, name_of, say)


def worded(field: str, value: object, name_of: NameOf, say: Say = str) -> str:
    """A single value of a field, by its word where it has one."""
    if isinstance(value, str | bool) and (field, value) in VALUES:
        return say(VALUES[field, value])
    return plain(value, name_of)


def plain(value: object, name_of: NameOf) -> str:
    """Moments at the seat of the body, ids as names."""
    text = NOTHING if value is None or value == "" else str(value)
    if ID.fullmatch(text):
        return name_of(text)
    with suppress(ValueError):  # a text that only looks like a time stays what it is
        if MOMENT.fullmatch(text):
            return f"{datetime.fromisoformat(text).astimezone(VIETNAM):%d/%m/%Y %H:%M}"
        if DAY.fullmatch(text):
            return f"{date.fromisoformat(text):%d/%m/%Y}"
    return text
