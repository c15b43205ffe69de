"""Accounts from the command line, for whoever may write the data folder."""

import unicodedata
from collections.abc import Sequence

from pydantic import ValidationError

from dienhong.console import Fault
from gateway.identity import passwords
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.settings import Settings
from services.directory.messages import AssignRole, OpenAccount, RegisterPerson, RoleName
from services.directory.people_queries import person_of_login

ACTOR = "command-line"


def add(settings: Settings, login: str, full_name: str, roles: Sequence[str], password: str) -> None:
    """Everything is checked before the first event, so that no person is left without their account."""
    full_name = unicodedata.normalize("NFC", full_name)
    unknown = sorted(set(roles) - set(RoleName))
    if unknown:
        raise Fault(f"There is no role {', '.join(unknown)}. There are: {', '.join(RoleName)}.")
    passwords.check_acceptable(password, login, full_name)
    from dienhong.embedded import Embedded

    embedded = Embedded(settings)
    try:
        person_id = uuid7()
        stamps = {"actor": ACTOR, "at": embedded.gate.clock(), "person_id": person_id}
        commands: list[Command] = [
            _stamped(RegisterPerson, full_name=full_name, **stamps),
            _stamped(OpenAccount, login=login, **stamps),
            *(_stamped(AssignRole, role=RoleName(role), **stamps) for role in roles),
        ]
        if embedded.store.read(f"login-{login}"):
            raise Fault(f"The login {login} belongs to somebody already. Choose another.")
        for command in commands:
            embedded.gate.clients.execute(command)
        embedded.identity.set_password(str(person_id), login, password, full_name)
    finally:
        embedded.stop()


def change_password(settings: Settings, login: str, password: str) -> None:
    from dienhong.embedded import Embedded

    embedded = Embedded(settings)
    try:
        embedded.views.catch_up()
        person = person_of_login(embedded.views.reader(), login)
        if person is None or not person.account_open:
            raise Fault(f"There is no open account {login}.")
        embedded.identity.set_password(person.id, login, password, person.full_name)
    finally:
        embedded.stop()


def _stamped(command: type[Command], **fields: object) -> Command:
    try:
        return command.model_validate({"id": uuid7(), **fields})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise Fault(f"{wrong['loc'][0]}: {wrong['msg']}.") from error
