"""One full-text index over everything people look for, kept in the views file and rebuilt with it.

Every text is indexed twice, as written and folded, because FTS5's own `remove_diacritics` takes `đ` for another letter
than `d`. Texts and their folds have the same length, so a place found in one is a place in the other.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from uuid import UUID

from kernel.excerpts import Piece, excerpt, fold_aligned, marked, places
from kernel.excerpts import fold as fold

SCHEMA = """
CREATE TABLE IF NOT EXISTS search_entries (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    meeting_id TEXT,
    unit_id TEXT,
    number TEXT NOT NULL,
    number_key TEXT NOT NULL,
    UNIQUE (kind, ref)
) STRICT;
CREATE INDEX IF NOT EXISTS search_entries_by_number ON search_entries (number_key) WHERE number_key <> '';
CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(
    title, body, folded_title, folded_body, symbols, tokenize = 'unicode61 remove_diacritics 0'
);
"""

MAX_QUERY_CHARS = 400
MAX_QUERY_WORDS = 24
JOINT = "\u01c0"
"""Joins the parts of a number into one word of the index: a letter, so that the tokenizer does not cut there."""

WORD = re.compile(r"[^\W_]+")
SYMBOL = re.compile(r"[^\W_]+(?:[/\-–.][^\W_]+)*/[^\W_]+(?:[/\-–.][^\W_]+)*")
"""A document's number and symbol, such as 12/NQ-HĐND or 99/2022/NĐ-CP: words joined by at least one slash."""

Visible = Callable[["Entry"], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an index row stands for: `ref` is the id of a thing of this `kind`."""

    kind: str
    ref: str
    meeting_id: str | None
    unit_id: str | None
    number: str


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits; `more`: there is a page after it."""

    hits: tuple[Hit, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """A query as words and numbers. `accented`: it was typed with Vietnamese letters, so exact matches come first."""

    words: tuple[str, ...]
    symbols: tuple[str, ...]

    @property
    def folded(self) -> tuple[str, ...]:
        return tuple(fold_aligned(word) for word in self.words)

    @property
    def accented(self) -> bool:
        return self.folded != self.words


def index(
    connection: sqlite3.Connection,
    kind: str,
    ref: str | UUID,
    title: str,
    body: str,
    *,
    meeting_id: str | UUID | None = None,
    unit_id: str | UUID | None = None,
    number: str = "",
) -> None:
    """Make a thing findable by title, text and number; what was indexed for it before is replaced."""
    forget(connection, kind, ref)
    title, body = _storable(title), _storable(body)
    row = connection.execute(
        "INSERT INTO search_entries (kind, ref, meeting_id, unit_id, number, number_key) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, str(ref), _text(meeting_id), _text(unit_id), number, _symbol(number)),
    ).lastrowid
    connection.execute(
        "INSERT INTO search_index (rowid, title, body, folded_title, folded_body, symbols) VALUES (?, ?, ?, ?, ?, ?)",
        (row, title, body, fold_aligned(title), fold_aligned(body), _symbols(title, body, number)),
    )


def revise(
    connection: sqlite3.Connection,
    kind: str,
    ref: str | UUID,
    *,
    title: str | None = None,
    body: str | None = None,
    number: str | None = None,
) -> None:
    """Changes these of a thing that was indexed, and leaves it in its place: when that happens changes no order."""
    row, *there = connection.execute(
        "SELECT id, title, body, number FROM search_entries JOIN search_index ON search_index.rowid = id"
        " WHERE kind = ? AND ref = ?",
        (kind, str(ref)),
    ).fetchone()
    title = there[0] if title is None else _storable(title)
    body = there[1] if body is None else _storable(body)
    number = there[2] if number is None else number
    connection.execute(
        "UPDATE search_entries SET number = ?, number_key = ? WHERE id = ?", (number, _symbol(number), row)
    )
    connection.execute(
        "UPDATE search_index SET title = ?, body = ?, folded_title = ?, folded_body = ?, symbols = ? WHERE rowid = ?",
        (title, body, fold_aligned(title), fold_aligned(body), _symbols(title, body, number), row),
    )


def forget(connection: sqlite3.Connection, kind: str, ref: str | UUID) -> None:
    row = connection.execute("SELECT id FROM search_entries WHERE kind = ? AND ref = ?", (kind, str(ref))).fetchone()
    if row is not None:
        connection.execute("DELETE FROM search_index WHERE rowid = ?", (row[0],))
        connection.execute("DELETE FROM search_entries WHERE id = ?", (row[0],))


def find(
    connection: sqlite3.Connection,
    query: str,
    *,
    kinds: Collection[str] | None = None,
    limit: int = 20,
    offset: int = 0,
    visible: Visible = lambda entry: True,
) -> Found:
    """The things that hold all words of the query and that the reader may see.

    Order: the document with this very number, then the words as typed, then without marks; side by side before
    scattered. If no whole words match, the last one may be the beginning of a word. Any text is a safe query.
    """
    terms = parse(query)
    if not terms.words:
        return Found()
    for matches in (_whole_words(terms), _beginnings(terms)):
        seen = filter(lambda row: visible(row[1]), _ranked(connection, matches, terms, kinds))
        first = next(seen, None)
        if first is None:
            continue
        page = list(islice(chain([first], seen), offset, offset + limit + 1))
        hits = tuple(_hit(connection, row, entry, terms) for row, entry in page[:limit])
        return Found(hits, more=len(page) > limit)
    return Found()


def parse(query: str) -> Terms:
    text = unicodedata.normalize("NFC", query[:MAX_QUERY_CHARS]).lower()
    words = dict.fromkeys(WORD.findall(text))
    return Terms(tuple(words)[:MAX_QUERY_WORDS], tuple(map(_symbol, SYMBOL.findall(text)))[:MAX_QUERY_WORDS])


def _whole_words(terms: Terms) -> list[str]:
    """FTS5 queries, the best first. Every word of the user stands in quotes, so none is an operator."""
    exact = "{title body}"
    folded = "{folded_title folded_body symbols}"
    matches = []
    if terms.symbols:
        matches.append("symbols : (" + " AND ".join(f'"{symbol}"' for symbol in terms.symbols) + ")")
    if terms.accented:
        matches += [f"{exact} : {_phrase(terms.words)}", f"{exact} : ({_all(terms.words)})"]
    return [*matches, f"{folded} : {_phrase(terms.folded)}", f"{folded} : ({_all(terms.folded)})"]


def _beginnings(terms: Terms) -> list[str]:
    matches = [f'symbols : "{symbol}" *' for symbol in terms.symbols[-1:]]
    return [*matches, "{folded_title folded_body symbols} : (" + _all(terms.folded) + " *)"]


def _phrase(words: Sequence[str]) -> str:
    return '"' + " ".join(words) + '"'


def _all(words: Sequence[str]) -> str:
    return " AND ".join(f'"{word}"' for word in words)


def _ranked(
    connection: sqlite3.Connection, matches: Sequence[str], terms: Terms, kinds: Collection[str] | None
) -> Iterator[tuple[int, Entry]]:
    tiers = " UNION ALL ".join(
        f"SELECT rowid AS id, {tier} AS tier, bm25(search_index, 4, 1, 4, 1, 4) AS score"
        " FROM search_index WHERE search_index MATCH ?"
        for tier, _ in enumerate(matches, start=1)
    )
    of_kind = "" if kinds is None else f" WHERE kind IN ({', '.join('?' * len(kinds))})"
    own_numbers = ", ".join("?" * len(terms.symbols))
    cursor = connection.execute(
        f"WITH matched AS MATERIALIZED ({tiers})"  # bm25 works only in a query that SQLite does not flatten
        " SELECT id, kind, ref, meeting_id, unit_id, number,"
        f" MIN(CASE WHEN number_key IN ({own_numbers}) THEN 0 ELSE tier END) AS tier, MIN(score) AS score"
        f" FROM matched JOIN search_entries USING (id){of_kind} GROUP BY id ORDER BY 7, 8, id",
        (*matches, *terms.symbols, *(kinds or ())),
    )
    for row in cursor:
        yield row[0], Entry(row[1], row[2], row[3], row[4], row[5])


def _hit(connection: sqlite3.Connection, row: int, entry: Entry, terms: Terms) -> Hit:
    title, body, folded_title, folded_body = connection.execute(
        "SELECT title, body, folded_title, folded_body FROM search_index WHERE rowid = ?", (row,)
    ).fetchone()
    as_typed = terms.words if terms.accented else ()
    return Hit(
        entry,
        title=marked(title, places(title, folded_title, as_typed, terms.folded)),
        snippet=excerpt(body, places(body, folded_body, as_typed, terms.folded)),
    )


def _symbols(title: str, body: str, number: str) -> str:
    cited = map(_symbol, SYMBOL.findall(f"{title}\n{body}"))
    return " ".join(dict.fromkeys([*_symbol(number).split(JOINT), _symbol(number), *cited]))


def _symbol(number: str) -> str:
    return JOINT.join(WORD.findall(fold_aligned(unicodedata.normalize("NFC", number))))


def _storable(text: str) -> str:
    """NFC without what SQLite cannot hold, and without marks that belong to no letter."""
    nfc = unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode().replace("\0", " ")
    return nfc if len(fold(nfc)) == len(nfc) else "".join(c for c in nfc if unicodedata.category(c) != "Mn")


def _text(value: str | UUID | None) -> str | None:
    return None if value is None else str(value)
