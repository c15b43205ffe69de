"""What a benchmark is: sides that do the same work in turn, a check of every round, and gates."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median
from typing import Generic, TypeVar

Evidence = TypeVar("Evidence")


class Wrong(Exception):
    """A round did not do the work that it was measured for; its figure means nothing."""


@dataclass(frozen=True)
class Outcome(Generic[Evidence]):
    """One round of one side: its figure in the benchmark's unit, others by name, and what shows that it was done."""

    figure: float
    evidence: Evidence
    also: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Side(Generic[Evidence]):
    """`missing` names the outside part without which this side cannot run here; it is then skipped by that name."""

    name: str
    run: Callable[[], Outcome[Evidence]]
    missing: str = ""


@dataclass(frozen=True)
class Gate:
    """Our side must be `at_least` times as good as the peer's, by the medians."""

    ours: str
    peer: str
    at_least: float


@dataclass(frozen=True)
class Within:
    """Our side may take `at_most` times as long as the peer, which does only a part of the work."""

    ours: str
    peer: str
    at_most: float


@dataclass(frozen=True)
class Limit:
    """The median of what a side also measured under the name `of` is `at_most` this."""

    side: str
    of: str
    at_most: float


AnyGate = Gate | Within | Limit


@dataclass(frozen=True)
class Benchmark(Generic[Evidence]):
    """`sides` starts what they need and ends it. `words` say what is compared, honestly.

    `limit`: what holds our side back, for the page of a run that missed a gate.
    """

    name: str
    unit: str
    more_is_better: bool
    sides: Callable[[], AbstractContextManager[Sequence[Side[Evidence]]]]
    check: Callable[[Evidence], None]
    gates: Sequence[AnyGate]
    words: str
    limit: str = ""
    rounds: int = 3


@dataclass
class Measured:
    """The rounds of one side."""

    name: str
    figures: list[float] = field(default_factory=list)
    also: dict[str, list[float]] = field(default_factory=dict)
    missing: str = ""

    def add(self, outcome: Outcome[Evidence]) -> None:
        self.figures.append(outcome.figure)
        for name, figure in outcome.also.items():
            self.also.setdefault(name, []).append(figure)

    @property
    def median(self) -> float:
        return median(self.figures)


@dataclass(frozen=True)
class Judged:
    """A gate beside what was reached; `reached` is None where a side did not run."""

    text: str
    asked: str
    reached: float | None
    met: bool


@dataclass(frozen=True)
class Result:
    benchmark: str
    unit: str
    words: str
    sides: Sequence[Measured]
    judged: Sequence[Judged]
    limit: str = ""
    failure: str = ""


def judge(gate: AnyGate, measured: Mapping[str, Measured], more_is_better: bool) -> Judged:
    match gate:
        case Gate(ours=ours, peer=peer, at_least=least):
            ratio = times(measured[ours], measured[peer], more_is_better)
            return Judged(f"{ours} beside {peer}", f"≥ {least:g} ×", ratio, ratio is not None and ratio >= least)
        case Within(ours=ours, peer=peer, at_most=most):
            ratio = times(measured[peer], measured[ours], more_is_better)
            return Judged(f"{ours} beside {peer}", f"≤ {most:g} ×", ratio, ratio is not None and ratio <= most)
        case Limit(side=side, of=of, at_most=most):
            figures = measured[side].also.get(of)
            reached = median(figures) if figures else None
            return Judged(f"{of} of {side}", f"≤ {most:g}", reached, reached is not None and reached <= most)


def times(mine: Measured, theirs: Measured, more_is_better: bool) -> float | None:
    """How many times as good mine is, by the medians; None where one of them did not run."""
    if not mine.figures or not theirs.figures:
        return None
    return mine.median / theirs.median if more_is_better else theirs.median / mine.median
