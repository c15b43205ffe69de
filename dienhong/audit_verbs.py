"""`dienhong audit`: the log proved, by the product's own code. The auditor's own file is in every export.

Exit codes, unlike the other verbs': 0 ok, 1 tampering proven, 2 incomplete or unavailable, 3 usage.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from audit.check import How, verify_log
from audit.export import Exporting, tar_stream, to_folder
from audit.findings import USAGE
from audit.proving import check_paper
from audit.verbs import check_consistency, check_documents, check_poll, check_receipt, explain
from dienhong.audit_asking import (
    CORES,
    AsJson,
    Asked,
    ByKey,
    ByPolicy,
    ByWhom,
    OfExport,
    Processes,
    ToPdf,
    checking,
    pieces_at_most,
)
from dienhong.audit_report import Drawing, OnPaper
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


@audit_app.command("verify")
def verify(
    export: OfExport = None,
    policy: ByPolicy = None,
    known: Annotated[list[Path] | None, typer.Option(help="A checkpoint kept from before")] = None,
    tree_only: Annotated[bool, typer.Option("--tree-only", help="Only that the leaves give the signed roots")] = False,
    to_pdf: ToPdf = None,
    sign_key: ByKey = None,
    auditor: ByWhom = "",
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Compute every leaf and the root again; signatures, witnesses, streams, erasures."""
    kept = [text_of(each) for each in known or []]
    asked = Asked(export, policy, processes, as_json, OnPaper(to_pdf, sign_key, auditor), len(kept), tree_only)
    with checking("verify", "Verifying", asked) as task:
        verify_log(task.report, task.source, task.policy, kept, task.how)


@audit_app.command("consistency")
def consistency(
    old: Path, new: Path, policy: ByPolicy = None, processes: Processes = CORES, as_json: AsJson = False
) -> None:
    """The newer log only adds to the older one; each a checkpoint or an export."""
    useful = min(processes, pieces_at_most(new)) if is_export(new) else 1
    with working(useful) as workers, reporting("consistency", as_json) as report, ExitStack() as open_ones:
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
    with checking("blobs", "Verifying", Asked(export, policy, processes, as_json)) as task:
        check_documents(task.report, task.source, task.policy, task.how)


@audit_app.command("pdf")
def pdf(
    file: Annotated[Path, typer.Argument(help="Minutes, a document: whatever may have been recorded")],
    export: OfExport = None,
    policy: ByPolicy = None,
    proof: Annotated[Path | None, typer.Option(help="Keep a proof that verifies offline: a new .tlog-proof")] = None,
    to_pdf: ToPdf = None,
    sign_key: ByKey = None,
    auditor: ByWhom = "",
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Whether a file has exactly the bytes that were recorded, of what, and what has become of it since."""
    if proof is not None and proof.exists():
        raise Fault(f"{proof} is there already.", USAGE)
    asked = Asked(export, policy, processes, as_json, OnPaper(to_pdf, sign_key, auditor))
    with checking("pdf", "Verifying", asked) as task:
        receipt = check_paper(task.report, task.source, task.policy, bytes_of(file), task.how)
        if proof is not None and receipt is not None:
            proof.write_text(receipt.text, encoding="utf-8")


@audit_app.command("poll")
def poll(
    poll_id: Annotated[str, typer.Argument(metavar="ID", help="Of a poll, or all")],
    export: OfExport = None,
    policy: ByPolicy = None,
    to_pdf: ToPdf = None,
    sign_key: ByKey = None,
    auditor: ByWhom = "",
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Count the ballots again, by the card that was frozen at the opening."""
    asked = Asked(export, policy, processes, as_json, OnPaper(to_pdf, sign_key, auditor))
    with checking("poll", "Counting", asked) as task:
        check_poll(task.report, task.source, task.policy, poll_id, task.how)


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
    to_pdf: ToPdf = None,
    sign_key: ByKey = None,
    auditor: ByWhom = "",
    as_json: AsJson = False,
) -> None:
    """Build what people see again, compare it with what they are shown; minutes byte by byte, polls counted again."""
    from dienhong.audit_replay import Wanted
    from dienhong.audit_replay import replay as again

    if into is not None and into.exists():
        raise Fault(f"{into} is there already.", USAGE)
    effective, paper = settings(), OnPaper(to_pdf, sign_key, auditor)
    paper.check()
    with (
        reporting("replay", as_json, draw=Drawing(paper).draw) as report,
        open_log(effective) as log,
        telling("Replaying") as progress,
    ):
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
    with checking("compare-witnesses", "Comparing", Asked(export, policy, processes, as_json)) as task:
        compare_witnesses(task.report, task.source, task.policy, evidence, task.how)


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
