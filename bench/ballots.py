"""The same ballots for every side, and what must be true of them afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bench.shape import Wrong
from kernel.ids import uuid7

CHOICES = ("for", "against", "not_voting")


@dataclass(frozen=True)
class Asked:
    """One ballot that is to be recorded."""

    poll_id: UUID
    voter_id: UUID
    choice: str


@dataclass(frozen=True)
class Recorded:
    """What a round left behind: (poll, voter, choice) as acknowledged and as found by reading the store again."""

    acknowledged: Sequence[tuple[str, str, str]]
    stored: Sequence[tuple[str, str, str]]


def asked(count: int) -> list[Asked]:
    poll_id = uuid7()
    return [Asked(poll_id, uuid7(), CHOICES[turn % 3]) for turn in range(count)]


def check(found: Recorded) -> None:
    """Rows stored = ballots acknowledged; nobody twice; the tallies equal."""
    voters = {(poll, voter) for poll, voter, _ in found.stored}
    if len(voters) != len(found.stored):
        raise Wrong(f"{len(found.stored) - len(voters)} voters are counted twice")
    if sorted(found.stored) != sorted(found.acknowledged):
        raise Wrong(f"{len(found.stored)} stored, {len(found.acknowledged)} acknowledged, or not the same ones")
    if Counter(choice for *_, choice in found.stored) != Counter(choice for *_, choice in found.acknowledged):
        raise Wrong("the tallies differ")
