"""Runs benchmarks: every side in turn, round after round, each round checked."""

import sys
import time
from collections.abc import Sequence
from typing import Any

from bench.shape import Benchmark, Measured, Result, judge


def run(benchmark: Benchmark[Any], rounds: int) -> Result:
    """A benchmark that fails is reported as failed; the others still run."""
    measured: dict[str, Measured] = {}
    failure = ""
    began = time.monotonic()
    say(f"\n{benchmark.name} ({benchmark.unit})")
    try:
        with benchmark.sides() as sides:
            measured = {side.name: Measured(side.name, missing=side.missing) for side in sides}
            for turn in range(rounds):
                for side in sides:
                    if side.missing:
                        continue
                    outcome = side.run()
                    benchmark.check(outcome.evidence)
                    measured[side.name].add(outcome)
                    say(f"  {turn + 1}/{rounds} {side.name}: {shown(outcome.figure)}{others(outcome.also)}")
    except Exception as error:  # whatever a side raises: a benchmark that did not end has no figures
        failure = f"{type(error).__name__}: {error}"
        say(f"  FAILED {failure}")
    say(f"  {time.monotonic() - began:.0f} s")
    names = {name for gate in benchmark.gates for name in names_in(gate)}
    known = {name: measured.get(name, Measured(name)) for name in {*measured, *names}}
    judged = [judge(gate, known, benchmark.more_is_better) for gate in benchmark.gates]
    return Result(
        benchmark=benchmark.name,
        unit=benchmark.unit,
        words=benchmark.words,
        sides=tuple(measured.values()),
        judged=judged,
        limit=benchmark.limit,
        failure=failure,
    )


def names_in(gate: Any) -> Sequence[str]:
    return [getattr(gate, name) for name in ("ours", "peer", "side") if hasattr(gate, name)]


def shown(figure: float) -> str:
    """Three digits that mean something."""
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def others(also: Any) -> str:
    return "".join(f", {name} {shown(figure)}" for name, figure in also.items())


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
