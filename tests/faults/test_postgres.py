"""PostgreSQL killed, stopped, cut off and written by many processes at once: no acknowledged event is ever missing."""

import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from secrets import token_hex

import pytest
from psycopg import connect
from psycopg.errors import InsufficientPrivilege

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.postgres_sessions import open_session
from kernel.adapters.store_postgres import TAKE_TURN, PostgresStore
from kernel.messages import Recorded
from kernel.ports import NO_STREAM, Appended, Conflict, StoreUnavailable
from tests.contract.event_store import event
from tests.faults.cutting import Cutting
from tests.nodes import empty_log, open_folder, running_postgres, small_disk

pytestmark = pytest.mark.needs("postgres")

KILLS = 20
FULL_DISKS = 20
PROCESSES = 8
APPENDS = 150


@pytest.fixture(scope="module")
def mortal_node() -> Iterator[PostgresNode]:
    """A node of this module alone, so that others do not see it die."""
    with open_folder() as folder, running_postgres(folder) as node:
        yield node


@pytest.fixture
def url(mortal_node: PostgresNode) -> str:
    return empty_log(mortal_node)


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(url)
    yield store
    store.close()


@pytest.fixture
def cutting(mortal_node: PostgresNode) -> Iterator[Cutting]:
    cutting = Cutting(mortal_node.port)
    yield cutting
    cutting.close()


@pytest.fixture
def cut_store(url: str, mortal_node: PostgresNode, cutting: Cutting) -> Iterator[PostgresStore]:
    store = PostgresStore(url.replace(f":{mortal_node.port}/", f":{cutting.port}/"))
    store.append("thing-0", [event()], NO_STREAM)
    yield store
    store.close()


def write_as_a_process(url: str, number: int) -> list[tuple[str, int, int]]:
    """Half to a stream of its own, half to one that all processes write: stream, version and position of each."""
    store = PostgresStore(url)
    done = []
    for n in range(APPENDS):
        stream = f"own-{number}" if n % 2 else "shared-1"
        appended = append_at_the_end(store, stream)
        done.append((stream, appended.version, appended.last_position))
    store.close()
    return done


def append_at_the_end(store: PostgresStore, stream: str) -> Appended:
    new = event()
    version = NO_STREAM
    while True:
        try:
            return store.append(stream, [new], version)
        except Conflict as conflict:
            version = conflict.current


def follow(store: PostgresStore, until: Callable[[], bool]) -> list[Recorded]:
    seen: list[Recorded] = []
    while not (until() and store.wait(0, 0) == len(seen)):
        new = store.read_all(len(seen), 100)
        assert [each.position for each in new] == list(range(len(seen) + 1, len(seen) + len(new) + 1))
        seen += new
        store.wait(len(seen), 1.0)
    return seen


@pytest.mark.slow
def test_a_reader_misses_no_position_while_many_processes_write(url: str, store: PostgresStore) -> None:
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        writers = [pool.submit(write_as_a_process, url, n) for n in range(PROCESSES)]
        seen = follow(store, until=lambda: all(each.done() for each in writers))
        acknowledged = [each for writer in writers for each in writer.result()]
    assert len(seen) == PROCESSES * APPENDS
    assert sorted((r.stream, r.version, r.position) for r in seen) == sorted(acknowledged)
    for stream in {r.stream for r in seen}:
        assert [r.version for r in seen if r.stream == stream] == list(range(len(store.read(stream))))


class Load:
    """Threads that append until told to stop; what was not acknowledged is appended again with the same ids."""

    def __init__(self, store: PostgresStore) -> None:
        self.acknowledged: dict[int, str] = {}
        self.healed = 0
        self._store = store
        self._numbers = count()
        self._guard = threading.Condition()
        self._enough = False

    def run(self) -> None:
        while not self._enough:
            stream, events, failed = f"thing-{next(self._numbers)}", [event(), event()], False
            while True:
                try:
                    appended = self._store.append(stream, events, NO_STREAM)
                except StoreUnavailable:
                    failed = True
                else:
                    break
            with self._guard:
                for position in range(appended.first_position, appended.last_position + 1):
                    assert position not in self.acknowledged
                    self.acknowledged[position] = stream
                self.healed += failed
                self._guard.notify_all()

    def until(self, acknowledged: int) -> None:
        with self._guard:
            assert self._guard.wait_for(lambda: len(self.acknowledged) >= acknowledged, 60)

    def stop(self) -> None:
        self._enough = True


@pytest.mark.slow
def test_no_acknowledged_event_is_lost_when_the_server_is_killed_again_and_again(
    mortal_node: PostgresNode, url: str, store: PostgresStore
) -> None:
    load = Load(store)
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(load.run) for _ in range(8)]
        for kill in range(KILLS):
            load.until(len(load.acknowledged) + 100 + kill % 7 * 13)
            mortal_node.kill()
            mortal_node.start()
        load.until(len(load.acknowledged) + 100)
        load.stop()
        for each in writers:
            each.result()
    recorded = {each.position: each.stream for each in store.read_all(0, 1_000_000)}
    assert recorded == load.acknowledged  # nothing lost, nothing twice: every unknown outcome was healed
    assert sorted(recorded) == list(range(1, len(recorded) + 1))
    assert len(recorded) > KILLS * 100


def test_while_the_server_is_stopped_it_is_unavailable_and_then_it_works_again(
    mortal_node: PostgresNode, store: PostgresStore
) -> None:
    store.append("thing-1", [event()], NO_STREAM)
    assert store.wait(0, 0) == 1
    mortal_node.stop()
    with pytest.raises(StoreUnavailable):
        store.append("thing-1", [event()], 0)
    with pytest.raises(StoreUnavailable):
        store.read("thing-1")
    assert store.wait(1, 0.01) == 1
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[int] = pool.submit(store.wait, 1, 60.0)
        mortal_node.start()
        assert store.append("thing-1", [event()], 0).last_position == 2
        assert waiting.result() == 2
    assert [r.version for r in store.read("thing-1")] == [0, 1]


def test_a_store_opened_before_its_server_runs_works_once_it_does(mortal_node: PostgresNode, url: str) -> None:
    mortal_node.stop()
    early = PostgresStore(url)
    with pytest.raises(StoreUnavailable):
        early.append("thing-1", [event()], NO_STREAM)
    mortal_node.start()
    assert early.append("thing-1", [event()], NO_STREAM).last_position == 1
    early.close()


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
    mortal_node: PostgresNode, url: str, store: PostgresStore, moment: str
) -> None:
    """The server answers as it does when its disk is full, while the row is written or only at the commit."""
    store.append("thing-1", [event()], NO_STREAM)
    with connect(url, autocommit=True) as administrator:
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


def test_a_service_needs_no_right_to_change_or_delete_a_fact(url: str, store: PostgresStore) -> None:
    store.append("thing-1", [event()], NO_STREAM)
    schema = url.partition("search_path%3D")[2]
    with connect(url, autocommit=True) as administrator:
        administrator.execute(f"CREATE ROLE {schema} LOGIN PASSWORD 'writer'")
        administrator.execute(f"GRANT USAGE ON SCHEMA {schema} TO {schema}")
        administrator.execute(f"GRANT SELECT, INSERT ON events TO {schema}")
    writer_url = f"postgresql://{schema}:writer@{url.rpartition('@')[2]}"
    writer = PostgresStore(writer_url)
    assert writer.append("thing-1", [event()], 0).last_position == 2
    assert writer.wait(0, 0) == 2
    writer.close()
    with connect(writer_url, autocommit=True) as session:
        for change in ("UPDATE events SET data = ''", "DELETE FROM events", "TRUNCATE events"):
            with pytest.raises(InsufficientPrivilege):
                session.execute(change)


@pytest.mark.slow
def test_a_process_that_freezes_in_its_turn_holds_the_others_up_only_for_a_while(
    url: str, store: PostgresStore
) -> None:
    store.append("thing-1", [event()], NO_STREAM)
    frozen = open_session(url)
    frozen.execute(TAKE_TURN)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="lock"):
        store.append("thing-1", [event()], 0)
    while time.monotonic() < began + 30:
        try:
            store.append("thing-1", [event()], 0)
            break
        except StoreUnavailable:
            pass
    assert len(store.read("thing-1")) == 2
    frozen.close()


def test_it_works_where_eventlet_has_replaced_threads(url: str) -> None:
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.beside_eventlet", url]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("done\n", "")
