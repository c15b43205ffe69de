"""When calls to a silent service fail at once, and how soon they go through again."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from gateway.breaker import PAUSES_SECONDS, SILENCES, Breaker, Unanswered
from gateway.problems import TryLater
from kernel.decider import Refused


class Hand:
    """Calls through a breaker, with a clock that goes only when it is told."""

    def __init__(self) -> None:
        self.now = 100.0
        self.breaker = Breaker("voting", lambda: self.now)

    def answered(self) -> None:
        with self.breaker.call():
            pass

    def silent(self) -> None:
        """Whether it was asked at all: `Unanswered` is raised only then."""
        with pytest.raises(Unanswered), self.breaker.call():
            raise Unanswered("unavailable", 2)

    def refused_at_once(self) -> int:
        """The seconds after which to try again."""
        with pytest.raises(TryLater) as failure, self.breaker.call():
            raise AssertionError("it was asked")
        assert not isinstance(failure.value, Unanswered) and failure.value.code == "unavailable"
        return failure.value.seconds

    def begin(self) -> AbstractContextManager[None]:
        call = self.breaker.call()
        call.__enter__()
        return call

    def end_silent(self, call: AbstractContextManager[None]) -> None:
        error = Unanswered("unavailable", 2)
        assert not call.__exit__(Unanswered, error, None)

    def open(self) -> None:
        for _ in range(SILENCES):
            self.silent()

    @property
    def shown(self) -> float | None:
        return REGISTRY.get_sample_value("dienhong_circuit_open", {"service": "voting"})


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def told() -> Iterator[None]:
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(20))
    yield
    structlog.configure(wrapper_class=before)


def test_five_silences_in_a_row_close_the_way(hand: Hand) -> None:
    hand.open()
    assert hand.refused_at_once() == 1
    assert hand.shown == 1


def test_an_answer_between_silences_starts_the_count_anew(hand: Hand) -> None:
    for _ in range(3):
        for _ in range(SILENCES - 1):
            hand.silent()
        hand.now += 1
        hand.answered()
    assert hand.shown == 0


def test_neither_a_refusal_nor_a_lost_broker_is_a_silence(hand: Hand) -> None:
    for error in (Refused("already_voted"), TryLater("unavailable", 2)):
        for _ in range(2 * SILENCES):
            with pytest.raises(type(error)), hand.breaker.call():
                raise error
    hand.answered()


def test_after_a_pause_one_trial_goes_through_and_the_others_are_still_refused(hand: Hand) -> None:
    hand.open()
    hand.now += PAUSES_SECONDS[0]
    trial = hand.begin()
    assert hand.refused_at_once() == 1
    hand.now += 3
    trial.__exit__(None, None, None)
    assert hand.shown == 0
    hand.answered()
    hand.answered()


def test_pauses_grow_while_trials_stay_silent_up_to_half_a_minute(hand: Hand) -> None:
    hand.open()
    for pause in (*PAUSES_SECONDS, PAUSES_SECONDS[-1]):
        assert hand.refused_at_once() == pause <= 30
        hand.now += pause
        hand.silent()
    hand.now += PAUSES_SECONDS[-1]
    hand.answered()
    hand.open()
    assert hand.refused_at_once() == PAUSES_SECONDS[0]


def test_a_trial_that_meets_no_broker_leaves_the_way_to_another_trial(hand: Hand) -> None:
    hand.open()
    hand.now += PAUSES_SECONDS[0]
    with pytest.raises(TryLater), hand.breaker.call():
        raise TryLater("unavailable", 2)
    hand.answered()
    assert hand.shown == 0


def test_silences_of_calls_that_began_before_the_last_answer_do_not_count(hand: Hand) -> None:
    """A service that froze and is back must not be shut out by those who waited for it meanwhile."""
    waiting = [hand.begin() for _ in range(3 * SILENCES)]
    for call in waiting[:SILENCES]:
        hand.end_silent(call)
    hand.now += PAUSES_SECONDS[0]
    hand.answered()
    for call in waiting[SILENCES:]:
        hand.end_silent(call)
    hand.answered()


def test_silences_of_one_crowd_lengthen_no_pause(hand: Hand) -> None:
    waiting = [hand.begin() for _ in range(10 * SILENCES)]
    for call in waiting:
        hand.end_silent(call)
    assert hand.refused_at_once() == PAUSES_SECONDS[0]


def test_the_log_tells_when_the_way_is_shut_and_open_again(hand: Hand, told: None) -> None:
    with capture_logs() as lines:
        hand.open()
        hand.now += PAUSES_SECONDS[0]
        hand.answered()
    assert lines == [
        {"event": "circuit_open", "service": "voting", "seconds": 1.0, "log_level": "warning"},
        {"event": "circuit_closed", "service": "voting", "log_level": "info"},
    ]
