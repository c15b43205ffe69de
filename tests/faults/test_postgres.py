"""PostgreSQL killed, stopped and written by many processes at once: no acknowledged event is ever missing."""

import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count

import pytest

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.store_postgres import PostgresStore
from kernel.messages import Recorded
from kernel.ports import NO_STREAM, Appended, Conflict, StoreUnavailable
from tests.contract.event_store import event

pytestmark = pytest.mark.needs("postgres")

KILLS = 20
PROCESSES = 8
APPENDS = 150


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
def test_a_reader_misses_no_position_while_many_processes_write(log_url: str, store: PostgresStore) -> None:
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        writers = [pool.submit(write_as_a_process, log_url, n) for n in range(PROCESSES)]
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
    mortal_node: PostgresNode, log_url: str, store: PostgresStore
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


def test_a_store_opened_before_its_server_runs_works_once_it_does(mortal_node: PostgresNode, log_url: str) -> None:
    mortal_node.stop()
    early = PostgresStore(log_url)
    with pytest.raises(StoreUnavailable):
        early.append("thing-1", [event()], NO_STREAM)
    mortal_node.start()
    assert early.append("thing-1", [event()], NO_STREAM).last_position == 1
    early.close()


def test_it_works_where_eventlet_has_replaced_threads(log_url: str) -> None:
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.beside_eventlet", log_url]
    done = subprocess.run(program, capture_output=True, text=True, timeout=180, check=False)
    assert (done.stdout, done.stderr) == ("done\n", "")
