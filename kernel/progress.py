"""How far each follower has come, and the events that it could not handle."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that `follower` gave up on. `error` says why, or which parked event of its stream it waits behind."""

    follower: str
    position: int
    stream: str
    type: str
    error: str
    parked_at: datetime


class Progress(Protocol):
    """Losing it costs repeated reactions, which act once, and the list of what was parked; never a fact."""

    def get(self, follower: str) -> int:
        """The last position that the follower has finished; 0 before the first."""

    def put(self, follower: str, position: int) -> None:
        """Never moves back: of two replicas, the one further ahead counts."""

    def park(self, parked: Parked) -> None:
        """Once for each follower and position; the newest error stays."""

    def parked(self, follower: str = "") -> list[Parked]:
        """In the order of the log; of every follower without a name."""

    def unpark(self, follower: str, position: int) -> None: ...

    def close(self) -> None: ...
