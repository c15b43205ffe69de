"""`python -m bench [--quick] [--only WORD]…`: runs, prints the ratios last, writes docs/benchmarks.md.

With `--only` nothing is written: a page tells of a whole run.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench import (
    audits,
    event_store,
    http_ballots,
    ledger,
    load_ceiling,
    machine,
    profile,
    real_ballots,
    report,
    screens,
    signatures,
    through_broker,
)
from bench.folders import folder
from bench.fresh import quiet
from bench.run import run, say
from bench.shape import Benchmark

AREAS: tuple[Callable[[bool], list[Benchmark[Any]]], ...] = (
    event_store.benchmarks,
    ledger.benchmarks,
    audits.benchmarks,
    real_ballots.benchmarks,
    load_ceiling.benchmarks,
    http_ballots.benchmarks,
    through_broker.benchmarks,
    screens.benchmarks,
    signatures.benchmarks,
)


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))  # so that every server is ended
    quiet()
    done = measured(options.quick, options.only or [""])
    if not options.only:
        report.PAGE.write_text(report.page(done))
    print(report.terminal(done))
    return 1 if any(each.failure for each in done.results) else 0


def measured(quick: bool, words: list[str]) -> report.Run:
    began, load = datetime.now(UTC), machine.load()
    clock = time.monotonic()
    chosen = [each for area in AREAS for each in area(quick) if any(word in each.name for word in words)]
    with folder() as path:
        first = machine.sync_rate(path)
        say(f"The disk: {first:,.0f} durable writes of 4 KiB a second; load {load:.1f}.")
        results = [run(each, min(each.rounds, 3) if quick else each.rounds) for each in chosen]
        last = machine.sync_rate(path)
    profiles = profile.profiles(quick) if words == [""] else []
    return report.Run(
        began=began,
        seconds=time.monotonic() - clock,
        quick=quick,
        load=load,
        syncs=(first, last),
        machine=machine.description(),
        results=results,
        profiles=profiles,
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds of less work; ends within five minutes")
    parser.add_argument("--only", action="append", metavar="WORD", help="benchmarks with this word in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
