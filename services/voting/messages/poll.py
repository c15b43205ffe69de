"""A poll is the question, a ballot is one voter's answer.

Streams: `poll-<id>`; `ballot-<poll>+<voter>`, so that the store's expected version is what lets nobody vote twice
and ballots of one poll never wait for each other; `dictation-<poll>+<voter>`.
"""

from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event, Message


class RuleCard(Message):
    """How a body decides, frozen into the poll: thresholds are data.

    `base`: what the share is taken of; `serving` members are those whose mandate holds now, where `all_members` counts
    vacant seats too. `threshold`: `more_than` or `at_least` the share numerator/denominator.
    `tie_to_chair`: with exactly half for and half against, the presiding officer's side wins.
    `needs_quorum`: without quorum the poll is refused; otherwise it opens and says so.
    `only_depleted`: lawful only while fewer than two thirds of the seats are filled (Law 65/2025/QH15, Art. 46).
    `allows_*`: what a voter may do besides voting once in person. `silence`: what no answer by the deadline of a
    circulated opinion means; it is printed with the count. `min_anonymity`: a secret ballot of fewer valid papers
    would tell who voted how, so that its breakdown is not published.
    `certainty` of the legal basis, as in docs/rule-cards.md: A read in an official text, B well known, C disputed.
    """

    card_id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    legal_basis: str
    certainty: Literal["A", "B", "C"]
    base: Literal["all_members", "serving", "present", "cast"]
    threshold: Literal["more_than", "at_least"]
    numerator: int = Field(ge=1)
    denominator: int = Field(ge=1)
    tie_to_chair: bool = False
    needs_quorum: bool = True
    only_depleted: bool = False
    allows_change: bool = False
    allows_weights: bool = False
    allows_proxies: bool = False
    allows_substitutes: bool = False
    silence: Literal["not_counted", "agreement"] = "not_counted"
    min_anonymity: int = Field(default=5, ge=1)

    @property
    def share(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


KEY = r"^[a-z][a-z0-9_]*$"
MARK = r"^[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*)?$"


class Choice(Message):
    """`counts_for`: only this choice counts toward the threshold. `counts_against`: what a tie is measured with.

    In an election each candidate is a choice, `person_id` if known to the directory.
    """

    key: str = Field(pattern=KEY)
    label: str = Field(min_length=1, max_length=200)
    counts_for: bool = False
    counts_against: bool = False
    person_id: UUID | None = None


class Line(Message):
    """One thing on a paper of several: a person to be rated, or a draft resolution."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=500)
    person_id: UUID | None = None
    document_id: UUID | None = None


class SingleChoice(Message):
    """One question, one choice. A ballot's only mark is the choice's key."""

    kind: Literal["single_choice"] = "single_choice"


class Election(Message):
    """Choose `minimum` to `maximum` of the candidates for `posts` open posts; each mark is a candidate's key.

    Elected is who reaches the card's threshold, the most votes first; equal votes for the last post elect nobody of
    the equals. `round` counts from 1; a further round is a poll of its own for the posts still open.
    """

    kind: Literal["election"] = "election"
    minimum: int = Field(default=1, ge=0)
    maximum: int = Field(ge=1)
    posts: int = Field(ge=1)
    round: int = Field(default=1, ge=1)
    follows: UUID | None = None


class Rating(Message):
    """Each line is a person, each choice a grade (three: lấy phiếu tín nhiệm; two: bỏ phiếu tín nhiệm).

    A mark is `<line>:<grade>`. What follows is measured by the grade that counts against: more than half, or two
    thirds of the base (Resolution 96/2023/QH15).
    """

    kind: Literal["rating"] = "rating"


class SeveralDrafts(Message):
    """One paper, a decision per line by the same card. A mark is `<line>:<choice>`."""

    kind: Literal["several_drafts"] = "several_drafts"


Method = Annotated[SingleChoice | Election | Rating | SeveralDrafts, Field(discriminator="kind")]


Weight = Annotated[int, Field(le=1_000_000)]
"""Votes of one voter. What is less than one vote is refused by the decider."""


class Representation(Message):
    """`holder_id` may vote for `voter_id`: a proxy is another voter, a substitute is not on the roll.

    `basis`: the paper that says so, as it is printed in the minutes.
    """

    voter_id: UUID
    holder_id: UUID
    kind: Literal["proxy", "substitute"]
    basis: str = Field(min_length=1, max_length=500)


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
    """Freezes roll, choices, method, rule card and quorum. `chair_id` decides a tie where the card says so.

    `members` is the number of seats, `serving` that of members in office today. `secret`: on paper, counted by a
    tellers' board; no electronic ballot is taken. `weights`: votes of who does not weigh 1; then `members` and
    `serving` are sums of votes too. `represented`: who may vote for whom.
    """

    poll_id: UUID
    meeting_id: UUID
    item_id: UUID | None = None
    question: str = Field(min_length=1, max_length=1000)
    roll: tuple[UUID, ...] = Field(min_length=1, max_length=20000)
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=50)
    rule_card: RuleCard
    members: int = Field(ge=1)
    quorum: QuorumSnapshot
    chair_id: UUID | None = None
    method: Method = SingleChoice()
    lines: tuple[Line, ...] = Field(default=(), max_length=50)
    secret: bool = False
    serving: int | None = Field(default=None, ge=1)
    weights: dict[UUID, Weight] = {}
    represented: tuple[Representation, ...] = ()


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
    method: Method = SingleChoice()
    lines: tuple[Line, ...] = ()
    secret: bool = False
    serving: int | None = None
    weights: dict[UUID, int] = {}
    represented: tuple[Representation, ...] = ()


class CancelPoll(Command):
    """Ends an open poll without a result; its ballots stay in the record and decide nothing."""

    poll_id: UUID
    reason: str = Field(min_length=1, max_length=1000)


class PollCancelled(Event):
    poll_id: UUID
    reason: str


class CastBallot(Command):
    """`choice` for a single choice, else `marks`. `holder_id`: who votes for the voter, if it is not the voter.

    `dictated_by` and `confirmed_by` are the two people who recorded the open vote of a member without a device.
    """

    poll_id: UUID
    voter_id: UUID
    choice: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$")
    remote: bool = False
    marks: tuple[Annotated[str, Field(pattern=MARK)], ...] = Field(default=(), max_length=200)
    holder_id: UUID | None = None
    dictated_by: str = ""
    confirmed_by: str = ""

    @property
    def marked(self) -> tuple[str, ...]:
        return self.marks or ((self.choice,) if self.choice else ())


class BallotCast(Event):
    """Counts exactly when it is the voter's last whose position in the log is before the poll's `PollClosed`."""

    poll_id: UUID
    voter_id: UUID
    choice: str = ""
    remote: bool = False
    marks: tuple[str, ...] = ()
    holder_id: UUID | None = None
    dictated_by: str = ""
    confirmed_by: str = ""

    @property
    def marked(self) -> tuple[str, ...]:
        return self.marks or ((self.choice,) if self.choice else ())


class DictateBallot(Command):
    """A clerk writes down the open vote of a member without a device; nothing counts until a second person confirms."""

    poll_id: UUID
    voter_id: UUID
    marks: tuple[Annotated[str, Field(pattern=MARK)], ...] = Field(min_length=1, max_length=200)


class BallotDictated(Event):
    poll_id: UUID
    voter_id: UUID
    marks: tuple[str, ...]
    dictated_by: str


class ConfirmDictation(Command):
    """By another person than who wrote it down, who heard the same `marks`; casts the ballot."""

    poll_id: UUID
    voter_id: UUID
    marks: tuple[Annotated[str, Field(pattern=MARK)], ...] = Field(min_length=1, max_length=200)


class DictationConfirmed(Event):
    """The ballot has been cast; what the voter says next may be written down anew."""

    poll_id: UUID
    voter_id: UUID
    confirmed_by: str


class WithdrawDictation(Command):
    poll_id: UUID
    voter_id: UUID


class DictationWithdrawn(Event):
    poll_id: UUID
    voter_id: UUID


class ClosePoll(Command):
    poll_id: UUID


class PollClosed(Event):
    poll_id: UUID


class TallyPoll(Command):
    """Sent by the voting service to itself once the poll is closed. `counts`: votes before the close by mark.

    `chair_marks`: the ballot of the presiding officer, if any. `cast`: votes of all ballots, as a ballot may bear
    several marks (None: one mark each). `invalid`: those of them, on paper, that are not valid and bear no mark.
    """

    poll_id: UUID
    counts: dict[str, int]
    chair_marks: tuple[str, ...] = ()
    cast: int | None = Field(default=None, ge=0)
    invalid: int = Field(default=0, ge=0)


class LineResult(Message):
    """Of one line or candidate: `votes` decide, `needed` were necessary. `passed`: passed, elected or confident.

    Of a rating, `votes` are the low ones, and `needed` of them end the confidence. `finding`: `half_low` when more than
    half of the base rated low, `two_thirds_low` when at least two thirds did.
    """

    key: str
    votes: int
    needed: int
    passed: bool
    decided_by_chair: bool = False
    finding: Literal["", "half_low", "two_thirds_low"] = ""


class PollTallied(Event):
    """`base_count` members were the base, `needed` votes were necessary by `card_id`, `votes_for` were cast for.

    Where the method has lines or candidates, `lines` has the result of each, `passed` means all of them (in an
    election: no post is open), and `votes_for` is 0.
    """

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
    lines: tuple[LineResult, ...] = ()
    open_posts: int = 0
    invalid: int = 0


class PublishResult(Command):
    """The presiding officer's own act, after the tally."""

    poll_id: UUID


class ResultPublished(Event):
    poll_id: UUID


EVENTS = (
    PollOpened,
    PollCancelled,
    BallotCast,
    BallotDictated,
    DictationConfirmed,
    DictationWithdrawn,
    PollClosed,
    PollTallied,
    ResultPublished,
)
