"""`dienhong ledger`: the key that signs the provable log."""

from typing import Annotated

import typer

from dienhong.console import people, settings
from dienhong.passwords import password

ledger_app = typer.Typer(help="The provable log.", no_args_is_help=True, rich_markup_mode=None)


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
