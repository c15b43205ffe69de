"""Who votes for whom, and with how many votes, in the polls of a meeting; a poll's card says which of it applies.

Stream: `votingRights-<meeting>`.
"""

from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event
from services.voting.messages.poll import Representation, Weight


class RecordVotingRights(Command):
    """The whole list, in place of the one before; polls that are opened from then on follow it.

    `roll`: the members with a mandate today. `weights`: votes of who does not weigh 1.
    """

    meeting_id: UUID
    roll: tuple[UUID, ...] = Field(max_length=20000)
    weights: dict[UUID, Weight] = {}
    represented: tuple[Representation, ...] = Field(default=(), max_length=20000)


class VotingRightsRecorded(Event):
    meeting_id: UUID
    weights: dict[UUID, int]
    represented: tuple[Representation, ...]


EVENTS = (VotingRightsRecorded,)
