"""Every process is stopped as a new version stops it, one after the other, while people work and pages are open."""

from collections.abc import Callable

import pytest

from tests.distributed.conftest import Report
from tests.distributed.deployment import GATEWAYS, Deployment
from tests.distributed.listening import open_pages, until_all_is_heard
from tests.distributed.load import EVERYTHING, Load
from tests.distributed.rounds import ROUNDS

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(1800)]

TURNS = max(1, ROUNDS // 3)
"""Each restarts eight processes."""


def test_no_request_fails_that_its_retry_does_not_heal(
    deployment: Deployment, report: Report, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    with Load(deployment, *EVERYTHING, pace=0.1) as load, open_pages(load) as pages:
        for _ in range(TURNS):
            for name, child in deployment.children.items():
                starts = child.starts
                load.goes_on(1)
                child.terminate()
                eventually(lambda child=child, starts=starts: child.starts > starts)  # type: ignore[misc]
                if name in GATEWAYS:
                    deployment.until_ready(name)
            deployment.until_published(deployment.head())
        until_all_is_heard(load, pages)
    report(TURNS, load)
    assert {name: child.ends for name, child in deployment.children.items()} == dict.fromkeys(
        deployment.children, [0] * TURNS
    )
