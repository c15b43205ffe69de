"""What somebody with full access to the data folder could do, each at a random place.

Each takes the folder of a sound office, changes it, and says by which verb it is to be found.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from kernel.adapters.store_sqlite import SqliteStore
from ledger.book import Book
from ledger.note import Algorithm, Signer, signer
from ledger.store import LedgerFile
from tests.audit.logs import LOG, ORIGIN

STRANGER = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))

Tamper = Callable[[Path, Random], str]


@contextmanager
def database(folder: Path, name: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / name)) as connection, connection:
        yield connection


def somewhere(connection: sqlite3.Connection, random: Random, where: str = "1") -> int:
    rows = connection.execute(f"SELECT position FROM events WHERE {where}").fetchall()
    return int(random.choice(rows)[0])


def edit(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        position = somewhere(log, random)
        (data,) = log.execute("SELECT data FROM events WHERE position = ?", (position,)).fetchone()
        at = random.randrange(len(data))
        changed = data[:at] + ("x" if data[at] != "x" else "y") + data[at + 1 :]
        log.execute("UPDATE events SET data = ? WHERE position = ?", (changed, position))
    return "verify"


def delete(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        log.execute("DELETE FROM events WHERE position = ?", (somewhere(log, random),))
    return "verify"


def insert(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        position = somewhere(log, random)
        log.execute("UPDATE events SET position = -position WHERE position >= ?", (position,))
        log.execute("UPDATE events SET position = 1 - position WHERE position < 0")
        log.execute(
            "INSERT INTO events SELECT ?, ?, 'meeting-new', 0, type, recorded_at, data, meta"
            " FROM events WHERE position = ?",
            (position, f"00000000-0000-4000-8000-{random.getrandbits(48):012x}", position + 1),
        )
    return "verify"


def swap(connection: sqlite3.Connection, one: int, other: int) -> None:
    connection.execute("UPDATE events SET position = -1 WHERE position = ?", (one,))
    connection.execute("UPDATE events SET position = ? WHERE position = ?", (one, other))
    connection.execute("UPDATE events SET position = ? WHERE position = -1", (other,))


def reorder(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        position = somewhere(log, random, "position > 1")
        swap(log, position, random.randrange(1, position))
    return "verify"


def reorder_with_leaves(folder: Path, random: Random) -> str:
    """Events and leaves alike, so that only the tree can tell."""
    with database(folder, "events.db") as log:
        position = somewhere(log, random, "position > 1")
        other = random.randrange(1, position)
        swap(log, position, other)
    with database(folder, "ledger.db") as ledger:
        rows = ledger.execute("SELECT leaf_index, leaf, salt FROM entries WHERE position IN (?, ?)", (position, other))
        (first, *one), (second, *two) = rows.fetchall()
        for index, (leaf, salt) in ((first, two), (second, one)):
            ledger.execute("UPDATE entries SET leaf = ?, salt = ? WHERE leaf_index = ?", (leaf, salt, index))
    return "verify"


def truncate(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        log.execute("DELETE FROM events WHERE position >= ?", (somewhere(log, random),))
    return "verify"


def truncate_with_leaves(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        position = somewhere(log, random)
        log.execute("DELETE FROM events WHERE position >= ?", (position,))
    with database(folder, "ledger.db") as ledger:
        ledger.execute("DELETE FROM entries WHERE position >= ?", (position,))
    return "verify"


def old_backup(folder: Path, random: Random) -> str:
    """Everything as it was at an earlier signature; the auditor has kept the last checkpoint."""
    with database(folder, "ledger.db") as ledger:
        sizes = [row[0] for row in ledger.execute("SELECT size FROM heads ORDER BY size").fetchall()]
        size = random.choice(sizes[:-1])
        ledger.execute("DELETE FROM heads WHERE size > ?", (size,))
        ledger.execute("DELETE FROM entries WHERE leaf_index >= ?", (size,))
    with database(folder, "events.db") as log:
        log.execute("DELETE FROM events WHERE position > ?", (size,))
    return "verify --known"


def sign_anew(folder: Path, by: Signer) -> None:
    """A new tree over whatever the log says now."""
    for each in folder.glob("ledger.db*"):
        each.unlink()
    with closing(SqliteStore(folder / "events.db")) as store, closing(LedgerFile(folder / "ledger.db")) as file:
        book = Book(store, file, ORIGIN, [by])
        book.catch_up()
        book.sign()


def new_tree_by_a_stranger(folder: Path, random: Random) -> str:
    edit(folder, random)
    sign_anew(folder, STRANGER)
    return "verify"


def new_tree_by_the_log(folder: Path, random: Random) -> str:
    """By whoever has the key: only a checkpoint that somebody else kept can tell."""
    edit(folder, random)
    sign_anew(folder, LOG)
    return "verify --known"


def fork(folder: Path, random: Random) -> str:
    """Another log of the same length, signed by the same key, for another witness."""
    edit(folder, random)
    sign_anew(folder, LOG)
    return "consistency"


def altered_tally(folder: Path, random: Random) -> str:
    """A wrong tally was recorded, and properly signed: the arithmetic tells."""
    with database(folder, "events.db") as log:
        position = somewhere(log, random, "type = 'PollTallied'")
        field = random.choice(("counts.for", "counts.against", "votes_for", "cast", "needed"))
        log.execute(
            f"UPDATE events SET data = json_set(data, '$.{field}', data ->> '$.{field}' + 1) WHERE position = ?",
            (position,),
        )
    sign_anew(folder, LOG)
    return "poll all"


def stray_ballot(folder: Path, random: Random) -> str:
    """A counted ballot was changed together with the tree, not with the tally."""
    with database(folder, "events.db") as log:
        position = somewhere(log, random, "type = 'BallotCast'")
        stranger = f"00000000-0000-4000-8000-{random.getrandbits(48):012x}"
        log.execute(
            "UPDATE events SET data = json_set(data, '$.voter_id', ?) WHERE position = ?",
            (stranger, position),
        )
    sign_anew(folder, LOG)
    return "poll all"


def swapped(folder: Path, random: Random, named_by: str, field: str) -> None:
    with database(folder, "events.db") as log:
        rows = log.execute(f"SELECT data ->> '$.{field}' FROM events WHERE type = ?", (named_by,)).fetchall()
    sha256 = random.choice(rows)[0]
    path = folder / "documents" / sha256[:2] / sha256
    contents = bytearray(path.read_bytes())
    contents[random.randrange(len(contents))] ^= 1 << random.randrange(8)
    path.unlink()
    path.write_bytes(contents)


def document(folder: Path, random: Random) -> str:
    swapped(folder, random, "DocumentAdded", "sha256")
    return "blobs"


def minutes_pdf(folder: Path, random: Random) -> str:
    swapped(folder, random, "MinutesPublished", "pdf_sha256")
    return "blobs"


def envelope(folder: Path, random: Random) -> str:
    with database(folder, "events.db") as log:
        position = somewhere(log, random)
        change = random.choice(
            (
                "meta = json_set(meta, '$.actor', 'somebody')",
                "recorded_at = recorded_at + 1",
                "type = type || 'X'",
                "stream = stream || 'x'",
                "version = version + 1000",
                "id = '00000000-0000-4000-8000-000000000000'",
            )
        )
        log.execute(f"UPDATE events SET {change} WHERE position = ?", (position,))
    return "verify"


def event_with_its_leaf(folder: Path, random: Random) -> str:
    """The leaf is made anew for the edited event; the tree still knows."""
    from ledger.leaf import leaf_of

    edit(folder, random)
    with closing(SqliteStore(folder / "events.db", read_only=True)) as store, database(folder, "ledger.db") as ledger:
        for each in store.read_all(0, 10_000):
            (salt,) = ledger.execute("SELECT salt FROM entries WHERE position = ?", (each.position,)).fetchone()
            leaf = leaf_of(each, salt)
            ledger.execute("UPDATE entries SET leaf = ? WHERE position = ?", (leaf, each.position))
    return "verify"


def salt_without_an_order(folder: Path, random: Random) -> str:
    with database(folder, "ledger.db") as ledger:
        size = ledger.execute("SELECT COUNT(*) FROM entries").fetchone()[0]
        ledger.execute("UPDATE entries SET salt = NULL WHERE leaf_index = ?", (random.randrange(size),))
    return "verify"


def bytes_into_the_salt(folder: Path, random: Random) -> str:
    """What the leaf commits to is the same row of bytes, only parted elsewhere."""
    with database(folder, "events.db") as log:
        position = somewhere(log, random)
        changed = "data = substr(data, 2), meta = substr(meta, 2)"  # both begin with {
        log.execute(f"UPDATE events SET {changed} WHERE position = ?", (position,))
    with database(folder, "ledger.db") as ledger:
        ledger.execute("UPDATE entries SET salt = CAST(salt || X'7B' AS BLOB) WHERE position = ?", (position,))
    return "verify"


KINDS: tuple[Tamper, ...] = (
    edit,
    delete,
    insert,
    reorder,
    reorder_with_leaves,
    document,
    truncate,
    truncate_with_leaves,
    old_backup,
    new_tree_by_a_stranger,
    new_tree_by_the_log,
    fork,
    altered_tally,
    stray_ballot,
    minutes_pdf,
    envelope,
    event_with_its_leaf,
    salt_without_an_order,
    bytes_into_the_salt,
)


def copy(sound: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    return folder


def words_of(verb: str, altered: Path, before: Path, known: Path) -> list[Any]:
    match verb:
        case "verify --known":
            return ["verify", altered, "--known", known]
        case "consistency":
            return ["consistency", before, altered]
        case _:
            return [*verb.split(), altered]
