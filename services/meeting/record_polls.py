"""Polls in the record: the published result with its proof, and who voted how, counted again from the ballots."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.messages import Event, Recorded
from services.meeting.record_facts import ChoiceCount, LineFact, Poll, Proof, Vote
from services.meeting.record_names import Names
from services.voting.messages import (
    BallotCast,
    Election,
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
    method, open_to_all = opened.method, published and not opened.secret
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
        counts=_counts(history) if open_to_all and not opened.lines else (),
        proof=_proof(history) if published else None,
        votes=_votes(history, names) if open_to_all else (),
        method=method.kind,
        secret=opened.secret,
        lines=_lines(history) if published else (),
        open_posts=history.tally.open_posts if published and history.tally else 0,
        round=method.round if isinstance(method, Election) else 1,
    )


def _counts(history: PollHistory) -> tuple[ChoiceCount, ...]:
    assert history.tally is not None
    counts = history.tally.counts
    return tuple(
        ChoiceCount(each.key, each.label, each.counts_for, counts.get(each.key, 0)) for each in history.opened.choices
    )


def _lines(history: PollHistory) -> tuple[LineFact, ...]:
    """As they stood on the paper."""
    tally, opened = history.tally, history.opened
    assert tally is not None
    titles = {choice.key: choice.label for choice in opened.choices}
    titles |= {line.key: line.title for line in opened.lines}
    return tuple(
        LineFact(
            title=titles[each.key],
            counts=tuple(
                ChoiceCount(choice.key, choice.label, choice.counts_for, tally.counts[f"{each.key}:{choice.key}"])
                for choice in opened.choices
                if opened.lines and not opened.secret
            ),
            votes=None if opened.secret else each.votes,
            needed=each.needed,
            passed=each.passed,
            decided_by_chair=each.decided_by_chair,
            finding=each.finding,
        )
        for each in tally.lines
    )


def _proof(history: PollHistory) -> Proof:
    tally, card = history.tally, history.opened.rule_card
    assert tally is not None
    return Proof(
        members=history.opened.members,
        base=card.base,
        base_count=tally.base_count,
        needed=tally.needed,
        votes_for=None if history.opened.secret else tally.votes_for,
        cast=tally.cast,
        not_cast=tally.not_cast,
        passed=tally.passed,
        decided_by_chair=tally.decided_by_chair,
        rule=card.title,
        legal_basis=card.legal_basis,
        certainty=card.certainty,
        agrees=history.opened.secret or _counted(history) == Counter(tally.counts),
    )


def _counted(history: PollHistory) -> Counter[str]:
    counted: Counter[str] = Counter()
    for voter_id, ballot in history.ballots.items():
        counted.update(dict.fromkeys(ballot.marked, history.opened.weights.get(voter_id, 1)))
    return counted


def _votes(history: PollHistory, names: Names) -> tuple[Vote, ...]:
    votes = []
    for voter_id in history.opened.roll:
        weight = history.opened.weights.get(voter_id, 1)
        ballot = history.ballots.get(voter_id)
        if ballot is None:
            votes.append(Vote(names.person(voter_id), None, weight=weight))
            continue
        votes.append(
            Vote(
                person=names.person(voter_id),
                choice=_marked(history.opened, ballot),
                remote=ballot.remote,
                holder=names.person(ballot.holder_id) if ballot.holder_id else None,
                dictated=bool(ballot.confirmed_by),
                weight=weight,
            )
        )
    return tuple(votes)


def _marked(opened: PollOpened, ballot: BallotCast) -> str:
    """In words; a line by its number on the paper."""
    labels = {choice.key: choice.label for choice in opened.choices}
    numbers = {line.key: number for number, line in enumerate(opened.lines, 1)}
    parts = [mark.rpartition(":") for mark in ballot.marked]
    return "; ".join(f"{numbers[line]}: {labels[key]}" if line else labels.get(key, key) for line, _, key in parts)
