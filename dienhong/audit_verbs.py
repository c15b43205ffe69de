"""`dienhong audit`: the log proved, by the product's own code. The auditor's own file is in every export.

Exit codes, unlike the other verbs': 0 ok, 1 tampering proven, 2 incomplete or unavailable, 3 usage.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from audit.check import verify_log
from audit.export import Exporting, tar_stream, to_folder
from audit.findings import INCOMPLETE, USAGE, Report
from audit.records import LedgerReader, NoLedger
from audit.sources import DataFolder, Exported, Source, Unavailable
from audit.verbs import check_consistency, check_documents, check_poll, check_receipt, explain
from dienhong.console import Fault, people, settings
from dienhong.folder import Unusable, open_log
from kernel.codec import UnknownEvent
from kernel.ports import StoreUnavailable
from kernel.settings import Settings
from kernel.wiring import open_blobs
from ledger.keys import FILES, open_keys
from ledger.note import Algorithm
from ledger.policy import BadPolicy, Policy, parse_policy

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


@audit_app.command("verify")
def verify(
    export: OfExport = None,
    policy: ByPolicy = None,
    known: Annotated[list[Path] | None, typer.Option(help="A checkpoint kept from before")] = None,
    as_json: AsJson = False,
) -> None:
    """Compute every leaf and the root again; signatures, witnesses, streams, erasures."""
    kept = [_text(each) for each in known or []]
    with _reporting("verify", as_json) as report, _source(export) as source, _telling("Verifying") as progress:
        verify_log(report, source, _policy(policy, source), kept, progress)


@audit_app.command("consistency")
def consistency(old: Path, new: Path, policy: ByPolicy = None, as_json: AsJson = False) -> None:
    """The newer log only adds to the older one; each a checkpoint or an export."""
    with _reporting("consistency", as_json) as report, ExitStack() as open_ones:
        before, after = (open_ones.enter_context(_source(each)) if _is_export(each) else None for each in (old, new))
        was = before.checkpoints[-1] if before else _text(old)
        now = after.checkpoints[-1] if after else _text(new)
        with _telling("Comparing") as progress:
            check_consistency(report, was, now, after, _policy(policy, after or before), progress)


@audit_app.command("inclusion")
def inclusion(receipt: Path, policy: ByPolicy = None, as_json: AsJson = False) -> None:
    """The event of a receipt is in the signed log."""
    with _reporting("inclusion", as_json) as report:
        check_receipt(report, _text(receipt), _policy(policy, None))


@audit_app.command("blobs")
def blobs(export: OfExport = None, policy: ByPolicy = None, as_json: AsJson = False) -> None:
    """Every document has the bytes that the log names."""
    with _reporting("blobs", as_json) as report, _source(export) as source, _telling("Verifying") as progress:
        check_documents(report, source, _policy(policy, source), progress)


@audit_app.command("poll")
def poll(
    poll_id: Annotated[str, typer.Argument(metavar="ID", help="Of a poll, or all")],
    export: OfExport = None,
    policy: ByPolicy = None,
    as_json: AsJson = False,
) -> None:
    """Count the ballots again, by the card that was frozen at the opening."""
    with _reporting("poll", as_json) as report, _source(export) as source, _telling("Counting") as progress:
        check_poll(report, source, _policy(policy, source), poll_id, progress)


@audit_app.command("explain")
def explain_event(index: int, export: OfExport = None, as_json: AsJson = False) -> None:
    """What one event says."""
    with _reporting("explain", as_json) as report, _source(export) as source:
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
    with _reporting("export", False), open_log(effective) as log, _ledger(effective) as ledger:
        exporting = Exporting(log, ledger, own_policy(effective), open_blobs(effective) if documents else None)
        with _telling("Exporting") as progress:
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
    with _reporting("replay", as_json) as report, open_log(effective) as log, _telling("Replaying") as progress:
        again(report, effective, log, open_blobs(effective), Wanted(at, into), progress)


def _write(exporting: Exporting, target: Path, progress: Callable[[int], None]) -> None:
    if target.suffix != ".tar":
        to_folder(exporting.members(progress), target)
        return
    with target.open("xb") as file:
        file.writelines(tar_stream(exporting.members(progress)))


@contextmanager
def _reporting(verb: str, as_json: bool) -> Iterator[Report]:
    """Shows what was found and ends with its exit code."""
    report = Report(verb)
    try:
        yield report
    except Unavailable as error:
        report.add(*error.args)
    except NoLedger as error:
        report.add("file_missing", str(error))
    except (Unusable, StoreUnavailable, UnknownEvent, sqlite3.DatabaseError) as error:
        report.add("unreadable", str(error))
    if as_json:
        findings = [{"code": each.code, "index": each.index, "about": each.about} for each in report.findings]
        print(json.dumps({"verb": verb, "exit": report.exit, **report.facts, "findings": findings}, ensure_ascii=False))
    else:
        for key, value in report.facts.items():
            print(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
        for finding in report.findings:
            people.print(finding.sentence, markup=False)
    if report.exit:
        raise SystemExit(report.exit)


@contextmanager
def _source(export: Path | None) -> Iterator[Source]:
    if export is not None:
        with closing(Exported(export)) as exported:
            yield exported
        return
    effective = settings()
    with open_log(effective) as log, _ledger(effective) as ledger:
        yield DataFolder(log, ledger, open_blobs(effective), lambda: own_policy(effective))


def _ledger(effective: Settings) -> closing[LedgerReader]:
    return closing(LedgerReader(effective.data_dir / "ledger.db"))


def own_policy(effective: Settings) -> str:
    """This deployment's log by its own key, with the witnesses that the policy of the settings names."""
    keys = effective.data_dir / "keys"
    if not (keys / FILES[Algorithm.log_ed25519]).exists():
        raise Unavailable("file_missing", str(keys))
    log = open_keys(keys, effective.deployment).log[0].key
    configured = _text(Path(effective.ledger_policy)) if effective.ledger_policy else "quorum none\n"
    others = [line for line in configured.splitlines() if not line.startswith("log ")]
    return "\n".join([f"log {log}", *others]) + "\n"


def _policy(path: Path | None, source: Source | None) -> Policy:
    if path is None and source is None:
        text = own_policy(settings())
    else:
        text = _text(path) if path else source.policy() if source else ""
    if path is None and isinstance(source, Exported):
        people.print("The keys are those of the export itself; --policy says whom you believe.")
    try:
        return parse_policy(text)
    except BadPolicy as error:
        raise Unavailable("unreadable", f"policy: {error}") from error


def _is_export(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".tar"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{path} cannot be read.", INCOMPLETE) from error


@contextmanager
def _telling(what: str) -> Iterator[Callable[[int], None]]:
    with people.status(f"{what}…") as status:
        yield lambda done: status.update(f"{what}… {done}")
