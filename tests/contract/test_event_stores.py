import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import NO_STREAM, StoreBroken, StoreInUse, StoreUnavailable
from tests.contract.event_store import EventStoreContract, event


class TestSqliteOnDisk(EventStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        store = SqliteStore(tmp_path / "events.db")
        yield store
        store.close()

    def test_positions_have_no_gap(self, store: SqliteStore) -> None:
        for n in range(10):
            store.append(f"thing-{n}", [event(), event()], NO_STREAM)
        assert [r.position for r in store.read_all(0, 100)] == list(range(1, 21))

    def test_keeps_everything_when_it_is_opened_again(self, store: SqliteStore, tmp_path: Path) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        store.close()
        again = SqliteStore(tmp_path / "events.db")
        assert len(again.read("thing-1")) == 1
        assert again.append("thing-1", [event()], 0).first_position == 2
        again.close()

    def test_a_second_process_is_told_that_the_log_is_in_use(self, store: SqliteStore, tmp_path: Path) -> None:
        with pytest.raises(StoreInUse):
            SqliteStore(tmp_path / "events.db")

    def test_a_full_disk_refuses_and_recovers_without_restart(self, store: SqliteStore) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreUnavailable):
            for n in range(2, 200):
                store.append(f"thing-{n}", [event(data=b'"' + b"x" * 4000 + b'"')], NO_STREAM)
        assert not store.writable
        held = len(store.read_all(0, 1000))
        store._connection.execute("PRAGMA max_page_count = 1000000")
        store.append("thing-after", [event()], NO_STREAM)
        assert store.writable
        assert len(store.read_all(0, 1000)) == held + 1

    def test_after_a_full_disk_the_health_page_finds_out_that_there_is_space_again(self, store: SqliteStore) -> None:
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreUnavailable):
            store.append("thing-1", [event(data=b'"' + b"x" * 900_000 + b'"')], NO_STREAM)
        assert not store.writable
        store._connection.execute("PRAGMA max_page_count = 1000000")
        assert store.recovers() and store.writable

    def test_rows_of_another_writer_stop_the_store_and_every_waiting_caller_is_told(
        self, store: SqliteStore, tmp_path: Path
    ) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        with closing(sqlite3.connect(tmp_path / "events.db")) as other, other:
            other.execute(
                "INSERT INTO events SELECT position + 1,"
                " '00000000-0000-7000-8000-000000000000', stream, version + 1, type, recorded_at, data, meta"
                " FROM events"
            )

        def write(n: int) -> type[Exception] | None:
            try:
                store.append(f"thing-{n}", [event()], NO_STREAM)
            except (StoreBroken, StoreUnavailable) as failure:
                return type(failure)
            return None

        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(write, range(2, 34))) == {StoreBroken}
        assert not store.recovers()
        assert len(store.read_all(0, 10)) == 2

    def test_whatever_sqlite_refuses_leaves_no_transaction_open(self, store: SqliteStore) -> None:
        store._connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY if action == 18 else sqlite3.SQLITE_OK)
        with pytest.raises((StoreBroken, StoreUnavailable)):
            store.append("thing-1", [event()], NO_STREAM)
        store._connection.set_authorizer(None)
        assert not store._connection.in_transaction


class TestSqliteInMemory(EventStoreContract):
    @pytest.fixture
    def store(self) -> Iterator[SqliteStore]:
        store = SqliteStore(":memory:")
        yield store
        store.close()
