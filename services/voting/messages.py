"""Voting: a poll is the question, a ballot is one voter's answer. Commands and events.

Streams: `poll-<id>`; `ballot-<poll>+<voter>`, so that the store's expected version is what lets nobody vote twice
and ballots of one poll never wait for each other.
"""

from fractions import Fraction
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event, Message


class RuleCard(Message):
    """How a body decides, frozen into the poll: thresholds are data.

    `base`: what the share is taken of. `threshold`: `more_than` or `at_least` the share numerator/denominator.
    `tie_to_chair`: with exactly half for and half against, the presiding officer's side wins.
    `certainty` of the legal basis, as in docs/rule-cards.md: A read in an official text, B well known, C disputed.
    """

    card_id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    legal_basis: str
    certainty: Literal["A", "B", "C"]
    base: Literal["all_members", "present", "cast"]
    threshold: Literal["more_than", "at_least"]
    numerator: int = Field(ge=1)
    denominator: int = Field(ge=1)
    tie_to_chair: bool = False
    needs_quorum: bool = True

    @property
    def share(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class Choice(Message):
    """`counts_for`: only this choice counts toward the threshold. `counts_against`: what a tie is measured with."""

    key: str = Field(pattern=r"^[a-z_]+$")
    label: str = Field(min_length=1, max_length=60)
    counts_for: bool = False
    counts_against: bool = False


class QuorumSnapshot(Message):
    """Attendance of voting members when the poll opened, read from the log up to `as_of`."""

    seats: int = Field(ge=1)
    needed: int = Field(ge=0)
    present: int = Field(ge=0)
    as_of: int = Field(ge=0)

    @property
    def met(self) -> bool:
        return self.present >= self.needed


class OpenPoll(Command):
    """Freezes roll, choices, rule card and quorum. `chair_id` decides a tie where the card says so."""

    poll_id: UUID
    meeting_id: UUID
    item_id: UUID | None = None
    question: str = Field(min_length=1, max_length=1000)
    roll: tuple[UUID, ...] = Field(min_length=1, max_length=20000)
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=10)
    rule_card: RuleCard
    members: int = Field(ge=1)
    quorum: QuorumSnapshot
    chair_id: UUID | None = None


class PollOpened(Event):
    poll_id: UUID
    meeting_id: UUID
    item_id: UUID | None = None
    question: str
    roll: tuple[UUID, ...]
    choices: tuple[Choice, ...]
    rule_card: RuleCard
    members: int
    quorum: QuorumSnapshot
    chair_id: UUID | None = None


class CancelPoll(Command):
    """Ends an open poll without a result; its ballots stay in the record and decide nothing."""

    poll_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class PollCancelled(Event):
    poll_id: UUID
    reason: str


class CastBallot(Command):
    poll_id: UUID
    voter_id: UUID
    choice: str = Field(pattern=r"^[a-z_]+$")
    remote: bool = False


class BallotCast(Event):
    """Counts exactly when its position in the log is before the poll's `PollClosed`."""

    poll_id: UUID
    voter_id: UUID
    choice: str
    remote: bool = False


class ClosePoll(Command):
    poll_id: UUID


class PollClosed(Event):
    poll_id: UUID


class TallyPoll(Command):
    """Sent by the voting service to itself once the poll is closed. `counts`: ballots before the close by choice."""

    poll_id: UUID
    counts: dict[str, int]
    chair_choice: str | None = None


class PollTallied(Event):
    """`base_count` members were the base, `needed` votes were necessary by `card_id`, `votes_for` were cast for."""

    poll_id: UUID
    counts: dict[str, int]
    cast: int
    not_cast: int
    base_count: int
    needed: int
    votes_for: int
    passed: bool
    decided_by_chair: bool = False
    card_id: str


class PublishResult(Command):
    """The presiding officer's own act, after the tally."""

    poll_id: UUID


class ResultPublished(Event):
    poll_id: UUID


EVENTS = (PollOpened, PollCancelled, BallotCast, PollClosed, PollTallied, ResultPublished)
