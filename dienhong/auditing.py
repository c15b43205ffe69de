"""What the verbs of `dienhong audit` share: where they read from, whom they believe, how they end."""

import json
import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from audit import own_policy as naming
from audit.findings import INCOMPLETE, Report
from audit.records import LedgerReader, NoLedger
from audit.sources import DataFolder, Exported, Source, Unavailable
from dienhong.console import Fault, people, settings
from dienhong.folder import Unusable, open_log
from kernel.codec import UnknownEvent
from kernel.ports import StoreUnavailable
from kernel.settings import Settings
from kernel.wiring import open_blobs
from ledger.keys import FILES, open_keys
from ledger.note import Algorithm
from ledger.policy import BadPolicy, Policy, parse_policy


@contextmanager
def reporting(
    verb: str, as_json: bool, keeps_on: bool = False, draw: Callable[[Report], None] = lambda _report: None
) -> Iterator[Report]:
    """Shows what was found and ends with its exit code; `keeps_on`: what is only incomplete is tried again.

    `draw` gets the report once nothing more is added.
    """
    report = Report(verb)
    try:
        yield report
    except Unavailable as error:
        report.add(*error.args)
    except NoLedger as error:
        report.add("file_missing", str(error))
    except (Unusable, StoreUnavailable, UnknownEvent, sqlite3.DatabaseError, OSError, BrokenExecutor) as error:
        report.add("unreadable", str(error))
    draw(report)
    if as_json:
        findings = [{"code": each.code, "index": each.index, "about": each.about} for each in report.findings]
        print(json.dumps({"verb": verb, "exit": report.exit, **report.facts, "findings": findings}, ensure_ascii=False))
    else:
        for key, value in report.facts.items():
            print(f"{key}: {spelt(value)}")
        for finding in report.findings:
            people.print(finding.sentence, markup=False)
    if report.exit and not (keeps_on and report.exit == INCOMPLETE):
        raise SystemExit(report.exit)


def spelt(value: Any) -> str:
    """For people: what is a list of things stands on lines of its own."""
    match value:
        case str():
            return value
        case [dict(), *_] as many:
            lines = (
                ", ".join(f"{name} {spelt(each)}" for name, each in one.items() if each is not None) for one in many
            )
            return "".join(f"\n  {line}" for line in lines)
        case _:
            return json.dumps(value, ensure_ascii=False)


@contextmanager
def source_of(export: Path | None) -> Iterator[Source]:
    if export is not None:
        with closing(Exported(export)) as exported:
            yield exported
        return
    effective = settings()
    events = None if effective.store_url else effective.data_dir / "events.db"
    with open_log(effective) as log, ledger_of(effective) as ledger:
        yield DataFolder(log, ledger, open_blobs(effective), lambda: own_policy(effective), events)


def ledger_of(effective: Settings) -> closing[LedgerReader]:
    return closing(LedgerReader(effective.data_dir / "ledger.db"))


def own_policy(effective: Settings) -> str:
    """This deployment's log by its own key and those before it, with the witnesses that the settings' policy names."""
    keys = effective.data_dir / "keys"
    if not (keys / FILES[Algorithm.log_ed25519]).exists():
        raise Unavailable("file_missing", str(keys))
    log = open_keys(keys, effective.deployment).log[0].key
    configured = text_of(Path(effective.ledger_policy)) if effective.ledger_policy else ""
    with open_log(effective) as events:
        return naming.own_policy(events, log, configured)


def policy_of(path: Path | None, source: Source | None) -> Policy:
    if path is None and source is None:
        text = own_policy(settings())
    else:
        text = text_of(path) if path else source.policy() if source else ""
    if path is None and isinstance(source, Exported):
        people.print("The keys are those of the export itself; --policy says whom you believe.")
    try:
        return parse_policy(text)
    except BadPolicy as error:
        raise Unavailable("unreadable", f"policy: {error}") from error


def is_export(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".tar"


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{path} cannot be read.", INCOMPLETE) from error


def bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("file_missing", f"{path}: {error.strerror}") from error


@contextmanager
def working(processes: int) -> Iterator[Executor | None]:
    """So many processes beside this one. Begun before it has opened a database: SQLite's may not be taken along."""
    if processes < 2:
        yield None
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as workers:
        workers.submit(int).result()
        yield workers


@contextmanager
def telling(what: str) -> Iterator[Callable[[int], None]]:
    with people.status(f"{what}…") as status:
        yield lambda done: status.update(f"{what}… {done}")
