"""Each place where identity can be kept, against one contract; and how PostgreSQL's fails and comes back."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path

import pytest
from psycopg import connect

from dienhong.nodes.postgres import PostgresNode
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from gateway.identity.store import IdentityStore, IdentityUnavailable, Row, Transaction
from gateway.identity.store_postgres import PostgresIdentityStore
from gateway.identity.store_sqlite import SqliteIdentityStore
from kernel.settings import Settings
from tests.contract.identity_store import ANA, PASSWORD, Clock, IdentityStoreContract, Reopen
from tests.nodes import empty_log, open_folder, running_postgres


@pytest.fixture
def each_closed() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


class TestSqlite(IdentityStoreContract):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return lambda: SqliteIdentityStore(tmp_path / "identity.db")


@pytest.mark.needs("postgres")
class TestPostgres(IdentityStoreContract):
    @pytest.fixture
    def reopen(self, postgres_url: str) -> Reopen:
        return lambda: PostgresIdentityStore(postgres_url)


@pytest.fixture
def own_node() -> Iterator[PostgresNode]:
    with open_folder() as folder, running_postgres(folder) as node:
        yield node


@pytest.mark.needs("postgres")
def test_the_tables_stand_in_a_schema_of_their_own(own_node: PostgresNode) -> None:
    with closing(PostgresIdentityStore(own_node.url)) as store:
        assert not store.rows("SELECT * FROM accounts")
    with connect(own_node.url) as session:
        tables = session.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|inf)'")
        names = ("accounts", "attempts", "feeds", "previews", "sessions", "signing_addresses")
        assert sorted(tables) == [("identity", each) for each in names]


@pytest.mark.needs("postgres")
def test_a_store_of_an_older_version_gets_the_tables_that_came_later(own_node: PostgresNode) -> None:
    with closing(PostgresIdentityStore(own_node.url)) as store:
        assert not store.rows("SELECT * FROM accounts")
    with connect(own_node.url, autocommit=True) as session:
        session.execute("DROP TABLE identity.signing_addresses")
    with closing(PostgresIdentityStore(own_node.url)) as store:
        assert not store.rows("SELECT * FROM signing_addresses")


class Questioned:
    """A store that remembers what it was asked; each transaction is one question."""

    def __init__(self, store: IdentityStore) -> None:
        self.asked: list[str] = []
        self._store = store

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        self.asked.append(query)
        return self._store.rows(query, *values)

    def pairs(self, query: str, *values: object) -> Mapping[str, str]:
        self.asked.append(query)
        return self._store.pairs(query, *values)

    def change(self, statement: str, *values: object) -> int:
        self.asked.append(statement)
        return self._store.change(statement, *values)

    def writing(self) -> AbstractContextManager[Transaction]:
        self.asked.append("BEGIN")
        return self._store.writing()

    def close(self) -> None:
        self._store.close()


def test_a_request_costs_one_question_and_every_half_minute_two(tmp_path: Path) -> None:
    clock, store = Clock(), Questioned(SqliteIdentityStore(tmp_path / "identity.db"))
    asked = store.asked
    with closing(Identity(store, Settings(), clock)) as identity:
        identity.set_password(ANA, "ana", PASSWORD)
        token = identity.sign_in("ana", PASSWORD, "192.0.2.1")
        for seconds, questions in ((0, 1), (29, 1), (30, 2), (31, 1)):
            clock.now = Clock().now.replace(second=seconds % 60, minute=seconds // 60)
            asked.clear()
            assert identity.subject_of(token) == ANA
            assert len(asked) == questions, (seconds, asked)


@pytest.mark.needs("postgres")
def test_without_its_server_nobody_is_let_in_and_all_goes_on_when_it_is_back(own_node: PostgresNode) -> None:
    with closing(Identity(PostgresIdentityStore(own_node.url), Settings(), Clock())) as identity:
        identity.set_password(ANA, "ana", PASSWORD)
        token = identity.sign_in("ana", PASSWORD, "192.0.2.1")
        own_node.kill()
        for attempt in (
            lambda: identity.subject_of(token),
            lambda: identity.sign_in("ana", PASSWORD, "192.0.2.1"),
            lambda: identity.sign_out(token),
            lambda: identity.feeds.renew(ANA),
        ):
            with pytest.raises(IdentityUnavailable):
                attempt()
        own_node.start()
        assert until_answered(lambda: identity.subject_of(token)) == ANA
        own_node.stop()
        own_node.start()  # what sessions were open is cut off, and nobody asked meanwhile
        assert identity.subject_of(token) == ANA
        own_node.stop()
        own_node.start()
        identity.feeds.renew(ANA)
        own_node.stop()
        own_node.start()
        identity.set_password(ANA, "ana", PASSWORD)  # a transaction whose session was cut off before it began
        assert identity.subject_of(token) is None


@pytest.mark.needs("postgres")
def test_a_transaction_that_loses_its_server_is_refused_as_unavailable(own_node: PostgresNode) -> None:
    with closing(PostgresIdentityStore(own_node.url)) as store:
        with pytest.raises(IdentityUnavailable), store.writing() as transaction:
            transaction.change("INSERT INTO feeds (person_id, secret, secret_hash) VALUES (?, ?, ?)", "a", "b", "c")
            own_node.kill()
            transaction.rows("SELECT 1")
        own_node.start()
        assert not until_answered(lambda: store.rows("SELECT * FROM feeds"))


@pytest.mark.needs("postgres")
def test_everybody_signs_in_again_when_the_secrets_are_lost(own_node: PostgresNode) -> None:
    with closing(Identity(PostgresIdentityStore(own_node.url), Settings(), Clock())) as identity:
        identity.set_password(ANA, "ana", PASSWORD)
        token = identity.sign_in("ana", PASSWORD, "192.0.2.1")
        with connect(own_node.url, autocommit=True) as administrator:
            administrator.execute("DROP SCHEMA identity CASCADE")
        assert identity.subject_of(token) is None
        assert not identity.has_password(ANA)


@pytest.mark.needs("postgres")
def test_more_callers_than_sessions_take_turns(postgres_url: str) -> None:
    with closing(PostgresIdentityStore(postgres_url)) as store:
        threads = [threading.Thread(target=store.rows, args=("SELECT pg_sleep(0.01)",)) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with connect(postgres_url) as session:
            open_now = session.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(0.01)%'"
            ).fetchall()[0][0]
        assert 1 <= open_now <= 4


@pytest.mark.needs("postgres")
def test_what_is_chosen_by_the_settings(tmp_path: Path, postgres_node: PostgresNode, each_closed: ExitStack) -> None:
    def chosen(**settings: str) -> IdentityStore:
        store = open_identity_store(Settings(data_dir=tmp_path, **settings))  # type: ignore[arg-type]
        each_closed.callback(store.close)
        return store

    log, own = empty_log(postgres_node), empty_log(postgres_node)
    assert isinstance(chosen(), SqliteIdentityStore)
    assert isinstance(chosen(store_url="kurrentdb://127.0.0.1:1?tls=false"), SqliteIdentityStore)
    beside_log, elsewhere = chosen(store_url=log), chosen(store_url=log, identity_url=own)
    beside_log.change("INSERT INTO feeds (person_id, secret, secret_hash) VALUES (?, ?, ?)", "a", "b", "c")
    assert not elsewhere.rows("SELECT * FROM feeds")
    with pytest.raises(ValueError, match="DIENHONG_IDENTITY_URL has an unknown scheme: mysql"):
        chosen(identity_url="mysql://somewhere")


def until_answered(ask: Callable[[], object]) -> object:
    """The answer, once the memory of the failure has passed."""
    turn = threading.Event()
    for _ in range(1000):
        try:
            return ask()
        except IdentityUnavailable as error:
            logging.getLogger(__name__).debug("%s", error)
            turn.wait(0.02)
    return ask()
