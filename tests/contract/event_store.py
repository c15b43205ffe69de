"""What every event store promises. An adapter's own test only builds it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from kernel.codec import encode_meta
from kernel.ids import uuid7
from kernel.messages import NewEvent
from kernel.ports import NO_STREAM, Append, Appended, Conflict, IdConflict, PartialDuplicate, Unacceptable


def event(event_id: UUID | None = None, data: bytes = b'{"n":1}', kind: str = "Tested") -> NewEvent:
    return NewEvent(event_id or uuid7(), kind, data, encode_meta("ana", "test", uuid7(), uuid7()))


class EventStoreContract:
    def test_reads_back_exactly_what_was_appended(self, store: Any) -> None:
        first, second = event(data='{"tên":"Đặng \\u0000 \\"x\\""}'.encode()), event()
        store.append("thing-1", [first, second], NO_STREAM)
        read = store.read("thing-1")
        assert [(r.id, r.type, r.data, r.meta) for r in read] == [
            (e.id, e.type, e.data, e.meta) for e in (first, second)
        ]
        assert [r.version for r in read] == [0, 1]
        assert (read[0].actor, read[0].deployment) == ("ana", "test")

    def test_a_stream_that_does_not_exist_is_empty(self, store: Any) -> None:
        assert store.read("thing-none") == []

    def test_reads_a_stream_after_a_version(self, store: Any) -> None:
        store.append("thing-1", [event(), event(), event()], NO_STREAM)
        assert [r.version for r in store.read("thing-1", after=1)] == [2]

    def test_refuses_a_stale_writer_and_stores_nothing_of_it(self, store: Any) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        with pytest.raises(Conflict) as conflict:
            store.append("thing-1", [event(), event()], NO_STREAM)
        assert conflict.value.current == 0
        assert len(store.read("thing-1")) == 1

    def test_refuses_a_writer_from_the_future(self, store: Any) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        with pytest.raises(Conflict):
            store.append("thing-1", [event()], 5)
        assert len(store.read("thing-1")) == 1

    def test_the_same_append_again_succeeds_with_the_first_positions(self, store: Any) -> None:
        events = [event(), event()]
        first = store.append("thing-1", events, NO_STREAM)
        store.append("thing-1", [event()], 1)
        again = store.append("thing-1", events, NO_STREAM)
        assert again.idempotent and not first.idempotent
        assert (again.first_position, again.last_position) == (first.first_position, first.last_position)
        assert len(store.read("thing-1")) == 3

    def test_the_same_id_with_other_bytes_is_refused(self, store: Any) -> None:
        known = event()
        store.append("thing-1", [known], NO_STREAM)
        with pytest.raises(IdConflict):
            store.append("thing-1", [event(known.id, b'{"n":2}')], NO_STREAM)
        with pytest.raises(IdConflict):
            store.append("thing-2", [known], NO_STREAM)
        assert store.read("thing-1")[0].data == known.data

    def test_a_batch_of_which_some_are_known_is_refused_whole(self, store: Any) -> None:
        known = event()
        store.append("thing-1", [known], NO_STREAM)
        with pytest.raises(PartialDuplicate):
            store.append("thing-1", [known, event()], NO_STREAM)
        assert len(store.read("thing-1")) == 1

    def test_append_each_has_independent_outcomes(self, store: Any) -> None:
        store.append("thing-1", [event()], NO_STREAM)
        outcomes = store.append_each(
            [
                Append("thing-1", [event()], NO_STREAM),
                Append("thing-2", [event()], NO_STREAM),
                Append("thing-2", [event()], NO_STREAM),
                Append("thing-2", [event()], 0),
            ]
        )
        assert [type(each) for each in outcomes] == [Conflict, Appended, Conflict, Appended]
        assert len(store.read("thing-1")) == 1
        assert len(store.read("thing-2")) == 2

    def test_what_is_new_goes_in_beside_what_is_repeated_reused_or_late(self, store: Any) -> None:
        old = Append("thing-1", [event()], NO_STREAM)
        store.append_each([old])
        outcomes = store.append_each(
            [
                Append("thing-2", [event()], NO_STREAM),
                old,
                Append("thing-3", old.events, NO_STREAM),
                Append("thing-1", [event()], NO_STREAM),
                Append("thing-1", [event()], 0),
            ]
        )
        assert [type(each) for each in outcomes] == [Appended, Appended, IdConflict, Conflict, Appended]
        assert outcomes[1].idempotent
        assert [len(store.read(f"thing-{n}")) for n in (1, 2, 3)] == [2, 1, 0]

    @pytest.mark.parametrize(
        ("stream", "events"),
        [
            ("thing-1", []),
            ("", [event()]),
            ("thing-\0", [event()]),
            ("thing-\udcff", [event()]),
            ("thing-1", [event(kind="bad\0type")]),
            ("thing-1", [event(data=b'"' + b"x" * 1024 * 1024 + b'"')]),
            ("thing-1", [event(data=b"\xff\xfe")]),
            ("thing-1", [event(data=b'"\0"')]),
            ("thing-1", [event() for _ in range(501)]),
        ],
    )
    def test_refuses_what_no_log_should_hold(self, store: Any, stream: str, events: list[NewEvent]) -> None:
        with pytest.raises(Unacceptable):
            store.append(stream, events, NO_STREAM)
        assert store.read_all(0, 10) == []

    def test_only_one_of_many_concurrent_writers_wins(self, store: Any) -> None:
        start = threading.Barrier(16)

        def write() -> bool:
            start.wait()
            try:
                store.append("thing-1", [event()], NO_STREAM)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(16) as pool:
            won = [each.result() for each in [pool.submit(write) for _ in range(16)]]
        assert sum(won) == 1
        assert len(store.read("thing-1")) == 1

    def test_concurrent_writers_of_different_streams_all_get_their_own_positions(self, store: Any) -> None:
        with ThreadPoolExecutor(16) as pool:
            outcomes = list(pool.map(lambda n: store.append(f"thing-{n}", [event(), event()], NO_STREAM), range(100)))
        positions = [position for each in outcomes for position in (each.first_position, each.last_position)]
        assert len(set(positions)) == 200
        read = store.read_all(0, 1000)
        assert [r.position for r in read] == sorted(positions)

    def test_read_all_resumes_after_a_position(self, store: Any) -> None:
        for n in range(5):
            store.append(f"thing-{n}", [event()], NO_STREAM)
        first = store.read_all(0, 2)
        rest = store.read_all(first[-1].position, 10)
        assert [r.stream for r in first + rest] == [f"thing-{n}" for n in range(5)]

    def test_read_all_takes_any_number_for_a_position(self, store: Any) -> None:
        for n in range(3):
            store.append(f"thing-{n}", [event()], NO_STREAM)
        positions = [each.position for each in store.read_all(0, 10)]
        assert [each.position for each in store.read_all(positions[1] - 1, 1)] == positions[1:2]
        later = [each for each in positions if each > positions[1] + 1]
        assert [each.position for each in store.read_all(positions[1] + 1, 10)] == later
        assert store.read_all(positions[2] + 1, 10) == []

    def test_wait_answers_at_once_when_there_is_something_new(self, store: Any) -> None:
        position = store.append("thing-1", [event()], NO_STREAM).last_position
        assert store.wait(0, timeout=10) == position

    def test_wait_wakes_when_something_is_appended(self, store: Any) -> None:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(store.wait, 0, 10.0)
            position = store.append("thing-1", [event()], NO_STREAM).last_position
            assert waiting.result() == position

    def test_wait_gives_up_after_its_time(self, store: Any) -> None:
        assert store.wait(0, timeout=0.01) == 0
