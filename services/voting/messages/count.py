"""A secret ballot on paper (bỏ phiếu kín), counted by a tellers' board (ban kiểm phiếu); in the poll's own stream.

Two tellers key in what the board counted, each without seeing the other's figures; only equal figures make a count.
"""

from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event, Message


class PaperCount(Message):
    """What the board read off the papers; every figure but `counts` is a number of papers.

    `issued` were handed out by the board, of which `returned` came out of the box, `unused` were given back and
    `spoiled` exchanged for fresh ones. Of the returned ones `valid` and `invalid`. `counts`: how often each mark stands
    on the valid papers.
    """

    issued: int = Field(ge=0, le=100_000)
    returned: int = Field(ge=0, le=100_000)
    unused: int = Field(ge=0, le=100_000)
    spoiled: int = Field(ge=0, le=100_000)
    valid: int = Field(ge=0, le=100_000)
    invalid: int = Field(ge=0, le=100_000)
    counts: dict[str, int] = Field(max_length=500)


class AppointTellers(Command):
    """The board that the meeting has chosen: its head and at least two members; candidates do not count themselves."""

    poll_id: UUID
    head_id: UUID
    member_ids: tuple[UUID, ...] = Field(min_length=2, max_length=30)


class TellersAppointed(Event):
    poll_id: UUID
    head_id: UUID
    member_ids: tuple[UUID, ...]


class EnterCount(Command):
    """By a teller, once the box is closed. The second entry must be another teller's."""

    poll_id: UUID
    count: PaperCount


class CountEntered(Event):
    poll_id: UUID
    teller_id: UUID
    count: PaperCount


class CountsDiffered(Event):
    """The two entries are not the same in these `figures` (names of `PaperCount`, or marks): both are void."""

    poll_id: UUID
    figures: tuple[str, ...]


class CountAgreed(Event):
    """Two tellers keyed in the same figures."""

    poll_id: UUID
    count: PaperCount
    teller_ids: tuple[UUID, UUID]


class RestartCount(Command):
    """The board counts again; what was keyed in is void."""

    poll_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class CountRestarted(Event):
    poll_id: UUID
    reason: str


class ConfirmCount(Command):
    """By the head of the board: the agreed count becomes the tally."""

    poll_id: UUID


EVENTS = (TellersAppointed, CountEntered, CountsDiffered, CountAgreed, CountRestarted)
