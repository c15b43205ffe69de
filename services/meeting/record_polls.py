"""Polls in the record: the published result with its proof, and who voted how, counted again from the ballots."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.messages import Event, Recorded
from services.meeting.record_facts import ChoiceCount, Poll, Proof, Vote
from services.meeting.record_names import Names
from services.voting.messages import (
    BallotCast,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollTallied,
    ResultPublished,
)


@dataclass
class PollHistory:
    opened: PollOpened
    opened_at: datetime
    closed_at: datetime | None = None
    published_at: datetime | None = None
    cancelled: str = ""
    tally: PollTallied | None = None
    ballots: dict[UUID, BallotCast] = field(default_factory=dict)

    def take(self, recorded: Recorded, event: Event) -> None:
        """In log order: a ballot counts exactly when it stands before the close, and a voter's last one counts."""
        match event:
            case BallotCast(voter_id=voter_id):
                if self.closed_at is None:
                    self.ballots[voter_id] = event
            case PollClosed():
                self.closed_at = recorded.recorded_at
            case PollCancelled(reason=reason):
                self.cancelled = reason
            case PollTallied():
                self.tally = event
            case ResultPublished():
                self.published_at = recorded.recorded_at


def poll_record(history: PollHistory, names: Names) -> Poll:
    opened, published = history.opened, history.published_at is not None and history.tally is not None
    return Poll(
        id=opened.poll_id,
        question=opened.question,
        opened_at=history.opened_at,
        closed_at=history.closed_at,
        published_at=history.published_at,
        cancelled=history.cancelled,
        roll=len(opened.roll),
        present=opened.quorum.present,
        quorum_needed=opened.quorum.needed,
        quorum_met=opened.quorum.met,
        counts=_counts(history) if published else (),
        proof=_proof(history) if published else None,
        votes=_votes(history, names) if published else (),
    )


def _counts(history: PollHistory) -> tuple[ChoiceCount, ...]:
    assert history.tally is not None
    counts = history.tally.counts
    return tuple(
        ChoiceCount(each.key, each.label, each.counts_for, counts.get(each.key, 0)) for each in history.opened.choices
    )


def _proof(history: PollHistory) -> Proof:
    tally, card = history.tally, history.opened.rule_card
    assert tally is not None
    counted = Counter(ballot.choice for ballot in history.ballots.values())
    return Proof(
        members=history.opened.members,
        base=card.base,
        base_count=tally.base_count,
        needed=tally.needed,
        votes_for=tally.votes_for,
        cast=tally.cast,
        not_cast=tally.not_cast,
        passed=tally.passed,
        decided_by_chair=tally.decided_by_chair,
        rule=card.title,
        legal_basis=card.legal_basis,
        certainty=card.certainty,
        agrees=counted == Counter(tally.counts),
    )


def _votes(history: PollHistory, names: Names) -> tuple[Vote, ...]:
    labels = {choice.key: choice.label for choice in history.opened.choices}
    votes = []
    for voter_id in history.opened.roll:
        ballot = history.ballots.get(voter_id)
        choice = labels.get(ballot.choice, ballot.choice) if ballot else None
        votes.append(Vote(names.person(voter_id), choice, ballot.remote if ballot else False))
    return tuple(votes)
