"""What the views show, as one SHA-256 for each table, and the process that computes it beside the product.

`python -m gateway.shown_state FILE` prints the state as JSON: a process of its own takes no turn from those who serve,
and reads one snapshot of the file, so the product goes on writing it meanwhile.
"""

import json
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = frozenset({"progress", "document_texts_waiting"})
"""How far a copy has come. Texts come into the search index some time after their documents, so it is left out too."""

TABLES = """
SELECT name FROM pragma_table_list
WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%' ORDER BY name
"""


@dataclass(frozen=True)
class State:
    """`tables`: SHA-256 in hex by name, of the sorted hashes of the rows."""

    position: int
    tables: dict[str, str]


def hashed(views: Path) -> State:
    address = f"{views.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("BEGIN")
        (position,) = connection.execute("SELECT position FROM progress").fetchone()
        names = [name for (name,) in connection.execute(TABLES).fetchall() if name not in LEFT_OUT]
        return State(position, {name: _table(connection, name) for name in names})


def _table(connection: sqlite3.Connection, name: str) -> str:
    rows = sorted(sha256(_row(row)).digest() for row in connection.execute(f'SELECT * FROM "{name}"'))
    return sha256(b"".join(rows)).hexdigest()


def _row(row: tuple[object, ...]) -> bytes:
    return json.dumps(row, separators=(",", ":"), default=bytes.hex).encode()


@cache
def made_by() -> str:
    """Of the program's own text, as far as it decides what views show: another version may show a log otherwise."""
    sources = [
        *(ROOT / "services").rglob("*.py"),
        *(ROOT / "kernel").glob("*.py"),
        *(ROOT / "gateway").glob("views*.py"),
    ]
    digest = sha256()
    for each in sorted(sources):
        digest.update(sha256(str(each.relative_to(ROOT)).encode()).digest() + sha256(each.read_bytes()).digest())
    return digest.hexdigest()


if __name__ == "__main__":
    os.nice(10)
    print(json.dumps(asdict(hashed(Path(sys.argv[1])))))
