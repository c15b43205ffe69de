"""What probes and Prometheus hear from a process without pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx2
import pytest

from kernel.health import Health
from kernel.ports import StoreUnavailable


@dataclass
class Process:
    wrong: list[Exception] = field(default_factory=list)
    url: str = ""

    def check(self) -> None:
        for each in self.wrong:
            raise each

    def asks(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path, timeout=60)


@pytest.fixture
def process() -> Iterator[Process]:
    process = Process()
    health = Health("127.0.0.1", 0, process.check)
    health.start()
    process.url = f"http://127.0.0.1:{health.server_address[1]}"
    yield process
    health.stop()


def test_a_process_is_ready_while_nothing_is_wrong(process: Process) -> None:
    assert process.asks("/live").status_code == process.asks("/ready").status_code == 200


def test_it_says_what_is_wrong_and_lives_on(process: Process) -> None:
    process.wrong.append(StoreUnavailable("no room"))
    assert process.asks("/ready").status_code == 503
    assert process.asks("/ready").json() == {"status": "degraded", "because": "StoreUnavailable"}
    assert process.asks("/live").status_code == 200
    process.wrong.clear()
    assert process.asks("/ready").status_code == 200


def test_its_metrics_are_prometheus_text(process: Process) -> None:
    answer = process.asks("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "dienhong_commands_total" in answer.text
