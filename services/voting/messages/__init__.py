"""Voting: commands and events, the public contract.

`poll`: questions put in a session, and their ballots. `count`: secret ballots on paper, counted by a tellers' board.
`circulation`: opinions gathered from members outside a session. `cards`: a body's own rule cards.
"""

from services.voting.messages import poll
from services.voting.messages.poll import (
    BallotCast,
    BallotDictated,
    CancelPoll,
    CastBallot,
    Choice,
    ClosePoll,
    ConfirmDictation,
    DictateBallot,
    DictationWithdrawn,
    Election,
    Line,
    LineResult,
    Method,
    OpenPoll,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollTallied,
    PublishResult,
    QuorumSnapshot,
    Rating,
    Representation,
    ResultPublished,
    RuleCard,
    SeveralDrafts,
    SingleChoice,
    TallyPoll,
    WithdrawDictation,
)

EVENTS = poll.EVENTS

__all__ = [
    "EVENTS",
    "BallotCast",
    "BallotDictated",
    "CancelPoll",
    "CastBallot",
    "Choice",
    "ClosePoll",
    "ConfirmDictation",
    "DictateBallot",
    "DictationWithdrawn",
    "Election",
    "Line",
    "LineResult",
    "Method",
    "OpenPoll",
    "PollCancelled",
    "PollClosed",
    "PollOpened",
    "PollTallied",
    "PublishResult",
    "QuorumSnapshot",
    "Rating",
    "Representation",
    "ResultPublished",
    "RuleCard",
    "SeveralDrafts",
    "SingleChoice",
    "TallyPoll",
    "WithdrawDictation",
]
