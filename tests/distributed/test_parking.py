"""What a service cannot handle is set aside after five tries, with its stream behind it; everything else goes on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from kernel import parking
from kernel.adapters.progress_postgres import PostgresProgress
from kernel.adapters.progress_sqlite import SqliteProgress
from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import Codec, encode_meta
from kernel.follow import Follower
from kernel.ids import uuid7
from kernel.messages import Event, NewEvent, Recorded
from kernel.ports import NO_STREAM, StoreUnavailable
from kernel.progress import Parked, Progress

NAME = "test.reaction"


class Asked(Event):
    question: str


CODEC = Codec([Asked])


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def progress(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Progress]:
    if request.param == "sqlite":
        opened: Progress = SqliteProgress(tmp_path / "followers.db")
    else:
        opened = PostgresProgress(request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "events.db")
    yield store
    store.close()


def ask(store: SqliteStore, stream: str, question: str) -> None:
    last = len(store.read(stream)) - 1
    meta = encode_meta("ana", "test.dienhong", UUID(int=1), UUID(int=2))
    event = NewEvent(uuid7(), "Asked", Asked(question=question).model_dump_json().encode(), meta)
    store.append(stream, [event], last if last >= 0 else NO_STREAM)


class Reaction:
    """Answers every question but those that are poison, and remembers all its tries."""

    def __init__(self, poison: set[str], error: Callable[[str], Exception] = ValueError) -> None:
        self.poison = poison
        self.error = error
        self.tried: list[str] = []
        self.answered: list[str] = []

    def __call__(self, _recorded: Recorded, event: Event) -> None:
        assert isinstance(event, Asked)
        self.tried.append(event.question)
        if event.question in self.poison:
            raise self.error(event.question)
        self.answered.append(event.question)


def follower(store: SqliteStore, progress: Progress, reaction: Reaction) -> Follower:
    parked = parking.Parking(NAME, progress, reaction)
    return Follower(NAME, store, CODEC, progress, frozenset({"Asked"}), parked, parked.unreadable)


def test_an_event_that_cannot_be_read_is_parked_at_once_with_its_stream_behind_it(
    store: SqliteStore, progress: Progress
) -> None:
    meta = encode_meta("ana", "test.dienhong", UUID(int=1), UUID(int=2))
    store.append("b-1", [NewEvent(uuid7(), "Asked", b'{"question": 7}', meta)], NO_STREAM)
    ask(store, "a-1", "a?")
    ask(store, "b-1", "b?")
    reaction = Reaction(set())
    follower(store, progress, reaction).step()
    assert reaction.answered == ["a?"]
    damaged, behind = progress.parked(NAME)
    assert (damaged.position, behind.position) == (1, 3)
    assert damaged.error.startswith("ValidationError") and behind.error == "waits behind position 1"
    with pytest.raises(ValueError):
        parking.replay(damaged, store=store, codec=CODEC, progress=progress, on_event=reaction)


def test_a_poisoned_event_is_parked_after_five_tries_and_other_streams_go_on(
    store: SqliteStore, progress: Progress
) -> None:
    for stream, question in (("a-1", "a?"), ("b-1", "poison"), ("b-1", "b?"), ("c-1", "c?")):
        ask(store, stream, question)
    reaction = Reaction({"poison"})
    follower(store, progress, reaction).step()
    assert reaction.answered == ["a?", "c?"]
    assert reaction.tried.count("poison") == 5
    assert [(each.position, each.stream, each.error) for each in progress.parked(NAME)] == [
        (2, "b-1", "ValueError: poison"),
        (3, "b-1", "waits behind position 2"),
    ]
    assert progress.get(NAME) == 4


def test_a_replica_that_begins_anew_frees_what_it_can_handle_after_all(store: SqliteStore, progress: Progress) -> None:
    for question in ("poison", "b?"):
        ask(store, "b-1", question)
    follower(store, progress, Reaction({"poison"})).step()
    begun_anew = SqliteProgress(":memory:")
    for each in progress.parked(NAME):
        begun_anew.park(each)
    reaction = Reaction(set())
    follower(store, begun_anew, reaction).step()
    assert (reaction.answered, begun_anew.parked()) == (["poison", "b?"], [])
    begun_anew.close()


def test_replaying_handles_what_is_parked_in_order_once_its_cause_is_gone(
    store: SqliteStore, progress: Progress
) -> None:
    for question in ("poison", "b?"):
        ask(store, "b-1", question)
    reaction = Reaction({"poison"})
    follower(store, progress, reaction).step()
    first, second = progress.parked(NAME)
    with pytest.raises(ValueError):
        parking.replay(first, store=store, codec=CODEC, progress=progress, on_event=reaction)
    assert progress.parked(NAME) == [first, second]
    reaction.poison.clear()
    for each in (first, second):
        parking.replay(each, store=store, codec=CODEC, progress=progress, on_event=reaction)
    assert (reaction.answered, progress.parked(NAME)) == (["poison", "b?"], [])


def test_a_store_that_is_away_parks_nothing(store: SqliteStore, progress: Progress) -> None:
    ask(store, "a-1", "a?")
    reaction = Reaction({"a?"}, StoreUnavailable)
    following = follower(store, progress, reaction)
    with pytest.raises(StoreUnavailable):
        following.step()
    assert (progress.parked(NAME), progress.get(NAME), reaction.tried) == ([], 0, ["a?"])
    reaction.poison.clear()
    following.step()
    assert reaction.answered == ["a?"]


def test_progress_never_moves_back_and_keeps_each_parked_event_once(progress: Progress) -> None:
    for position in (7, 5):
        progress.put(NAME, position)
    assert (progress.get(NAME), progress.get("another")) == (7, 0)
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    for error in ("first", "second"):
        progress.park(Parked(NAME, 3, "a-1", "Asked", error, at))
    assert progress.parked() == [Parked(NAME, 3, "a-1", "Asked", "second", at)]
    progress.unpark(NAME, 3)
    assert progress.parked() == []
