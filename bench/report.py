"""What a run found: on the terminal with the ratios last, and as docs/benchmarks.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.profile import Profile
from bench.run import shown
from bench.shape import Judged, Measured, Result

PAGE = Path("docs/benchmarks.md")
MOVED_AT_MOST = 0.3
QUIET_LOAD = 1.0

HEAD = """# Benchmarks

Written by `make bench`; do not edit. Each benchmark runs its sides in turn (ours, peer, ours, peer…), each round
from an empty or freshly copied store, and checks every round: ballots stored = ballots acknowledged, nobody
counted twice, tallies equal. Figures are medians, with the least and the greatest in brackets. Use the ratios: the
absolute figures belong to this machine, where load generator, server, broker and database share the cores.
"""


@dataclass(frozen=True)
class Run:
    """`syncs`: durable writes of 4 KiB per second before and after; `load` when it began."""

    began: datetime
    seconds: float
    quick: bool
    load: float
    syncs: tuple[float, float]
    machine: Sequence[tuple[str, str]]
    results: Sequence[Result]
    profiles: Sequence[Profile]

    @property
    def doubts(self) -> list[str]:
        """Why its figures are not to be trusted, if so."""
        first, last = self.syncs
        found = []
        if abs(last - first) / first > MOVED_AT_MOST:
            found.append(f"the disk's own rate moved by {abs(last - first) / first:.0%} during the run")
        if self.load > QUIET_LOAD:
            found.append(f"others used the machine: {self.load:.1f} processes wanted a core as it began")
        found += [f"{each.benchmark} failed: {each.failure}" for each in self.results if each.failure]
        return found


def page(run: Run) -> str:
    return "\n".join([HEAD, *_run(run), *_gates(run), *_benchmarks(run), *_profiles(run)]) + "\n"


def terminal(run: Run) -> str:
    """The ratios, each beside its gate."""
    lines = [f"INVALID: {each}" for each in run.doubts]
    for result in run.results:
        for judged in result.judged:
            lines.append(
                f"{verdict(judged):<9} {reached(judged):>9} {judged.asked:>8}  {result.benchmark}: {judged.text}"
            )
    return "\n".join(lines)


def _run(run: Run) -> list[str]:
    lines = ["## This run", ""]
    lines += [f"**Invalid**: {each}." for each in run.doubts] + ([""] if run.doubts else [])
    lines += ["| | |", "| --- | --- |"]
    form = "short form, fewer rounds of less work" if run.quick else "full form"
    lines.append(f"| when | {run.began:%Y-%m-%d %H:%M} UTC, {run.seconds / 60:.0f} minutes, {form} |")
    lines += [f"| {name} | {value} |" for name, value in run.machine]
    lines.append(f"| 4 KiB made durable, before and after | {run.syncs[0]:,.0f} and {run.syncs[1]:,.0f} per second |")
    return [*lines, ""]


def _gates(run: Run) -> list[str]:
    lines = ["## Gates", "", "| benchmark | compared | asked | reached | |", "| --- | --- | --- | --- | --- |"]
    for result in run.results:
        for each in result.judged:
            lines.append(f"| {result.benchmark} | {each.text} | {each.asked} | {reached(each)} | {verdict(each)} |")
    return [*lines, ""]


def _benchmarks(run: Run) -> list[str]:
    lines = ["## Figures", ""]
    for result in run.results:
        lines += [f"### {result.benchmark}", "", result.words, ""]
        names = list(dict.fromkeys(name for side in result.sides for name in side.also))
        lines.append("| " + " | ".join(["", result.unit, *names]) + " |")
        lines.append("| --- |" + " --- |" * (1 + len(names)))
        lines += [_row(side, names) for side in result.sides]
        lines.append("")
        if result.limit and not all(each.met for each in result.judged):
            lines += [f"**The limit.** {result.limit}", ""]
    return lines


def _row(side: Measured, names: Sequence[str]) -> str:
    if side.missing:
        return f"| {side.name} | skipped: {side.missing} is not here |" + " |" * len(names)
    cells = [spread(side.figures), *(spread(side.also.get(name, [])) for name in names)]
    return "| " + " | ".join([side.name, *cells]) + " |"


def _profiles(run: Run) -> list[str]:
    lines = ["## Where the time goes now", ""]
    lines += ["Sampled by py-spy, threads that wait left out. A line is the innermost function of ours, with"]
    lines += ["what it calls in libraries, SQLite and the kernel.", ""]
    for profile in run.profiles:
        lines += [f"### {profile.title}", ""]
        if profile.missing:
            lines += [f"None: {profile.missing}.", ""]
            continue
        lines += [f"{profile.samples:,} samples.", "", "| share | where |", "| --- | --- |"]
        lines += [f"| {share:.1%} | {where} |" for where, share in profile.shares] + [""]
    return lines


def spread(figures: Sequence[float]) -> str:
    if not figures:
        return ""
    ordered = sorted(figures)
    return f"{shown(ordered[len(ordered) // 2])} ({shown(ordered[0])}–{shown(ordered[-1])})"


def reached(judged: Judged) -> str:
    return "" if judged.reached is None else f"{judged.reached:.3g}"


def verdict(judged: Judged) -> str:
    if judged.reached is None:
        return "not run"
    return "met" if judged.met else "not met"
