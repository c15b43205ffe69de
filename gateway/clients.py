"""Sends a command to the service that owns it."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from kernel.decider import Refused
from kernel.messages import Accepted, Command
from services.voting.messages import CastBallot
from services.voting.urn import Receipt


class Service(Protocol):
    def execute(self, command: Command) -> Accepted: ...


class Commands(Service, Protocol):
    """The way to all services."""

    @property
    def batches(self) -> int:
        """How many `cast` are worth having under way at the same time."""

    def cast(self, commands: Sequence[CastBallot], under: Sequence[str]) -> list[Receipt | Refused]:
        """One answer for each ballot, in order; `under` is the `traceparent` of each."""


class Voting(Service, Protocol):
    def cast(self, commands: Sequence[CastBallot], under: Sequence[str]) -> list[Receipt | Refused]: ...


class Clients:
    """In-process: the services' own objects. A command belongs to the package that defines its class."""

    batches = 1

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = dict(services)

    def execute(self, command: Command) -> Accepted:
        package = type(command).__module__.split(".")[1]
        return self._services[package].execute(command)

    def cast(self, commands: Sequence[CastBallot], under: Sequence[str]) -> list[Receipt | Refused]:
        return cast(Voting, self._services["voting"]).cast(commands, under)
