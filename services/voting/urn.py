"""Ballots go into the log and each is answered: append, then check.

A ballot counts exactly when its position is before its poll's end; reading the poll after the append decides it,
so that a voter who holds a receipt is always counted and a voter who is refused never is. Where the card lets voters
change their minds, the last ballot before the end counts: another one goes behind the first once that has been read.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kernel.codec import Codec
from kernel.decider import Decider, Refused
from kernel.messages import NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, Conflict, EventStore, IdConflict
from services.voting import ballot, decider
from services.voting.messages import BallotCast, CastBallot, PollOpened

CHANGES_IN_A_BATCH = 5
"""Who changes the same ballot more often at the same moment is asked to try again."""

ENDS = {"PollClosed": "poll_closed", "PollCancelled": "poll_cancelled"}


def stream_of_poll(poll_id: UUID) -> str:
    return f"poll-{poll_id}"


class Receipt(NamedTuple):
    """The ballot stands in the log before the poll's end: it is counted."""

    poll_id: UUID
    voter_id: UUID
    marks: tuple[str, ...]
    event_id: UUID
    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """Where the poll ended; `code` is what a voter is told who comes later."""

    position: int
    code: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch knows of a poll before its ballots are appended."""

    poll: decider.Open
    end: End | None

    @property
    def changeable(self) -> bool:
        return self.poll.opened.rule_card.allows_change

    @property
    def decider(self) -> Decider[ballot.Ballot]:
        return ballot.changeable if self.changeable else ballot.decider


@dataclass(eq=False, slots=True)
class Entry:
    """One ballot on its way. `standing`: the event that it caused; `contested`: something else stands in its place.

    `reused`: its id has caused another ballot of this voter.
    """

    command: CastBallot
    known: Known
    under: str
    stream: str
    event_id: UUID | None = None
    standing: Recorded | None = None
    contested: bool = False
    reused: bool = False


class Urn:
    def __init__(self, store: EventStore, codec: Codec, deployment: str) -> None:
        self._store = store
        self._codec = codec
        self._deployment = deployment
        self._open: dict[UUID, decider.Open] = {}

    def answer(self, commands: Sequence[CastBallot], under: Sequence[str]) -> list[Receipt | Refused]:
        """`under`: the `traceparent` of each."""
        polls = {poll_id: self._known(poll_id) for poll_id in {command.poll_id for command in commands}}
        batch: list[Entry | Refused] = []
        for command, span in zip(commands, under, strict=True):
            known = polls[command.poll_id]
            refused = refusal(command, known)
            if known is None or refused is not None:
                batch.append(refused or Refused("no_such_poll", str(command.poll_id)))
            else:
                stream = ballot.stream_of(command.poll_id, command.voter_id)
                batch.append(Entry(command, known, span, stream))
        entries = [each for each in batch if isinstance(each, Entry)]
        self._append_first(entries)
        self._append_changes([each for each in entries if each.contested and each.known.changeable])
        ends = {poll_id: self._end(poll_id) for poll_id in {each.command.poll_id for each in entries}}  # the check
        return [each if isinstance(each, Refused) else self._checked(each, ends) for each in batch]

    def known(self, poll_id: UUID) -> Known | None:
        """The poll as it is now; None if there is none."""
        known = self._known(poll_id)
        return Known(known.poll, self._end(poll_id)) if known else None

    def _known(self, poll_id: UUID) -> Known | None:
        """Roll and question never change once the poll is open, so an open poll is read only once."""
        poll = self._open.get(poll_id)
        if poll is not None:
            return Known(poll, None)
        history = self._store.read(stream_of_poll(poll_id))
        if not history:
            return None
        opened = self._codec.decode(history[0])
        assert isinstance(opened, PollOpened)
        poll = decider.is_open(opened)
        end = end_in(history)
        if end is None:
            self._open[poll_id] = poll
        return Known(poll, end)

    def _end(self, poll_id: UUID) -> End | None:
        end = end_in(self._store.read(stream_of_poll(poll_id), after=0))
        if end is not None:
            self._open.pop(poll_id, None)
        return end

    def _append_first(self, entries: Sequence[Entry]) -> None:
        """Taking the voter's stream for empty saves a read; whoever has voted before meets a conflict.

        A poll known to have ended takes no ballot any more.
        """
        self._append([(each, ballot.NotCast(), NO_STREAM) for each in entries if each.known.end is None])

    def _append_changes(self, contested: Sequence[Entry]) -> None:
        """Another choice goes behind what stands in the voter's stream: once for each voter in a commit."""
        for _ in range(CHANGES_IN_A_BATCH):
            if not (contested := [each for each in contested if each.contested]):
                return
            of_voter = {each.stream: each for each in reversed(contested)}
            places = []
            for stream, entry in of_voter.items():
                history = self._store.read(stream)
                before = next((each for each in history if each.causation_id == entry.command.id), None)
                entry.contested = before is None and bool(history)
                if entry.contested:
                    places.append((entry, self._ballot(history[-1]), history[-1].version))
                elif before is not None:
                    same = frozenset(self._cast(before).marked) == frozenset(entry.command.marked)
                    entry.standing, entry.reused = (before, False) if same else (None, True)
            self._append(places)

    def _append(self, places: Sequence[tuple[Entry, ballot.Ballot, int]]) -> None:
        """All in one commit, each behind the version at which its voter's ballot was as given."""
        written, appends = [], []
        for entry, before, expected in places:
            entry.contested = False
            if new := self._encoded(entry, before):
                entry.event_id = new[0].id
                written.append(entry)
                appends.append(Append(entry.stream, new, expected))
        outcomes = self._store.append_each(appends) if appends else []
        placed = {each.first_position for each in outcomes if isinstance(each, Appended)}
        recorded = self._read_back(placed)
        for entry, outcome in zip(written, outcomes, strict=True):
            entry.contested = isinstance(outcome, Conflict | IdConflict)
            if isinstance(outcome, Appended):
                position = outcome.first_position
                entry.standing = recorded.get(position) or self._standing_at(entry.stream, position)

    def _encoded(self, entry: Entry, before: ballot.Ballot) -> list[NewEvent]:
        """Nothing where the same stands there already, or may not be changed; the check says which."""
        try:
            events = entry.known.decider.decide(entry.command, before)
        except Refused:
            return []
        return [
            self._codec.encode(event, entry.command, i, self._deployment, entry.under) for i, event in enumerate(events)
        ]

    def _read_back(self, positions: Collection[int]) -> dict[int, Recorded]:
        """One read, as a batch stands together in the log; what stands elsewhere is looked up by its stream."""
        if not positions:
            return {}
        first, last = min(positions), max(positions)
        page = self._store.read_all(first - 1, min(last - first + 1, 2 * len(positions)))
        return {each.position: each for each in page if each.position in positions}

    def _standing_at(self, stream: str, position: int) -> Recorded:
        return next(each for each in self._store.read(stream) if each.position == position)

    def _checked(self, entry: Entry, ends: Mapping[UUID, End | None]) -> Receipt | Refused:
        end = ends[entry.command.poll_id]
        if entry.standing is not None and (end is None or entry.standing.position < end.position):
            return self._own_receipt(entry, entry.standing)
        history = self._store.read(entry.stream)
        counted = next((each for each in reversed(history) if end is None or each.position < end.position), None)
        if counted is not None:
            try:
                if not entry.known.decider.decide(entry.command, self._ballot(counted)):
                    return self._receipt(counted)
            except Refused as refused:
                return refused
        if end is not None:
            return Refused(end.code, str(entry.command.poll_id))
        return Refused("id_conflict" if entry.reused or counted is None else "ballot_busy", str(entry.command.id))

    def _cast(self, recorded: Recorded) -> BallotCast:
        cast = self._codec.decode(recorded)
        assert isinstance(cast, BallotCast)
        return cast

    def _ballot(self, recorded: Recorded) -> ballot.Ballot:
        return ballot.evolve(ballot.NotCast(), self._cast(recorded))

    def _own_receipt(self, entry: Entry, standing: Recorded) -> Receipt:
        """What this very command wrote, now or when it was sent before: nothing is to be decoded."""
        command = entry.command
        return Receipt(
            poll_id=command.poll_id,
            voter_id=command.voter_id,
            marks=command.marked,
            event_id=entry.event_id or standing.id,
            position=standing.position,
            recorded_at=standing.recorded_at,
        )

    def _receipt(self, standing: Recorded) -> Receipt:
        cast = self._cast(standing)
        return Receipt(
            poll_id=cast.poll_id,
            voter_id=cast.voter_id,
            marks=cast.marked,
            event_id=standing.id,
            position=standing.position,
            recorded_at=standing.recorded_at,
        )


def refusal(command: CastBallot, known: Known | None) -> Refused | None:
    """Why this voter cannot give this answer to this poll, if so."""
    if known is None:
        return Refused("no_such_poll", str(command.poll_id))
    try:
        ballot.check_entitled(command, known.poll)
    except Refused as refused:
        return refused
    return None


def end_in(history: Sequence[Recorded]) -> End | None:
    return next((End(each.position, ENDS[each.type]) for each in history if each.type in ENDS), None)
