"""How many callers share one commit."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.adapters.appending import Outcome, Planner, SharedCommits
from kernel.ports import NO_STREAM, Append, Appended, StoreUnavailable
from tests.contract.event_store import event


class Commits:
    """Commits in memory; the first one takes until `go_on` is set."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.failing = False
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self._planner = Planner(0, {}, {})

    def __call__(self, appends: Sequence[Append]) -> list[Outcome]:
        self.sizes.append(len(appends))
        self.begun.set()
        assert self.go_on.wait(60)
        if self.failing:
            raise StoreUnavailable("full")
        return [self._planner.place(each) for each in appends]


def append(n: int) -> Append:
    return Append(f"thing-{n}", [event()], NO_STREAM)


def waiting(shared: SharedCommits) -> int:
    return len(shared._queue)


def test_appends_that_come_during_a_commit_share_the_next_one() -> None:
    commits = Commits()
    shared = SharedCommits(commits)
    with ThreadPoolExecutor(11) as pool:
        first = pool.submit(shared.append, append(0))
        assert commits.begun.wait(60)
        others = [pool.submit(shared.append, append(n)) for n in range(1, 11)]
        while waiting(shared) < len(others):
            threading.Event().wait(0.001)
        commits.go_on.set()
        assert first.result().first_position == 1
        assert sorted(each.result().first_position for each in others) == list(range(2, 12))
    assert commits.sizes == [1, 10]


def test_each_caller_gets_the_outcomes_of_its_own_appends() -> None:
    commits = Commits()
    commits.go_on.set()
    shared = SharedCommits(commits)
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda n: shared.append_each([one := append(n), one, append(n + 100)]), range(100)))
    for first, again, other in results:
        assert isinstance(first, Appended) and isinstance(again, Appended) and isinstance(other, Appended)
        assert not first.idempotent and again == Appended(first.first_position, first.last_position, 0, True)
        assert other.first_position == first.last_position + 1


def test_a_failed_commit_fails_for_all_who_share_it_and_the_next_one_works() -> None:
    commits = Commits()
    shared = SharedCommits(commits)
    commits.go_on.set()
    commits.failing = True
    with pytest.raises(StoreUnavailable):
        shared.append(append(1))
    commits.failing = False
    assert shared.append(append(1)).first_position == 1
