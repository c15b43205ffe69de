"""What every log promises that words can be erased from; an adapter's own test only builds it and finds its files."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kernel.ports import NO_STREAM, ErasableStore, IdConflict
from tests.contract.event_store import event

WORDS = "Người Muốn Được Quên"
LEFT = '{"name":"[đã xóa]"}'.encode()
Files = Callable[[], list[Path]]
Open = Callable[[], ErasableStore]


def naming(somebody: str, length: int = 0) -> Any:
    """What follows the name cannot be compressed, or else the words would stand in no file as they are."""
    more = b64encode(Random(1).randbytes(length)).decode()
    return event(data=f'{{"name":"{somebody}","more":"{more}"}}'.encode())


class ErasureContract:
    """`files`: where the log keeps contents. `opened`: the same log, as another process opens it."""

    @pytest.mark.parametrize("length", [0, 300, 9_000])
    @pytest.mark.parametrize("position", [1, 7, 40])
    def test_the_words_are_gone_and_all_else_stays(
        self, opened: Open, files: Files, position: int, length: int
    ) -> None:
        store = opened()
        for n in range(1, 41):
            store.append(f"person-{n}", [naming(WORDS if n == position else "ai đó", length)], NO_STREAM)
        before = store.read_all(0, 100)
        store.close()
        assert holding(files())
        store = opened()
        store.erase(position, LEFT)
        left = store.read_all(0, 100)
        assert left[position - 1].data == LEFT
        assert [each for each in left if each.position != position] == [
            each for each in before if each.position != position
        ]
        was, now = before[position - 1], left[position - 1]
        assert (now.id, now.stream, now.version, now.type, now.recorded_at, now.meta) == (
            was.id,
            was.stream,
            was.version,
            was.type,
            was.recorded_at,
            was.meta,
        )
        assert store.read(was.stream) == [now]
        store.close()
        assert holding(files()) == []

    def test_the_same_again_changes_nothing(self, opened: Open) -> None:
        store = opened()
        store.append("person-1", [naming(WORDS)], NO_STREAM)
        store.erase(1, LEFT)
        once = store.read_all(0, 10)
        store.erase(1, LEFT)
        assert store.read_all(0, 10) == once
        store.close()

    def test_the_log_goes_on_and_does_not_take_the_old_words_for_the_event(self, opened: Open) -> None:
        store, named = opened(), naming(WORDS)
        store.append("person-1", [named], NO_STREAM)
        store.erase(1, LEFT)
        with pytest.raises(IdConflict):
            store.append("person-1", [named], NO_STREAM)
        assert store.append("person-1", [naming("ai đó")], 0).last_position == 2
        assert store.wait(1, 10) == 2
        store.close()

    def test_where_there_is_no_event_nothing_is_made(self, opened: Open) -> None:
        store = opened()
        store.append("person-1", [naming("ai đó")], NO_STREAM)
        store.erase(2, LEFT)
        assert [each.position for each in store.read_all(0, 10)] == [1]
        store.close()


def holding(files: list[Path]) -> list[str]:
    """Those files in which the words stand."""
    return sorted(each.name for each in files if WORDS.encode() in each.read_bytes())
