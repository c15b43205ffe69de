"""Accounts from the command line, for whoever may write the data folder or reach the stores."""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from pydantic import ValidationError

from dienhong.console import Fault
from dienhong.folder import using
from gateway.edge import utc_now
from gateway.identity import passwords
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.settings import Settings
from kernel.wiring import OpenStore, open_store
from services.directory.messages import AssignRole, LoginClaimed, OpenAccount, RegisterPerson, RoleName
from services.directory.people import PERSON, OpenedAccount, Registered
from services.directory.service import CODEC, DirectoryService

ACTOR = "command-line"


def add(settings: Settings, login: str, full_name: str, roles: Sequence[str], password: str) -> None:
    """Everything is checked before the first event, so that no person is left without their account."""
    full_name = unicodedata.normalize("NFC", full_name)
    unknown = sorted(set(roles) - set(RoleName))
    if unknown:
        raise Fault(f"There is no role {', '.join(unknown)}. There are: {', '.join(RoleName)}.")
    passwords.check_acceptable(password, login, full_name)
    with _opened(settings) as (store, identity):
        person_id = uuid7()
        stamps = {"actor": ACTOR, "at": utc_now(), "person_id": person_id}
        commands: list[Command] = [
            _stamped(RegisterPerson, full_name=full_name, **stamps),
            _stamped(OpenAccount, login=login, **stamps),
            *(_stamped(AssignRole, role=RoleName(role), **stamps) for role in roles),
        ]
        if store.read(f"login-{login}"):
            raise Fault(f"The login {login} belongs to somebody already. Choose another.")
        directory = DirectoryService(store, settings.deployment)
        for command in commands:
            directory.execute(command)
        identity.set_password(str(person_id), login, password, full_name)


def change_password(settings: Settings, login: str, password: str) -> None:
    with _opened(settings) as (store, identity):
        claims = [CODEC.decode(each) for each in store.read(f"login-{login}")]
        person_id = next((each.person_id for each in claims if isinstance(each, LoginClaimed)), None)
        person = PERSON.fold(CODEC.decode(each) for each in store.read(f"person-{person_id}"))
        if not (isinstance(person, Registered) and person.account == OpenedAccount(login)):
            raise Fault(f"There is no open account {login}.")
        identity.set_password(str(person_id), login, password, person.particulars.full_name)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[OpenStore, Identity]]:
    """The log and the secrets, wherever they are; those in the data folder only while no product holds them."""
    with ExitStack() as closing:
        with using(settings.data_dir):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        with using(settings.data_dir / "events.db"):
            store = open_store(settings)
        closing.callback(store.close)
        with using(settings.data_dir / "identity.db"):
            identity = Identity(open_identity_store(settings), settings, utc_now)
        closing.callback(identity.close)
        yield store, identity


def _stamped(command: type[Command], **fields: object) -> Command:
    try:
        return command.model_validate({"id": uuid7(), **fields})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise Fault(f"{wrong['loc'][0]}: {wrong['msg']}.") from error
