"""What the verbs of `dienhong audit` are asked alike, and how a check of the whole log is begun and ended."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from audit.check import How
from audit.findings import Report
from audit.pieces import SEGMENT
from audit.sources import Source
from dienhong.audit_report import Drawing, OnPaper
from dienhong.auditing import policy_of, reporting, source_of, telling, working
from dienhong.console import settings
from ledger.policy import Policy

OfExport = Annotated[Path | None, typer.Argument(help="An export, folder or tar; without it the data folder")]
ByPolicy = Annotated[Path | None, typer.Option("--policy", help="Whom to believe: a C2SP tlog-policy file")]
AsJson = Annotated[bool, typer.Option("--json")]
Processes = Annotated[int, typer.Option(min=1, help="That check the log at the same time")]
LEAST_BYTES_OF_A_LEAF = 160
"""With its salt, without any name of a stream."""

CORES = os.cpu_count() or 1


ToPdf = Annotated[Path | None, typer.Option("--report", help="A readable report in Vietnamese: a new PDF file")]
ByKey = Annotated[Path | None, typer.Option("--sign-key", help="A seed that signs the report: REPORT.note beside it")]
ByWhom = Annotated[str, typer.Option("--auditor", help="Whose name the report bears")]


@dataclass(frozen=True)
class Asked:
    """What most verbs are asked alike. `kept`: how many checkpoints the auditor has from before."""

    export: Path | None
    policy: Path | None
    processes: int
    as_json: bool
    paper: OnPaper = OnPaper()
    kept: int = 0
    tree_only: bool = False


@dataclass(frozen=True)
class Task:
    report: Report
    source: Source
    policy: Policy
    how: How


@contextmanager
def checking(verb: str, what: str, asked: Asked) -> Iterator[Task]:
    asked.paper.check()
    drawing = Drawing(asked.paper, str(asked.export) if asked.export else "", asked.kept, asked.tree_only)
    with (
        working(min(asked.processes, pieces_at_most(asked.export))) as workers,
        reporting(verb, asked.as_json, draw=drawing.draw) as report,
        source_of(asked.export) as source,
        telling(what) as progress,
    ):
        policy = policy_of(asked.policy, source)
        drawing.believing(policy, own_keys=asked.policy is None)
        yield Task(report, source, policy, How(progress, workers, asked.tree_only))


def pieces_at_most(export: Path | None) -> int:
    """So many processes can have something to do; judged by what the log takes on the disk."""
    path = export or settings().data_dir / "ledger.db"
    if path.is_dir():
        return len(list(path.glob("events/*.jsonl"))) or 1
    files = [each for each in (path, path.with_name(f"{path.name}-wal")) if each.is_file()]
    return sum(each.stat().st_size for each in files) // (SEGMENT * LEAST_BYTES_OF_A_LEAF) + 1
