import sqlite3
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC
from pathlib import Path

import pytest
from psycopg import connect

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.store_postgres import PostgresStore
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import NO_STREAM, Conflict, StoreBroken, StoreInUse, StoreUnavailable
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


@pytest.mark.needs("postgres")
class TestPostgres(EventStoreContract):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[PostgresStore]:
        store = PostgresStore(postgres_url)
        yield store
        store.close()

    @pytest.fixture
    def other(self, postgres_url: str) -> Iterator[PostgresStore]:
        """The same log as another process sees it: nothing is shared but the server."""
        other = PostgresStore(postgres_url)
        yield other
        other.close()

    def test_positions_have_no_gap_after_refused_appends(self, store: PostgresStore, other: PostgresStore) -> None:
        for n in range(10):
            for each in (store, other):
                with suppress(Conflict):
                    each.append(f"thing-{n}", [event(), event()], NO_STREAM)
        assert [r.position for r in store.read_all(0, 100)] == list(range(1, 21))

    def test_the_server_keeps_the_time(self, store: PostgresStore) -> None:
        for n in range(3):
            store.append(f"thing-{n}", [event(), event()], NO_STREAM)
        times = [r.recorded_at for r in store.read_all(0, 10)]
        assert times == sorted(times) and times[0].tzinfo is UTC

    def test_an_append_repeated_through_another_process_writes_nothing(
        self, store: PostgresStore, other: PostgresStore
    ) -> None:
        events = [event(), event()]
        first = store.append("thing-1", events, NO_STREAM)
        again = other.append("thing-1", events, NO_STREAM)
        assert (again.first_position, again.last_position, again.idempotent) == (1, first.last_position, True)

    def test_a_follower_of_another_process_wakes_within_a_tenth_of_a_second(
        self, store: PostgresStore, other: PostgresStore
    ) -> None:
        def delay(n: int) -> float:
            waiting = pool.submit(lambda: (other.wait(n, 10.0), time.monotonic()))
            position = store.append(f"thing-{n}", [event()], NO_STREAM).last_position
            appended = time.monotonic()
            seen, woke = waiting.result()
            assert seen == position == n + 1
            return woke - appended

        with ThreadPoolExecutor(1) as pool:
            # A busy machine is late now and then; what is slow by itself is so each time.
            assert any(
                statistics.median(delay(n) for n in range(first, first + 20)) < 0.1 for first in range(0, 100, 20)
            )

    def test_sessions_that_the_server_ends_are_replaced_unseen(
        self, store: PostgresStore, other: PostgresStore, postgres_url: str
    ) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        with ThreadPoolExecutor(1) as pool, connect(postgres_url, autocommit=True) as administrator:
            waiting = pool.submit(other.wait, 1, 20.0)
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert len(store.read("thing-1")) == 1
            assert store.append("thing-1", [event()], 0).last_position == 2
            assert waiting.result() == 2

    def test_a_server_that_would_lose_acknowledged_facts_is_refused(
        self, postgres_node: PostgresNode, postgres_url: str
    ) -> None:
        with connect(postgres_node.url, autocommit=True) as administrator:
            administrator.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        store = PostgresStore(postgres_node.url.rpartition("/")[0] + "/latin")
        with pytest.raises(StoreUnavailable, match="LATIN1"):
            store.append("thing-1", [event()], NO_STREAM)
        store.close()
