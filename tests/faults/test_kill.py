"""kill -9 of the product while people write: what was acknowledged is in the log, and the views catch up."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from dienhong.folder import open_log
from dienhong.rebuild import Rebuilt, rebuild_views
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ids import uuid7
from kernel.settings import Settings
from tests.distributed.rounds import ROUNDS
from tests.world import PASSWORD, World

WRITERS = 4
KILLS = max(50, ROUNDS)


@dataclass
class Acknowledged:
    """Person id by log position, as the answers said."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    people: dict[int, str] = field(default_factory=dict)

    def add(self, position: int, person_id: str) -> None:
        with self.guard:
            assert position not in self.people
            self.people[position] = person_id


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {**os.environ, "DIENHONG_DATA_DIR": str(folder), "DIENHONG_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "dienhong", "serve"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    rest = threading.Thread(target=process.stderr.read)
    try:
        address = next(found[1] for line in process.stderr if (found := re.search(r"Ready: (http\S+)", line)))
        rest.start()
        yield process, address
    finally:
        process.kill()
        process.wait()
        rest.join()
        process.stderr.close()


def write_until_killed(
    address: str, cookies: httpx2.Cookies, acknowledged: Acknowledged, enough: threading.Event
) -> None:
    with httpx2.Client(base_url=address, cookies=cookies, timeout=60) as client:
        for number in range(10_000):
            name = f"Người thứ {number}"
            try:
                answer = client.post(
                    "/api/v1/people", json={"full_name": name}, headers={"Idempotency-Key": str(uuid7())}
                )
            except httpx2.TransportError:
                return
            body = answer.raise_for_status().json()
            acknowledged.add(body["position"], body["id"])
            if number == 5:
                enough.set()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_missing_after_many_kills(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.enable("admin")
    world.close()
    acknowledged = Acknowledged()
    cookies: httpx2.Cookies | None = None
    for kill in range(KILLS):
        with served(tmp_path) as (process, address):
            if cookies is None:
                cookies = sign_in(address)
            enough = threading.Event()
            writers = [
                threading.Thread(target=write_until_killed, args=(address, cookies, acknowledged, enough))
                for _ in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            assert enough.wait(60)
            # A different moment each time: after so many further acknowledgements.
            until = len(acknowledged.people) + kill % 17
            while len(acknowledged.people) < until:
                enough.wait(0)
            process.send_signal(signal.SIGKILL)
            for writer in writers:
                writer.join()
    check_log(tmp_path, acknowledged)


def sign_in(address: str) -> httpx2.Cookies:
    with httpx2.Client(base_url=address, timeout=60) as client:
        client.post("/api/v1/session", json={"login": "admin", "password": PASSWORD}).raise_for_status()
        return client.cookies


def check_log(folder: Path, acknowledged: Acknowledged) -> None:
    settings = Settings(data_dir=folder)
    with open_log(settings) as log:
        assert isinstance(log, SqliteStore)
        recorded = {each.position: each.stream for each in log.read_all(0, 1_000_000)}
        assert log._connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert sorted(recorded) == list(range(1, len(recorded) + 1))
    assert {p: f"person-{i}" for p, i in acknowledged.people.items()}.items() <= recorded.items()
    assert len(acknowledged.people) > KILLS * 5
    rebuilt = rebuild_views(settings, lambda _position: None)
    assert rebuilt == Rebuilt(len(recorded), differing=(), polls=0, polls_differing=())
