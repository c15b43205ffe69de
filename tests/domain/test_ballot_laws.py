"""What holds for every order in which people open, vote, close, cancel, tally and publish."""

from collections import Counter
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import Codec
from kernel.decider import Refused
from kernel.messages import Command, Event
from services.voting.decider import NotOpened, decider
from services.voting.messages import (
    EVENTS,
    CancelPoll,
    CastBallot,
    ClosePoll,
    OpenPoll,
    PollTallied,
    PublishResult,
    TallyPoll,
)
from services.voting.service import CODEC, REACTS_TO, VotingService
from services.voting.urn import Receipt
from tests.domain.test_voting import BUDGET, HALF, question
from tests.stamps import ids, stamp

VOTERS = ("ana", "ben", "cat", "dan")

ballots = st.builds(
    lambda voter, choice, command: stamp(
        CastBallot, poll_id=BUDGET, voter_id=ids(voter), choice=choice, command_id=command and ids(command)
    ),
    voter=st.sampled_from((*VOTERS, "guest")),
    choice=st.sampled_from(["for", "against", "not_voting", "maybe"]),
    command=st.sampled_from([None, "first command", "second command"]),
)
closes = st.builds(lambda: stamp(ClosePoll, poll_id=BUDGET))
cancels = st.builds(lambda: stamp(CancelPoll, poll_id=BUDGET, reason="Câu hỏi sai"))
publishes = st.builds(lambda: stamp(PublishResult, poll_id=BUDGET))
opens = st.builds(lambda: stamp(OpenPoll, **question()))
tallies = st.builds(
    lambda counts: stamp(TallyPoll, poll_id=BUDGET, counts=counts),
    counts=st.dictionaries(st.sampled_from(["for", "against", "not_voting", "maybe"]), st.integers(-1, 4)),
)
acts = st.lists(st.one_of(opens, closes, cancels, publishes, tallies), max_size=12)


def batches() -> st.SearchStrategy[list[list[Command]]]:
    """A list of steps: one poll command, or several ballots that reach the box together."""
    one = st.one_of(closes, cancels, publishes).map(lambda command: [command])
    return st.lists(st.one_of(one, st.lists(ballots, min_size=1, max_size=6)), max_size=10)


class Election:
    """A voting service, every answer it gave, and its own events fed back to it."""

    def __init__(self) -> None:
        self.store = SqliteStore(":memory:")
        self.service = VotingService(self.store, "test.dienhong")
        self.receipts: list[Receipt] = []
        self.seen = 0

    def do(self, step: list[Command]) -> None:
        if all(isinstance(command, CastBallot) for command in step):
            answers = self.service.cast(step)
            assert len(answers) == len(step)
            self.receipts += [answer for answer in answers if isinstance(answer, Receipt)]
        else:
            for command in step:
                try:
                    self.service.execute(command)
                except Refused:
                    continue
        self.settle()

    def settle(self) -> None:
        for recorded in self.store.read_all(self.seen, 1000):
            if recorded.type in REACTS_TO:
                self.service.on_event(recorded, CODEC.decode(recorded))
            self.seen = recorded.position

    def tally(self) -> PollTallied | None:
        history = [CODEC.decode(each) for each in self.store.read(f"poll-{BUDGET}")]
        return next((event for event in history if isinstance(event, PollTallied)), None)


@settings(max_examples=150, deadline=None)
@given(steps=batches())
def test_nobody_votes_twice_and_every_receipt_is_counted_whatever_the_order(steps):
    election = Election()
    election.do([stamp(OpenPoll, **question())])
    for step in steps:
        election.do(step)
    held: dict[UUID, set[tuple[UUID, str]]] = {}
    for receipt in election.receipts:
        held.setdefault(receipt.voter_id, set()).add((receipt.event_id, receipt.marks[0]))
    assert all(len(receipts) == 1 for receipts in held.values())
    assert set(held) <= {ids(voter) for voter in VOTERS}
    tally = election.tally()
    if tally is not None:
        acknowledged = Counter(choice for receipts in held.values() for _, choice in receipts)
        assert {key: count for key, count in tally.counts.items() if count} == acknowledged
    election.store.close()


@settings(max_examples=150, deadline=None)
@given(steps=batches())
def test_where_a_mind_may_be_changed_the_last_acknowledged_ballot_of_each_voter_is_counted(steps):
    election = Election()
    changeable = HALF.model_copy(update={"allows_change": True})
    election.do([stamp(OpenPoll, **question(rule_card=changeable))])
    for step in steps:
        election.do(step)
    last: dict[UUID, Receipt] = {}
    for receipt in sorted(election.receipts, key=lambda each: each.position):
        last[receipt.voter_id] = receipt
    assert set(last) <= {ids(voter) for voter in VOTERS}
    tally = election.tally()
    if tally is not None:
        acknowledged = Counter(receipt.marks[0] for receipt in last.values())
        assert {key: count for key, count in tally.counts.items() if count} == acknowledged
    election.store.close()


@given(commands=acts)
def test_the_count_never_exceeds_the_roll_and_a_repeated_command_changes_nothing(commands):
    state = decider.initial
    for command in commands:
        try:
            events = decider.decide(command, state)
        except Refused:
            continue
        state = fold(state, events)
        for event in events:
            if isinstance(event, PollTallied):
                assert event.cast + event.not_cast == len(question()["roll"])
                assert event.cast == sum(event.counts.values()) <= len(question()["roll"])
        try:
            assert decider.decide(command, state) == []
        except Refused as refusal:
            assert refusal.code in {"poll_already_opened", "tally_differs"}


def fold(state: object, events: list[Event]) -> object:
    for event in events:
        state = decider.evolve(state, event)
    return state


@given(commands=acts)
def test_events_encoded_and_decoded_fold_to_the_same_poll(commands):
    codec = Codec(EVENTS)
    state: object = NotOpened()
    history: list[Event] = []
    with_store = SqliteStore(":memory:")
    for command in commands:
        try:
            events = decider.decide(command, state)
        except Refused:
            continue
        if events:
            encoded = [codec.encode(event, command, index, "test") for index, event in enumerate(events)]
            with_store.append("poll-law", encoded, len(history) - 1)
        history += events
        state = fold(state, events)
    stored = [codec.decode(each) for each in with_store.read("poll-law")]
    assert stored == history
    assert decider.fold(stored) == state
    with_store.close()
