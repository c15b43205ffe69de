"""The close races the ballots: whoever holds a receipt is counted, whoever is refused is not, and nobody else is."""

import json
import multiprocessing
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.decider import Refused
from services.voting import views as voting_views
from services.voting.messages import BallotCast, CastBallot, ClosePoll, OpenPoll, PollTallied, QuorumSnapshot, RuleCard
from services.voting.service import CODEC, VotingService
from services.voting.urn import Receipt
from tests.domain.test_voting import CHOICES, HALF
from tests.scenario.test_voting import Hall
from tests.stamps import ids, stamp
from tests.world import VOTERS, World

pytestmark = [pytest.mark.slow]

VOTER_COUNT = 300
Answer = tuple[str, int, dict[str, str]]
KEYS = [choice.key for choice in CHOICES]


def opened(service: VotingService, poll_id: UUID, rule_card: RuleCard = HALF) -> tuple[UUID, ...]:
    roll = tuple(ids(f"voter {number}") for number in range(VOTER_COUNT))
    service.execute(
        stamp(
            OpenPoll,
            poll_id=poll_id,
            meeting_id=ids("meeting"),
            question="Thông qua?",
            roll=roll,
            choices=CHOICES,
            rule_card=rule_card,
            members=VOTER_COUNT,
            quorum=QuorumSnapshot(seats=VOTER_COUNT, needed=1, present=VOTER_COUNT, as_of=1),
        )
    )
    return roll


def tally_of(store: SqliteStore, service: VotingService, poll_id: UUID) -> PollTallied:
    closed = next(each for each in store.read(f"poll-{poll_id}") if each.type == "PollClosed")
    service.on_event(closed, CODEC.decode(closed))
    tally = CODEC.decode(store.read(f"poll-{poll_id}")[-1])
    assert isinstance(tally, PollTallied)
    return tally


def standing_before_close(store: SqliteStore, poll_id: UUID) -> dict[UUID, str]:
    """Straight from the log, without any of the code under test."""
    log = store.read_all(0, 1_000_000)
    close = next(each.position for each in log if each.type == "PollClosed" and each.stream == f"poll-{poll_id}")
    ballots = [
        json.loads(each.data) for each in log if each.stream.startswith(f"ballot-{poll_id}+") and each.position < close
    ]
    assert len({ballot["voter_id"] for ballot in ballots}) == len(ballots)
    return {UUID(ballot["voter_id"]): ballot["choice"] for ballot in ballots}


@pytest.mark.parametrize("seed", range(12))
def test_every_acknowledged_ballot_and_no_other_is_counted_when_threads_race_the_close(
    tmp_path: Path, seed: int
) -> None:
    """Every voter casts from two devices at once, half of them of two minds, while the chair closes."""
    chance = random.Random(seed)
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    poll_id = ids(f"race {seed}")
    roll = opened(service, poll_id)
    casts = [
        stamp(CastBallot, poll_id=poll_id, voter_id=voter, choice=chance.choice(KEYS)) for voter in roll for _ in "ab"
    ]
    chance.shuffle(casts)
    reached, close_after = threading.Semaphore(0), chance.randrange(len(casts))

    def cast(command: CastBallot) -> Receipt | Refused:
        reached.release()
        return service.cast([command])[0]

    def close() -> None:
        for _ in range(close_after):
            reached.acquire()
        service.execute(stamp(ClosePoll, poll_id=poll_id))

    closing = threading.Thread(target=close)
    closing.start()
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(cast, casts))
    closing.join()

    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    refused = {answer.code for answer in answers if isinstance(answer, Refused)}
    acknowledged = {receipt.voter_id: receipt.marks[0] for receipt in receipts}
    assert len({(each.voter_id, each.event_id) for each in receipts}) == len(acknowledged)
    assert refused <= {"already_voted", "poll_closed"}
    assert acknowledged == standing_before_close(store, poll_id)
    tally = tally_of(store, service, poll_id)
    assert {key: count for key, count in tally.counts.items() if count} == Counter(acknowledged.values())
    store.close()


@pytest.mark.parametrize("seed", range(8))
def test_the_last_ballot_before_the_close_counts_when_voters_change_their_minds_while_it_comes(
    tmp_path: Path, seed: int
) -> None:
    """Every voter sends three ballots from two devices, in any order, while the chair closes."""
    chance = random.Random(seed)
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    poll_id = ids(f"changing race {seed}")
    roll = opened(service, poll_id, HALF.model_copy(update={"allows_change": True}))
    casts = [
        stamp(CastBallot, poll_id=poll_id, voter_id=voter, choice=chance.choice(KEYS)) for voter in roll for _ in "abc"
    ]
    chance.shuffle(casts)
    reached, close_after = threading.Semaphore(0), chance.randrange(len(casts))

    def cast(command: CastBallot) -> Receipt | Refused:
        reached.release()
        return service.cast([command])[0]

    def close() -> None:
        for _ in range(close_after):
            reached.acquire()
        service.execute(stamp(ClosePoll, poll_id=poll_id))

    closing = threading.Thread(target=close)
    closing.start()
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(cast, casts))
    closing.join()

    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    assert {answer.code for answer in answers if isinstance(answer, Refused)} <= {"poll_closed", "ballot_busy"}
    by_voter: dict[UUID, Receipt] = {}
    for receipt in sorted(receipts, key=lambda each: each.position):
        by_voter[receipt.voter_id] = receipt
    acknowledged = {voter: receipt.marks[0] for voter, receipt in by_voter.items()}
    stood = last_before_close(store, poll_id)
    assert acknowledged == {voter: choice for voter, (_position, choice) in stood.items()}
    assert {each.position for each in by_voter.values()} == {position for position, _choice in stood.values()}
    tally = tally_of(store, service, poll_id)
    assert {key: count for key, count in tally.counts.items() if count} == Counter(acknowledged.values())
    store.close()


def last_before_close(store: SqliteStore, poll_id: UUID) -> dict[UUID, tuple[int, str]]:
    """Each voter's last ballot with its position, straight from the log."""
    log = store.read_all(0, 1_000_000)
    close = next(each.position for each in log if each.type == "PollClosed" and each.stream == f"poll-{poll_id}")
    found = {}
    for each in log:
        if each.stream.startswith(f"ballot-{poll_id}+") and each.position < close:
            ballot = json.loads(each.data)
            found[UUID(ballot["voter_id"])] = each.position, ballot["choice"]
    return found


def test_a_changed_ballot_behind_the_close_leaves_the_one_before_it_counted(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    poll_id = ids("changed too late")
    roll = opened(service, poll_id, HALF.model_copy(update={"allows_change": True}))
    first = stamp(CastBallot, poll_id=poll_id, voter_id=roll[0], choice="for")
    receipt = service.cast([first])[0]
    VotingService(store, "test.dienhong").execute(stamp(ClosePoll, poll_id=poll_id))
    late = stamp(CastBallot, poll_id=poll_id, voter_id=roll[0], choice="against")
    for command in (late, late):
        answer = service.cast([command])[0]
        assert isinstance(answer, Refused) and answer.code == "poll_closed"
    assert service.cast([stamp(CastBallot, poll_id=poll_id, voter_id=roll[0], choice="for")]) == [receipt]
    assert service.cast([first]) == [receipt]
    assert tally_of(store, service, poll_id).counts == {"for": 1, "against": 0, "not_voting": 0}
    store.close()


def test_who_sends_one_change_after_another_in_a_batch_is_told_what_was_not_recorded(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    poll_id = ids("busy")
    roll = opened(service, poll_id, HALF.model_copy(update={"allows_change": True}))
    asked = [KEYS[number % 2] for number in range(9)]
    answers = service.cast([stamp(CastBallot, poll_id=poll_id, voter_id=roll[0], choice=each) for each in asked])
    codes = [answer.code for answer in answers if isinstance(answer, Refused)]
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    assert codes and set(codes) == {"ballot_busy"} and len(receipts) + len(codes) == len(asked)
    last = max(receipts, key=lambda each: each.position)
    service.execute(stamp(ClosePoll, poll_id=poll_id))
    assert last_before_close(store, poll_id)[roll[0]] == (last.position, last.marks[0])
    store.close()


def test_a_crash_after_the_acknowledgement_loses_no_ballot(tmp_path: Path) -> None:
    """A new process that opens the log counts the same; the voter who asks again gets the same receipt."""
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    poll_id = ids("crash")
    roll = opened(service, poll_id)
    commands = [stamp(CastBallot, poll_id=poll_id, voter_id=voter, choice="for") for voter in roll]
    before = service.cast(commands)
    service.execute(stamp(ClosePoll, poll_id=poll_id))
    store.close()
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    assert service.cast(commands) == before
    assert tally_of(store, service, poll_id).counts["for"] == VOTER_COUNT
    store.close()


def test_a_ballot_behind_the_close_stays_in_the_log_and_counts_nowhere(tmp_path: Path) -> None:
    """The close falls between the append and the check: the voter is refused, and refused again on a retry."""
    store = SqliteStore(tmp_path / "events.db")
    service = VotingService(store, "test.dienhong")
    poll_id = ids("late")
    roll = opened(service, poll_id)
    service.cast([stamp(CastBallot, poll_id=poll_id, voter_id=roll[0], choice="for")])
    VotingService(store, "test.dienhong").execute(stamp(ClosePoll, poll_id=poll_id))
    late = stamp(CastBallot, poll_id=poll_id, voter_id=roll[1], choice="for")
    for command in (late, late, late.model_copy(update={"choice": "against"})):
        answer = service.cast([command])[0]
        assert isinstance(answer, Refused) and answer.code == "poll_closed"
    assert isinstance(CODEC.decode(store.read(f"ballot-{poll_id}+{roll[1]}")[0]), BallotCast)
    assert tally_of(store, service, poll_id).counts == {"for": 1, "against": 0, "not_voting": 0}
    store.close()


def vote_from_a_process(
    url: str, poll: str, sessions: dict[str, str], go: Barrier, answers: "Queue[list[Answer]]"
) -> None:
    """Posts everybody's ballot at once; (login, status, answer) of each."""
    clients = {
        login: httpx2.Client(base_url=url, headers={"Cookie": f"s={s}"}, timeout=60) for login, s in sessions.items()
    }
    for client in clients.values():
        assert client.get(f"/api/v1/polls/{poll}").is_success
    go.wait()

    def cast(login: str) -> Answer:
        answer = clients[login].post(f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
        return login, answer.status_code, answer.json()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers.put(list(pool.map(cast, clients)))


@pytest.mark.parametrize("ballots_before", [0, 1, 2, 4])
def test_every_acknowledged_ballot_is_counted_when_processes_race_the_close(world: World, ballots_before: int) -> None:
    """Three operating-system processes, each with every voter signed in, post to the served product.

    The chair closes as soon as so many ballots stand in the log.
    """
    hall = Hall(world).opened()
    poll = hall.asks()
    url = world.serve()
    spawn = multiprocessing.get_context("spawn")
    go, answers = spawn.Barrier(4), spawn.Queue()
    sessions = {login: world.client(login).cookies["s"] for login in VOTERS}
    workers = [spawn.Process(target=vote_from_a_process, args=(url, poll, sessions, go, answers)) for _ in range(3)]
    for worker in workers:
        worker.start()
    head = world.embedded.store.wait(0, 0)
    go.wait(timeout=120)
    if ballots_before:
        world.embedded.store.wait(head + ballots_before - 1, timeout=60)
    hall.chair.ok("POST", f"/polls/{poll}/close")
    given = [answer for _ in workers for answer in answers.get(timeout=120)]
    for worker in workers:
        worker.join()
    world.settle()

    acknowledged = {login: answer["event_id"] for login, status, answer in given if status == 200}
    refused = [(status, answer["code"]) for _, status, answer in given if status != 200]
    assert all(answer["event_id"] == acknowledged[login] for login, status, answer in given if status == 200)
    assert set(refused) <= {(409, "poll_closed")}
    assert len(acknowledged) >= ballots_before
    tally = hall.chair.ok("GET", f"/polls/{poll}/result")
    assert tally["counts"]["for"] == tally["cast"] == len(acknowledged)
    record = voting_views.ballots_by_voter(world.embedded.views.reader(), poll)
    assert {each.voter_id for each in record if each.choice} == {world.person(login) for login in acknowledged}
