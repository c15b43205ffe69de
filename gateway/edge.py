"""The edge of the system: who asks, when, in which language; here commands get their stamps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from gateway import policy, resources
from gateway.clients import Commands
from gateway.live import Live
from gateway.policy.subject import Subject
from gateway.seen import remember, wait_for_seen
from gateway.views import Views
from kernel.decider import Refused
from kernel.follow import Follower
from kernel.ids import derived, uuid7
from kernel.messages import Command
from kernel.ports import Blobs, EventStore
from kernel.settings import Settings
from ledger.reading import ReadableLedger
from services.directory import views as directory
from services.documents.intake import Examined
from services.signing.pdf import SigningDesk

if TYPE_CHECKING:
    from gateway.identity.accounts import Identity


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Gate:
    """Everything the routes work with, put together by the composition."""

    settings: Settings
    store: EventStore
    clients: Commands
    views: Views
    blobs: Blobs
    identity: "Identity"
    examine: Callable[[Path, str], Examined]
    desk: SigningDesk
    live: Live
    followers: tuple[Follower, ...] = ()
    documents_failing: Callable[[], str | None] = lambda: None
    ledger: ReadableLedger | None = None
    clock: Callable[[], datetime] = utc_now


class Done(BaseModel):
    """A command was accepted: its effect stands at `position` in the log; `id` names what it created."""

    position: int
    id: UUID | None = None


class Context:
    """One signed-in request. What it reads is at least as new as `position`, which its live stream begins after.

    `tell` is called with the position of each command's effect.
    """

    def __init__(
        self,
        request: Request,
        gate: Gate,
        me: Subject,
        key: UUID | None,
        tell: Callable[[int], None] = lambda _position: None,
    ) -> None:
        self.request = request
        self.gate = gate
        self.me = me
        self.now = gate.clock()
        self.position = gate.views.position
        self._key = None if key is None else derived(key, me.person_id)
        self._tell = tell
        self._content = str(request.scope.get("state", {}).get("body_sha256", ""))

    @cached_property
    def command_id(self) -> UUID:
        """By the person and their Idempotency-Key, so that nobody can meet, or guess at, another's requests."""
        return self._key or uuid7()

    @property
    def correlation_id(self) -> UUID | None:
        """Names what a keyed request asked for: the same key with other words or bytes is not the same request."""
        if self._key is None:
            return None
        asked = self.request.url
        return derived(self._key, f"{self.request.method} {asked.path}?{asked.query} {self._content}")

    def received(self, sha256: str) -> None:
        """What a request brought that is not JSON."""
        self._content = sha256

    @property
    def views(self) -> Connection:
        return self.gate.views.reader()

    @property
    def locale(self) -> str:
        return str(self.request.state.locale)

    def allows(self, action: str, **ids: object) -> bool:
        resource = self._resource(ids)
        return resource is not None and policy.allowed(action, self.me, resource)

    def require(self, action: str, **ids: object) -> resources.Resource:
        """Raises `not_found` for what this person may not even know of, `not_allowed` otherwise."""
        return policy.require(action, self.me, self._resource(ids))

    def send(self, command: type[Command], *, index: int | str = "", **fields: Any) -> Done:
        """Stamp, execute, and wait until the views show it. `index` tells commands of one request apart."""
        command_id = derived(self.command_id, index) if index != "" else self.command_id
        try:
            stamped = command(
                id=command_id,
                actor=self.me.person_id,
                at=self.now,
                correlation_id=self.correlation_id,
                **fields,
            )
        except ValidationError as error:
            raise RequestValidationError(
                [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
            ) from error
        accepted = self.gate.clients.execute(stamped)
        self.gate.views.wait_for(accepted.position)
        self._tell(accepted.position)
        return Done(position=accepted.position)

    def _resource(self, ids: dict[str, object]) -> resources.Resource | None:
        return resources.load(self.views, {name: str(value) for name, value in ids.items() if value}, self.now)


def gate_of(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate


def subject(request: Request, gate: Annotated[Gate, Depends(gate_of)]) -> Subject:
    token = request.cookies.get(gate.identity.cookie_name)
    person_id = gate.identity.subject_of(token) if token else None
    if person_id is None:
        raise Refused("not_signed_in")
    wait_for_seen(request, gate.views, gate.store)
    return subject_from_views(gate.views.reader(), person_id)


def subject_from_views(connection: Connection, person_id: str) -> Subject:
    person = directory.person(connection, person_id)
    if person is None or not person.account_open:
        raise Refused("not_signed_in")
    return Subject(
        person_id=person_id,
        full_name=person.full_name,
        roles=frozenset((each.role, each.unit_id) for each in directory.roles_of(connection, person_id)),
        unit_id=person.unit_id,
    )


def context(
    request: Request,
    response: Response,
    gate: Annotated[Gate, Depends(gate_of)],
    me: Annotated[Subject, Depends(subject)],
    idempotency_key: Annotated[UUID | None, Header()] = None,
) -> Context:
    def tell(position: int) -> None:
        remember(request, response, position, gate.identity.secure)

    return Context(request, gate, me, idempotency_key, tell)


AnyGate = Annotated[Gate, Depends(gate_of)]
Edge = Annotated[Context, Depends(context)]
