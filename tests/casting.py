"""A hall that votes by HTTP from many devices at once, and what must hold whenever the poll is closed meanwhile."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from dienhong.embedded import CODEC
from gateway.identity.store import IdentityStore
from kernel.ids import uuid7
from kernel.ports import EventStore
from kernel.settings import Settings
from services.voting.messages import PollTallied
from tests.big_hall import CHOICES, BigHall, sign_in

CONNECTIONS = 150
KEYS = [choice.key for choice in CHOICES]


@dataclass(frozen=True)
class Cast:
    """One device's request; `key` is its Idempotency-Key."""

    voter: UUID
    token: str
    choice: str
    key: UUID


@dataclass(frozen=True)
class Answered:
    cast: Cast
    status: int
    body: dict[str, Any]


class Race:
    """Every voter of a hall casts from two devices, half of them of two minds."""

    def __init__(self, store: EventStore, identity: IdentityStore, settings: Settings, hall: BigHall) -> None:
        self._store = store
        self._hall = hall
        self._tokens = dict(zip(hall.voters, sign_in(identity, settings, hall.voters), strict=True))

    def casts(self, chance: random.Random) -> list[Cast]:
        both = [Cast(v, t, chance.choice(KEYS), uuid7()) for v, t in self._tokens.items() for _device in range(2)]
        chance.shuffle(both)
        return both

    def run(self, urls: Sequence[str], seed: int, settle: Callable[[], None]) -> None:
        """`settle` waits until every gateway shows all that was recorded, and reactions have come."""
        chance = random.Random(seed)
        poll_id, casts = self._hall.asks(), self.casts(chance)
        settle()
        close_after = chance.randrange(len(casts))
        answers, closed_at = asyncio.run(self._race(urls, poll_id, casts, close_after))
        settle()
        assert len(answers) == len(casts)
        self.check(poll_id, answers, closed_at)

    async def _race(
        self, urls: Sequence[str], poll_id: UUID, casts: Sequence[Cast], close_after: int
    ) -> tuple[list[Answered], int]:
        waiting, answers = iter(casts), list[Answered]()
        closing: list[asyncio.Future[int]] = []

        async def device(url: str) -> None:
            for cast in waiting:
                answers.append(await voted(url, poll_id, cast))
                if len(answers) > close_after and not closing:
                    loop = asyncio.get_running_loop()
                    closing.append(loop.run_in_executor(None, self._hall.closes, poll_id))

        await asyncio.gather(*(device(urls[number % len(urls)]) for number in range(CONNECTIONS)))
        closed = await closing[0]
        return answers, closed

    def check(self, poll_id: UUID, answers: Sequence[Answered], closed_at: int) -> None:
        receipts = [each for each in answers if each.status == 200]
        refused = {(each.status, each.body["code"]) for each in answers if each.status != 200}
        assert refused <= {(409, "already_voted"), (409, "poll_closed")}
        acknowledged = {each.cast.voter: (each.body["choice"], each.body["event_id"]) for each in receipts}
        for each in receipts:
            assert (each.body["choice"], each.body["event_id"]) == acknowledged[each.cast.voter]
            assert each.body["choice"] == each.cast.choice and each.body["position"] < closed_at
        assert {voter: choice for voter, (choice, _) in acknowledged.items()} == self._counted(poll_id, closed_at)
        told_first = {
            each.cast.voter for each in answers if each.status != 200 and each.body["code"] == "already_voted"
        }
        assert told_first <= acknowledged.keys()

    def _counted(self, poll_id: UUID, closed_at: int) -> dict[UUID, str]:
        """Straight from the log, without any of the code under test."""
        log = self._store.read_all(0, 10_000_000)
        ballots = [json.loads(each.data) for each in log if each.position < closed_at and each.type == "BallotCast"]
        mine = [each for each in ballots if each["poll_id"] == str(poll_id)]
        assert len({each["voter_id"] for each in mine}) == len(mine)
        tally = next(
            CODEC.decode(each) for each in log if each.type == "PollTallied" and each.stream == f"poll-{poll_id}"
        )
        assert isinstance(tally, PollTallied)
        counts = Counter(each["choice"] for each in mine)
        assert {key: count for key, count in tally.counts.items() if count} == counts
        return {UUID(each["voter_id"]): each["choice"] for each in mine}


async def voted(url: str, poll_id: UUID, cast: Cast) -> Answered:
    """Sent again under the same key until it is answered, as our pages do."""
    while True:
        status, body = await posted(url, f"/api/v1/polls/{poll_id}/ballots", cast)
        if status != 503:
            return Answered(cast, status, body)
        await asyncio.sleep(random.uniform(0, 0.5))


async def posted(url: str, path: str, cast: Cast) -> tuple[int, dict[str, Any]]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    content = json.dumps({"choice": cast.choice}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: s={cast.token}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {cast.key}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    writer.write(head.encode() + content)
    answer = await reader.read()
    writer.close()
    first, _, body = answer.partition(b"\r\n\r\n")
    return int(first.split()[1]), json.loads(body)
