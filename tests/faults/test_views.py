"""What people see when something in the log cannot be shown."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.views import Views
from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import Codec
from kernel.follow import Checkpoints, Follower
from kernel.messages import Event, Recorded
from kernel.ports import NO_STREAM
from tests.contract.event_store import event
from tests.distributed.waiting import eventually

PATIENCE = 15.0


class Shelved(Event):
    n: int


class Shelf:
    """Views of one table, whose projection fails for the events named in `poison`."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "events.db")
        self.poison: set[int] = set()
        self.shown: list[int] = []
        schema = "CREATE TABLE IF NOT EXISTS shelf (n INTEGER)"
        self.views = Views(folder / "views.db", self.store, Codec([Shelved]), [schema], [self.project])
        self.views.on_applied(lambda batch: self.shown.extend(recorded.position for recorded, _event in batch))

    def project(self, connection: sqlite3.Connection, recorded: Recorded, told: Event) -> None:
        assert isinstance(told, Shelved)
        connection.execute("INSERT INTO shelf VALUES (?)", (told.n,))
        if told.n in self.poison:
            raise ValueError(told.n)

    def records(self, *numbers: int) -> int:
        position = 0
        for n in numbers:
            position = self.store.append(
                f"thing-{n}", [event(kind="Shelved", data=b'{"n":%d}' % n)], NO_STREAM
            ).last_position
        return position


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.views.stop()
    shelf.store.close()


def test_what_stands_before_a_poisoned_event_is_shown_and_nothing_after_it(shelf: Shelf) -> None:
    shelf.poison = {3}
    shelf.records(1, 2, 3, 4)
    shelf.views.start()
    assert shelf.views.wait_for(2, PATIENCE)
    assert not shelf.views.wait_for(3, 0.5)
    assert shelf.views.failing == "ValueError after position 2"
    assert [tuple(row) for row in shelf.views.reader().execute("SELECT n FROM shelf")] == [(1,), (2,)]


def test_the_views_go_on_by_themselves_once_the_cause_is_gone(shelf: Shelf) -> None:
    shelf.poison = {2}
    last = shelf.records(1, 2, 3)
    shelf.views.start()
    assert shelf.views.wait_for(1, PATIENCE)
    shelf.poison = set()
    assert shelf.views.wait_for(last, PATIENCE)
    assert shelf.shown == [1, 2, 3]


def test_a_store_that_cannot_be_asked_for_a_while_does_not_end_the_views(shelf: Shelf) -> None:
    unreachable_once(shelf.store)
    shelf.views.start()
    assert shelf.views.wait_for(shelf.records(1), PATIENCE)


def test_a_store_that_cannot_be_asked_for_a_while_does_not_end_a_follower(shelf: Shelf, tmp_path: Path) -> None:
    unreachable_once(shelf.store)
    checkpoints = Checkpoints(tmp_path / "followers.db")
    follower = Follower("test", shelf.store, Codec([Shelved]), checkpoints, frozenset({"Shelved"}), lambda *_: None)
    follower.start()
    assert follower.wait_for(shelf.records(1), PATIENCE)
    follower.stop()
    checkpoints.close()


def test_threads_that_come_and_go_leave_no_file_open(shelf: Shelf) -> None:
    def looks() -> None:
        shelf.views.reader().execute("SELECT n FROM shelf").fetchall()

    def open_files() -> int:
        for _ in range(20):
            thread = threading.Thread(target=looks)
            thread.start()
            thread.join()
        return len(list(Path("/proc/self/fd").iterdir()))

    # SQLite keeps some files while the writer has the database locked; those that leak are more at each look.
    before = open_files()
    eventually(lambda: open_files() < before + 10)


def unreachable_once(store: SqliteStore) -> None:
    asked, wait = 0, store.wait

    def wait_or_fail(after: int, timeout: float) -> int:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise ConnectionError("the store is restarting")
        return wait(after, timeout)

    store.wait = wait_or_fail  # type: ignore[method-assign]
