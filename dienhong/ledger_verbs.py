"""`dienhong ledger`: who keeps the provable log, and the key that signs it."""

from typing import Annotated

import typer

from dienhong.console import Fault, people, settings
from dienhong.passwords import password
from kernel import logs

ledger_app = typer.Typer(help="The provable log.", no_args_is_help=True, rich_markup_mode=None)


@ledger_app.command("serve")
def serve() -> None:
    """Keep the ledger for the gateways of a distributed deployment, until SIGTERM; of several, one is active."""
    from dienhong.keeping import run_ledger

    effective = settings()
    if not effective.store_url:
        raise Fault("DIENHONG_STORE_URL is not set: the embedded product keeps its ledger itself.")
    logs.configure("ledger")
    run_ledger(effective)


@ledger_app.command("next-key")
def next_key() -> None:
    """The verifier key that will sign after the next rotation, for witnesses and watchers; changes nothing yet."""
    from dienhong import rotating

    for each in rotating.next_key(settings()):
        print(each)


@ledger_app.command("rotate")
def rotate(
    ordered_by: Annotated[str, typer.Option(help="The administrator's login")],
    confirmed_by: Annotated[str, typer.Option(help="The login of another administrator, or of an auditor")],
) -> None:
    """Another key signs the log from now on, by the order of two people; the old one's seed is destroyed."""
    from dienhong import rotating
    from dienhong.two_people import Signature

    effective = settings()
    first = Signature(ordered_by, password(f"Password of {ordered_by}", again=False))
    second = Signature(confirmed_by, password(f"Password of {confirmed_by}", again=False))
    print(rotating.rotate(effective, first, second))
    people.print(
        "This key signs from now on. Tell it to witnesses and auditors on paper; erase back-ups of the old seed."
    )
