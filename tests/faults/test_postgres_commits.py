"""What a commit in PostgreSQL came to, when its answer is lost, the disk is full or another writer hangs."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from secrets import token_hex

import pytest
from psycopg import connect
from psycopg.errors import InsufficientPrivilege

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.postgres_sessions import open_session
from kernel.adapters.progress_postgres import PostgresProgress
from kernel.adapters.store_postgres import TAKE_TURN, PostgresStore
from kernel.ports import NO_STREAM, StoreUnavailable
from kernel.progress import Parked
from tests.contract.event_store import event
from tests.faults.cutting import Cutting
from tests.nodes import running_postgres, small_disk

pytestmark = pytest.mark.needs("postgres")

FULL_DISKS = 20


@pytest.fixture
def cutting(mortal_node: PostgresNode) -> Iterator[Cutting]:
    cutting = Cutting(mortal_node.port)
    yield cutting
    cutting.close()


@pytest.fixture
def cut_store(log_url: str, mortal_node: PostgresNode, cutting: Cutting) -> Iterator[PostgresStore]:
    store = PostgresStore(log_url.replace(f":{mortal_node.port}/", f":{cutting.port}/"))
    store.append("thing-0", [event()], NO_STREAM)
    yield store
    store.close()


def test_a_commit_whose_answer_is_lost_is_acknowledged_after_it_was_read_back(
    cut_store: PostgresStore, cutting: Cutting
) -> None:
    cutting.cut_next("answer")
    appended = cut_store.append("thing-1", [event(), event()], NO_STREAM)
    assert (appended.first_position, appended.last_position, appended.idempotent) == (2, 3, True)
    assert len(cut_store.read("thing-1")) == 2


def test_a_commit_that_never_arrived_is_made_again(cut_store: PostgresStore, cutting: Cutting) -> None:
    cutting.cut_next("request")
    appended = cut_store.append("thing-1", [event(), event()], NO_STREAM)
    assert (appended.first_position, appended.last_position, appended.idempotent) == (2, 3, False)
    assert len(cut_store.read("thing-1")) == 2


@pytest.mark.parametrize("what", ["answer", "request"])
def test_a_commit_that_cannot_be_read_back_is_not_acknowledged_and_the_same_append_heals_it(
    cut_store: PostgresStore, cutting: Cutting, store: PostgresStore, what: str
) -> None:
    events = [event(), event()]
    cutting.cut_next("answer" if what == "answer" else "request", then_refuse=True)
    with pytest.raises(StoreUnavailable):
        cut_store.append("thing-1", events, NO_STREAM)
    assert len(store.read("thing-1")) == (2 if what == "answer" else 0)
    cutting.refusing = False
    appended = cut_store.append("thing-1", events, NO_STREAM)
    assert (appended.first_position, appended.last_position) == (2, 3)
    assert len(store.read("thing-1")) == 2


@pytest.mark.parametrize("moment", ["NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
def test_a_full_disk_refuses_stores_nothing_and_recovers_and_the_servers_log_quotes_no_contents(
    mortal_node: PostgresNode, log_url: str, store: PostgresStore, moment: str
) -> None:
    """The server answers as it does when its disk is full, while the row is written or only at the commit."""
    store.append("thing-1", [event()], NO_STREAM)
    with connect(log_url, autocommit=True) as administrator:
        administrator.execute(
            "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''disk_full'', MESSAGE = ''no space left''; END'"
        )
        administrator.execute(
            f"CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON events {moment} FOR EACH ROW EXECUTE FUNCTION fill()"
        )
        refused = event(data=b'{"choice":"nobody-may-read-this"}')
        with pytest.raises(StoreUnavailable, match="no space left"):
            store.append("thing-1", [refused], 0)
        assert [r.version for r in store.read("thing-1")] == [0]
        administrator.execute("DROP TRIGGER full_disk ON events")
    appended = store.append("thing-1", [refused], 0)
    assert (appended.last_position, appended.idempotent) == (2, False)
    logged = (mortal_node.folder / "log").read_text()
    assert "no space left" in logged and "nobody-may-read-this" not in logged


@pytest.mark.slow
@pytest.mark.needs("small disks (mount as root)")
def test_a_disk_that_is_really_full_refuses_and_recovers_each_time_without_restart() -> None:
    with small_disk(110) as folder, running_postgres(folder) as node:
        store = PostgresStore(node.url)
        assert store.read_all(0, 1) == []  # a server whose disk is full may take no new sessions
        acknowledged = []
        for n in range(FULL_DISKS):
            fill(folder / "filler")
            with pytest.raises(StoreUnavailable):
                for m in count():
                    stream = f"thing-{n}+{m}"
                    store.append(stream, [event(data=b'"' + token_hex(50_000).encode() + b'"')], NO_STREAM)
                    acknowledged.append(stream)
            assert [r.stream for r in store.read_all(0, 1000)] == acknowledged
            (folder / "filler").unlink()
            store.append(f"thing-{n}", [event()], NO_STREAM)
            acknowledged.append(f"thing-{n}")
        assert [r.position for r in store.read_all(0, 1000)] == list(range(1, len(acknowledged) + 1))
        store.close()


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))


def test_a_service_needs_no_right_to_change_or_delete_a_fact(log_url: str, store: PostgresStore) -> None:
    store.append("thing-1", [event()], NO_STREAM)
    schema = log_url.partition("search_path%3D")[2]
    with connect(log_url, autocommit=True) as administrator:
        administrator.execute(f"CREATE ROLE {schema} LOGIN PASSWORD 'writer'")
        administrator.execute(f"GRANT USAGE ON SCHEMA {schema} TO {schema}")
        administrator.execute(f"GRANT SELECT, INSERT ON events TO {schema}")
    writer_url = f"postgresql://{schema}:writer@{log_url.rpartition('@')[2]}"
    writer = PostgresStore(writer_url)
    assert writer.append("thing-1", [event()], 0).last_position == 2
    assert writer.wait(0, 0) == 2
    writer.close()
    with connect(writer_url, autocommit=True) as session:
        for change in ("UPDATE events SET data = ''", "DELETE FROM events", "TRUNCATE events"):
            with pytest.raises(InsufficientPrivilege):
                session.execute(change)


def test_followers_keep_their_progress_without_the_right_to_make_tables(log_url: str) -> None:
    schema = log_url.partition("search_path%3D")[2]
    made = PostgresProgress(log_url)
    made.put("relay", 1)
    made.close()
    with connect(log_url, autocommit=True) as administrator:
        administrator.execute(f"CREATE ROLE {schema} LOGIN PASSWORD 'follower'")
        administrator.execute(f"GRANT USAGE ON SCHEMA {schema} TO {schema}")
        administrator.execute(f"GRANT SELECT, INSERT, UPDATE ON checkpoints TO {schema}")
        administrator.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON parked TO {schema}")
    progress = PostgresProgress(f"postgresql://{schema}:follower@{log_url.rpartition('@')[2]}")
    progress.put("relay", 2)
    progress.park(Parked("test", 1, "thing-1", "Happened", "ValueError", datetime.now(UTC)))
    progress.unpark("test", 1)
    assert (progress.get("relay"), progress.parked()) == (2, [])
    progress.close()


@pytest.mark.slow
def test_a_process_that_freezes_in_its_turn_holds_the_others_up_only_for_a_while(
    log_url: str, store: PostgresStore
) -> None:
    store.append("thing-1", [event()], NO_STREAM)
    frozen = open_session(log_url)
    frozen.execute(TAKE_TURN)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="lock"):
        store.append("thing-1", [event()], 0)
    while time.monotonic() < began + 60:
        try:
            store.append("thing-1", [event()], 0)
            break
        except StoreUnavailable:
            pass
    assert len(store.read("thing-1")) == 2
    frozen.close()
