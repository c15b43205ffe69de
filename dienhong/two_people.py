"""What one person must not do alone: two people give their passwords."""

from dataclasses import dataclass

from dienhong.console import Fault
from dienhong.embedded import CODEC
from gateway.identity.accounts import Identity
from kernel.ports import EventStore
from services.directory.people import PERSON, Registered

MAY_ORDER = frozenset({"administrator"})
MAY_CONFIRM = frozenset({"administrator", "auditor"})


@dataclass(frozen=True)
class Signature:
    """Somebody's login and password, for one decision."""

    login: str
    password: str


def signer(store: EventStore, identity: Identity, signature: Signature, roles: frozenset[str]) -> str:
    """Who has signed; raises `Refused` for a wrong password, `Fault` without one of these roles."""
    token = identity.sign_in(signature.login, signature.password, "command-line")
    person_id = identity.holder_of(token)
    identity.sign_out(token)
    person = PERSON.fold(CODEC.decode(each) for each in store.read(f"person-{person_id}"))
    if person_id is None or not isinstance(person, Registered) or not roles & {role for role, _unit in person.roles}:
        raise Fault(f"{signature.login} must be {' or '.join(sorted(roles))}.")
    return person_id
