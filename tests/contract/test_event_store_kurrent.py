"""The adapter for KurrentDB against the protocol double, and against a real server where one is given.

`DIENHONG_TEST_KURRENTDB_URL` is the connection string of that server, of one node or of a cluster. The tests write into
streams of their own there and remove nothing.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from kernel.adapters.store_kurrent import KurrentStore
from kernel.messages import NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, AppendError, Conflict, IdConflict, StoreUnavailable
from tests.contract.event_store import EventStoreContract, event
from tests.contract.kurrent_double import KurrentDouble

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("DIENHONG_TEST_KURRENTDB_URL", "")


QUICKLY = (0.01, 0.01)


class OnDouble(EventStoreContract):
    several_streams: bool

    @pytest.fixture
    def double(self) -> Iterator[KurrentDouble]:
        double = KurrentDouble(self.several_streams).start()
        yield double
        double.stop()

    @pytest.fixture
    def store(self, double: KurrentDouble) -> Iterator[KurrentStore]:
        with closing(KurrentStore(double.url, QUICKLY)) as store:
            yield store

    def test_positions_increase_with_gaps(self, store: KurrentStore) -> None:
        for n in range(5):
            store.append(f"thing-{n}", [event(), event()], NO_STREAM)
        positions = [each.position for each in store.read_all(0, 100)]
        assert len(positions) == 10
        assert positions == sorted(set(positions))

    def test_the_log_holds_neither_the_servers_events_nor_our_claims(
        self, store: KurrentStore, double: KurrentDouble
    ) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        assert len(double.events) == 3
        assert [each.stream for each in store.read_all(0, 100)] == ["thing-1"]

    @pytest.mark.parametrize("lost", range(1, 12))
    def test_an_append_whose_answers_are_lost_is_written_once(
        self, store: KurrentStore, double: KurrentDouble, lost: int
    ) -> None:
        events = [event(), event()]
        double.lose = lost
        try:
            store.append("thing-1", events, NO_STREAM)
        except StoreUnavailable:
            double.lose = 0
            store.append("thing-1", events, NO_STREAM)
        assert [each.id for each in store.read("thing-1")] == [each.id for each in events]
        assert len(double.of("thing-1")) == 2

    def test_another_writer_between_a_lost_answer_and_its_repetition_changes_nothing(
        self, store: KurrentStore, double: KurrentDouble
    ) -> None:
        first, later = event(), event()
        store.append("thing-1", [first], NO_STREAM)
        store.append("thing-1", [later], 0)
        assert store.append("thing-1", [first], NO_STREAM).idempotent
        with pytest.raises(Conflict) as conflict:
            store.append("thing-1", [event()], 0)
        assert conflict.value.current == 1

    def test_a_claim_left_by_a_lost_race_lets_the_same_ids_in_later(self, store: KurrentStore) -> None:
        mine = event()
        store.append("thing-1", [event()], NO_STREAM)
        with pytest.raises(Conflict):
            store.append("thing-1", [mine], NO_STREAM)
        assert not store.append("thing-1", [mine], 0).idempotent
        with pytest.raises(IdConflict):
            store.append("thing-2", [mine], NO_STREAM)

    def test_one_id_in_two_streams_of_one_batch_goes_to_the_first(self, store: KurrentStore) -> None:
        mine = event()
        outcomes = store.append_each([Append("thing-1", [mine], NO_STREAM), Append("thing-2", [mine], NO_STREAM)])
        assert [type(each) for each in outcomes] == [Appended, IdConflict]
        assert store.read("thing-2") == []

    def test_a_whole_batch_sent_again_is_known_again(self, store: KurrentStore) -> None:
        batch = [Append(f"ballot-{n}", [event()], NO_STREAM) for n in range(50)]
        first, again = store.append_each(batch), store.append_each(batch)
        assert all(isinstance(each, Appended) and not each.idempotent for each in first)
        assert again == [each._replace(idempotent=True) for each in first if isinstance(each, Appended)]
        assert len(store.read_all(0, 100)) == 50

    def test_without_the_server_it_is_unavailable_and_with_it_again_everything_is_there(
        self, store: KurrentStore, double: KurrentDouble
    ) -> None:
        position = store.append("thing-1", [event()], NO_STREAM).last_position
        assert store.wait(0, 10) == position
        double.stop()
        with pytest.raises(StoreUnavailable):
            store.append("thing-1", [event()], 0)
        with pytest.raises(StoreUnavailable):
            store.read("thing-1")
        assert store.wait(position, 0.01) == position
        double.start()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(store.wait, position, 30.0)
            appended = _until_it_answers(store, "thing-1", event(), 0)
            assert waiting.result() == appended.last_position

    def test_a_store_opened_on_a_log_knows_its_last_position_at_once(
        self, store: KurrentStore, double: KurrentDouble
    ) -> None:
        position = store.append("thing-1", [event()], NO_STREAM).last_position
        with closing(KurrentStore(double.url)) as other:
            assert other.wait(0, 0) == position

    def test_a_store_can_be_opened_before_its_server_is_up(self, double: KurrentDouble) -> None:
        double.stop()
        with closing(KurrentStore(double.url, QUICKLY)) as store:
            assert store.wait(0, 0.01) == 0
            double.start()
            assert _until_it_answers(store, "thing-1", event(), NO_STREAM).version == 0


@pytest.mark.parametrize("several_streams", [False, True])
def test_a_new_leader_is_found_for_writing_reading_and_waiting(several_streams: bool) -> None:
    first, second = KurrentDouble(several_streams).start(), KurrentDouble(several_streams).start()
    second.events, second.moved, second.leader = first.events, first.moved, first
    address = f"kurrentdb://127.0.0.1:{second.port},127.0.0.1:{first.port}?tls=false"
    with closing(KurrentStore(address)) as store:
        for old, new in ((first, second), (second, first)):
            position = store.append(f"thing-{old.port}", [event()], NO_STREAM).last_position
            assert store.wait(position - 1, 10) == position
            old.leader, new.leader = new, None
            assert store.read_all(position - 1, 10)[0].position == position
            new.leader, old.leader = old, None
            assert [each.version for each in store.read(f"thing-{old.port}")] == [0]
            old.leader, new.leader = new, None
            later = store.append(f"thing-{old.port}", [event()], 0).last_position
            assert store.wait(position, 10) == later
    first.stop()
    second.stop()


class TestKurrentDoubleOfOneStreamAtATime(OnDouble):
    """As servers before KurrentDB 25.1."""

    several_streams = False


class TestKurrentDoubleOfSeveralStreams(OnDouble):
    several_streams = True

    def test_a_batch_of_many_streams_is_one_transaction(self, store: KurrentStore, double: KurrentDouble) -> None:
        batch = [Append(f"ballot-{n}", [event()], NO_STREAM) for n in range(3)]
        store.append_each(batch)
        assert [each.stream.partition("-")[0] for each in double.events[1:]] == ["id"] * 3 + ["ballot"] * 3


@pytest.mark.needs("kurrentdb")
class TestKurrentServer(EventStoreContract):
    @pytest.fixture
    def store(self) -> Iterator["OwnPart"]:
        with closing(KurrentStore(SERVER)) as store:
            yield OwnPart(store)


class OwnPart:
    """The part of a log that one test writes, shown as if it were all of it."""

    def __init__(self, store: KurrentStore) -> None:
        self._store = store
        self._mark = f"t{uuid4().hex}"
        self._base = store.append(f"{self._mark}-begin", [event()], NO_STREAM).last_position

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        return self._store.append(self._named(stream), events, expected)

    def append_each(self, appends: Sequence[Append]) -> list[Appended | AppendError]:
        return self._store.append_each([each._replace(stream=self._named(each.stream)) for each in appends])

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        return self._store.read(self._named(stream), after)

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        found = self._store.read_all(after or self._base, limit)
        return [replace(each, stream=each.stream.removeprefix(f"{self._mark}.")) for each in found]

    def wait(self, after: int, timeout: float) -> int:
        head = self._store.wait(after or self._base, timeout)
        return head if head > self._base else 0

    def _named(self, stream: str) -> str:
        return f"{self._mark}.{stream}" if stream else ""


@pytest.mark.needs("openssl")
def test_the_address_says_how_to_connect_by_tls_and_who_connects(tmp_path: Path) -> None:
    key, authority = tmp_path / "key.pem", tmp_path / "ca.pem"
    request = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    command = ["openssl", *request.split(), "-keyout", str(key), "-out", str(authority)]
    subprocess.run(command, check=True, capture_output=True)
    double = KurrentDouble(tls=(key.read_bytes(), authority.read_bytes())).start()
    address = f"kurrentdb://ana:s3cret@127.0.0.1:{double.port}?tlsCaFile={authority}"
    with closing(KurrentStore(address)) as store:
        assert store.append("thing-1", [event()], NO_STREAM).version == 0
    double.stop()
    assert double.authorizations == {"Basic YW5hOnMzY3JldA=="}


def test_reads_from_followers_are_refused() -> None:
    with pytest.raises(ValueError, match="leader"):
        KurrentStore("kurrentdb+discover://cluster.example?nodePreference=follower")


MONKEY_PATCHED = """
import eventlet
eventlet.monkey_patch()
import os, sys, traceback
from eventlet import patcher, semaphore
from kernel.adapters.store_kurrent import KurrentStore
from kernel.ports import NO_STREAM, Append, Conflict, StoreUnavailable
from tests.contract.event_store import event

thread, acquire = patcher.original("threading").get_ident, semaphore.Semaphore.acquire
hub = thread()

def only_in_the_hub(lock, *args, **named):
    if thread() != hub:
        traceback.print_stack()
        os._exit(1)
    return acquire(lock, *args, **named)

def tell(word):
    print(word, flush=True)
    sys.stdin.readline()

def beat():
    global beats
    while True:
        beats += 1
        eventlet.sleep(0.005)

semaphore.Semaphore.acquire = only_in_the_hub
beats = 0
heart = eventlet.spawn(beat)
store = KurrentStore(sys.argv[1])
waiting = eventlet.spawn(store.wait, 0, 20)
pool = eventlet.GreenPool(20)
list(pool.imap(lambda n: store.append(f"thing-{n}", [event(), event()], NO_STREAM), range(60)))
outcomes = store.append_each([Append(f"ballot-{n % 40}", [event()], NO_STREAM) for n in range(60)])
assert sum(isinstance(each, Conflict) for each in outcomes) == 20, outcomes
assert waiting.wait() > 0
head = store.read_all(0, 1000)[-1].position
before = beats
store.wait(head, 0.5)
assert beats - before > 20, "the hub stood still while the store waited"
assert len(store.read_all(0, 1000)) == 160
tell("stop")
late = event()
try:
    store.append("late-1", [late], NO_STREAM)
    raise AssertionError("there is no server")
except StoreUnavailable:
    tell("start")
written = None
while written is None:
    try:
        written = store.append("late-1", [late], NO_STREAM)
    except StoreUnavailable:
        eventlet.sleep(0.1)
while store.wait(head, 1) == head:
    pass
store.close()
heart.kill()
print("done")
"""


@pytest.mark.parametrize("several_streams", [False, True])
def test_works_inside_a_process_that_eventlet_has_patched(several_streams: bool) -> None:
    """A green lock taken in a native thread ends that process with the stack that took it."""
    double = KurrentDouble(several_streams).start()
    command = [sys.executable, "-c", MONKEY_PATCHED, double.url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        if process.stdout.readline() == "stop\n":
            double.stop()
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "start\n"
            double.start()
        rest, errors = process.communicate("\n", timeout=180)
    double.stop()
    assert rest == "done\n", errors


def _until_it_answers(store: KurrentStore, stream: str, new: NewEvent, expected: int) -> Appended:
    """A server just started may refuse connections for the length of a back-off; the same append is tried again."""
    pause = threading.Event()
    for _ in range(200):
        try:
            return store.append(stream, [new], expected)
        except StoreUnavailable:
            pause.wait(0.1)
    raise AssertionError("the server never answered")
