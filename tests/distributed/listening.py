"""Open pages that follow what happens through whichever gateway is there."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

import httpx2

from tests.distributed.load import Load, registers_people
from tests.distributed.waiting import eventually
from tests.scenario.test_live_stream import frames

TOPICS = {"directory": "directory", "tasks": "task", "documents": "document"}
"""What each topic's changes are called."""


class Page:
    """When its line is cut it goes on at the other gateway, from the last change that it has heard of."""

    def __init__(self, load: Load, login: str, topics: Sequence[str], first: str) -> None:
        deployment = load.deployment
        cookie = deployment.world.embedded.identity.cookie_name
        self.heard: dict[str, int] = {}
        self.cuts = 0
        self._client = httpx2.Client(cookies={cookie: deployment.world.client(login).cookies[cookie]}, timeout=20)
        self._addresses = cycle(sorted(deployment.addresses.values(), key=lambda each: each != first))
        self._topics = " ".join(topics)
        self._last = deployment.head()
        self._may_connect = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow)
        self._may_connect.set()
        self._thread.start()

    def stay_away(self) -> None:
        """If the line is cut now it stays so until `come_back`."""
        self._may_connect.clear()

    def come_back(self) -> None:
        self._may_connect.set()

    def leave(self) -> None:
        """At the next change of any kind."""
        self._stopping.set()
        self._may_connect.set()

    def left(self) -> None:
        self._thread.join()
        self._client.close()

    def _follow(self) -> None:
        for address in self._addresses:
            self._may_connect.wait()
            if self._stopping.is_set():
                return
            try:
                self._listen(address)
            except httpx2.TransportError:
                self._stopping.wait(0.05)
            self.cuts += 1

    def _listen(self, address: str) -> None:
        headers = {"Last-Event-ID": str(self._last)}
        with self._client.stream("GET", f"{address}/stream", params={"topics": self._topics}, headers=headers) as told:
            assert told.status_code in (200, 503), told.status_code
            for name, position in frames(told.iter_lines()):
                self.heard[name] = self._last = position
                if self._stopping.is_set():
                    return


def until_all_is_heard(load: Load, pages: Sequence[Page]) -> None:
    """Each page has been told of the last change of each kind, or of a later one."""
    last = load.deployment.last_positions()
    eventually(lambda: all(page.heard.get(name, 0) >= last[topic] for page in pages for topic, name in TOPICS.items()))


@contextmanager
def open_pages(load: Load, *topics: str) -> Iterator[list[Page]]:
    """One begins at each gateway."""
    pages = [Page(load, "chair", [*TOPICS, *topics], address) for address in load.deployment.addresses.values()]
    try:
        yield pages
    finally:
        for page in pages:
            page.leave()
        registers_people(load)()
        for page in pages:
            page.left()
