"""`dienhong audit`: the log proved, by the product's own code. The auditor's own file is in every export.

Exit codes, unlike the other verbs': 0 ok, 1 tampering proven, 2 incomplete or unavailable, 3 usage.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from audit.check import How, verify_log
from audit.export import Exporting, tar_stream, to_folder
from audit.findings import USAGE, Report
from audit.proving import check_paper
from audit.sources import Source
from audit.verbs import check_consistency, check_documents, check_poll, check_receipt, explain
from dienhong.auditing import (
    bytes_of,
    is_export,
    ledger_of,
    own_policy,
    policy_of,
    reporting,
    source_of,
    telling,
    text_of,
    working,
)
from dienhong.console import Fault, people, settings
from dienhong.folder import open_log
from kernel.wiring import open_blobs

CLICK_USAGE = 2


class Verbs(TyperGroup):
    """A wrong word must not look like a verdict."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.Exit:
            raise
        except Exception as error:
            if getattr(error, "exit_code", None) == CLICK_USAGE:
                vars(error)["exit_code"] = USAGE
            raise


audit_app = typer.Typer(
    cls=Verbs,
    help="The log, proved: exit 0 nothing wrong, 1 tampering proven, 2 incomplete or unavailable, 3 usage.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

OfExport = Annotated[Path | None, typer.Argument(help="An export, folder or tar; without it the data folder")]
ByPolicy = Annotated[Path | None, typer.Option("--policy", help="Whom to believe: a C2SP tlog-policy file")]
AsJson = Annotated[bool, typer.Option("--json")]
Processes = Annotated[int, typer.Option(min=1, help="That check the log at the same time")]
CORES = os.cpu_count() or 1


@contextmanager
def checking(
    verb: str, export: Path | None, processes: int, as_json: bool, what: str
) -> Iterator[tuple[Report, Source, How]]:
    with (
        working(processes) as workers,
        reporting(verb, as_json) as report,
        source_of(export) as source,
        telling(what) as progress,
    ):
        yield report, source, How(progress, workers)


@audit_app.command("verify")
def verify(
    export: OfExport = None,
    policy: ByPolicy = None,
    known: Annotated[list[Path] | None, typer.Option(help="A checkpoint kept from before")] = None,
    tree_only: Annotated[bool, typer.Option("--tree-only", help="Only that the leaves give the signed roots")] = False,
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Compute every leaf and the root again; signatures, witnesses, streams, erasures."""
    kept = [text_of(each) for each in known or []]
    with checking("verify", export, processes, as_json, "Verifying") as (report, source, how):
        verify_log(report, source, policy_of(policy, source), kept, replace(how, tree_only=tree_only))


@audit_app.command("consistency")
def consistency(
    old: Path, new: Path, policy: ByPolicy = None, processes: Processes = CORES, as_json: AsJson = False
) -> None:
    """The newer log only adds to the older one; each a checkpoint or an export."""
    with working(processes) as workers, reporting("consistency", as_json) as report, ExitStack() as open_ones:
        before, after = (open_ones.enter_context(source_of(each)) if is_export(each) else None for each in (old, new))
        was = before.checkpoints[-1] if before else text_of(old)
        now = after.checkpoints[-1] if after else text_of(new)
        with telling("Comparing") as progress:
            how = How(progress, workers)
            check_consistency(report, was, now, after, policy_of(policy, after or before), how)


@audit_app.command("inclusion")
def inclusion(receipt: Path, policy: ByPolicy = None, as_json: AsJson = False) -> None:
    """The event of a receipt is in the signed log."""
    with reporting("inclusion", as_json) as report:
        check_receipt(report, text_of(receipt), policy_of(policy, None))


@audit_app.command("blobs")
def blobs(
    export: OfExport = None, policy: ByPolicy = None, processes: Processes = CORES, as_json: AsJson = False
) -> None:
    """Every document has the bytes that the log names."""
    with checking("blobs", export, processes, as_json, "Verifying") as (report, source, how):
        check_documents(report, source, policy_of(policy, source), how)


@audit_app.command("pdf")
def pdf(
    file: Annotated[Path, typer.Argument(help="Minutes, a document: whatever may have been recorded")],
    export: OfExport = None,
    policy: ByPolicy = None,
    proof: Annotated[Path | None, typer.Option(help="Keep a proof that verifies offline: a new .tlog-proof")] = None,
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Whether a file has exactly the bytes that were recorded, of what, and what has become of it since."""
    if proof is not None and proof.exists():
        raise Fault(f"{proof} is there already.", USAGE)
    with checking("pdf", export, processes, as_json, "Verifying") as (report, source, how):
        receipt = check_paper(report, source, policy_of(policy, source), bytes_of(file), how)
        if proof is not None and receipt is not None:
            proof.write_text(receipt.text, encoding="utf-8")


@audit_app.command("poll")
def poll(
    poll_id: Annotated[str, typer.Argument(metavar="ID", help="Of a poll, or all")],
    export: OfExport = None,
    policy: ByPolicy = None,
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Count the ballots again, by the card that was frozen at the opening."""
    with checking("poll", export, processes, as_json, "Counting") as (report, source, how):
        check_poll(report, source, policy_of(policy, source), poll_id, how)


@audit_app.command("explain")
def explain_event(index: int, export: OfExport = None, as_json: AsJson = False) -> None:
    """What one event says."""
    from dienhong.explaining import in_words

    with reporting("explain", as_json) as report, source_of(export) as source:
        report.facts |= in_words(source, index)
        explain(report, source, index)


@audit_app.command("export")
def export_log(
    target: Annotated[Path, typer.Argument(help="A new folder, or a file whose name ends in .tar")],
    documents: Annotated[bool, typer.Option("--documents/--no-documents", help="With the documents' bytes")] = True,
) -> None:
    """Write everything that somebody without trust in us needs; works while the product runs."""
    effective = settings()
    if target.exists():
        raise Fault(f"{target} is there already.", USAGE)
    with reporting("export", False), open_log(effective) as log, ledger_of(effective) as ledger:
        exporting = Exporting(log, ledger, own_policy(effective), open_blobs(effective) if documents else None)
        with telling("Exporting") as progress:
            _write(exporting, target, progress)
    people.print(f"{exporting.head.size} events exported to {target}.")
    if exporting.missing or exporting.damaged:
        people.print(f"Documents missing: {len(exporting.missing)}, damaged: {len(exporting.damaged)}.")


@audit_app.command("replay")
def replay(
    at: Annotated[int | None, typer.Option(min=0, help="The log position to stop at")] = None,
    into: Annotated[Path | None, typer.Option(help="Keep what was built: a new SQLite file")] = None,
    as_json: AsJson = False,
) -> None:
    """Build what people see again, compare it with what they are shown; minutes byte by byte, polls counted again."""
    from dienhong.audit_replay import Wanted
    from dienhong.audit_replay import replay as again

    if into is not None and into.exists():
        raise Fault(f"{into} is there already.", USAGE)
    effective = settings()
    with reporting("replay", as_json) as report, open_log(effective) as log, telling("Replaying") as progress:
        again(report, effective, log, open_blobs(effective), Wanted(at, into), progress)


@audit_app.command("compare-witnesses")
def compare(
    export: OfExport = None,
    policy: ByPolicy = None,
    evidence: Annotated[Path, typer.Option(help="Where contradictions are kept")] = Path("evidence.tar"),
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Ask every witness of the policy what it cosigned last; two histories are proof of a fork."""
    from dienhong.audit_witnesses import compare_witnesses

    if evidence.exists():
        raise Fault(f"{evidence} is there already.", USAGE)
    with checking("compare-witnesses", export, processes, as_json, "Comparing") as (report, source, how):
        compare_witnesses(report, source, policy_of(policy, source), evidence, how)


@audit_app.command("watch")
def watch(
    url: Annotated[str, typer.Argument(help="Where the log is served: https://…/ledger")],
    policy: Annotated[Path, typer.Option("--policy", help="Whom to believe: a C2SP tlog-policy file")],
    kept: Annotated[Path, typer.Option(help="Where the last checkpoint is kept")] = Path("kept.checkpoint"),
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks")] = 60,
    once: Annotated[bool, typer.Option("--once", help="Look once and end")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at a served log again and again: it must only grow. Ends when tampering is proven."""
    from dienhong.audit_watch import look

    while True:
        with reporting("watch", as_json, keeps_on=not once) as report:
            look(report, url, policy_of(policy, None), kept)
        if once:
            return
        time.sleep(every)


def _write(exporting: Exporting, target: Path, progress: Callable[[int], None]) -> None:
    if target.suffix != ".tar":
        to_folder(exporting.members(progress), target)
        return
    with target.open("xb") as file:
        file.writelines(tar_stream(exporting.members(progress)))
