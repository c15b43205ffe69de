"""The command `dienhong`: people read stderr, programs read stdout. Exit codes: 0 ok, 1 found problems, 2 usage."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from pydantic import ValidationError
from rich.console import Console

from kernel.messages import Recorded
from kernel.ports import StoreInUse
from kernel.settings import Settings

app = typer.Typer(
    help="Diên Hồng: paperless meetings, provable from the log.", no_args_is_help=True, add_completion=False
)
views_app = typer.Typer(help="What people see; it can be rebuilt from the log.", no_args_is_help=True)
events_app = typer.Typer(help="The log.", no_args_is_help=True)
config_app = typer.Typer(help="The settings in force.", no_args_is_help=True)
user_app = typer.Typer(help="Accounts.", no_args_is_help=True)
app.add_typer(views_app, name="views")
app.add_typer(events_app, name="events")
app.add_typer(config_app, name="config")
app.add_typer(user_app, name="user")

people = Console(stderr=True)
IN_USE = 3


def settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            people.print(f"DIENHONG_{name}: {each['msg']}")
        raise typer.Exit(2) from error


def main() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        app()
    except StoreInUse as error:
        people.print(f"Another process already uses {error.args[0]}. Stop it first, or set DIENHONG_DATA_DIR.")
        raise SystemExit(IN_USE) from error


@app.command()
def serve() -> None:
    """Start the product on the data folder."""
    from dienhong.embedded import serve as run

    run(settings(), _ready, _caught_up)


@app.command()
def demo() -> None:
    """Start the product with a demo council: 51 delegates, a session tomorrow, one running, one finished."""
    from dienhong import demo as example
    from dienhong.embedded import serve as run

    effective = settings()
    if example.prepare(effective, lambda text: people.print(text)):
        people.print("The demo council is ready.")
    run(effective, lambda address: example.announce(address, people), _caught_up)


@views_app.command("rebuild")
def views_rebuild(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Build the views anew from the log and put them in the place of the old ones."""
    from dienhong.embedded import rebuild_views

    effective = settings()
    with people.status("Rebuilding…") as status:
        position, same = rebuild_views(effective, lambda at: status.update(f"Rebuilding… position {at}"))
    people.print(f"Rebuilt up to position {position}; " + ("equal to before." if same else "different from before."))
    if as_json:
        print(json.dumps({"position": position, "equal_to_before": same}))


@events_app.command("tail")
def events_tail(
    count: Annotated[int, typer.Option("-n", min=1, help="How many")] = 20,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """The last events, a line each."""
    from dienhong.embedded import open_log

    with open_log(settings()) as log:
        head = log.wait(0, 0)
        for recorded in log.read_all(max(0, head - count), count):
            _print_event(recorded, as_json)


@events_app.command("show")
def events_show(stream: str, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Every event of one stream."""
    from dienhong.embedded import open_log

    with open_log(settings()) as log:
        found = log.read(stream)
    for recorded in found:
        _print_event(recorded, as_json)
    if not found:
        people.print(f"There is no stream {stream}.")
        raise typer.Exit(1)


@events_app.command("export")
def events_export(target: Annotated[Path | None, typer.Argument(help="A file; stdout without it")] = None) -> None:
    """The whole log as JSON lines."""
    from dienhong.embedded import open_log

    after = 0
    with open_log(settings()) as log, target.open("w") if target else sys.stdout as out:
        while batch := log.read_all(after, 1000):
            out.writelines(json.dumps(as_dict(each), ensure_ascii=False) + "\n" for each in batch)
            after = batch[-1].position
    people.print(f"{after} events.")


@config_app.command("check")
def config_check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The effective settings; exit 2 when one is wrong."""
    values = settings().model_dump(mode="json")
    if as_json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        print(f"DIENHONG_{name.upper()}={value}")


@user_app.command("add")
def user_add(
    login: str,
    full_name: str,
    role: Annotated[list[str] | None, typer.Option(help="A role in the whole deployment")] = None,
) -> None:
    """Register a person with an account; the password is asked for, or read from stdin."""
    from dienhong.accounts import add

    add(settings(), login, full_name, role or [], _password())
    people.print(f"{login} may sign in.")


@user_app.command("passwd")
def user_passwd(login: str) -> None:
    """Give an account a new password; its sessions end."""
    from dienhong.accounts import change_password

    change_password(settings(), login, _password())
    people.print(f"The password of {login} is changed.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _ready(address: str) -> None:
    people.print(f"Ready: {address}")


def _caught_up(position: int) -> None:
    people.print(f"Views have caught up to position {position}.")


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
