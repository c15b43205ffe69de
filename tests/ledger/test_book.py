"""The book follows the log: order, restarts, promises and lawful erasure."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from kernel.messages import NewEvent
from kernel.ports import StoreUnavailable
from ledger.book import Book
from ledger.leaf import leaf_of
from ledger.note import Algorithm, Checkpoint, parse, parse_checkpoint, signer, verify
from ledger.store import LedgerFile, LedgerInconsistent
from ledger.tree import leaf_hash, verify_consistency, verify_inclusion

ORIGIN = "ward-1.example/council-log/1"
LOG = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))


@pytest.fixture
def log(tmp_path):
    store = SqliteStore(tmp_path / "events.db")
    yield store
    store.close()


@pytest.fixture
def file(tmp_path):
    file = LedgerFile(tmp_path / "ledger.db")
    yield file
    file.close()


def write(store, count, stream="meeting-1"):
    version = len(store.read(stream)) - 1
    events = [NewEvent(uuid7(), "AgendaItemAdded", b"{}", META) for _ in range(count)]
    store.append(stream, events, version)


META = (
    b'{"actor":"a","deployment":"d","correlation_id":"00000000-0000-0000-0000-000000000000",'
    b'"causation_id":"00000000-0000-0000-0000-000000000000"}'
)


def head(note: str) -> Checkpoint:
    assert list(verify(parse(note), [LOG.key])) == [LOG.key]
    return parse_checkpoint(parse(note).text)


def test_every_event_is_a_leaf_in_log_order(log, file):
    write(log, 300)
    book = Book(log, file, ORIGIN, [LOG])
    assert book.catch_up() == 300 and book.catch_up() == 0
    entries = file.entries(0, 1000)
    recorded = log.read_all(0, 1000)
    assert [each.position for each in entries] == [each.position for each in recorded]
    pairs = zip(recorded, entries, strict=True)
    assert [each.leaf for each in entries] == [leaf_of(event, entry.salt) for event, entry in pairs]


def test_every_leaf_is_proved_under_the_signed_checkpoint(log, file):
    write(log, 300)
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    signed = head(book.sign())
    for entry in file.entries(0, 300):
        proof = file.inclusion(entry.index, signed.size)
        verify_inclusion(leaf_hash(entry.leaf), entry.index, signed.size, proof, signed.root)


def test_a_restarted_book_goes_on_from_where_it_was(log, tmp_path):
    write(log, 10)
    first = LedgerFile(tmp_path / "ledger.db")
    book = Book(log, first, ORIGIN, [LOG])
    book.catch_up()
    before = head(book.sign())
    first.close()
    write(log, 10)
    again = LedgerFile(tmp_path / "ledger.db")
    book = Book(log, again, ORIGIN, [LOG])
    book.catch_up()
    after = head(book.sign())
    verify_consistency(before.size, after.size, again.consistency(before.size, after.size), before.root, after.root)
    assert parse_checkpoint(parse(again.latest() or "").text) == after
    again.close()


def test_a_smaller_or_another_tree_is_never_signed(log, file, tmp_path):
    write(log, 10)
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    book.sign()
    with pytest.raises(LedgerInconsistent):
        file.promise(Checkpoint(ORIGIN, 9, file.root(9)))
    with sqlite3.connect(tmp_path / "ledger.db") as other:
        other.execute("UPDATE tiles SET hashes = zeroblob(length(hashes))")
    with pytest.raises(LedgerInconsistent):
        book.sign()


def write_again(path, count):
    """A log that was put back: other events under the same positions."""
    path.unlink()
    store = SqliteStore(path)
    write(store, count)
    return store


@pytest.mark.parametrize("events", [1, 9, 10, 12])
def test_a_log_that_was_put_back_is_recognised_and_nothing_is_added(tmp_path, file, events):
    log = SqliteStore(tmp_path / "events.db")
    write(log, 10)
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    book.sign()
    log.close()
    other = write_again(tmp_path / "events.db", events)
    with pytest.raises(LedgerInconsistent):
        Book(other, file, ORIGIN, [LOG]).catch_up()
    assert file.size == 10
    other.close()


def test_an_event_that_was_edited_behind_the_last_leaf_is_recognised(tmp_path, log, file):
    write(log, 10)
    Book(log, file, ORIGIN, [LOG]).catch_up()
    with sqlite3.connect(tmp_path / "events.db") as other:
        other.execute("UPDATE events SET data = '{ }' WHERE position = 10")
    log.close()
    reopened = SqliteStore(tmp_path / "events.db")
    with pytest.raises(LedgerInconsistent):
        Book(reopened, file, ORIGIN, [LOG]).catch_up()
    reopened.close()


def test_a_tree_signed_under_another_name_is_not_signed_again(log, file):
    write(log, 3)
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    book.sign()
    with pytest.raises(LedgerInconsistent):
        Book(log, file, "ward-2.example/council-log/1", [LOG]).catch_up()


@pytest.mark.parametrize(("momentous", "times"), [({"AgendaItemAdded"}, 1), ({"PollClosed"}, 0)])
def test_what_is_momentous_is_told_once_it_is_signed(log, file, momentous, times):
    told = []
    book = Book(log, file, ORIGIN, [LOG], momentous=momentous, on_momentous=lambda: told.append(file.signed_size()))
    write(log, 3)
    book.catch_up()
    assert told == []
    book.sign()
    book.sign()
    assert told == [3] * times


def test_it_is_told_how_far_the_log_is_signed(log, file):
    book = Book(log, file, ORIGIN, [LOG])
    assert (file.signed_size(), file.signed_position()) == (0, 0)
    write(log, 3)
    book.catch_up()
    assert file.signed_position() == 0
    book.sign()
    assert (file.signed_size(), file.signed_position()) == (3, 3)


def test_an_empty_log_has_a_checkpoint_too(log, file):
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    assert head(book.sign()).size == 0


def test_a_salt_that_a_reader_keeps_in_the_file_is_not_called_erased(log, file, tmp_path):
    write(log, 3)
    Book(log, file, ORIGIN, [LOG]).catch_up()
    salt = file.entry_at(2).salt
    file._connection.execute("PRAGMA busy_timeout=10")
    reader = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM entries").fetchall()
    with pytest.raises(StoreUnavailable, match="is reading the ledger"):
        file.erase(2)
    reader.close()
    file.erase(2)
    assert not any(salt in each.read_bytes() for each in tmp_path.glob("ledger.db*"))


def test_what_is_erased_leaves_every_proof_standing(log, file):
    write(log, 3)
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    signed = head(book.sign())
    file.erase(2)
    erased = file.entry_at(2)
    assert erased is not None and erased.salt is None
    proof = file.inclusion(erased.index, signed.size)
    verify_inclusion(leaf_hash(erased.leaf), erased.index, signed.size, proof, signed.root)


def test_the_running_book_signs_what_is_recorded(log, file):
    book = Book(log, file, ORIGIN, [LOG])
    book.start()
    write(log, 5)
    wait_until(lambda: (note := file.latest()) is not None and head(note).size == 5)
    book.stop()
    assert book.failing == ""


def wait_until(condition):
    import threading
    import time

    deadline, turn = time.monotonic() + 60, threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        turn.wait(0.02)


def test_threads_that_take_in_the_same_events_make_each_a_leaf_once(log, file):
    for n in range(6):
        write(log, 500, f"meeting-{n}")
    book = Book(log, file, ORIGIN, [LOG])
    with ThreadPoolExecutor(4) as hands:
        added = list(hands.map(lambda _hand: book.catch_up(), range(4)))
    assert sum(added) == file.size == 3000
    assert head(book.sign()).root == file.root(3000)


def test_a_crash_between_taking_in_and_signing_leaves_nothing_unsigned(log, file):
    write(log, 5)
    Book(log, file, ORIGIN, [LOG]).catch_up()
    book = Book(log, file, ORIGIN, [LOG])
    book.start()
    wait_until(lambda: (note := file.latest()) is not None and head(note).size == 5)
    book.stop()


def test_it_takes_in_no_more_than_it_is_told_to(log, file):
    write(log, 10)
    book = Book(log, file, ORIGIN, [LOG])
    assert (book.catch_up(until=4), file.position, book.catch_up(until=4)) == (4, 4, 0)
    assert book.catch_up() == 6


def test_a_tree_signed_by_a_key_that_is_gone_is_not_signed_again(log, file):
    write(log, 3)
    book = Book(log, file, ORIGIN, [LOG])
    book.catch_up()
    book.sign()
    with pytest.raises(LedgerInconsistent, match="has not handed it on"):
        Book(log, file, ORIGIN, [signer(ORIGIN, Algorithm.log_ed25519, bytes([7] * 32))]).catch_up()
