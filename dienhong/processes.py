"""Verbs of the distributed product: its processes, its broker, and the events that could not be handled."""

import json
import os
import sys
from typing import Annotated

import typer

from dienhong.console import FOUND_PROBLEMS, Fault, people, settings
from dienhong.events import as_dict
from kernel import logs
from kernel.settings import Settings

bus_app = typer.Typer(help="The broker.", no_args_is_help=True, rich_markup_mode=None)
parked_app = typer.Typer(help="Events that a service could not handle.", no_args_is_help=True, rich_markup_mode=None)


def service(name: str) -> None:
    """Run one service as a process of its own, until SIGTERM."""
    from dienhong.bus import SERVICES

    _on_bus()
    if name not in SERVICES:
        raise Fault(f"There is no service {name}. There are: {', '.join(SERVICES)}.")
    os.execv(sys.executable, [sys.executable, "-m", "dienhong.hosting", name])


def gateway() -> None:
    """Run one gateway replica, until SIGTERM."""
    from dienhong.distributed import Gateway
    from dienhong.embedded import serve

    effective = _on_bus()
    logs.configure(f"gateway-{effective.replica}")
    serve(effective, lambda address: people.print(f"Ready: {address}"), _caught_up, Gateway)


def relay() -> None:
    """Publish the log to the broker, until SIGTERM; of several, one is active."""
    from dienhong.distributed import run_relay

    effective = _on_bus()
    logs.configure("relay")
    run_relay(effective)


def move_in() -> None:
    """Move a data folder into the empty stores of the distributed product; stop the embedded one first."""
    from dienhong.moving import Differs
    from dienhong.moving import move_in as run
    from kernel.adapters.postgres_import import NotEmpty
    from kernel.ports import Corrupt

    effective = settings()
    if not effective.store_url.startswith("postgres"):
        raise Fault("DIENHONG_STORE_URL must name a PostgreSQL database: a log can be moved into that only.")
    try:
        with people.status("Moving…") as status:
            moved = run(effective, status.update)
    except NotEmpty as error:
        raise Fault(f"There is a log at {error.args[0]} already; two cannot become one.", FOUND_PROBLEMS) from error
    except Corrupt as error:
        raise Fault(f"Document {error.args[0]} is damaged. Restore it from back-up first.", FOUND_PROBLEMS) from error
    except Differs as error:
        raise Fault(f"What was written differs at position {error.args[0]}: do not use it.", FOUND_PROBLEMS) from error
    documents = f"{moved.documents} documents" if effective.blobs_url else "documents stay in the data folder"
    people.print(f"Moved and compared: {moved.position} events, {moved.accounts} accounts, {documents}.")


@bus_app.command("setup")
def bus_setup() -> None:
    """Make the virtual host, policies, exchanges and queues; what is there stays as it is."""
    from dienhong.bus import setup
    from kernel.relay import BusUnavailable

    try:
        for done in setup(_on_bus()):
            people.print(done)
    except BusUnavailable as error:
        raise Fault(f"The broker: {error}", FOUND_PROBLEMS) from error


@bus_app.command("check")
def bus_check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Compare what stands on the broker with what there should be; exit 1 when something is wrong."""
    from dienhong.bus import check, queues
    from kernel.relay import BusUnavailable

    try:
        wrong = check(_on_bus())
    except BusUnavailable as error:
        raise Fault(f"The broker: {error}", FOUND_PROBLEMS) from error
    if as_json:
        print(json.dumps(wrong, ensure_ascii=False))
    for each in wrong:
        people.print(each)
    people.print(f"{len(queues())} queues compared, {len(wrong)} things wrong.")
    if wrong:
        raise typer.Exit(FOUND_PROBLEMS)


@parked_app.command("list")
def parked_list(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """What is parked, a line each."""
    from dienhong.distributed import list_parked

    found = list_parked(settings())
    for each in found:
        at = each.parked_at.isoformat(timespec="seconds")
        fields = {"follower": each.follower, "position": each.position, "stream": each.stream, "type": each.type}
        if as_json:
            print(json.dumps({**fields, "error": each.error, "parked_at": at}, ensure_ascii=False))
        else:
            print(f"{each.position:>7}  {at}  {each.follower}  {each.stream}  {each.type}  {first_line(each.error)}")
    people.print(f"{len(found)} events parked.")


@parked_app.command("show")
def parked_show(position: int) -> None:
    """The event at a position of the log, with why it is parked."""
    from dienhong.distributed import list_parked, show_parked

    effective = settings()
    recorded = show_parked(effective, position)
    parked = [each for each in list_parked(effective) if each.position == position]
    if recorded is None or not parked:
        raise Fault(f"Nothing is parked at position {position}.", FOUND_PROBLEMS)
    print(json.dumps(as_dict(recorded), ensure_ascii=False))
    for each in parked:
        people.print(f"{each.follower}: {each.error}", markup=False)


@parked_app.command("replay")
def parked_replay(stream: Annotated[str, typer.Option(help="Only this stream")] = "") -> None:
    """Handle what is parked again, in the order of the log; what fails again stays."""
    from dienhong.distributed import replay_parked

    done, failed = replay_parked(settings(), stream)
    for each, error in failed:
        said = first_line(f"{type(error).__name__}: {error}")
        people.print(f"{each.position} {each.stream} for {each.follower}: {said}", markup=False)
    people.print(f"{done} events handled, {len(failed)} streams still parked.")
    if failed:
        raise typer.Exit(FOUND_PROBLEMS)


def first_line(text: str) -> str:
    return text.partition("\n")[0]


def _on_bus() -> Settings:
    effective = settings()
    if not effective.bus_url:
        raise Fault("DIENHONG_BUS_URL is not set: services as processes of their own need the broker.")
    return effective


def _caught_up(position: int) -> None:
    people.print(f"Views have caught up to position {position}.")
