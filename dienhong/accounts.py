"""Accounts from the command line, for whoever may write the data folder."""

from collections.abc import Sequence
from uuid import UUID

import typer

from dienhong.embedded import Embedded
from gateway.identity import passwords
from kernel.decider import Refused
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.settings import Settings
from services.directory import views as directory
from services.directory.messages import AssignRole, OpenAccount, RegisterPerson, RoleName

ACTOR = "command-line"


def add(settings: Settings, login: str, full_name: str, roles: Sequence[str], password: str) -> None:
    unknown = set(roles) - set(RoleName)
    if unknown:
        raise typer.BadParameter(f"unknown role {', '.join(sorted(unknown))}; one of {', '.join(RoleName)}")
    try:
        passwords.check_acceptable(password, login, full_name)
    except Refused as refusal:
        raise typer.BadParameter(f"the password is refused: {refusal.code}") from refusal
    embedded = Embedded(settings)
    try:
        person_id = uuid7()
        _execute(embedded, RegisterPerson, person_id=person_id, full_name=full_name)
        _execute(embedded, OpenAccount, person_id=person_id, login=login)
        for role in roles:
            _execute(embedded, AssignRole, person_id=person_id, role=RoleName(role))
        embedded.identity.set_password(str(person_id), login, password, full_name)
    except Refused as refusal:
        raise typer.BadParameter(f"{refusal.code} {refusal.detail}".strip()) from refusal
    finally:
        embedded.stop()


def change_password(settings: Settings, login: str, password: str) -> None:
    embedded = Embedded(settings)
    try:
        embedded.views.catch_up()
        person = next(
            (each for each in directory.people(embedded.views.reader()) if each.login == login and each.account_open),
            None,
        )
        if person is None:
            raise typer.BadParameter(f"there is no open account {login}")
        embedded.identity.set_password(str(UUID(person.id)), login, password, person.full_name)
    except Refused as refusal:
        raise typer.BadParameter(f"{refusal.code} {refusal.detail}".strip()) from refusal
    finally:
        embedded.stop()


def _execute(embedded: Embedded, command: type[Command], **fields: object) -> None:
    embedded.gate.clients.execute(command(id=uuid7(), actor=ACTOR, at=embedded.gate.clock(), **fields))
