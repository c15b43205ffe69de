"""`python -m bench [--quick] [--only WORD]…`"""

import argparse
import sys
from collections.abc import Callable
from typing import Any

import structlog

from bench import event_store, http_ballots, load_ceiling, machine, real_ballots
from bench.folders import folder
from bench.run import run, say
from bench.shape import Benchmark

AREAS: tuple[Callable[[bool], list[Benchmark[Any]]], ...] = (
    event_store.benchmarks,
    real_ballots.benchmarks,
    load_ceiling.benchmarks,
    http_ballots.benchmarks,
)


def main() -> int:
    options = arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    chosen = [each for area in AREAS for each in area(options.quick)]
    if options.only:
        chosen = [each for each in chosen if any(word in each.name for word in options.only)]
    with folder() as path:
        first = machine.sync_rate(path)
        results = [run(each, 3 if options.quick else each.rounds) for each in chosen]
        last = machine.sync_rate(path)
    say(f"{first:.0f} {last:.0f}")
    for result in results:
        for judged in result.judged:
            print(result.benchmark, judged)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds of less work; ends within five minutes")
    parser.add_argument("--only", action="append", metavar="WORD", help="benchmarks with this word in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
