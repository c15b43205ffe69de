"""Reading the log from the command line, also while the product runs."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from dienhong.console import FOUND_PROBLEMS, Fault, people, settings
from dienhong.folder import open_log
from kernel.messages import Recorded

BATCH = 1000

events_app = typer.Typer(help="The log.", no_args_is_help=True, rich_markup_mode=None)


@events_app.command("tail")
def tail(
    count: Annotated[int, typer.Option("-n", min=1, help="How many")] = 20,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """The last events, a line each."""
    with open_log(settings()) as log:
        after = max(0, log.wait(0, 0) - count)
        while batch := log.read_all(after, BATCH):
            for recorded in batch:
                _print_event(recorded, as_json)
            after = batch[-1].position


@events_app.command("show")
def show(stream: str, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Every event of one stream."""
    with open_log(settings()) as log:
        found = log.read(stream)
    if not found:
        raise Fault(f"There is no stream {stream}.", FOUND_PROBLEMS)
    for recorded in found:
        _print_event(recorded, as_json)


@events_app.command("export")
def export(target: Annotated[Path | None, typer.Argument(help="A file; stdout without it")] = None) -> None:
    """The whole log as JSON lines."""
    exported = after = 0
    with open_log(settings()) as log, _output(target) as out:
        while batch := log.read_all(after, BATCH):
            out.writelines(json.dumps(as_dict(each), ensure_ascii=False) + "\n" for each in batch)
            exported, after = exported + len(batch), batch[-1].position
    people.print(f"{exported} events.")


def _output(target: Path | None) -> TextIO | nullcontext[TextIO]:
    if target is None:
        return nullcontext(sys.stdout)
    try:
        return target.open("w", encoding="utf-8")
    except OSError as error:
        raise Fault(f"{target} cannot be written: {error.strerror}.") from error


def as_dict(recorded: Recorded) -> dict[str, Any]:
    return {
        "position": recorded.position,
        "id": str(recorded.id),
        "type": recorded.type,
        "stream": recorded.stream,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at.isoformat(),
        "meta": json.loads(recorded.meta),
        "data": json.loads(recorded.data),
    }


def _print_event(recorded: Recorded, as_json: bool) -> None:
    if as_json:
        print(json.dumps(as_dict(recorded), ensure_ascii=False))
    else:
        when = recorded.recorded_at.isoformat(timespec="seconds")
        print(f"{recorded.position:>7}  {when}  {recorded.stream}  {recorded.type}  {recorded.data.decode()}")
