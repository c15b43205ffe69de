"""The command `dienhong`: people read stderr, programs read stdout. Exit codes: 0 ok, 1 found problems, 2 usage,
3 the data folder is in use."""

import json
import logging
from typing import Annotated
from uuid import UUID

import structlog
import typer

from dienhong.audit_verbs import audit_app
from dienhong.console import Fault, expected_failures, people, settings
from dienhong.events import events_app
from dienhong.ledger_verbs import ledger_app
from dienhong.passwords import password
from dienhong.processes import bus_app, gateway, move_in, parked_app, relay, service
from kernel import logs
from kernel.settings import masked

app = typer.Typer(
    help="Diên Hồng: paperless meetings, provable from the log.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they print local variables, a password among them
)
views_app = typer.Typer(
    help="What people see; it can be rebuilt from the log.", no_args_is_help=True, rich_markup_mode=None
)
config_app = typer.Typer(help="The settings in force.", no_args_is_help=True, rich_markup_mode=None)
user_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(views_app, name="views")
app.add_typer(events_app, name="events")
app.add_typer(config_app, name="config")
app.add_typer(user_app, name="user")
app.add_typer(bus_app, name="bus")
app.add_typer(audit_app, name="audit")
app.add_typer(ledger_app, name="ledger")
app.add_typer(parked_app, name="parked")
for verb in (service, gateway, relay, move_in):
    app.command(verb.__name__.replace("_", "-"))(verb)


def main() -> None:
    logs.configure()
    with expected_failures():
        app()


@app.command()
def serve() -> None:
    """Start the product on the data folder."""
    effective = settings()
    from dienhong.embedded import serve as run

    run(effective, _ready, _caught_up)


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
    """Build the views anew from the log, compare them with the old ones, and put them in their place."""
    from dienhong.rebuild import rebuild_views

    effective = settings()
    with people.status("Rebuilding…") as status:
        rebuilt = rebuild_views(effective, lambda at: status.update(f"Rebuilding… position {at}"))
    match rebuilt.differing:
        case None:
            compared = "there were no views before."
        case ():
            compared = "equal to before."
        case tables:
            compared = f"different from before: {', '.join(tables)}."
    people.print(f"Rebuilt up to position {rebuilt.position}; {compared}")
    differ = ", ".join(rebuilt.polls_differing)
    outcome = f"the recorded tally of {differ} is another" if differ else "each comes to its recorded tally"
    people.print(f"Polls counted again: {rebuilt.polls}; {outcome}.")
    if as_json:
        equal = None if rebuilt.differing is None else not rebuilt.differing
        print(
            json.dumps(
                {
                    "position": rebuilt.position,
                    "equal_to_before": equal,
                    "differing": rebuilt.differing or [],
                    "polls": rebuilt.polls,
                    "polls_differing": rebuilt.polls_differing,
                }
            )
        )


@config_app.command("check")
def config_check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The effective settings; exit 2 when one is wrong."""
    values = {name: masked(value) for name, value in settings().model_dump(mode="json").items()}
    if as_json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        print(f"DIENHONG_{name.upper()}={value}")


@user_app.callback()
def user() -> None:
    """Accounts."""
    # Whoever types a command reads its outcome in one sentence; the log lines of a served product would hide it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@user_app.command("add")
def user_add(
    login: str,
    full_name: str,
    role: Annotated[list[str] | None, typer.Option(help="A role in the whole deployment")] = None,
) -> None:
    """Register a person with an account; the password is asked for, or read from stdin."""
    from dienhong.accounts import add

    add(settings(), login, full_name, role or [], password())
    people.print(f"{login} may sign in.")


@user_app.command("passwd")
def user_passwd(login: str) -> None:
    """Give an account a new password; its sessions end."""
    from dienhong.accounts import change_password

    change_password(settings(), login, password())
    people.print(f"The password of {login} is changed.")


@app.command("erase")
def erase_by_order(
    basis: Annotated[str, typer.Option(help="The decision and the article of law that it stands on")],
    ordered_by: Annotated[str, typer.Option(help="The administrator's login")],
    confirmed_by: Annotated[str, typer.Option(help="The login of another administrator, or of an auditor")],
    position: Annotated[int | None, typer.Argument(help="Of an event in the log")] = None,
    field: Annotated[list[str] | None, typer.Option(help="A field of the event that holds personal data")] = None,
    document: Annotated[list[UUID] | None, typer.Option(help="A document whose stored bytes are to go")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="Only this version of the document")] = None,
) -> None:
    """Forget words of one event, or bytes of documents, by a lawful order of two people; every proof stays."""
    from dienhong.erasing import erase
    from dienhong.erasing_documents import Wanted, erase_documents
    from dienhong.orders import Order
    from dienhong.two_people import Signature

    effective = settings()
    if (position is None) == (document is None) or (position is None) != (not field) or (version and not document):
        raise Fault("Name an event's position with --field, or --document, and not both.")
    first = Signature(ordered_by, password(f"Password of {ordered_by}", again=False))
    second = Signature(confirmed_by, password(f"Password of {confirmed_by}", again=False))
    order = Order(basis, first, second)
    if document:
        gone = erase_documents(effective, Wanted(tuple(document), version), order)
        people.print(f"Erased: {', '.join(gone)}. Erase old back-ups too.")
    elif position is not None and field:
        erase(effective, position, tuple(field), order)
        people.print(f"Erased from the event at position {position}: {', '.join(field)}. Erase old back-ups too.")


def _ready(address: str) -> None:
    people.print(f"Ready: {address}")


def _caught_up(position: int) -> None:
    people.print(f"Views have caught up to position {position}.")
