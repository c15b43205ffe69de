"""The write path: what it reads of a stream, and what it does with a command that comes again."""

from uuid import UUID

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import Codec
from kernel.decider import Decider, Refused
from kernel.folded import REMEMBERED
from kernel.handle import CommandHandler
from kernel.ids import uuid7
from kernel.messages import Command, Event, Recorded
from kernel.ports import IdConflict
from tests.stamps import STAMP_AT


class Count(Command):
    by: int


class Counted(Event):
    by: int


def decide(command: Command, total: int) -> list[Event]:
    assert isinstance(command, Count)
    if total + command.by > 100:
        raise Refused("too_many")
    return [Counted(by=command.by)] * (2 if command.by == 2 else 1) if command.by else []


def evolve(total: int, event: Event) -> int:
    assert isinstance(event, Counted)
    return total + event.by


COUNTER = Decider(0, decide, evolve)


class CountingCodec(Codec):
    """Remembers how many events it was asked to read."""

    def __init__(self) -> None:
        super().__init__([Counted])
        self.decoded = 0

    def decode(self, recorded: Recorded) -> Event:
        self.decoded += 1
        return super().decode(recorded)


def count(by: int, command_id: UUID | None = None, correlation_id: UUID | None = None) -> Count:
    return Count(id=command_id or uuid7(), actor="ana", at=STAMP_AT, by=by, correlation_id=correlation_id)


@pytest.fixture
def codec() -> CountingCodec:
    return CountingCodec()


@pytest.fixture
def store() -> SqliteStore:
    return SqliteStore(":memory:")


@pytest.fixture
def handler(store: SqliteStore, codec: CountingCodec) -> CommandHandler:
    return CommandHandler("test", store, codec, "test")


def test_an_event_is_read_once_however_many_commands_follow(handler: CommandHandler, codec: CountingCodec) -> None:
    for _ in range(50):
        handler.handle(COUNTER, "counter-1", count(1))
    assert codec.decoded == 49


def test_what_another_process_wrote_in_between_is_decided_on(handler: CommandHandler, store: SqliteStore) -> None:
    handler.handle(COUNTER, "counter-1", count(40))
    CommandHandler("test", store, Codec([Counted]), "test").handle(COUNTER, "counter-1", count(40))
    with pytest.raises(Refused, match="too_many"):
        handler.handle(COUNTER, "counter-1", count(40))
    assert handler.handle(COUNTER, "counter-1", count(0)).position == 2


def test_a_command_that_comes_again_is_answered_with_what_it_caused(handler: CommandHandler) -> None:
    command = count(2)
    first = handler.handle(COUNTER, "counter-1", command)
    handler.handle(COUNTER, "counter-1", count(1))
    assert len(first.event_ids) == 2
    assert handler.handle(COUNTER, "counter-1", command) == first


def test_another_request_with_the_same_id_is_refused(handler: CommandHandler, store: SqliteStore) -> None:
    key = uuid7()
    handler.handle(COUNTER, "counter-1", count(1, key, uuid7()))
    with pytest.raises(IdConflict):
        handler.handle(COUNTER, "counter-1", count(3, key, uuid7()))
    with pytest.raises(IdConflict):
        handler.handle(COUNTER, "counter-2", count(3, key, uuid7()))
    assert len(store.read_all(0, 10)) == 1


def test_streams_that_are_forgotten_are_read_again(handler: CommandHandler) -> None:
    for _ in range(2):
        for stream in range(REMEMBERED + 1):
            handler.handle(COUNTER, f"counter-{stream}", count(30))
    with pytest.raises(Refused):
        handler.handle(COUNTER, "counter-0", count(41))
