"""People at work through both gateways while processes die: what they were told is kept for comparison with the log."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx2

from kernel.ids import uuid7
from tests.distributed.deployment import GATEWAYS, Deployment
from tests.distributed.waiting import eventually
from tests.held_session import HeldSession, obligation
from tests.scenario.test_documents import plan, planned
from tests.scenario.test_voting import HALF, Hall
from tests.world import COUNCIL, CULTURE, VOTERS

Work = Callable[[], None]
Told = tuple[str, str, int]
"""What an answer says: an event of this type stands in this stream at this position."""

RETRY_SECONDS = 0.05
PATIENCE_SECONDS = 180.0
"""Longer than any fault of the tests lasts."""


class Abandoned(Exception):
    """The test has failed elsewhere, so nobody waits for this answer any more."""


class Person:
    """Sends each request, by one Idempotency-Key, until it is answered: to the other gateway when one does not."""

    def __init__(self, load: "Load", login: str, begins_at: str) -> None:
        world = load.deployment.world
        self.id = world.person(login)
        self._load = load
        self._addresses = cycle(sorted(load.deployment.addresses.values(), key=lambda each: each != begins_at))
        self._address = next(self._addresses)
        cookie = world.embedded.identity.cookie_name
        self._client = httpx2.Client(cookies={cookie: str(world.client(login).cookies[cookie])}, timeout=20)

    def close(self) -> None:
        self._client.close()

    def heard_of(self, position: int) -> None:
        """As a page hears it from its live stream: what stands there may be asked for at any gateway."""
        self._client.cookies.set("seen", str(position), domain="127.0.0.1")

    def asks(self, method: str, path: str, headers: dict[str, str] | None = None, **request: Any) -> Any:
        """The JSON answer. Only silence and 'try again' are asked again, within reason; any other failure is one."""
        headers = {"Idempotency-Key": str(uuid7()), **(headers or {})}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._client.request(method, f"{self._address}/api/v1{path}", headers=headers, **request)
            except httpx2.TransportError as error:
                self._tries_elsewhere(type(error).__name__)
            else:
                if answer.status_code != 503:
                    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
                    return answer.json()
                self._tries_elsewhere("503")
        raise TimeoutError(f"{method} {path}: no answer in {PATIENCE_SECONDS:.0f} s")

    def _tries_elsewhere(self, because: str) -> None:
        if self._load.abandoned:
            raise Abandoned
        self._load.retried[because] += 1
        self._address = next(self._addresses)
        self._load.stopping.wait(RETRY_SECONDS)


class Load:
    """Each work is repeated by a thread of its own until the end of the `with`.

    A pause of `pace` seconds before each leaves something of the machine to a gateway that starts.
    """

    def __init__(self, deployment: Deployment, *works: Callable[["Load"], Work], pace: float = 0.0) -> None:
        self.deployment = deployment
        self.told: list[Told] = []
        self.retried: Counter[str] = Counter()
        self._pace = pace
        self._began = 0
        self._people: list[Person] = []
        self._begins_at = cycle(deployment.addresses[each] for each in GATEWAYS)
        self.stopping = threading.Event()
        self.abandoned = False
        eventually(self._can_prepare)
        self._works = [each(self) for each in works]
        self._done = [0 for _ in works]
        self._threads = ThreadPoolExecutor(len(works))
        self._running: list[Future[None]] = []

    def __enter__(self) -> "Load":
        self.deployment.settle()
        self._began = self.deployment.head()
        self._running = [self._threads.submit(self._repeat, number) for number in range(len(self._works))]
        return self

    def __exit__(
        self, failed: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.abandoned = failed is not None
        self.stopping.set()
        self._threads.shutdown()
        for person in self._people:
            person.close()
        if not self.abandoned:
            for each in self._running:
                each.result()

    def _can_prepare(self) -> bool:
        """Works are prepared without retries, and what an earlier fault shut may not be open again."""
        world = self.deployment.world
        return world.client("clerk").request("POST", "/api/v1/meetings", json=planned(world)).status_code != 503

    def person(self, login: str) -> Person:
        person = Person(self, login, next(self._begins_at))
        self._people.append(person)
        return person

    def goes_on(self, times: int = 3) -> None:
        """Until each work has been done so many times more."""
        goals = [each + times for each in self._done]

        def reached() -> bool:
            for each in self._running:
                if each.done():
                    each.result()
            return all(done >= goal for done, goal in zip(self._done, goals, strict=True))

        eventually(reached, PATIENCE_SECONDS)

    def check(self) -> None:
        """All that was told stands in the log, and nothing else of these kinds: every request was done once."""
        told = Counter(self.told)
        kinds = {kind for kind, _, _ in told}
        recorded = self.deployment.recorded(self._began)
        facts = Counter((each.type, each.stream, each.position) for each in recorded if each.type in kinds)
        assert {"lost": told - facts, "not told": facts - told} == {"lost": Counter(), "not told": Counter()}
        self.deployment.check()

    def _repeat(self, number: int) -> None:
        while not self.stopping.wait(self._pace):
            self._works[number]()
            self._done[number] += 1


def registers_people(load: Load) -> Work:
    admin = load.person("admin")

    def work() -> None:
        done = admin.asks("POST", "/people", json={"full_name": "Người thử"})
        load.told.append(("PersonRegistered", f"person-{done['id']}", done["position"]))

    return work


def plans_agenda(load: Load) -> Work:
    meeting, clerk = plan(load.deployment.world), load.person("clerk")

    def work() -> None:
        done = clerk.asks("POST", f"/meetings/{meeting}/agenda", json={"title": "Nội dung", "minutes": 5})
        load.told.append(("AgendaItemAdded", f"meeting-{meeting}", done["position"]))

    return work


def uploads_documents(load: Load) -> Work:
    meeting, clerk = plan(load.deployment.world), load.person("clerk")

    def work() -> None:
        done = clerk.asks(
            "PUT",
            f"/meetings/{meeting}/documents",
            content=f"Tờ trình số {uuid7()}".encode(),
            headers={"X-File-Name": quote("tờ trình.txt"), "Content-Type": "application/octet-stream"},
        )
        load.told.append(("DocumentAttached", f"meeting-{meeting}", done["position"]))

    return work


def assigns_tasks(load: Load) -> Work:
    """Directly, without a conclusion."""
    chair, world = load.person("chair"), load.deployment.world
    body = {"title": "Báo cáo", "lead_unit_id": str(CULTURE), "due_at": (world.now + timedelta(days=9)).isoformat()}

    def work() -> None:
        done = chair.asks("POST", "/tasks", json=body)
        path = f"/tasks/{done['id']}/extension"
        later = (world.now + timedelta(days=19)).isoformat()
        extended = chair.asks("POST", path, json={"due_at": later, "reason": "Chờ số liệu"})
        load.told.append(("TaskExtended", f"task-{done['id']}", extended["position"]))

    return work


def concludes(load: Load) -> Work:
    """Each revision has one new obligation, which becomes a task by itself."""
    world = load.deployment.world
    session, clerk, revisions = HeldSession(world).open(world), load.person("clerk"), iter(range(1_000_000))

    def work() -> None:
        body = {
            "text": "Thống nhất.",
            "obligations": [obligation(world.now + timedelta(days=9))],
            "revision": next(revisions),
        }
        done = clerk.asks("POST", session.conclusion, json=body)
        stream = f"conclusion-{session.id}+{session.item_id}"
        load.told.append(("ConclusionRecorded", stream, done["position"]))

    return work


def holds_polls(load: Load) -> Work:
    """Every voter votes at the same moment."""
    hall, chair = Hall(load.deployment.world).opened(), load.person("chair")
    voters: Sequence[Person] = [load.person(login) for login in VOTERS]

    def work() -> None:
        opened = chair.asks("POST", f"/meetings/{hall.id}/polls", json=HALF)
        poll = opened["id"]

        def votes(voter: Person) -> Told:
            voter.heard_of(opened["position"])
            receipt = voter.asks("POST", f"/polls/{poll}/ballots", json={"choice": "for"})
            return ("BallotCast", f"ballot-{poll}+{voter.id}", receipt["position"])

        with ThreadPoolExecutor(len(voters)) as hands:
            load.told.extend(hands.map(votes, voters))
        closed = chair.asks("POST", f"/polls/{poll}/close")
        load.told.append(("PollOpened", f"poll-{poll}", opened["position"]))
        load.told.append(("PollClosed", f"poll-{poll}", closed["position"]))

    return work


def reserves_numbers(load: Load) -> Work:
    world, clerk = load.deployment.world, load.person("clerk")
    book = f"/registers/{COUNCIL}/{world.today.year}/decision"

    def work() -> None:
        done = clerk.asks("POST", f"{book}/reservations", json={"reason": "Ký giấy trước"})
        stream = f"register-{COUNCIL}-{world.today.year}-decision"
        load.told.append(("NumberReserved", stream, done["position"]))

    return work


def receives_documents(load: Load) -> Work:
    """Each has its signatures checked by itself."""
    clerk = load.person("clerk")

    def work() -> None:
        done = clerk.asks(
            "PUT",
            f"/units/{COUNCIL}/incoming?sender=B&summary=C",
            content=f"Văn bản số {uuid7()}".encode(),
            headers={"X-File-Name": "den.txt", "Content-Type": "application/octet-stream"},
        )
        load.told.append(("IncomingReceived", f"incoming-{done['id']}", done["position"]))

    return work


EVERYTHING = (
    registers_people,
    registers_people,
    plans_agenda,
    uploads_documents,
    assigns_tasks,
    concludes,
    holds_polls,
)
