"""The hot path: append, then check.

Everything queued while the previous batch was under way goes to the store as one batch (no fixed window waits).
A ballot counts exactly when its position is before its poll's end; reading the poll after the append decides it,
so that a voter who holds a receipt is always counted and a voter who is refused never is.
"""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

import structlog

from kernel import metrics, trace
from kernel.codec import Codec
from kernel.decider import Refused
from kernel.messages import Recorded
from kernel.ports import NO_STREAM, Append, Appended, EventStore
from services.voting import ballot, decider
from services.voting.messages import BallotCast, CastBallot

log = structlog.get_logger()

ENDS = {"PollClosed": "poll_closed", "PollCancelled": "poll_cancelled"}


def stream_of_poll(poll_id: UUID) -> str:
    return f"poll-{poll_id}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The ballot stands in the log before the poll's end: it is counted."""

    poll_id: UUID
    voter_id: UUID
    choice: str
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


@dataclass(eq=False)
class Waiting:
    """One caller's commands, the trace that they came under and, once checked, the answers."""

    commands: Sequence[CastBallot]
    under: str = field(default_factory=trace.current)
    answers: list[Receipt | Refused] = field(default_factory=list)
    failure: Exception | None = None
    done: bool = False


class BallotBox:
    def __init__(self, store: EventStore, codec: Codec, deployment: str) -> None:
        self._store = store
        self._codec = codec
        self._deployment = deployment
        self._queue: list[Waiting] = []
        self._queued = threading.Lock()
        self._turn = threading.Lock()
        self._open: dict[UUID, decider.Open] = {}

    def put(self, commands: Sequence[CastBallot]) -> list[Receipt | Refused]:
        """One answer for each command, in order. If the store fails, nobody of the batch is answered."""
        mine = Waiting(commands)
        with self._queued:
            self._queue.append(mine)
        with self._turn:
            if not mine.done:
                self._serve_queue()
        if mine.failure is not None:
            raise mine.failure
        return mine.answers

    def _serve_queue(self) -> None:
        with self._queued:
            batch, self._queue = self._queue, []
        began = time.perf_counter()
        try:
            under = {command.id: waiting.under for waiting in batch for command in waiting.commands}
            answers = self._answer([command for waiting in batch for command in waiting.commands], under)
            remaining = iter(answers)
            for waiting in batch:
                waiting.answers = list(islice(remaining, len(waiting.commands)))
            observe(answers, began)
        except Exception as failure:  # raised again by each caller whose ballots share this batch
            for waiting in batch:
                waiting.failure = failure
        finally:
            for waiting in batch:
                waiting.done = True

    def _answer(self, commands: Sequence[CastBallot], under: Mapping[UUID, str]) -> list[Receipt | Refused]:
        polls = {poll_id: self._known(poll_id) for poll_id in {command.poll_id for command in commands}}
        refusals = [refusal(command, polls[command.poll_id]) for command in commands]
        entitled = [command for command, refused in zip(commands, refusals, strict=True) if refused is None]
        standing = self._append(entitled, polls, under)
        ends = {command.poll_id: self._end(command.poll_id) for command in entitled}  # the check after the append
        checked = iter([self._checked(each, standing[i], ends[each.poll_id]) for i, each in enumerate(entitled)])
        return [next(checked) if refused is None else refused for refused in refusals]

    def _known(self, poll_id: UUID) -> Known | None:
        """Roll and choices never change once the poll is open, so an open poll is read only once."""
        if poll_id in self._open:
            return Known(self._open[poll_id], None)
        history = self._store.read(stream_of_poll(poll_id))
        if not history:
            return None
        poll = decider.evolve(decider.NotOpened(), self._codec.decode(history[0]))
        assert isinstance(poll, decider.Open)
        end = end_in(history)
        if end is None:
            self._open[poll_id] = poll
        return Known(poll, end)

    def _end(self, poll_id: UUID) -> End | None:
        end = end_in(self._store.read(stream_of_poll(poll_id), after=0))
        if end is not None:
            self._open.pop(poll_id, None)
        return end

    def _append(
        self, commands: Sequence[CastBallot], polls: Mapping[UUID, Known | None], under: Mapping[UUID, str]
    ) -> list[Recorded | None]:
        """What stands in each voter's stream afterwards. A poll known to have ended takes no ballot any more."""
        live = [i for i, command in enumerate(commands) if (known := polls[command.poll_id]) and known.end is None]
        ballots = [self._first_ballot(commands[i], under[commands[i].id]) for i in live]
        outcomes = self._store.append_each(ballots) if live else []
        placed = {i: each.first_position for i, each in zip(live, outcomes, strict=True) if isinstance(each, Appended)}
        recorded = self._read_back(set(placed.values()))
        return [recorded.get(placed.get(i, 0)) or self._last_ballot(command) for i, command in enumerate(commands)]

    def _first_ballot(self, command: CastBallot, under: str) -> Append:
        """Taking the voter's stream for empty saves a read; whoever has voted before meets a conflict."""
        events = ballot.decide(command, ballot.NotCast())
        new = [self._codec.encode(event, command, i, self._deployment, under) for i, event in enumerate(events)]
        return Append(ballot.stream_of(command.poll_id, command.voter_id), new, NO_STREAM)

    def _read_back(self, positions: Collection[int]) -> dict[int, Recorded]:
        """One read, as a batch stands together in the log; what stands elsewhere is looked up by its stream."""
        if not positions:
            return {}
        first, last = min(positions), max(positions)
        page = self._store.read_all(first - 1, min(last - first + 1, 2 * len(positions)))
        return {each.position: each for each in page if each.position in positions}

    def _last_ballot(self, command: CastBallot) -> Recorded | None:
        history = self._store.read(ballot.stream_of(command.poll_id, command.voter_id))
        return history[-1] if history else None

    def _checked(self, command: CastBallot, standing: Recorded | None, end: End | None) -> Receipt | Refused:
        if end is not None and (standing is None or standing.position > end.position):
            return Refused(end.code, str(command.poll_id))
        if standing is None:
            return Refused("id_conflict", str(command.id))
        cast = self._codec.decode(standing)
        assert isinstance(cast, BallotCast)
        try:
            ballot.decide(command, ballot.evolve(ballot.NotCast(), cast))
        except Refused as refused:
            return refused
        return Receipt(
            poll_id=cast.poll_id,
            voter_id=cast.voter_id,
            choice=cast.choice,
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


def observe(answers: Sequence[Receipt | Refused], began: float) -> None:
    """Counts and one log line for the batch; never who or what."""
    receipts = sum(isinstance(answer, Receipt) for answer in answers)
    seconds = time.perf_counter() - began
    for result, count in (("accepted", receipts), ("refused", len(answers) - receipts)):
        metrics.COMMANDS.labels("voting", "CastBallot", result).inc(count)
        metrics.BALLOTS.labels(result).inc(count)
    metrics.COMMAND_SECONDS.labels("voting").observe(seconds)
    log.info("ballots", accepted=receipts, refused=len(answers) - receipts, ms=round(seconds * 1000, 1))
