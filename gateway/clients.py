"""Sends a command to the service that owns it."""

from collections.abc import Mapping
from typing import Protocol

from kernel.messages import Accepted, Command


class Service(Protocol):
    def execute(self, command: Command) -> Accepted: ...


class Clients:
    """In-process: the services' own objects. A command belongs to the package that defines its class."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = dict(services)

    def execute(self, command: Command) -> Accepted:
        package = type(command).__module__.split(".")[1]
        return self._services[package].execute(command)
