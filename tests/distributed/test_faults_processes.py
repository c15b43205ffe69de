"""kill -9 of every process of ours, and of the database, in the middle of its work.

Nothing acknowledged is lost, nothing is done twice, and every gateway shows what a fresh replay of the log shows.
"""

from collections.abc import Callable

import pytest

from dienhong.nodes.postgres import PostgresNode
from tests.distributed.conftest import Report
from tests.distributed.deployment import GATEWAYS, SERVICES, Deployment
from tests.distributed.listening import open_pages, until_all_is_heard
from tests.distributed.load import (
    Load,
    assigns_tasks,
    concludes,
    holds_polls,
    plans_agenda,
    receives_documents,
    registers_people,
    reserves_numbers,
    uploads_documents,
)
from tests.distributed.rounds import ROUNDS
from tests.scenario.test_documents import plan

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(900)]

WORKS_OF = {
    "directory": (registers_people, registers_people, registers_people),
    "documents": (uploads_documents, uploads_documents),
    "meeting": (plans_agenda, plans_agenda, concludes),
    "signing": (reserves_numbers, receives_documents),
    "tasks": (assigns_tasks, assigns_tasks, concludes),
    "voting": (holds_polls,),
}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_is_killed_loses_nothing(deployment: Deployment, report: Report, name: str) -> None:
    child = deployment.children[name]
    starts = child.starts
    with Load(deployment, *WORKS_OF[name]) as load:
        for round_ in range(ROUNDS):
            load.goes_on(1 + round_ % 4)
            child.kill()
            load.goes_on()
    report(ROUNDS, load)
    assert child.starts == starts + ROUNDS


def test_a_relay_that_is_killed_leaves_nothing_unpublished(deployment: Deployment, report: Report) -> None:
    with Load(deployment, uploads_documents, concludes, holds_polls) as load:
        for round_ in range(ROUNDS):
            load.goes_on(1 + round_ % 2)
            deployment.children["relay"].kill()
            load.goes_on(1)
            deployment.until_published(deployment.head())
    report(ROUNDS, load)


def test_a_gateway_that_is_killed_costs_retries_and_its_pages_miss_nothing(
    deployment: Deployment, report: Report, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    meeting = plan(deployment.world)
    with (
        Load(deployment, registers_people, uploads_documents, concludes, holds_polls, pace=0.1) as load,
        open_pages(load, f"meeting-{meeting}") as pages,
    ):
        clerk = load.person("clerk")
        for _ in range(ROUNDS):
            for name in GATEWAYS:
                load.goes_on(1)
                for page in pages:
                    page.stay_away()
                deployment.children[name].kill()
                done = clerk.asks("POST", f"/meetings/{meeting}/agenda", json={"title": "Nội dung", "minutes": 5})
                load.told.append(("AgendaItemAdded", f"meeting-{meeting}", done["position"]))
                for page in pages:
                    page.come_back()
                eventually(lambda at=done["position"]: all(page.heard.get("agenda", 0) >= at for page in pages))  # type: ignore[misc]
                deployment.until_ready(name)
        until_all_is_heard(load, pages)
    assert load.retried and all(page.cuts >= ROUNDS for page in pages)
    report(ROUNDS, load)


def test_a_database_that_is_killed_and_returns_costs_retries(
    deployment: Deployment, report: Report, postgres_node: PostgresNode
) -> None:
    with Load(deployment, registers_people, registers_people, concludes, holds_polls) as load:
        for round_ in range(ROUNDS):
            load.goes_on(1 + round_ % 4)
            postgres_node.kill()
            postgres_node.start()
            load.goes_on(2)
    assert load.retried
    report(ROUNDS, load)
