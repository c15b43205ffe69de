"""Every process is stopped as a new version stops it, one after the other, while people work."""

from collections.abc import Callable

import pytest

from tests.distributed.conftest import Report
from tests.distributed.deployment import GATEWAYS, Deployment
from tests.distributed.load import EVERYTHING, Load
from tests.distributed.rounds import ROUNDS

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(1800)]

TURNS = max(1, ROUNDS // 3)
"""Each restarts eight processes."""


def test_no_request_fails_that_its_retry_does_not_heal(
    deployment: Deployment, report: Report, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    with Load(deployment, *EVERYTHING) as load:
        for _ in range(TURNS):
            for name, child in deployment.children.items():
                starts = child.starts
                load.goes_on(1)
                child.terminate()
                eventually(lambda child=child, starts=starts: child.starts > starts)  # type: ignore[misc]
                if name in GATEWAYS:
                    deployment.until_ready(name)
            deployment.until_published(deployment.head())
    report(TURNS, load)
    assert {name: child.ends for name, child in deployment.children.items()} == dict.fromkeys(
        deployment.children, [0] * TURNS
    )
