"""Erasing words from the logs that can, on the servers and files that keep them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import connect
from psycopg.errors import FeatureNotSupported

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.store_postgres import PostgresStore
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import NO_STREAM, CannotErase, StoreInUse, StoreUnavailable
from kernel.settings import Settings
from kernel.wiring import open_erasable_store
from tests.contract.erasing import LEFT, WORDS, ErasureContract, Files, Open, holding, naming


class TestSqlite(ErasureContract):
    @pytest.fixture
    def opened(self, tmp_path: Path) -> Open:
        return lambda: SqliteStore(tmp_path / "events.db")

    @pytest.fixture
    def files(self, tmp_path: Path) -> Files:
        return lambda: list(tmp_path.iterdir())

    def test_somebody_who_reads_the_log_meanwhile_is_waited_for_and_then_it_is_said(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "events.db")
        store.append("person-1", [naming(WORDS)], NO_STREAM)
        store._connection.execute("PRAGMA busy_timeout=10")
        reader = SqliteStore(tmp_path / "events.db", read_only=True)
        reader._connection.execute("BEGIN")
        assert reader.read("person-1")
        with pytest.raises(StoreUnavailable, match="is reading the log"):
            store.erase(1, LEFT)
        reader.close()
        store.erase(1, LEFT)
        store.close()
        assert holding(list(tmp_path.iterdir())) == []


@pytest.mark.needs("postgres")
class TestPostgres(ErasureContract):
    @pytest.fixture
    def opened(self, postgres_url: str) -> Open:
        return lambda: PostgresStore(postgres_url)

    @pytest.fixture
    def files(self, postgres_node: PostgresNode, postgres_url: str) -> Iterator[Files]:
        """Of the whole server but for its write-ahead log, which still holds what was done and what was undone."""
        with connect(postgres_url, autocommit=True) as administrator:

            def written() -> list[Path]:
                administrator.execute("CHECKPOINT")
                base = postgres_node.folder / "data" / "base"
                return [each for each in base.rglob("*") if each.is_file()]

            yield written

    def test_what_the_planner_has_gathered_is_forgotten_too(
        self, opened: Open, files: Files, postgres_url: str
    ) -> None:
        """A log that an earlier version has made gathers values of its contents."""
        store = opened()
        with connect(postgres_url, autocommit=True) as administrator:
            store.append("person-1", [naming(WORDS)], NO_STREAM)
            store.append("person-2", [naming(WORDS)], NO_STREAM)
            gathered = "SELECT most_common_vals::text FROM pg_stats WHERE schemaname = current_schema() AND"
            gathered += " tablename = 'events' AND attname = 'data'"
            administrator.execute("ALTER TABLE events ALTER COLUMN data SET STATISTICS 100; ANALYZE events")
            assert WORDS in administrator.execute(gathered.encode()).fetchall()[0][0]
            store.erase(1, LEFT)
            store.erase(2, LEFT)
            assert administrator.execute(gathered.encode()).fetchall() == []
            administrator.execute("ANALYZE events")
            assert administrator.execute(gathered.encode()).fetchall() == []
        store.close()
        assert holding(files()) == []

    def test_a_transaction_that_may_still_see_the_words_is_told_of_and_then_the_same_again_ends_it(
        self, opened: Open, files: Files, postgres_url: str
    ) -> None:
        store = opened()
        store.append("person-1", [naming(WORDS)], NO_STREAM)
        with connect(postgres_url) as older:
            older.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            older.execute("SELECT 1")
            with pytest.raises(StoreUnavailable, match="an older transaction may see them"):
                store.erase(1, LEFT)
            assert holding(files())
        store.erase(1, LEFT)
        store.close()
        assert holding(files()) == []

    def test_it_is_not_opened_while_the_product_uses_it(self, opened: Open, postgres_url: str) -> None:
        settings = Settings(store_url=postgres_url)
        running = opened()
        running.append("person-1", [naming(WORDS)], NO_STREAM)
        with pytest.raises(StoreInUse):
            open_erasable_store(settings)
        running.close()
        store = open_erasable_store(settings)
        store.erase(1, LEFT)
        assert store.read("person-1")[0].data == LEFT
        store.close()

    def test_a_server_that_cannot_write_the_table_anew_says_so_and_the_same_again_ends_it(
        self, opened: Open, files: Files, postgres_url: str
    ) -> None:
        store = opened()
        store.append("person-1", [naming(WORDS)], NO_STREAM)
        with connect(postgres_url, autocommit=True) as administrator:
            administrator.execute("CREATE VIEW words AS SELECT data FROM events")
            with pytest.raises(StoreUnavailable, match="may still be in the table's file") as refused:
                store.erase(1, LEFT)
            assert isinstance(refused.value.__cause__, FeatureNotSupported)
            administrator.execute("DROP VIEW words")
        store.erase(1, LEFT)
        store.close()
        assert holding(files()) == []


@pytest.mark.parametrize("scheme", ["kurrentdb", "esdb", "kurrentdb+discover"])
def test_kurrentdb_never_changes_an_event(scheme: str) -> None:
    with pytest.raises(CannotErase, match="never changes an event"):
        open_erasable_store(Settings(store_url=f"{scheme}://host:2113"))
