from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import NO_STREAM, StoreInUse, StoreUnavailable
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


class TestSqliteInMemory(EventStoreContract):
    @pytest.fixture
    def store(self) -> Iterator[SqliteStore]:
        store = SqliteStore(":memory:")
        yield store
        store.close()
